"""The way back of a finished run, as a new plan's steps: inverses in reverse order, bound to the resources as they are now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.clouds.operation import Operation
from engine.errors import PlanRefused
from engine.estate.resource import Resource
from engine.execution.binding import Limits, command, way_back
from engine.execution.plan import Step
from engine.execution.report import Report, StepReport


def undo_steps(report: Report, now: Mapping[str, Resource], operations: Mapping[str, Operation], limits: Limits) -> tuple[Step, ...]:
    """Steps that take back what `report` did. `now` maps each undoable step's id to the resource its inverse acts on.

    A step's inverse waits for the inverses of the steps that came after it. Raises PlanRefused when nothing can be taken back.
    """
    if report.undone_by:
        raise PlanRefused("This was undone already.")
    undoable = report.undoable
    if not undoable:
        raise PlanRefused("Nothing of this can be undone." + _why(report))
    ids = {one.step.id: f"u{number}" for number, one in enumerate(undoable, start=1)}
    needs = _needs(undoable, ids)
    return tuple(
        replace(_inverse_step(one, now[one.step.id], operations, limits), id=ids[one.step.id], needs=needs[one.step.id]) for one in undoable
    )


def _inverse_step(one: StepReport, resource: Resource, operations: Mapping[str, Operation], limits: Limits) -> Step:
    assert one.step.inverse is not None
    operation = operations.get(one.step.inverse.operation)
    if operation is None:
        raise PlanRefused(f"The way back, {one.step.inverse.operation}, is not an operation Escher knows.")
    if resource.native_type not in operation.native_types:
        raise PlanRefused(f"The way back, {operation.name}, does not fit {resource.name}, which is a {resource.native_type}.")
    arguments = one.step.inverse.arguments
    again, no_way_back = way_back(operation, resource, arguments)
    return Step(
        id="",
        operation=operation.name,
        target=resource.id,
        arguments=arguments,
        kind=operation.kind,
        title=operation.title,
        command=command(operation, resource, arguments),
        inverse=again,
        no_way_back=no_way_back,
        why=f"takes back {one.step.operation}",
        timeout_s=limits.timeout_s,
        settles_s=operation.settles_s,
        retries=limits.retries if operation.repeatable else 0,
    )


def _needs(undoable: Sequence[StepReport], ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What came last is taken back first: an inverse needs the inverses of the steps that needed its step."""
    return {one.step.id: tuple(ids[later.step.id] for later in undoable if one.step.id in later.step.needs) for one in undoable}


def _why(report: Report) -> str:
    reasons = dict.fromkeys(one.step.no_way_back for one in report.steps if one.step.no_way_back)
    return "".join(f" {reason}" for reason in reasons)
