"""Somebody at a terminal whose lines are written beforehand, and what the terminal then showed. Edge (remembers)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from io import StringIO

from rich.console import Console

from bot.cards.card import Action
from bot.platforms.console import ConsolePlatform
from bot.platforms.console_render import harmless
from bot.platforms.platform import Place
from tests.bot.platforms.web.fakes import FakeInbox


class Typist:
    """Types one line at a time when asked; `None` ends the input."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.idle = asyncio.Event()
        self.prompts: list[str] = []

    async def __call__(self, prompt: str) -> str | None:
        self.prompts.append(prompt)
        self.idle.set()
        return await self.queue.get()

    async def type(self, line: str) -> None:
        """Types a line and waits until everything that follows from it was done."""
        self.idle.clear()
        self.queue.put_nowait(line)
        await self.idle.wait()


class Screen:
    """A terminal's output; `take` gives what came since it was taken last."""

    def __init__(self, *, terminal: bool = False, width: int = 80) -> None:
        self._out = StringIO()
        self.console = Console(
            file=self._out,
            width=width,
            height=40,
            force_terminal=terminal,
            color_system="truecolor" if terminal else None,
            markup=False,
            highlight=False,
            emoji=False,
        )
        self._taken = 0

    def close(self) -> None:
        """The terminal goes away."""
        self._out.close()

    def take(self) -> str:
        """What was shown since the last time."""
        text = self._out.getvalue()
        new, self._taken = text[self._taken :], len(text)
        return new


def at_terminal(login: str = "lena", *, terminal: bool = False) -> tuple[ConsolePlatform, Typist, Screen]:
    """A console platform with a typist and a screen."""
    typist, screen = Typist(), Screen(terminal=terminal)
    return ConsolePlatform(login, screen.console, typist), typist, screen


class ConsoleStage:
    """One person at one terminal, for the conformance suite; what others see of it is nothing but what stands on a screen of their own."""

    me, other = "lena", "omar.h"

    def __init__(self) -> None:
        self.platform, self._typist, self._screen = at_terminal(self.me)
        self.inbox = FakeInbox()
        self.inbox.platform = self.platform

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> ConsoleStage:
        """A stage that lasts as long as the stack."""
        stage = cls()
        running = asyncio.create_task(stage.platform.run(stage.inbox))
        stack.push_async_callback(_ended, running)
        await stage._typist.idle.wait()
        return stage

    async def say(self, text: str) -> Place:
        await self._typist.type(text)
        await self.inbox.answered()
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        """A number, as a person types it; the button is looked up in what stands there."""
        del place, subject
        return await self._typed(verb, ())

    async def fill(self, place: Place, action: Action, fields: Mapping[str, Sequence[str]]) -> str:
        """A number, and then a line for each field."""
        del place
        return await self._typed(action.label, [" ".join(fields[field.name]) for field in action.form])

    async def _typed(self, label: str, lines: Sequence[str]) -> str:
        self._screen.take()
        await self._typist.type("/again")
        number = re.findall(rf"\[(\d)\] {label}\b", self._screen.take(), re.IGNORECASE)[-1]
        for line in (number, *lines):
            await self._typist.type(line)
        return self._screen.take()

    async def seen(self, login: str) -> str:
        self._screen.take()
        await self._typist.type("/again")
        return self._screen.take() if login == self.me else ""

    async def fall(self) -> None:
        self._screen.close()

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        assert harmless(text) in seen
        assert not set("\x1b\u202e\x07\r") & set(seen)
        assert harmless(text) not in plain


async def _ended(running: asyncio.Task[None]) -> None:
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
