"""Who is to be told of a plan that waits, when, and of how it ended. Pure.

Theory of operation. The approvers of a plan are the managers in the order of the configuration, without the person who asked (unless the
policy lets them approve) and without those who approved it. As many of them as approvals are missing have a turn at the same time.
What somebody was told, and how many waits of `remind_minutes` have passed since they were asked, say where their turn stands:

    was told / waits: 0        1               2 and more
    nothing          next     next            next             asked as soon as a turn is free
    asked            held     to remind       over
    reminder         held     held            over
    unreachable      over     next            next             three times at most; over where there is no platform to try

Rules.
1. Nobody is told in their quiet hours. Who was not asked yet keeps their place in the line and is asked when a turn is free and they are
   awake; who would be reminded now holds no turn meanwhile, so that the next is asked.
2. Nobody is told the same thing of the same plan twice, so the line is gone around once.
3. After a decision nobody is asked. The person who asked is told of it where they are reached elsewhere than where they asked.
4. A plan that nobody approved in time expires. That is no denial, and the person who asked is told so, within a day.
5. A platform that is away for a while must not make somebody unreachable for good: they are tried again after one wait.
6. `remind_minutes: 0` tells nobody anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from engine.approvals import states
from engine.approvals.filed import Filed
from engine.approvals.states import Request, State
from engine.settings import Person, PolicySettings, QuietHours

Kind = Literal["asked", "reminder", "expired", "decided"]
Heard = Kind | Literal["unreachable"]
Turn = Literal["next", "held", "to remind", "over"]

TURNS: Mapping[Heard | None, tuple[Turn, Turn, Turn]] = {
    None: ("next", "next", "next"),
    "asked": ("held", "to remind", "over"),
    "reminder": ("held", "held", "over"),
    "unreachable": ("over", "next", "next"),
}
ENDINGS: Mapping[State, Kind] = {"approved": "decided", "used": "decided", "denied": "decided", "expired": "expired"}
NEWS_FOR = timedelta(days=1)
TRIES = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person is to be told of a plan."""

    plan_id: str
    person_id: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Told:
    """Something a person was told of a plan, or that they could not be reached about it."""

    plan_id: str
    person_id: str
    kind: Heard
    at: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """Who could be told, in order; the policy; and the names of the platforms that run."""

    people: Sequence[Person]
    policy: PolicySettings
    running: Collection[str]


def due(filed: Filed, told: Sequence[Told], rota: Rota, now: datetime) -> tuple[Notice, ...]:
    """What is to be told of one plan at this time; `told` may hold what was told of other plans."""
    if not rota.policy.remind_minutes or not filed.request.needs:
        return ()
    request = states.expire(filed.request, now)
    own = [one for one in told if one.plan_id == request.plan_id]
    if request.state == "asked":
        return tuple(_to_approvers(request, own, rota, now))
    return tuple(_to_requester(filed, request, own, rota, now))


def is_over(filed: Filed, now: datetime) -> bool:
    """Whether nothing can be due of this plan any more."""
    return states.expire(filed.request, now).state == "withdrawn" or now >= filed.request.expires_at + NEWS_FOR


def approvers(request: Request, people: Sequence[Person]) -> tuple[Person, ...]:
    """Who could still approve, in the order in which they are asked."""
    voted = {vote.by for vote in request.votes}
    barred = voted if request.requester_may_approve else voted | {request.asked_by}
    return tuple(person for person in people if "manager" in person.roles and person.id not in barred)


def is_quiet(quiet: QuietHours | None, now: datetime) -> bool:
    """Whether it is quiet time at this moment, by the wall clock there. The same start and end are no time at all."""
    if quiet is None:
        return False
    wall = now.astimezone(ZoneInfo(quiet.timezone)).time()
    start, end = quiet.start.replace(tzinfo=None), quiet.end.replace(tzinfo=None)
    return start <= wall < end if start <= end else wall >= start or wall < end


def ways(person: Person, running: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Platforms that run and on which this person has a login, with that login; the one they prefer first."""
    preferred = [person.reach] if person.reach else []
    return tuple((name, person.logins[name]) for name in dict.fromkeys((*preferred, *person.logins)) if name in running)


def _to_approvers(request: Request, told: Sequence[Told], rota: Rota, now: datetime) -> Iterator[Notice]:
    line = [(person, _turn(person, told, rota, now)) for person in approvers(request, rota.people)]
    yield from (Notice(request.plan_id, person.id, "reminder") for person, turn in line if turn == "to remind")
    free = request.needs - len(request.votes) - sum(turn in ("held", "to remind") for _, turn in line)
    following = [person for person, turn in line if turn == "next"]
    yield from (Notice(request.plan_id, person.id, "asked") for person in following[: max(free, 0)])


def _turn(person: Person, told: Sequence[Told], rota: Rota, now: datetime) -> Turn:
    """Where somebody's turn stands by the table; who must not be disturbed now is passed over for what they would hear."""
    own = [one for one in told if one.person_id == person.id and one.kind in TURNS]
    turn: Turn = "next"
    if own:
        asked = next((one for one in own if one.kind == "asked"), None)
        lost = own[-1].kind == "unreachable"
        if lost and (asked or not _may_be_tried(person, own, rota)):
            return "over"
        since = own[-1].at if lost or asked is None else asked.at
        turn = TURNS[own[-1].kind][_waits(since, rota, now)]
    return "over" if turn in ("next", "to remind") and is_quiet(person.quiet, now) else turn


def _may_be_tried(person: Person, told: Sequence[Told], rota: Rota) -> bool:
    """Whether trying again could reach somebody who was not reached."""
    return sum(one.kind == "unreachable" for one in told) < TRIES and bool(ways(person, rota.running))


def _waits(since: datetime, rota: Rota, now: datetime) -> int:
    """How many whole waits have passed, 2 for more."""
    return max(0, min(2, (now - since) // timedelta(minutes=rota.policy.remind_minutes)))


def _to_requester(filed: Filed, request: Request, told: Sequence[Told], rota: Rota, now: datetime) -> Iterator[Notice]:
    person = next((one for one in rota.people if one.id == request.asked_by), None)
    kind = _ending(request)
    if kind is None or person is None or is_over(filed, now) or is_quiet(person.quiet, now):
        return
    own = [one for one in told if one.person_id == person.id]
    lost = own and own[-1].kind == "unreachable"
    if any(one.kind == kind for one in own) or (lost and not (_may_be_tried(person, own, rota) and _waits(own[-1].at, rota, now))):
        return
    found = ways(person, rota.running)
    if kind == "expired" or (found and found[0][0] != filed.plan.place.get("platform", "")):
        yield Notice(request.plan_id, person.id, kind)


def _ending(request: Request) -> Kind | None:
    """What the person who asked is told of how it ended; nothing of what they decided themselves."""
    kind = ENDINGS.get(request.state)
    deciders = [*(vote.by for vote in request.votes), *((request.closed.by,) if request.closed else ())]
    if kind == "decided":
        return None if request.asked_by in deciders else kind
    return kind if len(request.votes) < request.needs else None  # what was approved and never begun is told of as a run
