"""Answering in time: work is waited for so long and no longer, and goes on behind the answer. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

# Teams waits for some seconds; three of ours at most, network included.
PATIENCE_S = 2.5
Result = TypeVar("Result")


class Patience:
    """One for a platform."""

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self._seconds = seconds
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """The work, going on by itself."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def wait(self, work: Coroutine[Any, Any, Result], late: Callable[[Result], None] | None = None) -> asyncio.Task[Result]:
        """The work, done or not. Unfinished work goes on, and `late` is called with what it comes to."""
        task = self.begin(work)
        await asyncio.wait({task}, timeout=self._seconds)
        if not task.done() and late is not None:
            task.add_done_callback(lambda done: _tell(done, late))
        return task

    async def close(self, within_s: float = 5.0) -> None:
        """Lets what still goes on come to its end, then ends it."""
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell(done: asyncio.Task[Result], late: Callable[[Result], None]) -> None:
    if not done.cancelled() and done.exception() is None:
        late(done.result())
