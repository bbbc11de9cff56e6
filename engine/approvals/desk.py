"""The approval desk: files plans, takes clicks, and alone issues grants. Edge (journal, clock).

Every decision is re-made here from the journal's truth: who clicked, their roles now, the digest, the time. A refused click is an audit entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.approvals import history, states
from engine.approvals.filed import Filed
from engine.approvals.policy import Decision
from engine.approvals.states import Click, Decided, Press, Request, Vote
from engine.clock import Clock, fresh_id
from engine.errors import GrantRefused
from engine.execution import grant as grants
from engine.execution.grant import Grant
from engine.execution.history import plans
from engine.execution.plan import Plan, to_json
from engine.journal.journal import Journal
from engine.settings import Person, PolicySettings


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody's press on a plan: which event, on which digest, with which reason. `guest` as in `states.Click`."""

    event: Press
    person: Person
    digest: str
    reason: str = ""
    guest: bool = False

    def on(self, now: datetime) -> Click:
        """The click at this time, with the person's roles as they are now."""
        return Click(self.event, self.person.id, frozenset(self.person.roles), self.digest, now, self.reason, self.guest)


class Desk:
    """One for a process; rebuilt from the journal at start."""

    def __init__(self, journal: Journal, clock: Clock, grant_key: bytes, policy: PolicySettings) -> None:
        self._journal = journal
        self._clock = clock
        self._key = grant_key
        self._policy = policy
        self._plans = plans(journal.entries({"plan.made"}))
        self._because = {entry.body["plan"]["id"]: tuple(entry.body["because"]) for entry in journal.entries({"plan.made"})}
        self._requests = history.requests(journal.entries({"approval.asked", "approval.moved"}))
        self._one_at_a_time = asyncio.Lock()
        self._watching: list[Callable[[], None]] = []

    def watch(self, heard: Callable[[], None]) -> None:
        """Has `heard` called after each plan that was filed or moved."""
        self._watching.append(heard)

    async def file(self, plan: Plan, decision: Decision) -> Filed:
        """Takes a plan in: written down before anybody sees it. Raises JournalError."""
        request = Request(plan.id, plan.digest, plan.asked_by, decision.needs, plan.expires_at, self._policy.requester_may_approve)
        return await self._filed(plan, replace(request, state="approved") if decision.needs == 0 else request, decision.because)

    async def file_under(self, plan: Plan, review_id: str, because: str) -> Filed:
        """Takes in a part of a plan that was approved for a schedule: the votes on that one let it run. Raises GrantRefused, JournalError.

        Whether it is a part, and whether those are as many as the policy asks, is for whoever files it.
        """
        review = self._requests.get(review_id)
        if review is None or review.state != "used" or not self._plans[review_id].schedule:
            raise GrantRefused("No approval stands for this schedule.", who_can="A manager, by approving a review of it.")
        request = Request(plan.id, plan.digest, plan.asked_by, review.needs, plan.expires_at, state="approved", votes=review.votes)
        return await self._filed(plan, request, (because,))

    async def _filed(self, plan: Plan, request: Request, because: tuple[str, ...]) -> Filed:
        await self._journal.append("plan.made", {"plan": to_json(plan), "because": list(because)})
        await self._journal.append("approval.asked", {"request": history.request_to(request)})
        self._plans[plan.id], self._requests[plan.id], self._because[plan.id] = plan, request, because
        self._heard()
        return Filed(plan, request, because)

    def find(self, plan_id: str) -> Filed | None:
        """A plan with its request as of now; None when there is no such plan."""
        request = self._requests.get(plan_id)
        if request is None:
            return None
        return Filed(self._plans[plan_id], states.expire(request, self._clock.now()), self._because.get(plan_id, ()))

    def waiting(self) -> Sequence[Filed]:
        """Plans that wait for somebody, oldest first."""
        filed = [self.find(plan_id) for plan_id in self._requests]
        return [one for one in filed if one is not None and one.request.state == "asked"]

    def reviews(self) -> Sequence[Filed]:
        """The review plans of schedules, oldest first, however they stand."""
        return [filed for plan_id, plan in self._plans.items() if plan.schedule and (filed := self.find(plan_id)) is not None]

    def would(self, plan_id: str, press: Pressed) -> Decided | None:
        """What a click would come to, moving nothing and leaving no entry; None when there is no such plan."""
        request = self._requests.get(plan_id)
        return states.decide(request, press.on(self._clock.now())) if request is not None else None

    async def click(self, plan_id: str, press: Pressed) -> Decided | None:
        """One person's click on one plan; None when there is no such plan. Every click leaves an entry, refused ones too."""
        async with self._one_at_a_time:
            request = self._requests.get(plan_id)
            if request is None:
                await self.refused(plan_id, press.person.id, press.event, "there is no such plan")
                return None
            decided = states.decide(request, press.on(self._clock.now()))
            if decided.refused:
                await self.refused(plan_id, press.person.id, press.event, decided.refused)
                if decided.request.state != request.state:
                    await self._moved(decided.request, press.person.id)
                return decided
            await self._moved(decided.request, press.person.id)
            return decided

    async def refused(self, plan_id: str, by: str, event: str, why: str) -> None:
        """Leaves the entry of a refused click."""
        await self._journal.append("click.refused", {"plan": plan_id[:64], "by": by, "event": event[:40], "why": why})

    async def grant(self, plan_id: str) -> Grant:
        """The grant of an approved plan, once. Raises GrantRefused."""
        async with self._one_at_a_time:
            request = self._requests.get(plan_id)
            if request is None:
                raise GrantRefused("There is no such plan.")
            used = states.expire(request, self._clock.now())
            if "use" not in states.TABLE[used.state]:
                raise GrantRefused(f"This plan cannot run: it is {used.state}.", who_can="Ask again to get a fresh plan.")
            await self._moved(replace(used, state="used"), "escher")
            plan = self._plans[plan_id]
            because = "; ".join(self._because.get(plan_id, ()))
            approved_by = tuple(vote.by for vote in used.votes)
            return grants.issue(Grant(fresh_id("grant"), plan_id, plan.digest, approved_by, because, used.expires_at), self._key)

    async def abandon_unbegun(self, ran: Collection[str]) -> Sequence[Filed]:
        """After a start: plans that were let run and never began, as a kill came between. They are closed, so that nobody waits for them.

        Reviews of schedules never begin: what was approved with them stands.
        """
        let_run = [plan_id for plan_id, request in self._requests.items() if request.state in ("approved", "used")]
        unbegun = [plan_id for plan_id in let_run if plan_id not in ran and not self._plans[plan_id].schedule]
        closed = []
        for plan_id in unbegun:
            by = Vote("escher", self._clock.now(), "Escher was stopped before it began")
            await self._moved(replace(self._requests[plan_id], state="withdrawn", closed=by), "escher")
            closed.append(Filed(self._plans[plan_id], self._requests[plan_id], self._because.get(plan_id, ())))
        return closed

    async def close(self, plan_id: str, by: str, why: str) -> None:
        """Withdraws a plan that still waits, because what it was for is over; any other stays as it is. Raises JournalError."""
        async with self._one_at_a_time:
            filed = self.find(plan_id)
            if filed is not None and "withdraw" in states.TABLE[filed.request.state]:
                await self._moved(replace(filed.request, state="withdrawn", closed=Vote(by, self._clock.now(), why)), by)

    async def _moved(self, request: Request, by: str) -> None:
        await self._journal.append("approval.moved", {"request": history.request_to(request), "by": by})
        self._requests[request.plan_id] = request
        self._heard()

    def _heard(self) -> None:
        for heard in self._watching:
            heard()
