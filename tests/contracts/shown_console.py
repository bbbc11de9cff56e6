"""A card as the terminal shows it: its text, and the numbers somebody types. Edge (runs a terminal)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.cards.card import Card
from bot.platforms.console_render import render_text
from bot.platforms.platform import Click, Place
from tests.bot.platforms.typist import at_terminal
from tests.bot.platforms.web.fakes import FakeInbox

BUTTON = re.compile(r"^ *\[(\d+)\] (.+)$", re.MULTILINE)
# As wide as a cell needs; narrower terminals fold the same text.
WIDTH = 400


class ConsoleShown:
    """The same wherever it stands: a terminal has no dialogs."""

    def __init__(self, card: Card, place: Place, *, inside: bool) -> None:
        del inside
        self._card, self._place = card, place
        self.words = render_text(card, WIDTH)
        self.beside = ""
        self._numbers = {label.split("   ")[0]: number for number, label in BUTTON.findall(self.words)}
        self.actions = tuple(self._numbers)

    async def press(self, label: str, fields: Mapping[str, Sequence[str]], login: str) -> Click:
        """Types the button's number and then, for each field as the terminal asks for it, a line."""
        platform, typist, _ = at_terminal(login)
        inbox = FakeInbox()
        inbox.platform = platform
        chatting = asyncio.create_task(platform.run(inbox))
        try:
            await typist.idle.wait()
            await platform.show(self._place, self._card)
            await typist.type(self._numbers[label])
            for field in next(action for action in self._card.actions if action.label == label).form:
                numbers = {value: str(at) for at, (value, _, _) in enumerate(field.choices, 1)}
                await typist.type(" ".join(numbers.get(value, value) for value in fields[field.name]))
        finally:
            chatting.cancel()
            with suppress(asyncio.CancelledError):
                await chatting
        return inbox.clicks[0]
