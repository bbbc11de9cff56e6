"""What sweeps do alike in every cloud: parts side by side, and the reason for a part that is missing. Edge (tasks); knows no cloud."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from engine.errors import CloudError, Denied, Throttled, Unreachable
from engine.estate.resource import Gap, GapReason, Swept

# Codes of ours for silences that have none of the provider's.
TIMED_OUT = "Timeout"
BROKEN = "BrokenAnswer"
Piece = Swept | Gap


async def side_by_side(parts: Iterable[Callable[[], Awaitable[list[Piece]]]], at_once: int) -> AsyncIterator[Piece]:
    """The pieces of all parts as each part ends, at most `at_once` under way; whoever stops listening stops them all."""
    limit = asyncio.Semaphore(at_once)

    async def one(part: Callable[[], Awaitable[list[Piece]]]) -> list[Piece]:
        async with limit:
            return await part()

    tasks = [asyncio.create_task(one(part)) for part in parts]
    try:
        for done in asyncio.as_completed(tasks):
            for piece in await done:
                yield piece
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def gap_reason(error: CloudError) -> GapReason:
    """Why a part of a sweep is missing."""
    match error:
        case Denied():
            return GapReason.DENIED
        case Throttled():
            return GapReason.THROTTLED
        case Unreachable(code=code) if code == TIMED_OUT:
            return GapReason.TIMED_OUT
        case Unreachable(code=code) if code != BROKEN:
            return GapReason.UNREACHABLE
        case _:
            return GapReason.BROKEN
