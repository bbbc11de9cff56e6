"""One question more for each thing of a list, a few at a time. Edge (tasks)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
WIDTH = 8


async def each(things: Iterable[A], of: Callable[[A], Awaitable[B]]) -> list[B]:
    """What `of` gives for each thing, in order. Raises the first error of any."""
    limit = asyncio.Semaphore(WIDTH)

    async def one(thing: A) -> B:
        async with limit:
            return await of(thing)

    return await asyncio.gather(*(one(thing) for thing in things))
