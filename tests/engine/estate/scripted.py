"""A model for tests that needs no weights: a text's vector counts its letters; it can be held, made to fail, or be away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.errors import StoreError

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ScriptedModel:
    """`embedded` has each text that was embedded, in order. `let` holds embedding while it is cleared; `trouble` are the next failures."""

    def __init__(self, trouble: Sequence[str] = (), away: str = "") -> None:
        self.trouble = list(trouble)
        self.away = away
        self.embedded: list[str] = []
        self.let = asyncio.Event()
        self.let.set()
        self.loaded = False
        self.closed = False

    async def size(self) -> int:
        if self.away:
            raise StoreError(self.away)
        self.loaded = True
        return len(_LETTERS)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        await self.let.wait()
        if self.trouble:
            raise StoreError(self.trouble.pop(0))
        self.embedded += texts
        return [letters(text) for text in texts]

    async def query(self, text: str) -> list[float]:
        return letters(text)

    async def close(self) -> None:
        self.closed = True


def letters(text: str) -> list[float]:
    """How often each letter stands in it."""
    return [float(text.lower().count(letter)) for letter in _LETTERS]
