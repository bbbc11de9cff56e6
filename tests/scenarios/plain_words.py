"""What every answer to bad input must be: words for people, none of the machine's own, and a bot that goes on."""

from __future__ import annotations

from bot.cards.card import Card
from tests.scenarios.stage import Stage, words

STOP_DEV = "stop the running mailer dev instances in us-east-1"
STOP_ONE = "stop mailer-web-1"
# What must never reach a person: the inside of the machine.
INSIDES = ("Traceback", "Exception", "Error(", "object at 0x", "NoneType", "ValidationError", "KeyError")


def understood(*cards: Card | None) -> str:
    """All the words of the cards; none of them are the machine's own."""
    said = "\n".join(words(card) for card in cards)
    assert said.strip()
    assert not [inside for inside in INSIDES if inside in said], said
    assert "A fault inside Escher" not in said, said
    return said


async def goes_on(bot: Stage) -> None:
    *_, table = await bot.say("eve", "show all stopped dev instances")
    assert "mailer-web-3" in words(table)
