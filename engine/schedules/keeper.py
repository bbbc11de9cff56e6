"""Keeps the time of all schedules: fires what is due, tells what is near, what ran and what was missed. Edge (clock; a tick is one)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from engine.clock import Clock
from engine.errors import EscherError
from engine.logs import Log
from engine.schedules.cadence import next_after
from engine.schedules.firing import Came
from engine.schedules.schedule import Fired, Schedule
from engine.schedules.schedules import Schedules

Tell = Callable[[Schedule, Fired | None], Awaitable[None]]
# A clock that jumps is noticed within this time.
LONGEST_NAP_S = 30.0
FIRED_AT_ONCE = 16
_ESCHER = "escher"
_log = Log("escher.schedules")


class Keeper:
    """One for a running bot. `tell` is called with None before a run (heads-up), with what became of it after each time that came."""

    def __init__(self, schedules: Schedules, clock: Clock, tell: Tell) -> None:
        self._schedules = schedules
        self._clock = clock
        self._tell = tell
        self._firing: dict[str, tuple[datetime, asyncio.Task[None]]] = {}
        self._at_once = asyncio.Semaphore(FIRED_AT_ONCE)
        self._stirred = asyncio.Event()
        schedules.watch(self._stirred.set)

    async def run(self) -> None:
        """Tells what a stop left open, then ticks whenever something is due or moved, until cancelled."""
        await self.begin()
        while True:
            self._stirred.clear()
            await self.tick()
            await self._nap()

    async def begin(self) -> None:
        """After a start: what fired and was never told, is told; nothing of it is done again."""
        for schedule in await self._schedules.unfinished():
            await self._say(schedule, schedule.last)

    async def tick(self) -> None:
        """One look at the clock: everything that is due is fired, each by itself, so that none waits for another. A fault stops its schedule alone."""
        for schedule in self._schedules.all():
            try:
                if schedule.id in self._firing:
                    await self._overtaken(schedule, self._firing[schedule.id][0])
                else:
                    await self._attend(schedule)
            except EscherError as error:
                _log.error("a schedule was not attended to", schedule=schedule.id, why=str(error))

    async def settled(self) -> None:
        """Waits until nothing that was fired is under way."""
        while self._firing:
            await asyncio.gather(*(task for _, task in self._firing.values()), return_exceptions=True)

    async def _attend(self, schedule: Schedule) -> None:
        now = self._clock.now()
        if schedule.state == "proposed":
            await self._lapse(schedule)
        elif schedule.state == "paused":
            await self._paused(schedule, now)
        elif schedule.next_at is not None and schedule.next_at <= now:
            if now - schedule.next_at > self._grace:
                schedule = await self._missed(schedule, schedule.next_at, now)
            if schedule.next_at is not None and schedule.next_at <= now and schedule.state == "active":
                self._begin(schedule, schedule.next_at)
        elif schedule.next_at is not None and self._owes_a_warning(schedule, schedule.next_at, now):
            await self._warn(schedule, schedule.next_at)

    # --- times that come

    def _begin(self, schedule: Schedule, due: datetime) -> None:
        task = asyncio.create_task(self._fire(schedule.id, due))
        self._firing[schedule.id] = (due, task)
        task.add_done_callback(lambda _: self._over(schedule.id))

    def _over(self, schedule_id: str) -> None:
        self._firing.pop(schedule_id, None)
        self._stirred.set()

    async def _fire(self, schedule_id: str, due: datetime) -> None:
        try:
            async with self._at_once:
                fired = await self._fired(schedule_id, due)
        except EscherError as error:  # it could not be written down, or it was moved meanwhile: nothing was done
            _log.error("a schedule did not fire", schedule=schedule_id, why=str(error))
            return
        after = self._schedules.find(schedule_id)
        if after is not None:
            await self._say(after, fired)

    async def _fired(self, schedule_id: str, due: datetime) -> Fired:
        try:
            return await self._schedules.fire(schedule_id, due)
        except EscherError:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a tick: a fault of ours is told, and stops no other schedule
            _log.error("a schedule failed", schedule=schedule_id, type=type(error).__name__)
            says = f"A fault inside Escher ({type(error).__name__}); the journal says whether a run began."
            return await self._schedules.told(schedule_id, due, Came("refused", says))

    async def _overtaken(self, schedule: Schedule, firing: datetime) -> None:
        """A time that comes while the run of the one before is under way is left out, and told."""
        if schedule.next_at is not None and schedule.next_at != firing and schedule.next_at <= self._clock.now():
            fired = await self._schedules.fire(schedule.id, schedule.next_at)
            await self._say(self._schedules.find(schedule.id) or schedule, fired)

    async def _missed(self, schedule: Schedule, due: datetime, now: datetime) -> Schedule:
        """Times that came while Escher did not run, too long ago to make up for: told once, however many."""
        last_moment = now - self._grace
        after = next_after(schedule.cadence, due)
        several = after is not None and after < last_moment
        says = f"Escher was not running at {due:%Y-%m-%d %H:%M} UTC{f' and at the times until {last_moment:%Y-%m-%d %H:%M} UTC' if several else ''}."
        fired = await self._schedules.told(schedule.id, last_moment if several else due, Came("missed", f"{says} Nothing was done."))
        schedule = self._schedules.find(schedule.id) or schedule
        await self._say(schedule, fired)
        return schedule

    @property
    def _grace(self) -> timedelta:
        return timedelta(minutes=self._schedules.settings.grace_minutes)

    # --- before it comes, and when it never does

    def _owes_a_warning(self, schedule: Schedule, due: datetime, now: datetime) -> bool:
        """Whether its place is to be told now: once for each time, and not of one that was settled, or that follows another, later than that."""
        moment = self._warned_at(due)
        if moment is None or not moment <= now < due or self._schedules.warned_of(schedule.id) == due:
            return False
        settled = self._schedules.settled_at(schedule.id)
        return (settled is None or settled <= moment) and (schedule.last is None or schedule.last.due <= moment)

    def _warned_at(self, due: datetime) -> datetime | None:
        minutes = self._schedules.settings.heads_up_minutes
        return due - timedelta(minutes=minutes) if minutes else None

    async def _warn(self, schedule: Schedule, due: datetime) -> None:
        """Tells of a run that will change something. Where that cannot be told now, the run itself will."""
        await self._schedules.warned(schedule.id, due)
        if await self._schedules.touching(schedule.id):
            await self._say(schedule, None)

    async def _lapse(self, schedule: Schedule) -> None:
        """A proposal ends with its review; one that nobody decided in time is told."""
        state = self._schedules.review_state(schedule.id)
        if state not in ("denied", "withdrawn", "expired"):
            return
        if state == "expired":
            due = schedule.cadence.run_at or self._clock.now()
            await self._schedules.told(schedule.id, due, Came("left", "Nobody approved it in time, so it ended. Nothing was done."))
        after = await self._schedules.end(schedule.id, _ESCHER)
        if state == "expired":
            await self._say(after, after.last)

    async def _paused(self, schedule: Schedule, now: datetime) -> None:
        """A single time that comes while its schedule is paused is over."""
        if schedule.cadence.run_at is not None and schedule.cadence.run_at <= now:
            await self._schedules.told(
                schedule.id, schedule.cadence.run_at, Came("skipped", "It was paused when its time came, so it ended.")
            )
            after = await self._schedules.end(schedule.id, _ESCHER)
            await self._say(after, after.last)

    # --- telling and waiting

    async def _say(self, schedule: Schedule, fired: Fired | None) -> None:
        """A platform that is away must not hold up the next schedule; what happened stands in the journal."""
        try:
            await self._tell(schedule, fired)
        except EscherError as error:
            _log.error("a schedule was not told of", schedule=schedule.id, why=str(error))

    async def _nap(self) -> None:
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._stirred.wait())]
        if (near := self._near()) is not None:
            seconds = min(max((near - self._clock.now()).total_seconds(), 0.0), LONGEST_NAP_S)
            waits.append(asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _near(self) -> datetime | None:
        """The next moment at which something must be looked at; None when nothing will."""
        now = self._clock.now()
        moments = []
        for schedule in self._schedules.all():
            if schedule.id in self._firing and schedule.next_at == self._firing[schedule.id][0]:
                continue
            if schedule.next_at is not None:
                warned = self._warned_at(schedule.next_at)
                moments.append(warned if warned is not None and warned > now else schedule.next_at)
            elif schedule.state == "proposed" or schedule.cadence.run_at is not None:
                moments.append(now + timedelta(seconds=LONGEST_NAP_S))
        return min(moments, default=None)
