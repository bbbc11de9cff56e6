"""Somebody at a terminal whose lines are written beforehand, and what the terminal then showed. Edge (remembers)."""

from __future__ import annotations

import asyncio
from io import StringIO

from rich.console import Console

from bot.platforms.console import ConsolePlatform


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

    def take(self) -> str:
        """What was shown since the last time."""
        text = self._out.getvalue()
        new, self._taken = text[self._taken :], len(text)
        return new


def at_terminal(login: str = "lena", *, terminal: bool = False) -> tuple[ConsolePlatform, Typist, Screen]:
    """A console platform with a typist and a screen."""
    typist, screen = Typist(), Screen(terminal=terminal)
    return ConsolePlatform(login, screen.console, typist), typist, screen
