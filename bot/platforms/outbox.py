"""What is on its way to a chat platform: in order for each place, newest version first, patient with limits and faults. Edge.

Theory of operation. `put` never waits. Each place has a queue and, while it is not empty, one task that delivers from it in order. A job
whose key is still queued takes the older one's turn: what nobody saw need not be sent. A platform that says "too many" holds up every
queue of its outbox for as long as it said; a fault is tried again, ever more slowly, and at last told in the log.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from engine.clock import Clock, fresh_id
from engine.logs import Log

Job = Callable[[], Awaitable[None]]
TRIES = 8
LONGEST_PAUSE_S = 30.0
_log = Log("escher.outbox")


class TooMany(Exception):
    """The platform takes nothing more for `after_s` seconds (429 with Retry-After)."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"too many requests, again after {after_s:g} s")
        self.after_s = after_s


class Faulty(Exception):
    """The platform failed or was not reached; trying again may help."""


class Refusal(Exception):
    """The platform refused for good; `code` is its own word for why. Trying again does not help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outbox:
    """One for a platform. Jobs raise `TooMany`, `Faulty` or `Refusal`, and may be repeated after the first two."""

    def __init__(self, platform: str, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        self._queues: dict[Hashable, OrderedDict[str, Job]] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._held_until = 0.0

    def put(self, place: Hashable, job: Job, key: str = "") -> None:
        """Queues a job for a place. A queued job with the same key is replaced where it stands."""
        queue = self._queues.setdefault(place, OrderedDict())
        queue[key or fresh_id("job")] = job
        if place not in self._tasks:
            self._tasks[place] = asyncio.create_task(self._deliver(place, queue))

    @property
    def waiting(self) -> int:
        """How many jobs are queued or under way."""
        return sum(len(queue) for queue in self._queues.values()) + len(self._tasks)

    async def settled(self) -> None:
        """Waits until everything was delivered or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self, within_s: float = 5.0) -> None:
        """Delivers what it can in the time, then stops. Idempotent."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=within_s)
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _deliver(self, place: Hashable, queue: OrderedDict[str, Job]) -> None:
        try:
            while queue:
                await self._pass_hold()
                await self._try(*next(iter(queue.items())), queue)
        finally:
            self._tasks.pop(place, None)
            if not queue:
                self._queues.pop(place, None)

    async def _try(self, key: str, job: Job, queue: OrderedDict[str, Job]) -> None:
        """One job, again while that helps; a newer version that arrives meanwhile goes out next, in the same turn."""
        pause, faults = 0.5, 0
        while faults < TRIES:
            job = queue.pop(key, job)
            try:
                await job()
            except TooMany as limit:
                self._hold(limit.after_s)
            except Faulty as fault:
                faults += 1
                _log.warning("again", platform=self._platform, faults=faults, why=str(fault)[:200])
                await self._clock.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            except Refusal as refusal:
                _log.error("refused", platform=self._platform, code=refusal.code[:100])
                return
            else:
                return
            await self._pass_hold()
        _log.error("given up", platform=self._platform, tries=TRIES)

    def _hold(self, after_s: float) -> None:
        self._held_until = max(self._held_until, self._clock.now().timestamp() + after_s)

    async def _pass_hold(self) -> None:
        while (left := self._held_until - self._clock.now().timestamp()) > 0:
            await self._clock.sleep(left)
