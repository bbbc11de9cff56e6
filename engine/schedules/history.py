"""What the journal's entries tell of schedules: the one place that moves them, at once and after a start alike. Pure.

schedule.made {schedule}                          proposed, with its review on the desk
schedule.approved {id, standing, spared, reach}   active, or as it was where a newer review was approved
schedule.moved {id, event, by, review}            paused, resumed, ended, or under a fresh review (`review` names its plan)
schedule.put_off {id, by, next_at, how}           snoozed or skipped, the next time only
schedule.fired {id, due}                          a time that came, written before anything is done: it never comes again
schedule.told {id, due, result, says, run}        what became of it
schedule.heads_up {id, due}                       its place was told before
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.journal.entry import Entry
from engine.schedules.cadence import next_after
from engine.schedules.schedule import Cadence, Fired, Schedule, Standing
from engine.schedules.states import TABLE

KINDS = frozenset({
    "schedule.made", "schedule.approved", "schedule.moved", "schedule.put_off", "schedule.fired", "schedule.told", "schedule.heads_up",
})  # fmt: skip


@dataclass(slots=True)
class Book:
    """All schedules by id, oldest first. `begun` are times that fired and of which nothing was told yet, `since` when the next time was settled."""

    schedules: dict[str, Schedule] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    warned: dict[str, datetime] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)

    def apply(self, entry: Entry) -> None:
        """Takes in one entry; others than `KINDS` change nothing."""
        if entry.kind not in KINDS:
            return
        body, at = entry.body, datetime.fromisoformat(entry.at)
        if entry.kind == "schedule.made":
            made = from_json(body["schedule"])
            self.schedules[made.id], self.since[made.id] = made, at
            return
        now = self.schedules.get(body["id"])
        if now is None:  # an entry of a schedule that a part of the journal that was put away knew
            return
        match entry.kind:
            case "schedule.approved":
                now = _approved(now, body, at)
                self.since[now.id] = at
            case "schedule.moved":
                now = _moved(now, body, at)
                self.since[now.id] = at
            case "schedule.put_off":
                now = _put_off(now, body, at)
                self.since[now.id] = at
            case "schedule.fired":
                due = datetime.fromisoformat(body["due"])
                self.begun[now.id] = due
                now = replace(now, next_at=next_after(now.cadence, due), snoozed=False)
            case "schedule.told":
                self.begun.pop(now.id, None)
                now = _told(now, body, at)
            case "schedule.heads_up":
                self.warned[now.id] = datetime.fromisoformat(body["due"])
        self.schedules[now.id] = now


def _approved(now: Schedule, body: Mapping[str, Any], at: datetime) -> Schedule:
    standing = _standing(body["standing"])
    state = TABLE[now.state].get("approve", now.state)
    next_at = now.next_at if now.state == "active" else (next_after(now.cadence, at) if state == "active" else None)
    spared, reach = tuple(body["spared"]), tuple(body["reach"])
    return replace(now, state=state, standing=standing, review=standing.plan_id, next_at=next_at, spared=spared, reach=reach)


def _moved(now: Schedule, body: Mapping[str, Any], at: datetime) -> Schedule:
    match body["event"]:
        case "review":
            return replace(now, review=body["review"])
        case "resume":
            return replace(now, state="active", next_at=next_after(now.cadence, at))
        case "pause":
            return replace(now, state="paused", next_at=None, snoozed=False)
        case _:
            return replace(now, state="ended", next_at=None, snoozed=False)


def _put_off(now: Schedule, body: Mapping[str, Any], at: datetime) -> Schedule:
    next_at = datetime.fromisoformat(body["next_at"]) if body["next_at"] else None
    if body["how"] == "snooze":
        return replace(now, next_at=next_at, snoozed=True)
    skipped = Fired(now.next_at or at, at, "skipped", f"Skipped by {body['by']}.")
    return replace(now, next_at=next_at, snoozed=False, last=skipped, state=now.state if next_at else "ended")


def _told(now: Schedule, body: Mapping[str, Any], at: datetime) -> Schedule:
    due = datetime.fromisoformat(body["due"])
    now = replace(now, last=Fired(due, at, body["result"], body["says"], body["run"]))
    if now.next_at is not None and now.next_at <= due:  # missed: nothing was fired for it
        now = replace(now, next_at=next_after(now.cadence, due), snoozed=False)
    over = now.next_at is None and now.state == "active" and next_after(now.cadence, due) is None
    return replace(now, state="ended") if over else now


def standing_to(standing: Standing) -> dict[str, Any]:
    """A standing approval as plain data."""
    return {
        **asdict(standing),
        "approved_by": list(standing.approved_by),
        "at": standing.at.isoformat(),
        "until": standing.until.isoformat(),
    }


def _standing(data: Mapping[str, Any]) -> Standing:
    at, until = datetime.fromisoformat(data["at"]), datetime.fromisoformat(data["until"])
    return Standing(data["plan_id"], tuple(data["approved_by"]), at, until)


def to_json(schedule: Schedule) -> dict[str, Any]:
    """A schedule as it was asked for, as plain data; what became of it stands in later entries."""
    cadence = schedule.cadence
    return {
        "id": schedule.id, "title": schedule.title, "message": schedule.message, "asked_by": schedule.asked_by,
        "made_at": schedule.made_at.isoformat(), "place": dict(schedule.place), "review": schedule.review, "spared": list(schedule.spared), "reach": list(schedule.reach),
        "picked": {str(number): list(ids) for number, ids in schedule.picked.items()},
        "cadence": {**asdict(cadence), "run_at": cadence.run_at.isoformat() if cadence.run_at else None},
    }  # fmt: skip


def from_json(data: Mapping[str, Any]) -> Schedule:
    """A schedule from the journal."""
    cadence = data["cadence"]
    run_at = datetime.fromisoformat(cadence["run_at"]) if cadence["run_at"] else None
    return Schedule(
        id=data["id"], title=data["title"], message=data["message"], asked_by=data["asked_by"], review=data["review"],
        made_at=datetime.fromisoformat(data["made_at"]), place=dict(data["place"]), spared=tuple(data["spared"]), reach=tuple(data["reach"]),
        picked={int(number): tuple(ids) for number, ids in data["picked"].items()}, cadence=Cadence(**{**cadence, "run_at": run_at}),
    )  # fmt: skip
