"""The review of a schedule: the plan of everything it may ever do, on the approval desk. Edge (estate, planner, desk)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.advisor.replies import Said
from engine.approvals.filed import Filed
from engine.errors import ScheduleRefused
from engine.execution.plan import Plan
from engine.planning.planner import Ask, Later, NothingToDo
from engine.request.times import take_time
from engine.request.tokens import clean
from engine.schedules.cadence import mark
from engine.schedules.firing import Eyes
from engine.schedules.schedule import Cadence, Schedule
from engine.schedules.targets import Meant, Words, meant
from engine.settings import PolicySettings

# However long a review may wait for its moment, it waits no longer than this.
LONGEST_REVIEW = timedelta(days=7)


class Reviewing:
    """One for all schedules."""

    def __init__(self, eyes: Eyes, policy: PolicySettings) -> None:
        self._eyes = eyes
        self._policy = policy

    async def meant(self, words: Words) -> Meant:
        """What the words mean, as each run will find it. Raises ScheduleRefused when they say nothing certain."""
        found = await meant(words, self._eyes.understanding, self._eyes.estate)
        if found.unclear:
            raise ScheduleRefused(
                f"At its time nobody could tell which resources are meant: {found.unclear}", hint="Nothing was scheduled."
            )
        if not found.wanted:
            raise ScheduleRefused("Nothing in the estate matches that.", hint="Nothing was scheduled.")
        return found

    async def file(self, plan_mark: str, cadence: Cadence, ask: Ask, found: Meant) -> Filed | Said | NothingToDo:
        """The review of what is meant, planned as if every target needed it. Raises Refused, AdvisorError, JournalError."""
        later = Later(plan_mark, self._until(cadence))
        ask = replace(ask, wanted=found.wanted, left_out=found.left_out, by_name=found.by_name, why=found.why, later=later)
        drafted = await self._eyes.planner.draft(ask)
        if not isinstance(drafted, Plan):
            return drafted
        return await self._eyes.planner.file(drafted, self._eyes.planner.decide(drafted, ask.person))

    def _until(self, cadence: Cadence) -> datetime:
        """Until when a review may be approved: as the policy says, and for a single time until it comes."""
        now = self._eyes.clock.now()
        if cadence.run_at is not None and cadence.run_at > now:
            return min(cadence.run_at, now + LONGEST_REVIEW)
        return now + timedelta(minutes=self._policy.approval_minutes)


def spared(found: Meant, plan: Plan) -> tuple[str, ...]:
    """What is meant and the plan leaves alone: it is not new the next time."""
    return tuple(sorted({one.id for one in found.resources} - {one.id for one in plan.targets}))


def mark_for(schedule: Schedule) -> str:
    """What a review of this schedule, as it stands, is for."""
    return mark(schedule.id, schedule.cadence, schedule.message, schedule.picked)


def title(message: str) -> str:
    """The message without its time, as a headline."""
    bare = take_time(clean(message))[0]
    return f"{bare[:1].upper()}{bare[1:]}"[:200]
