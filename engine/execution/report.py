"""What a run did, step by step: what people see while it runs and what stands in the journal afterwards. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.clouds.operation import Receipt
from engine.execution.machine import OVER, Run, StepState
from engine.execution.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step's state; `took_s` from sending to its end, `produced` the id of what it made."""

    step: Step
    state: StepState
    detail: str = ""
    took_s: float = 0.0
    produced: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A run, under way or over. `interrupted` is true where Escher was stopped in the middle of it."""

    id: str
    plan: Plan
    approved_by: tuple[str, ...]
    started_at: datetime
    steps: tuple[StepReport, ...]
    finished_at: datetime | None = None
    interrupted: bool = False
    undone_by: str = ""

    @property
    def done(self) -> int:
        """Steps that succeeded."""
        return sum(report.state is StepState.DONE for report in self.steps)

    @property
    def over(self) -> int:
        """Steps that are over, however they ended."""
        return sum(report.state in OVER for report in self.steps)

    @property
    def succeeded(self) -> bool:
        """Every step did what it promised."""
        return self.done == len(self.steps)

    @property
    def undoable(self) -> tuple[StepReport, ...]:
        """The steps that can be taken back: done, with a way back, in reverse order."""
        if self.undone_by or self.finished_at is None:
            return ()
        return tuple(report for report in reversed(self.steps) if report.state is StepState.DONE and report.step.inverse)


@dataclass(slots=True)
class Notes:
    """What the executor notes beside the machine while a run is under way: when steps were sent, and what they made."""

    sent_at: dict[str, datetime] = field(default_factory=dict)
    over_at: dict[str, datetime] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def steps(self, run: Run) -> tuple[StepReport, ...]:
        """The run's steps with these notes."""
        return tuple(
            StepReport(one.step, one.state, one.detail, self._took(one.step.id), self.receipts.get(one.step.id, Receipt()).produced)
            for one in run.steps.values()
        )

    def _took(self, step_id: str) -> float:
        began, ended = self.sent_at.get(step_id), self.over_at.get(step_id)
        return (ended - began).total_seconds() if began and ended else 0.0


def states(report: Report) -> Mapping[str, StepState]:
    """Step id to state."""
    return {one.step.id: one.state for one in report.steps}
