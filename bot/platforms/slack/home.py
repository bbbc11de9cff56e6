"""The App Home: cards for one person, one under the other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Card
from bot.platforms.slack.limits import VIEW, Json, Surface
from bot.platforms.slack.pressed import Context, remembered
from bot.platforms.slack.render import context, render

CALLBACK = "home"
_DIVIDER: Json = {"type": "divider"}
# No card takes so much that the ones under it are not seen.
_ONE = Surface(30, 6_000, 60_000)


def home(cards: Sequence[Card], channel: str) -> Json:
    """The view of a person's home; `channel` is where Escher speaks with them alone."""
    blocks: list[Json] = []
    room = VIEW.less([context("x" * 100)])
    for index, card in enumerate(cards):
        shown = render(card, "", _ONE).blocks
        left = Surface(room.blocks, room.chars, room.bytes - 10_000).less([*blocks, _DIVIDER, *shown])
        if min(left.blocks, left.chars, left.bytes) < 0:
            blocks.append(context(f"{len(cards) - index} more, with /escher approvals."))
            break
        blocks += [*([_DIVIDER] if blocks else []), *shown]
    return {
        "type": "home",
        "callback_id": CALLBACK,
        "blocks": blocks or [context("Nothing to show yet.")],
        "private_metadata": remembered(Context(channel, "")),
    }
