"""All schedules of this Escher: asked for, approved, moved, put off and fired. Edge (journal, clock, and what a firing works with).

Everything that moves a schedule is an entry of the journal first, and `engine/schedules/history.py` alone says what the entry means: what
stands here after a start is what stood here before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from engine.advisor.replies import Said
from engine.approvals.filed import Filed
from engine.clock import fresh_id
from engine.errors import ScheduleRefused
from engine.execution.executor import Executor
from engine.execution.report import Report
from engine.journal.journal import Journal
from engine.planning.planner import Ask, NothingToDo
from engine.schedules import history, states
from engine.schedules.cadence import checked, mark, next_after
from engine.schedules.firing import Came, Eyes, Firing, Runner, mark_of
from engine.schedules.history import Book
from engine.schedules.reach import reach
from engine.schedules.reviewing import Reviewing, mark_for, spared, title
from engine.schedules.schedule import Cadence, Fired, Schedule, Standing
from engine.schedules.states import Event, Press
from engine.schedules.targets import Words, narrowed
from engine.settings import Person, PolicySettings, ScheduleSettings

LONGEST_SNOOZE = timedelta(days=7)
_STOPPED_IN_IT = "Escher was stopped in the middle of it; the run's outcome says what was done."
_STOPPED_BEFORE = "Escher was stopped just when it came. Nothing was done, and it is not made up for."


@dataclass(frozen=True, slots=True)
class Wish:
    """A change for later, resolved as it is now. `picked`: resource ids by number of the order, where the words alone do not say which."""

    ask: Ask
    cadence: Cadence
    picked: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A schedule with its review plan on the desk. `now`: ids that a run of this minute would touch."""

    schedule: Schedule
    filed: Filed
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What schedules work with. `zone` is the IANA name of the time zone that is meant where nobody says one."""

    journal: Journal
    eyes: Eyes
    executor: Executor
    settings: ScheduleSettings
    policy: PolicySettings
    zone: str = "UTC"


class Schedules:
    """One for a process; rebuilt from the journal at start."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._eyes = rooms.eyes
        self._firing = Firing(rooms.eyes)
        self._reviewing = Reviewing(rooms.eyes, rooms.policy)
        self._book = Book()
        for entry in rooms.journal.entries(history.KINDS):
            self._book.apply(entry)
        self._run: Runner = self._run_here
        self._busy: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._watching: list[Callable[[], None]] = []

    @property
    def settings(self) -> ScheduleSettings:
        """As configured."""
        return self._rooms.settings

    @property
    def zone(self) -> str:
        """The IANA name of the time zone that is meant where nobody says one."""
        return self._rooms.zone

    def through(self, run: Runner) -> None:
        """Has scheduled plans run by somebody who shows them, in place of the executor alone."""
        self._run = run

    def watch(self, heard: Callable[[], None]) -> None:
        """Has `heard` called after everything that moved a schedule."""
        self._watching.append(heard)

    # --- looking

    def find(self, schedule_id: str) -> Schedule | None:
        """A schedule as it stands, an ended one too."""
        return self._book.schedules.get(schedule_id)

    def all(self) -> tuple[Schedule, ...]:
        """Those that have not ended, newest last."""
        return tuple(one for one in self._book.schedules.values() if one.state != "ended")

    def upcoming(self, within: timedelta) -> tuple[Schedule, ...]:
        """Those that run within this time, the next one first."""
        until = self._eyes.clock.now() + within
        near = [(one.next_at, one) for one in self.all() if one.next_at is not None and one.next_at <= until]
        return tuple(one for _, one in sorted(near, key=lambda pair: pair[0]))

    async def touching(self, schedule_id: str) -> tuple[str, ...]:
        """Ids that a run of this minute would touch, as the estate knows them: for a word of warning. Empty when that cannot be told."""
        schedule = self._standing_one(schedule_id)
        approved = schedule.standing.plan_id if schedule.standing else schedule.review
        person, review = self._eyes.people.get(schedule.asked_by), self._eyes.desk.find(approved)
        if person is None or review is None:
            return ()
        found = await self._reviewing.meant(Words(schedule.message, person, schedule.picked))
        return self._eyes.planner.needed(review.plan, narrowed(found).resources)

    def review_state(self, schedule_id: str) -> str:
        """How the newest review of a schedule stands on the desk; 'withdrawn' when there is none. While another one waits, it is 'asked'."""
        states_ = [filed.request.state for filed in self._eyes.desk.reviews() if filed.plan.schedule.partition("@")[0] == schedule_id]
        return next(
            (state for state in reversed(states_) if state in ("asked", "approved", "used")), states_[-1] if states_ else "withdrawn"
        )

    def settled_at(self, schedule_id: str) -> datetime | None:
        """When the next time of a schedule was settled: a warning that was due before then is not owed."""
        return self._book.since.get(schedule_id)

    def warned_of(self, schedule_id: str) -> datetime | None:
        """The last time that its place was told of beforehand."""
        return self._book.warned.get(schedule_id)

    # --- asked for and approved

    async def propose(self, wish: Wish) -> Proposed | Said | NothingToDo:
        """A schedule with its review on the desk. Raises ScheduleRefused naming the word, Refused, AdvisorError, JournalError; nothing stands then."""
        cadence = checked(wish.cadence)
        if next_after(cadence, self._eyes.clock.now()) is None:
            raise ScheduleRefused(f"\u201c{cadence.words}\u201d is over already.", hint="Say a time that is still to come.")
        if len(self.all()) >= self.settings.most:
            raise ScheduleRefused(f"There are {self.settings.most} schedules already, the most allowed.", hint="End one first.")
        schedule_id = fresh_id("sched")
        words = Words(wish.ask.message, wish.ask.person, wish.picked)
        found = await self._reviewing.meant(words)
        ask = replace(wish.ask, sealed_text=wish.ask.sealed_text or found.sealed_text)
        filed = await self._reviewing.file(mark(schedule_id, cadence, words.message, words.picked), cadence, ask, found)
        if not isinstance(filed, Filed):
            return filed
        schedule = Schedule(
            schedule_id, title(words.message), words.message, ask.person.id, self._eyes.clock.now(), cadence, dict(wish.picked), dict(ask.place),
            review=filed.plan.id, spared=spared(found, filed.plan), reach=reach(filed.plan.targets),
        )  # fmt: skip
        await self._note("schedule.made", {"schedule": history.to_json(schedule)})
        return Proposed(schedule, filed, self._eyes.planner.needed(filed.plan, narrowed(found).resources))

    async def review(self, schedule_id: str, person: Person) -> Filed:
        """A fresh review on the desk, with what matches today; approving it replaces what was approved before. Raises Refused, AdvisorError."""
        schedule = self._standing_one(schedule_id)
        moved = states.review(schedule, Press(person.id, frozenset(person.roles)))
        if moved.refused:
            await self._refused(schedule_id, person.id, "review", moved)
        asker = self._eyes.people.get(schedule.asked_by)
        if asker is None:
            raise ScheduleRefused(
                f"{schedule.asked_by} asked for this and is not configured here any more.", hint="Ask for it anew and end this one."
            )
        found = await self._reviewing.meant(Words(schedule.message, asker, schedule.picked))
        ask = Ask(asker, schedule.message, found.sealed_text, (), place=schedule.place)
        filed = await self._reviewing.file(mark_for(schedule), schedule.cadence, ask, found)
        if isinstance(filed, Said):
            raise ScheduleRefused(filed.text, who_can=filed.who_can)
        if isinstance(filed, NothingToDo):
            raise ScheduleRefused("Nothing that matches today could ever need it, so there is nothing to review.")
        await self._eyes.desk.close(schedule.review, person.id, f"replaced by {filed.plan.id}")
        await self._note("schedule.moved", {"id": schedule_id, "event": "review", "by": person.id, "review": filed.plan.id})
        return filed

    async def approved(self, plan_id: str) -> Schedule:
        """Takes an approved review: its schedule becomes active, or goes on under it. Again is the same. Raises GrantRefused, ScheduleRefused."""
        async with self._one_at_a_time:
            filed = self._eyes.desk.find(plan_id)
            if filed is None or not filed.plan.schedule:
                raise ScheduleRefused("That is no review of a schedule.")
            schedule = self._standing_one(filed.plan.schedule.partition("@")[0])
            if schedule.standing is not None and schedule.standing.plan_id == plan_id:
                return schedule
            if filed.plan.schedule != mark_for(schedule):
                raise ScheduleRefused("This review is of another time or wish than the schedule has now.", hint="Review it anew.")
            if schedule.state == "proposed" and next_after(schedule.cadence, self._eyes.clock.now()) is None:
                raise ScheduleRefused("Its time is over, so there is nothing left to approve.")
            if filed.request.state != "used":  # a kill may have come between the grant and the entry below
                await self._eyes.desk.grant(plan_id)
            return await self._stands(schedule, filed)

    async def recover(self) -> None:
        """After a start: reviews that were approved when a kill came are taken, so that no approval is lost."""
        for filed in self._eyes.desk.reviews():
            schedule = self.find(filed.plan.schedule.partition("@")[0])
            fresh = schedule is not None and (schedule.standing is None or filed.plan.made_at > schedule.standing.at)
            if fresh and schedule is not None and schedule.state != "ended" and filed.request.state in ("approved", "used"):
                await self.approved(filed.plan.id)

    async def _stands(self, schedule: Schedule, filed: Filed) -> Schedule:
        now = self._eyes.clock.now()
        approvers = tuple(vote.by for vote in filed.request.votes)
        standing = Standing(filed.plan.id, approvers, now, now + timedelta(days=self.settings.standing_days))
        earlier = self._eyes.desk.find(schedule.review)
        known = {*schedule.spared, *(one.id for one in earlier.plan.targets)} if earlier else set(schedule.spared)
        left_alone = sorted(known - {one.id for one in filed.plan.targets})
        body = {
            "id": schedule.id,
            "standing": history.standing_to(standing),
            "spared": left_alone,
            "reach": list(reach(filed.plan.targets)),
        }
        return await self._moved(schedule.id, "schedule.approved", body)

    # --- moved and put off

    async def move(self, schedule_id: str, event: Event, press: Press) -> Schedule:
        """Pauses, resumes or ends a schedule. Raises ScheduleRefused saying why not and who can; it is written down then too."""
        async with self._one_at_a_time:
            schedule = self._standing_one(schedule_id)
            moved = states.move(schedule, event, press)
            if moved.refused:
                await self._refused(schedule_id, press.person, event, moved)
            if event == "resume" and next_after(schedule.cadence, self._eyes.clock.now()) is None:
                raise ScheduleRefused("Its time is over, so there is nothing to resume.", hint="End it, or ask for it anew.")
            return await self._by(schedule_id, event, press.person)

    async def end(self, schedule_id: str, who: str) -> Schedule:
        """Ends a schedule without asking who may: for Escher's own moves. Raises ScheduleRefused when it has ended."""
        async with self._one_at_a_time:
            return await self._by(self._standing_one(schedule_id).id, "end", who)

    async def _by(self, schedule_id: str, event: Event, who: str) -> Schedule:
        after = await self._moved(schedule_id, "schedule.moved", {"id": schedule_id, "event": event, "by": who, "review": ""})
        if event == "end":
            await self._eyes.desk.close(after.review, who, "its schedule was ended")
        return after

    async def snooze(self, schedule_id: str, until: timedelta, press: Press) -> Schedule:
        """Puts the next time off by this much, the next time only. Raises ScheduleRefused."""
        if not timedelta(0) < until <= LONGEST_SNOOZE:
            raise ScheduleRefused(f"A schedule is snoozed for up to {LONGEST_SNOOZE.days} days, not {until}.")
        async with self._one_at_a_time:
            schedule = await self._puts_off(schedule_id, "snooze", press)
            now = self._eyes.clock.now()
            return await self._put_off(schedule_id, max(schedule.next_at or now, now) + until, "snooze", press)

    async def skip(self, schedule_id: str, press: Press) -> Schedule:
        """Leaves the next time out; one that runs once ends by it. Raises ScheduleRefused."""
        async with self._one_at_a_time:
            schedule = await self._puts_off(schedule_id, "skip", press)
            after = next_after(schedule.cadence, schedule.next_at) if schedule.next_at and schedule.cadence.cron else None
            return await self._put_off(schedule_id, after, "skip", press)

    async def _puts_off(self, schedule_id: str, how: states.PutOff, press: Press) -> Schedule:
        schedule = self._standing_one(schedule_id)
        moved = states.put_off(schedule, how, press)
        if moved.refused:
            await self._refused(schedule_id, press.person, how, moved)
        return schedule

    async def _put_off(self, schedule_id: str, next_at: datetime | None, how: states.PutOff, press: Press) -> Schedule:
        body = {"id": schedule_id, "by": press.person, "next_at": next_at.isoformat() if next_at else "", "how": how}
        return await self._moved(schedule_id, "schedule.put_off", body)

    async def _refused(self, schedule_id: str, by: str, event: str, moved: states.Moved) -> None:
        await self._eyes.desk.refused(schedule_id, by, event, moved.refused)
        raise ScheduleRefused(moved.refused, who_can=moved.who_can)

    # --- times that come

    async def fire(self, schedule_id: str, due: datetime) -> Fired:
        """One time that came, once: written down first, then done, then told. Raises ScheduleRefused when it is not due, JournalError."""
        async with self._one_at_a_time:
            schedule = self._standing_one(schedule_id)
            if schedule.state != "active" or schedule.next_at != due:
                raise ScheduleRefused(f"{schedule_id} is not due at {due:%Y-%m-%d %H:%M} UTC.")
            await self._note("schedule.fired", {"id": schedule_id, "due": due.isoformat()})
        if schedule_id in self._busy:
            return await self.told(schedule_id, due, Came("skipped", "The run before it was still under way."))
        self._busy.add(schedule_id)
        try:
            came = await self._firing.of(schedule, due, self._run)
        finally:
            self._busy.discard(schedule_id)
        return await self.told(schedule_id, due, came)

    async def told(self, schedule_id: str, due: datetime, came: Came) -> Fired:
        """Writes down what became of a time."""
        body = {"id": schedule_id, "due": due.isoformat(), "result": came.result, "says": came.says, "run": came.run}
        after = await self._moved(schedule_id, "schedule.told", body)
        return after.last or Fired(due, self._eyes.clock.now(), came.result, came.says, came.run)

    async def warned(self, schedule_id: str, due: datetime) -> None:
        """Writes down that the place of a schedule is told of a time beforehand."""
        await self._note("schedule.heads_up", {"id": schedule_id, "due": due.isoformat()})

    async def unfinished(self) -> tuple[Schedule, ...]:
        """After a start: times that fired and of which a kill let nobody tell. One whose run began ran; any other is missed and never repeated."""
        began = (
            {e.body["plan"].get("fires", ""): e.body["run"] for e in self._rooms.journal.entries({"run.started"})}
            if self._book.begun
            else {}
        )
        over = []
        for schedule_id, due in list(self._book.begun.items()):
            run = began.get(mark_of(schedule_id, due), "")
            await self.told(schedule_id, due, Came("ran", _STOPPED_IN_IT, run) if run else Came("missed", _STOPPED_BEFORE))
            over.append(self._book.schedules[schedule_id])
        return tuple(over)

    async def _run_here(self, plan_id: str) -> Report:
        """How a plan is run where nobody shows it."""
        filed = self._eyes.desk.find(plan_id)
        assert filed is not None
        return await self._rooms.executor.execute(filed.plan, await self._eyes.desk.grant(plan_id))

    # --- inside

    def _standing_one(self, schedule_id: str) -> Schedule:
        schedule = self.find(schedule_id)
        if schedule is None:
            raise ScheduleRefused(f"There is no schedule {schedule_id[:40]}.", hint="`schedules` lists those there are.")
        if schedule.state == "ended":
            raise ScheduleRefused(f"The schedule {schedule_id} has ended.", hint="Ask for it anew.")
        return schedule

    async def _note(self, kind: str, body: Mapping[str, Any]) -> None:
        self._book.apply(await self._rooms.journal.append(kind, body))
        for heard in self._watching:
            heard()

    async def _moved(self, schedule_id: str, kind: str, body: Mapping[str, Any]) -> Schedule:
        await self._note(kind, body)
        return self._book.schedules[schedule_id]
