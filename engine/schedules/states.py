"""The life of a schedule, as a table, and who may move it. Pure.

Theory of operation. A schedule is proposed with a review plan on the approval desk; approving that plan, there and nowhere else, makes it
active. A missing `{state: {event: state}}` pair is refused and moves nothing. Snoozing and skipping move the next time and no state, so they
stand apart from the table.

    proposed ─approve─► active ─pause─► paused
        │                 │  ◄─resume──   │
        └──────end────────┴──────end──────┴──► ended

Rules.
1. `approve` belongs to the desk: no press makes a schedule active. An approval of a newer review keeps an active or paused one where it is.
2. Pause, resume and end: the person who asked, or a manager.
3. Snooze and skip: the person who asked, any executor or manager. They put off, and never make anything happen sooner.
4. Guests of a platform, people of other organisations and bots move nothing, whatever roles they were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.schedules.schedule import Schedule, State

Event = Literal["approve", "pause", "resume", "end"]
PutOff = Literal["snooze", "skip"]

TABLE: Mapping[State, Mapping[Event, State]] = {
    "proposed": {"approve": "active", "end": "ended"},
    "active": {"approve": "active", "pause": "paused", "end": "ended"},
    "paused": {"approve": "paused", "resume": "active", "end": "ended"},
    "ended": {},
}
GUESTS = "Guests, people of other organisations and bots cannot decide or change anything here."
OWNERS = "The person who asked for it, or a manager."
HANDS = "The person who asked for it, or anybody with the role executor or manager."
_SAID: Mapping[State, str] = {
    "proposed": "it still waits for its approval",
    "active": "it is active already",
    "paused": "it is paused",
    "ended": "it has ended",
}


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody's press: who, with which roles now; `guest` is the platform's word on who they are there."""

    person: str
    roles: frozenset[str]
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The state after a press, or why it did not move. `refused` is a sentence, '' when it moved."""

    state: State
    refused: str = ""
    who_can: str = ""


def move(schedule: Schedule, event: Event, press: Press) -> Moved:
    """What a person's press comes to."""
    if refused := _may(schedule, press, hands=False):
        return Moved(schedule.state, refused, OWNERS)
    if event == "approve":
        return Moved(schedule.state, "A schedule is approved by approving its review plan.", "A manager, on the plan's card.")
    if event not in TABLE[schedule.state]:
        return Moved(schedule.state, f"Nothing to {event}: {_SAID[schedule.state]}.")
    return Moved(TABLE[schedule.state][event])


def put_off(schedule: Schedule, how: PutOff, press: Press) -> Moved:
    """What a person's wish to put the next time off comes to; the state stays."""
    if refused := _may(schedule, press, hands=True):
        return Moved(schedule.state, refused, HANDS)
    if schedule.state != "active" or schedule.next_at is None:
        said = _SAID[schedule.state] if schedule.state != "active" else "it does not run again"
        return Moved(schedule.state, f"Nothing to {how}: {said}.")
    return Moved(schedule.state)


def review(schedule: Schedule, press: Press) -> Moved:
    """What a person's wish for a fresh review comes to: it changes nothing before it is approved, so whoever may put off may ask for it."""
    if refused := _may(schedule, press, hands=True):
        return Moved(schedule.state, refused, HANDS)
    return Moved(schedule.state, "" if schedule.state != "ended" else f"Nothing to review: {_SAID[schedule.state]}.")


def _may(schedule: Schedule, press: Press, *, hands: bool) -> str:
    """Why this person may not do this; '' when they may."""
    if press.guest:
        return GUESTS
    if press.person == schedule.asked_by or "manager" in press.roles or (hands and "executor" in press.roles):
        return ""
    return "Only the person who asked for this schedule, or a manager, can do that."
