"""What the journal's entries tell of plans and runs, and what a kill left open. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.clouds.operation import Receipt
from engine.execution.machine import StepState
from engine.execution.plan import Plan, from_json
from engine.execution.report import Report, StepReport
from engine.journal.entry import Entry

# The entries that `runs` reads.
RUN_KINDS = frozenset({"run.started", "run.finished", "step.sending", "step.accepted", "step.settled"})


@dataclass(slots=True)
class Left:
    """A run as the journal tells it: over where it settled, sent where it may have happened."""

    run: str
    plan: Plan
    approved_by: tuple[str, ...]
    started_at: datetime
    over: dict[str, tuple[StepState, str]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    times: dict[str, list[datetime]] = field(default_factory=dict)
    finished_at: datetime | None = None
    interrupted: bool = False
    undone_by: str = ""

    @property
    def took_hold(self) -> bool:
        """It is under way or did something: an undo that did nothing may be asked for again."""
        return self.finished_at is None or any(state is StepState.DONE for state, _ in self.over.values())

    def report(self) -> Report:
        """The run for people; steps that never settled show as cancelled or as being looked at."""
        return Report(
            self.run, self.plan, self.approved_by, self.started_at, tuple(self._step(step.id) for step in self.plan.steps),
            self.finished_at, self.interrupted, self.undone_by,
        )  # fmt: skip

    def _step(self, step_id: str) -> StepReport:
        step = next(one for one in self.plan.steps if one.id == step_id)
        state, detail = self.over.get(step_id, (StepState.LOOKING if step_id in self.sent else StepState.WAITING, ""))
        times = self.times.get(step_id, [])
        took = (times[-1] - times[0]).total_seconds() if len(times) > 1 else 0.0
        return StepReport(step, state, detail, took, self.receipts.get(step_id, Receipt()).produced)


def runs(entries: Iterable[Entry]) -> dict[str, Left]:
    """Every run by its id, oldest first."""
    found: dict[str, Left] = {}
    for entry in entries:
        if entry.kind == "run.started":
            found[entry.body["run"]] = _started(entry.body)
        elif entry.kind.startswith(("step.", "run.")) and (left := found.get(entry.body.get("run", ""))):
            _apply(left, entry)
    for left in found.values():
        if left.plan.undoes in found and left.took_hold:
            found[left.plan.undoes].undone_by = left.run
    return found


def interrupted(entries: Iterable[Entry]) -> list[Left]:
    """Runs that began and never finished."""
    return [left for left in runs(entries).values() if left.finished_at is None]


def _started(body: Mapping[str, Any]) -> Left:
    return Left(body["run"], from_json(body["plan"]), tuple(body["approved_by"]), datetime.fromisoformat(body["at"]))


def _apply(left: Left, entry: Entry) -> None:
    body = entry.body
    if entry.kind == "run.finished":
        left.finished_at, left.interrupted = datetime.fromisoformat(body["at"]), bool(body["interrupted"])
        return
    left.times.setdefault(body["step"], []).append(datetime.fromisoformat(entry.at))
    if entry.kind == "step.sending":
        left.sent[body["step"]] = int(body["attempt"])
    elif entry.kind == "step.accepted":
        left.receipts[body["step"]] = Receipt(body["request_id"], body["produced"])
    elif entry.kind == "step.settled":
        left.over[body["step"]] = (StepState(body["state"]), body["detail"])
        left.receipts[body["step"]] = Receipt(body["request_id"], body["produced"])


def plans(entries: Iterable[Entry]) -> dict[str, Plan]:
    """Every plan that was shown, by its id."""
    return {entry.body["plan"]["id"]: from_json(entry.body["plan"]) for entry in entries if entry.kind == "plan.made"}
