"""What tests of the executor look at: the machines' states in the estate, a step's words, and a disk that is full."""

from __future__ import annotations

from engine.execution.machine import StepState
from engine.execution.report import Report
from tests.engine.execution.samples import Bench, vm

ONE, TWO, THREE = vm("one"), vm("two"), vm("three")
DONE, FAILED, SKIPPED, CANCELLED = StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED


async def settled(made: Bench, *about: str) -> dict[str, str]:
    found = {one.name: await made.estate.get(one.id) for one in (ONE, TWO, THREE)}
    return {name: one.state for name, one in found.items() if one is not None and (not about or name in about)}


def detail(report: Report, number: int = 0) -> str:
    return report.steps[number].detail
