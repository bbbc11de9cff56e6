"""Long computations on the event loop, in short slices and one at a time, so that everything else gets its turn between them. Edge (the loop).

A thread would not help: the interpreter runs one at a time, and whoever waits for the other's turn waits longer than a slice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")
_SLICE_S = 0.002


class Slices:
    """What is computed with one of these is computed one after the other, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def each(self, work: Callable[[_T], _R], things: Iterable[_T]) -> list[_R]:
        """The work done on each of the things."""
        loop, done = asyncio.get_running_loop(), list[_R]()
        async with self._turn:
            until = loop.time() + _SLICE_S
            for thing in things:
                done.append(work(thing))
                if loop.time() >= until:
                    await asyncio.sleep(0)
                    until = loop.time() + _SLICE_S
        return done
