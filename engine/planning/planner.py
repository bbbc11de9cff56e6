"""From exact targets to a plan on the approval desk: seal, ask the AI server, bind, check, decide. Edge.

The only road to a plan. Whatever the AI server answers, what reaches the desk consists of known operations on the targets that were resolved
here, with the engine's own floor of risk.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.advisor.advisor import Advisor
from engine.advisor.replies import Advice, Draft, Inquiry, Said
from engine.approvals.desk import Desk
from engine.approvals.filed import Filed
from engine.approvals.policy import Decision, decide
from engine.clock import Clock, fresh_id
from engine.clouds.cloud import Cloud
from engine.clouds.operation import Operation
from engine.errors import CloudError, PlanRefused, Refused
from engine.estate.memory import MemoryEstate
from engine.estate.resource import CloudName, Resource
from engine.estate.view import EstateView
from engine.execution import guardrails
from engine.execution.binding import Bound, Limits, bind, unaccounted
from engine.execution.effects import known_as
from engine.execution.plan import LeftOut, Plan
from engine.execution.report import Report, StepReport
from engine.execution.undo import undo_steps
from engine.journal.journal import Journal
from engine.planning.around import breaks
from engine.planning.checks import Checks
from engine.planning.constraining import check_stops, possible, risked
from engine.planning.recurring import contained, headline, part
from engine.planning.saving import monthly_delta
from engine.planning.sizing import sized
from engine.request.seal import Sealed, Wanted, seal
from engine.settings import Person, PolicySettings


@dataclass(frozen=True, slots=True)
class Later:
    """For the review of a schedule: its mark, and until when it may be approved. It is planned as if every target needed it."""

    schedule: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """What one person wants, resolved: `message` as they wrote it, `sealed_text` as it may leave.

    `later` makes it the review of a schedule; `fires` names the schedule and time that a run is for.
    """

    person: Person
    message: str
    sealed_text: str
    wanted: tuple[Wanted, ...]
    turns: tuple[tuple[str, str], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    by_name: bool = False
    place: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)  # by resource id: what of the words it was taken for
    later: Later | None = None
    fires: str = ""


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """Everything asked for is as wished already; `left_out` says why."""

    left_out: tuple[LeftOut, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Room:
    """What the planner works with. `estate` is where it looks for what depends on a plan's targets; an empty one knows of nothing."""

    advisor: Advisor
    desk: Desk
    journal: Journal
    clock: Clock
    clouds: Mapping[CloudName, Cloud]
    policy: PolicySettings
    limits: Limits
    estate: EstateView = field(default_factory=MemoryEstate)


class Planner:
    """One for a process."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._operations: Mapping[str, Operation] = {name: op for cloud in room.clouds.values() for name, op in cloud.operations.items()}
        self._checks = Checks(room.clouds, room.clock)

    async def close(self) -> None:
        """Stops asking the clouds for permissions. Idempotent."""
        await self._checks.close()

    async def propose(self, ask: Ask) -> Filed | Said | NothingToDo:
        """A plan on the desk, or what the AI server said instead. Raises AdvisorError, Refused, JournalError; nothing was changed then."""
        drafted = await self.draft(ask)
        return await self.file(drafted, self.decide(drafted, ask.person)) if isinstance(drafted, Plan) else drafted

    async def draft(self, ask: Ask) -> Plan | Said | NothingToDo:
        """A plan that stands on no desk yet. Raises as `propose` does."""
        self._may_ask(ask.person)
        self._can_reach(ask.wanted)
        for order in ask.wanted:
            guardrails.check_wish(order.action, order.targets, by_name=ask.by_name)
        wanted, hindered = possible(ask.wanted, later=ask.later is not None)
        wanted, elsewhere = sized(wanted)
        ask = replace(ask, wanted=wanted, left_out=(*ask.left_out, *hindered, *elsewhere))
        sealed = seal(ask.sealed_text, ask.wanted, ask.turns, later=ask.later is not None)
        advice = await self.advise(sealed)
        if isinstance(advice.reply, Said):
            return advice.reply
        if isinstance(advice.reply, Inquiry):
            return Said("unknown", "That was a wish, and the AI server answered with a question about the estate, which was dropped.")
        return self._drafted(ask, sealed, advice.reply, advice.ask)

    async def preview(self, ask: Ask) -> Plan | Said | NothingToDo:
        """What a plan would be, with what it breaks: it stands on no desk and cannot run. Raises as `propose` does."""
        plan = await self.draft(ask)
        return await self._told(plan) if isinstance(plan, Plan) else plan

    def part(self, review: Plan, ask: Ask) -> Plan | NothingToDo:
        """What is needed now of a plan that was approved for a schedule, bound without the AI server. Its risk is the floor. Raises Refused."""
        self._may_ask(ask.person)
        wanted, hindered = possible(ask.wanted)
        now = {resource.id: resource for order in wanted for resource in order.targets}
        bound = part(review, now, self._operations, self._limits())
        left_out = (*ask.left_out, *hindered)
        if not bound.steps:
            return NothingToDo((*left_out, *bound.left_out), review.title)
        plan = self._plan(replace(ask, left_out=left_out), bound, headline(bound.steps, bound.targets))
        return replace(plan, explanation=review.explanation, sources=review.sources)

    def needed(self, review: Plan, resources: Sequence[Resource]) -> tuple[str, ...]:
        """Ids of those that a run of a reviewed plan would touch if they are as told here."""
        bound = part(review, {one.id: one for one in resources}, self._operations, self._limits())
        return tuple(one.id for one in bound.targets)

    def decide(self, plan: Plan, person: Person) -> Decision:
        """The guardrails' and the policy's word on a plan that somebody asks for. Raises Refused."""
        guardrails.check(plan, self._room.policy)
        decision = decide(plan, person.roles, self._room.policy)
        if decision.refused:
            raise Refused(decision.refused, who_can=decision.who_can)
        return decision

    async def file(self, plan: Plan, decision: Decision) -> Filed:
        """A plan on the desk, by the policy's decision on it. Raises JournalError."""
        return await self._room.desk.file(await self._told(plan), decision)

    async def file_under(self, plan: Plan, review: Plan, because: str) -> Filed:
        """A part of a reviewed plan on the desk, let run by what was approved for the review. Raises PlanRefused when it is no part of it."""
        if not contained(plan, review, self._operations):
            raise PlanRefused("The run would do more than was approved for the schedule.")
        return await self._room.desk.file_under(await self._told(plan), review.id, because)

    async def advise(self, sealed: Sealed) -> Advice:
        """One request through the one door; what left stands in the journal before the answer is used."""
        advice = await self._room.advisor.advise(sealed)
        ask = fresh_id("ask")
        body = {"ask": ask, "sent": advice.sent.decode(), "to": advice.sent_to, "server_id": advice.server_id}
        await self._room.journal.append("advisor.asked", body)
        return replace(advice, ask=ask)

    def sent_for(self, plan: Plan) -> tuple[str, ...]:
        """The exact requests that left for a plan; empty when it was planned without the AI server."""
        asked = self._room.journal.entries({"advisor.asked"}) if plan.advice else ()
        return tuple(entry.body["sent"] for entry in asked if entry.body["ask"] == plan.advice)

    async def undo(self, report: Report, person: Person, place: Mapping[str, str]) -> Filed:
        """A plan that takes a finished run back, on the desk. Raises Refused."""
        self._may_ask(person)
        now = {one.step.id: await self._inverse_target(one, report) for one in report.undoable}
        steps = undo_steps(report, now, self._operations, self._room.limits)
        targets = tuple({resource.id: resource for resource in now.values()}.values())
        skeleton = Ask(person, f"undo {report.id}", "", (), by_name=True, place=place)
        plan = self._plan(skeleton, Bound(targets, steps, ()), f"Undo: {report.plan.title}", undoes=report.id)
        return await self.file(plan, self.decide(plan, person))

    async def fewer(self, plan: Plan, keep: Sequence[str], person: Person) -> Filed:
        """The same plan for some of its targets only: a new plan with a new digest. Raises Refused."""
        wanted = set(keep)
        targets = tuple(resource for resource in plan.targets if resource.id in wanted)
        steps = tuple(step for step in plan.steps if step.target in wanted)
        if not steps:
            raise PlanRefused("None of the plan's targets was picked, so there is nothing to do.")
        kept = {step.id for step in steps}
        if orphaned := [step.id for step in steps if not set(step.needs) <= kept]:
            raise PlanRefused(f"Step {orphaned[0]} needs a step on a target that was not picked.")
        left = (*plan.left_out, LeftOut(len(plan.targets) - len(targets), "not picked"))
        skeleton = Ask(person, plan.message, "", (), left_out=left, by_name=plan.by_name, place=plan.place, why=plan.why)
        smaller = self._plan(skeleton, Bound(targets, steps, ()), plan.title, undoes=plan.undoes)
        smaller = replace(
            smaller,
            asked_by=plan.asked_by,  # narrowing a wish does not make it another person's
            advice=plan.advice,
            sources=plan.sources,
            schedule=plan.schedule,  # the review of a schedule stays one
            expires_at=plan.expires_at if plan.schedule else smaller.expires_at,
            monthly_delta=0.0 if plan.schedule else smaller.monthly_delta,
        )
        smaller = replace(smaller, risk=guardrails.raised(smaller.risk, plan.risk))
        return await self.file(smaller, self.decide(smaller, person))

    async def _inverse_target(self, one: StepReport, report: Report) -> Resource:
        """What the inverse acts on, read now: the step's own target, or the new thing it made."""
        planned = report.plan.target(one.step)
        wanted = replace(planned, id=one.produced) if one.produced else planned
        try:
            found = known_as(planned, await self._room.clouds[planned.cloud].read(wanted))
        except CloudError as error:
            raise Refused(f"{planned.name} could not be looked at: {error}") from error
        if found is None:
            raise PlanRefused(f"{one.produced or planned.name} is gone, so this cannot be undone.")
        return found

    def _drafted(self, ask: Ask, sealed: Sealed, draft: Draft, advice: str) -> Plan | NothingToDo:
        if forgotten := unaccounted(draft, sealed):
            raise PlanRefused(
                f"The AI server's plan says nothing about {', '.join(forgotten)} of the request.", hint="Nothing was changed."
            )
        resources = {resource.id: resource for order in ask.wanted for resource in order.targets}
        bound = bind(draft, sealed, resources, self._operations, self._limits())
        if not bound.steps:
            return NothingToDo((*ask.left_out, *bound.left_out), draft.title)
        return replace(self._plan(ask, bound, draft.title, draft), advice=advice)

    def _limits(self) -> Limits:
        return replace(self._room.limits, stamp=f"{self._room.clock.now():%Y%m%d-%H%M%S}")

    def _plan(self, ask: Ask, bound: Bound, title: str, draft: Draft | None = None, undoes: str = "") -> Plan:
        by_id = {resource.id: resource for resource in bound.targets}
        check_stops(bound.steps, by_id)
        floor, reasons = guardrails.risk_floor(bound.steps, bound.targets)
        least, risks = risked(bound.steps, by_id)
        floor = guardrails.raised(floor, least)
        now = self._room.clock.now()
        return Plan(
            id=fresh_id("plan"),
            title=title,
            asked_by=ask.person.id,
            message=ask.message,
            made_at=now,
            expires_at=ask.later.expires_at if ask.later else now + timedelta(minutes=self._room.policy.approval_minutes),
            targets=bound.targets,
            steps=bound.steps,
            risk=guardrails.raised(floor, draft.risk) if draft else floor,
            reasons=_once_each((*reasons, *risks, *(draft.risk_reasons if draft else ()))),
            left_out=(*ask.left_out, *bound.left_out),
            # What is done again and again saves nobody knows how much.
            monthly_delta=0.0 if ask.later else monthly_delta(bound.steps, by_id),
            by_name=ask.by_name,
            explanation=draft.explanation if draft else "",
            sources=draft.sources if draft else (),
            undoes=undoes,
            place=dict(ask.place),
            why={resource.id: ask.why[resource.id] for resource in bound.targets if resource.id in ask.why},
            schedule=ask.later.schedule if ask.later else "",
            fires=ask.fires,
        )

    async def _told(self, plan: Plan) -> Plan:
        """The plan with what people should know of it and what decides nothing: what it breaks, and whether the clouds would permit it."""
        targets = {resource.id: resource for resource in plan.targets}
        impact, checks = await asyncio.gather(breaks(self._room.estate, plan.steps, targets), self._checks.of(plan.steps, targets))
        return replace(plan, impact=impact, checks=checks)

    def _can_reach(self, wanted: Sequence[Wanted]) -> None:
        """A target of a cloud without an account here can be asked about, not changed."""
        clouds = {resource.cloud for order in wanted for resource in order.targets}
        if foreign := sorted(clouds - set(self._room.clouds)):
            raise Refused(
                f"No {' or '.join(foreign)} account is configured here, so its resources cannot be changed.",
                hint="Add it under `accounts`.",
            )

    def _may_ask(self, person: Person) -> None:
        """Who may change nothing is told before anything leaves or is planned."""
        if not {"executor", "manager"} & set(person.roles):
            raise Refused("You may look and ask, but not change anything.", who_can="Somebody with the role executor or manager.")


def _once_each(reasons: Sequence[str]) -> tuple[str, ...]:
    """Reasons without those that say the same again with a count: "touches production (1)"."""
    kept: dict[str, str] = {}
    for reason in reasons:
        first = reason if reason[1:2].isupper() else reason[:1].lower() + reason[1:]  # "AWS starts it again" keeps its capitals
        kept.setdefault(re.sub(r"\W*\d+\W*", "", reason).strip().lower(), first)
    return tuple(kept.values())
