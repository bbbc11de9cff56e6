"""One time that came: what is meant now, what of it was approved, and that part run. Edge (estate, clouds, planner, desk).

Nothing here trusts an earlier look. The words are read anew, every target is read from its cloud, the person's roles, the guardrails and the
policy are those of this minute. What runs is a part of the approved review, bound without the AI server; only where something is meant that
the review does not know is the server asked, and then everything runs if policy lets it run without anybody's approval.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.advisor.replies import Said
from engine.approvals.desk import Desk
from engine.approvals.filed import Filed
from engine.approvals.policy import Decision
from engine.clock import Clock
from engine.clouds.cloud import Cloud
from engine.errors import AdvisorError, EscherError, Refused
from engine.estate.facts import environment
from engine.estate.resource import CloudName
from engine.estate.view import EstateView
from engine.execution.plan import LeftOut, Plan, worse
from engine.execution.report import Report
from engine.planning.planner import Ask, NothingToDo, Planner
from engine.planning.recurring import ALREADY
from engine.request.understanding import Understanding
from engine.schedules.schedule import Result, Schedule, Standing
from engine.schedules.targets import Seen, Words, meant, seen
from engine.settings import Person

# Runs a plan that is approved on the desk, to its end. Raises EscherError before anything is touched.
Runner = Callable[[str], Awaitable[Report]]
REVIEW_IT = "review it"


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a firing works with."""

    clock: Clock
    desk: Desk
    planner: Planner
    estate: EstateView
    clouds: Mapping[CloudName, Cloud]
    understanding: Understanding
    people: Mapping[str, Person]


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a time: as in `Fired`."""

    result: Result
    says: str
    run: str = ""


@dataclass(frozen=True, slots=True)
class _Time:
    """One time of a schedule: who asked, what was approved, and what is meant now.

    `new` are ids that the review did not know, or knew in another environment.
    """

    schedule: Schedule
    standing: Standing
    review: Plan
    ask: Ask
    notes: tuple[str, ...]
    new: frozenset[str]

    @property
    def known(self) -> Ask:
        """What is meant without what is new."""
        wanted = (replace(order, targets=tuple(one for one in order.targets if one.id not in self.new)) for order in self.ask.wanted)
        return replace(self.ask, wanted=tuple(order for order in wanted if order.targets))


@dataclass(frozen=True, slots=True)
class _Choice:
    """What runs: a plan with the decision that lets it, None under what was approved; or why nothing does."""

    plan: Plan | None = None
    decision: Decision | None = None
    notes: tuple[str, ...] = ()
    result: Result = "nothing"
    why: str = ""


class Firing:
    """One for all schedules. `run` is how an approved plan is run."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes

    async def of(self, schedule: Schedule, due: datetime, run: Runner) -> Came:
        """Does what is to be done at this time. An error is told, not raised."""
        try:
            return await self._come(schedule, due, run)
        except EscherError as error:
            return Came("refused", str(error))

    async def _come(self, schedule: Schedule, due: datetime, run: Runner) -> Came:
        person = self._eyes.people.get(schedule.asked_by)
        review = self._eyes.desk.find(schedule.standing.plan_id) if schedule.standing else None
        if person is None:
            return Came("refused", f"{schedule.asked_by} asked for this and is not configured here any more, so nothing was done.")
        if review is None or schedule.standing is None:
            return Came("refused", "What was approved for this is not known any more, so nothing was done.")
        words = Words(schedule.message, person, schedule.picked)
        found = await meant(words, self._eyes.understanding, self._eyes.estate)
        if found.unclear:
            return Came("refused", f"{found.unclear} Nothing was done.")
        now = await seen(found, self._eyes.clouds)
        notes = _seen_notes(now)
        if not now.meant.wanted:
            return Came("refused" if now.unanswered else "nothing", _sentences("Nothing that is meant could be acted on.", *notes))
        known = {one.id: environment(one)[0] for one in review.plan.targets}
        unknown = [one for one in now.meant.resources if known.get(one.id) != environment(one)[0]]
        new = frozenset(one.id for one in unknown if one.id not in schedule.spared)
        ask = Ask(
            person, schedule.message, found.sealed_text, now.meant.wanted, left_out=_left_out(now), by_name=found.by_name,
            place=schedule.place, why=found.why, fires=mark_of(schedule.id, due),
        )  # fmt: skip
        return await self._act(_Time(schedule, schedule.standing, review.plan, ask, notes, new), run)

    async def _act(self, time: _Time, run: Runner) -> Came:
        choice = await self._choose(time)
        notes = (*time.notes, *choice.notes)
        if choice.plan is None:
            return Came(choice.result, _sentences(choice.why, *notes))
        filed = await self._filed(time, choice.plan, choice.decision)
        report = await run(filed.plan.id)
        return Came("ran", _sentences(_told(report), *notes), report.id)

    async def _filed(self, time: _Time, plan: Plan, decision: Decision | None) -> Filed:
        if decision is not None:
            return await self._eyes.planner.file(plan, decision)
        names = " and ".join(self._name(one) for one in time.standing.approved_by)
        because = f"approved for this schedule by {names} on {time.standing.at:%Y-%m-%d} ({time.standing.plan_id})"
        return await self._eyes.planner.file_under(plan, time.review, because)

    def _name(self, person_id: str) -> str:
        person = self._eyes.people.get(person_id)
        return person.name if person else person_id

    # --- what may run

    async def _choose(self, time: _Time) -> _Choice:
        whole = await self._whole(time) if time.new else _Choice()
        if whole.plan is not None:
            return whole
        known = self._eyes.planner.part(time.review, time.known)
        if isinstance(known, NothingToDo):
            why = "Nothing of what was approved has to be done." if whole.notes else "Everything is as wished already."
            return _Choice(notes=(*_left_notes(known.left_out), *whole.notes), result="left" if whole.notes else "nothing", why=why)
        # What the AI server found risky once stays so; a risk that is new is for people.
        plan = replace(known, risk=worse(known.risk, time.review.risk))
        if whole.notes:
            plan = replace(plan, left_out=(*plan.left_out, LeftOut(len(time.new), "new since it was approved")))
        decision = self._eyes.planner.decide(plan, time.ask.person)
        notes = (*_left_notes(known.left_out), *whole.notes)
        if decision.needs == 0:
            return _Choice(plan, decision, notes)
        if why := self._not_covered(time, known, decision):
            return _Choice(notes=notes, result="left", why=f"Nothing was done: {why}; {REVIEW_IT}.")
        return _Choice(plan, None, notes)

    async def _whole(self, time: _Time) -> _Choice:
        """All that is meant, with what is new: a plan where policy needs nobody for it; otherwise notes of what is left out."""
        try:
            plan = await self._eyes.planner.draft(time.ask)
            if isinstance(plan, NothingToDo):
                return _Choice()
            if isinstance(plan, Said):
                return _Choice(notes=(f"{_new(len(time.new))} left out: {plan.text}",))
            added = sum(one.id in time.new for one in plan.changed)
            if not added:
                return _Choice()
            decision = self._eyes.planner.decide(plan, time.ask.person)
        except (AdvisorError, Refused) as error:
            return _Choice(notes=(f"{_new(len(time.new))} left out: {error.message}",))
        if decision.needs == 0:
            return _Choice(plan, decision)
        return _Choice(notes=(f"{_new(added)}: {REVIEW_IT}.",))

    def _not_covered(self, time: _Time, known: Plan, decision: Decision) -> str:
        """Why what was approved does not let this run; '' when it does."""
        standing = time.standing
        if self._eyes.clock.now() >= standing.until:
            return f"its approval of {standing.at:%Y-%m-%d} ended on {standing.until:%Y-%m-%d}"
        if worse(known.risk, time.review.risk) != time.review.risk:
            return f"its risk is {known.risk} now ({', '.join(known.reasons)}) and was {time.review.risk} when it was approved"
        counting = sum(self._still_manages(one) for one in standing.approved_by)
        if decision.needs > counting:
            asked = "one approval" if decision.needs == 1 else f"{decision.needs} approvals"
            gone = " of people who are managers today" if counting < len(standing.approved_by) else ""
            return f"the policy asks {asked} for it now ({', '.join(decision.because)}), and it has {counting or 'none'}{gone}"
        return ""

    def _still_manages(self, person_id: str) -> bool:
        """Whether an approval of this person counts today: it goes with the role."""
        person = self._eyes.people.get(person_id)
        return person is not None and "manager" in person.roles


def mark_of(schedule_id: str, due: datetime) -> str:
    """How a run names the schedule and the time it is for."""
    return f"{schedule_id}@{due.isoformat()}"


# --- in words


def _told(report: Report) -> str:
    if report.succeeded:
        return f"{report.plan.title}: done."
    return f"{report.plan.title}: {report.done} of {len(report.steps)} steps done."


def _seen_notes(now: Seen) -> tuple[str, ...]:
    notes = [f"{_count(now.gone)} gone."] if now.gone else []
    notes += [f"{_count(now.strayed)} no longer what was meant."] if now.strayed else []
    return (*notes, *(f"{count} left out, as they could not be looked at: {why}." for why, count in now.unanswered))


def _left_out(now: Seen) -> tuple[LeftOut, ...]:
    gone = (LeftOut(now.gone, "gone"),) if now.gone else ()
    strayed = (LeftOut(now.strayed, "no longer what was meant"),) if now.strayed else ()
    return (*now.meant.left_out, *gone, *strayed, *(LeftOut(count, f"could not be looked at: {why}") for why, count in now.unanswered))


def _left_notes(left_out: Sequence[LeftOut]) -> tuple[str, ...]:
    """Of what the plan leaves out, what the notes do not tell already and nobody could know."""
    told = ("gone", "no longer", "could not be looked at", "excluded by")
    return tuple(
        f"{part.count} left out: {part.reason.rstrip('.')}."
        for part in left_out
        if part.reason != ALREADY and not part.reason.startswith(told)
    )


def _new(count: int) -> str:
    return f"{_count(count)} new since it was approved"


def _count(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def _sentences(*said: str) -> str:
    return " ".join(one for one in said if one)
