"""Work that goes on after Slack was answered: held, watched, and ended with the platform. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from engine.logs import Log

T = TypeVar("T")
_log = Log("escher.slack")


class Tasks:
    """What is under way. What breaks is told in the log and ends nothing else."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begins a piece of work."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settled(self) -> None:
        """Waits until nothing is under way."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def close(self, within_s: float = 3.0) -> None:
        """Lets what is under way end for so long, then cancels it."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=within_s)
        left = set(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("broke", error=type(error).__name__, exc_info=error)
