"""Everything that is neither a change nor a question: greetings, help, prohibitions, refusals. Edge (reads the estate)."""

from __future__ import annotations

from bot.cards.card import Reply
from bot.cards.talk import help_card, refusal_card, text_card
from bot.rooms import ROOMS
from bot.turn import Turn
from engine.errors import Refused
from engine.estate.where import EVERYTHING, in_words
from engine.request.lexicon import Lexicon
from engine.request.reading import Reading


async def help_(turn: Turn) -> Reply:
    """What Escher can do."""
    return Reply((help_card(await turn.engine.estate.count(EVERYTHING), turn.engine.estate.gaps(), ROOMS),))


def chat(turn: Turn, reading: Reading) -> Reply:
    """A greeting is greeted; what was not understood is said to be so."""
    if reading.speech == "unclear":
        return Reply(
            (
                text_card(
                    "I did not understand", "Say what you want to see or change; `help` shows examples.", footer="Nothing was changed."
                ),
            )
        )
    return Reply((text_card(f"Hello {turn.person.name}", "Ask about your clouds, or tell me what to change. `help` shows examples."),))


def forbid(reading: Reading) -> Reply:
    """For "don't stop the dev vms": nothing is done, and nothing is remembered as a rule."""
    order = reading.orders[0] if reading.orders else None
    what = (
        f"{order.action.replace('_', ' ')} {', '.join(order.selection.names) or in_words(order.selection.where)}"
        if order
        else "do anything"
    )
    return Reply(
        (
            text_card(
                "Understood: nothing was done",
                f"I will not {what} now.",
                "I act only on requests, so there is nothing to prevent; this is not kept as a rule.",
            ),
        )
    )


def refuse(reading: Reading, lexicon: Lexicon) -> Reply:
    """A wish that is refused whoever has it, with the reason and who can."""
    rule = next(rule for rule in lexicon.refusals if rule.name == reading.rule)
    return Reply((refusal_card(rule.reason, rule.who_can),))


def empty() -> Reply:
    """Nothing was said."""
    return Reply((text_card("Nothing to do", "The message was empty. `help` shows what to say."),))


def too_long(length: int, most: int) -> Reply:
    """A message no person types."""
    return Reply((refusal_card(Refused(f"The message has {length:,} characters; I read up to {most:,}.", hint="Say it in fewer words.")),))
