"""The last happenings, numbered, so that a browser that was away gets exactly what it missed. Edge (wakes waiting streams)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry was added or replaced. It names the entry and does not hold it: whoever reads late gets the latest version."""

    number: int
    entry: str
    added: bool


class Ring:
    """A bounded list of happenings with a bell.

    A mark is `life-number`; `life` names this process, so a mark from before a restart is known for what it is.
    """

    def __init__(self, life: str, size: int) -> None:
        self._life = life
        self._kept: deque[Happening] = deque(maxlen=size)
        self._number = 0
        self._bell = asyncio.Event()
        self.closed = False

    @property
    def mark(self) -> str:
        """Where the ring stands now."""
        return self.mark_of(self._number)

    def mark_of(self, number: int) -> str:
        """The mark that says: everything up to this number was seen."""
        return f"{self._life}-{number}"

    def add(self, entry: str, *, added: bool) -> None:
        """Remembers a happening and wakes every stream."""
        self._number += 1
        self._kept.append(Happening(self._number, entry, added))
        self._ring()

    def close(self) -> None:
        """Ends every stream."""
        self.closed = True
        self._ring()

    def since(self, mark: str) -> list[Happening] | None:
        """What happened after a mark, or None when that cannot be known: another life, or too long ago."""
        life, _, number = mark.rpartition("-")
        if life != self._life or not number.isdecimal():
            return None
        seen = int(number)
        if seen > self._number or (self._number > seen and self._kept[0].number > seen + 1):
            return None
        return [happening for happening in self._kept if happening.number > seen]

    async def wait(self, mark: str, seconds: float) -> bool:
        """Waits until something happened after the mark; False when `seconds` passed in silence."""
        bell = self._bell
        if self.closed or self.mark != mark:
            return True
        try:
            await asyncio.wait_for(bell.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()
