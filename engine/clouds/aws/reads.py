"""Many reads of single resources as few calls: reads that come close together are asked as one. Edge (timers only).

Two hundred stops are verified by two hundred reads at once; AWS throttles single describes and answers a hundred ids in one call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from engine.errors import CloudError, NotFound, Unreachable

Found = TypeVar("Found")


class Batches(Generic[Found]):
    """Collects ids for `window_s` and asks for up to `most` of them by one `fetch`.

    `fetch` gives what it found by id, and raises NotFound when one of several ids is unknown; then the ids are asked in halves, so that one
    vanished resource costs its neighbours a few calls and no wrong answer. Every answer is asked for after `get` was called, never older.
    """

    def __init__(
        self, fetch: Callable[[tuple[str, ...]], Awaitable[Mapping[str, Found]]], *, most: int = 100, window_s: float = 0.02
    ) -> None:
        self._fetch = fetch
        self._most = most
        self._window_s = window_s
        self._waiting: dict[str, asyncio.Future[Found | None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def get(self, own_id: str) -> Found | None:
        """What the cloud has under this id now, None when it knows none. Raises CloudError."""
        if not self._waiting:
            self._start(self._waiting)
        answer = self._waiting.get(own_id)
        if answer is None:
            answer = self._waiting[own_id] = asyncio.get_running_loop().create_future()
        # Shielded, since others may wait for the same id.
        return await asyncio.shield(answer)

    async def close(self) -> None:
        """Ends what is under way; whoever still waits gets Unreachable."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, answers: dict[str, asyncio.Future[Found | None]]) -> None:
        task = asyncio.create_task(self._collect(answers))
        self._running.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            # Also after a cancel that came before the task's first step: nobody is left waiting.
            self._running.discard(task)
            if self._waiting is answers:
                self._waiting = {}
            for answer in answers.values():
                _refuse(answer, Unreachable("The read was given up before an answer came."))

        task.add_done_callback(ended)

    async def _collect(self, answers: dict[str, asyncio.Future[Found | None]]) -> None:
        await asyncio.sleep(self._window_s)
        self._waiting = {}
        ids = list(answers)
        await asyncio.gather(*(self._ask(ids[at : at + self._most], answers) for at in range(0, len(ids), self._most)))

    async def _ask(self, ids: list[str], answers: Mapping[str, asyncio.Future[Found | None]]) -> None:
        try:
            found = await self._fetch(tuple(ids))
        except NotFound:
            if len(ids) == 1:
                return _tell(answers[ids[0]], None)
            middle = len(ids) // 2
            await asyncio.gather(self._ask(ids[:middle], answers), self._ask(ids[middle:], answers))
        except CloudError as error:
            for own_id in ids:
                _refuse(answers[own_id], error)
        else:
            for own_id in ids:
                _tell(answers[own_id], found.get(own_id))
        return None


def _tell(answer: asyncio.Future[Found | None], found: Found | None) -> None:
    if not answer.done():
        answer.set_result(found)


def _refuse(answer: asyncio.Future[Found | None], error: CloudError) -> None:
    if not answer.done():
        answer.set_exception(error)
        # Looked at here, so that the loop does not complain about an answer whose asker was cancelled.
        answer.exception()
