"""The life of an approval request, as a table. Pure.

Theory of operation. A request is asked for one digest. Approvals are counted; a missing `{state: {event: state}}` pair is refused and
moves nothing, so that a click from yesterday, a second click and a click on something decided all meet the same answer.

    asked ─approve─► asked (more needed) or approved ─use─► used
      ├─deny────► denied
      ├─expire──► expired
      └─cancel──► withdrawn

Rules.
1. The requester does not approve, unless the policy says so. Nobody counts twice.
2. Only people with the role that the request needs count.
3. Expiry is checked at the click, not by a timer alone: a late click finds `expired`.
4. An approval is used once.
5. Guests of a platform, people of other organisations and bots move nothing, whatever roles they were given.
6. After a kill, what was let run and never began is withdrawn by Escher itself (`Desk.abandon_unbegun`), outside this table: no click can do that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

State = Literal["asked", "approved", "denied", "expired", "withdrawn", "used"]
Event = Literal["approve", "deny", "expire", "withdraw", "use"]
Press = Literal["approve", "deny", "withdraw"]  # the events that people cause; time and the desk cause the others

TABLE: Mapping[State, Mapping[Event, State]] = {
    "asked": {"approve": "approved", "deny": "denied", "expire": "expired", "withdraw": "withdrawn"},
    "approved": {"use": "used", "expire": "expired", "withdraw": "withdrawn"},
    "denied": {},
    "expired": {},
    "withdrawn": {},
    "used": {},
}
GUESTS = "Guests, people of other organisations and bots cannot decide or change anything here."
_SAID: Mapping[State, str] = {
    "asked": "it still waits for approval",
    "approved": "it was approved already",
    "denied": "it was denied",
    "expired": "it expired",
    "withdrawn": "it was withdrawn",
    "used": "it already ran",
}


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's decision."""

    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An approval request. `needs` is how many managers must approve (0 where policy asks nobody)."""

    plan_id: str
    digest: str
    asked_by: str
    needs: int
    expires_at: datetime
    requester_may_approve: bool = False
    state: State = "asked"
    votes: tuple[Vote, ...] = ()
    closed: Vote | None = None  # who denied or withdrew, when and why


@dataclass(frozen=True, slots=True)
class Click:
    """An attempt to move a request: who, with which roles, on which digest, when. `guest` is the platform's word on who they are there."""

    event: Press
    by: str
    roles: frozenset[str]
    digest: str
    at: datetime
    reason: str = ""
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The request after a click, or why it did not move. `refused` is a sentence, '' when it moved."""

    request: Request
    refused: str = ""
    who_can: str = ""


def decide(request: Request, click: Click) -> Decided:
    """The one place where a click moves an approval."""
    request = expire(request, click.at)
    if click.digest != request.digest:
        return Decided(request, "This card shows another version of the plan.", "Look at the newest card of this plan.")
    if click.event not in TABLE[request.state]:
        return Decided(request, f"Nothing to {click.event}: {_SAID[request.state]}.")
    if refused := _may(request, click):
        return Decided(request, refused, "A manager other than the person who asked.")
    vote = Vote(click.by, click.at, click.reason)
    if click.event == "approve":
        votes = (*request.votes, vote)
        return Decided(replace(request, votes=votes, state="approved" if len(votes) >= request.needs else "asked"))
    after = TABLE[request.state][click.event]
    return Decided(replace(request, state=after, closed=vote if click.event in ("deny", "withdraw") else request.closed))


def expire(request: Request, now: datetime) -> Request:
    """The request as it is at this time."""
    if "expire" in TABLE[request.state] and now >= request.expires_at:
        return replace(request, state="expired")
    return request


def _may(request: Request, click: Click) -> str:
    """Why this person may not do this; '' when they may."""
    own = click.by == request.asked_by
    if click.guest:
        return GUESTS
    if click.event == "approve":
        if "manager" not in click.roles:
            return "Only a manager can approve this."
        if own and not request.requester_may_approve:
            return "You asked for this, so somebody else must approve it."
        if any(vote.by == click.by for vote in request.votes):
            return "You approved this already; it needs another manager."
    if click.event == "deny" and "manager" not in click.roles:
        return "Only a manager can deny this; the person who asked can withdraw it."
    if click.event == "withdraw" and not own and "manager" not in click.roles:
        return "Only the person who asked can withdraw this."
    return ""
