"""The part of an approved plan that the world needs now: the way a schedule runs, without the AI server. Pure.

The plan that was approved for a schedule holds every step that any of its targets may ever need. At its time a step is needed where its
operation makes sense in the state a target is in (`Operation.states`) and its promise is not kept already; what the steps before it leave
behind counts. Operations, targets and arguments are those that were approved. Ways back and typed commands are prepared afresh from the
target as it is now, and names of new things get the time of this run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from engine.clouds.operation import Arguments, ArgumentValue, Operation, OperationClass
from engine.estate.facts import RUNNING_TYPES, STATE_CLASSES
from engine.estate.resource import Resource
from engine.execution.binding import Bound, Limits, command, fresh_name, way_back
from engine.execution.plan import LeftOut, Plan, Step
from engine.execution.promise import missing

# Native states of what is on its way out: no operation makes sense there, whatever class the state counts as.
_LEAVING = frozenset({"terminated", "shutting-down", "deleting", "deleted"})
ALREADY, WAITS = "as wished already", "something it waits for cannot be done now"


class _Came(Enum):
    """What became of an approved step this time."""

    NEEDED = "needed"
    KEPT = "kept"  # its promise is kept already
    OUT = "out"  # it cannot be done now, so what waits for it cannot either


@dataclass(slots=True)
class _Walk:
    """The approved steps in order, over the targets as they are and as the steps before leave them."""

    operations: Mapping[str, Operation]
    world: dict[str, Resource]
    came: dict[str, _Came] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)  # by target: why a step of it was left out
    steps: list[Step] = field(default_factory=list)

    def take(self, step: Step) -> None:
        self.came[step.id] = self._of(step)
        self.steps.append(step)
        if self.came[step.id] is _Came.NEEDED:
            self.world[step.target] = _after(self.operations[step.operation], self.world[step.target])

    def _of(self, step: Step) -> _Came:
        now, operation = self.world.get(step.target), self.operations.get(step.operation)
        if now is None:
            return _Came.OUT
        if operation is None:
            self.why.setdefault(step.target, f"{step.operation} is not an operation Escher knows any more")
            return _Came.OUT
        if any(self.came[need] is _Came.OUT for need in step.needs):
            self.why.setdefault(step.target, WAITS)
            return _Came.OUT
        if self._takes_back(step) or _kept(step, operation, now):
            return _Came.KEPT
        if not _makes_sense(operation, now):
            self.why.setdefault(step.target, f"cannot {operation.title.lower()} while {now.state}")
            return _Came.OUT
        return _Came.NEEDED

    def _takes_back(self, step: Step) -> bool:
        """Whether it only takes back an earlier step that needs nothing: what was stopped before is not started again."""
        return any(
            self.came[earlier.id] is _Came.KEPT and earlier.target == step.target and _inverse(earlier, step) for earlier in self.steps
        )


def part(review: Plan, now: Mapping[str, Resource], operations: Mapping[str, Operation], limits: Limits) -> Bound:
    """What is needed of an approved plan for the targets in `now`, as they read now; targets that are not in it are left out silently."""
    walk = _Walk(operations, dict(now))
    for step in review.steps:
        walk.take(step)
    _whole_or_not(walk)
    _drop_brackets(walk)
    needed = [step for step in walk.steps if walk.came[step.id] is _Came.NEEDED]
    waits = {step.id: step.needs for step in walk.steps}
    steps = tuple(_bound(step, _needs(step, walk.came, waits), now[step.target], operations[step.operation], limits) for step in needed)
    touched = dict.fromkeys(step.target for step in steps)
    return Bound(tuple(now[one] for one in touched), steps, _left_out(review, now, set(touched), walk.why))


def contained(plan: Plan, review: Plan, operations: Mapping[str, Operation]) -> bool:
    """Whether every step of a plan stands in the approved one: same operation, same target, same arguments but for fresh names stamped by time."""
    approved = Counter(_decisive(step, review.target(step), operations) for step in review.steps)
    return not Counter(_decisive(step, plan.target(step), operations) for step in plan.steps) - approved


def headline(steps: Sequence[Step], targets: Sequence[Resource]) -> str:
    """What the steps do, for people: `Stop 3 compute instances`, `Stop, resize, start 1 compute instance`."""
    count = len({step.target for step in steps})
    kinds = {resource.type.replace("_", " ") for resource in targets}
    noun = kinds.pop() if len(kinds) == 1 else "resource"
    verbs = ", ".join(dict.fromkeys(step.title.lower() for step in steps))
    return f"{verbs[:1].upper()}{verbs[1:]} {count} {noun}{'' if count == 1 else 's'}"


def _kept(step: Step, operation: Operation, now: Resource) -> bool:
    promise = operation.promise
    if "produced" in promise or "gone" in promise or _repeats(operation):
        return False
    if not missing(promise, step.arguments, now):
        return True
    wanted = str(promise.get("state", "")).split("|")
    return operation.kind is OperationClass.POWER and set(promise) == {"state"} and _class(now) in {_class_of(one, now) for one in wanted}


def _repeats(operation: Operation) -> bool:
    """Whether it acts on what is as it promises, as a restart does: such an operation is always needed."""
    return set(operation.promise) == {"state"} and bool(operation.states & set(str(operation.promise["state"]).split("|")))


def _makes_sense(operation: Operation, now: Resource) -> bool:
    if now.state in _LEAVING:
        return False
    return not operation.states or now.state in operation.states or _class(now) in {_class_of(one, now) for one in operation.states}


def _class(resource: Resource) -> str:
    return _class_of(resource.state, resource)


def _class_of(state: str, resource: Resource) -> str:
    return STATE_CLASSES.get(state, state) if resource.type in RUNNING_TYPES and state not in _LEAVING else state


def _inverse(earlier: Step, later: Step) -> bool:
    return earlier.inverse is not None and earlier.inverse.operation == later.operation and earlier.kind is OperationClass.POWER


def _after(operation: Operation, now: Resource) -> Resource:
    """The target as the operation promises to leave it, as far as later steps look at it."""
    state = operation.promise.get("state")
    return replace(now, state=str(state).split("|")[0]) if state is not None else now


def _drop_brackets(walk: _Walk) -> None:
    """A stop and a start around a change that is not needed are not needed either."""
    own: dict[str, list[Step]] = {}
    for step in walk.steps:
        own.setdefault(step.target, []).append(step)
    for steps in own.values():
        pairs = {id_ for first in steps for then in steps if _inverse(first, then) for id_ in (first.id, then.id)}
        inner = [step for step in steps if step.id not in pairs]
        needed = {step.id for step in steps if walk.came[step.id] is _Came.NEEDED}
        if pairs and inner and needed <= pairs:
            walk.came.update(dict.fromkeys(needed, _Came.KEPT))


def _whole_or_not(walk: _Walk) -> None:
    """Where one step of a target cannot be done none is, and neither is what waits for it: nothing is stopped that could not be started again."""
    count = -1
    while count != (now := sum(came is _Came.OUT for came in walk.came.values())):
        count = now
        out = {step.target for step in walk.steps if walk.came[step.id] is _Came.OUT}
        for step in walk.steps:
            if walk.came[step.id] is _Came.NEEDED and (step.target in out or any(walk.came[need] is _Came.OUT for need in step.needs)):
                walk.came[step.id] = _Came.OUT
                walk.why.setdefault(step.target, WAITS)


def _needs(step: Step, came: Mapping[str, _Came], waits: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What it waits for: through steps that need nothing to those that do."""
    found: dict[str, None] = {}
    ask = list(step.needs)
    while ask:
        need = ask.pop(0)
        if came[need] is _Came.NEEDED:
            found[need] = None
        else:
            ask += waits[need]
    return tuple(found)


def _bound(step: Step, needs: tuple[str, ...], now: Resource, operation: Operation, limits: Limits) -> Step:
    arguments = _renamed(step.arguments, now, operation, limits.stamp)
    inverse, no_way_back = way_back(operation, now, arguments)
    return replace(
        step,
        needs=needs,
        arguments=arguments,
        command=command(operation, now, arguments),
        kind=operation.kind,
        inverse=inverse,
        no_way_back=no_way_back,
        timeout_s=limits.timeout_s,
        retries=limits.retries if operation.repeatable else 0,
        settles_s=operation.settles_s,
    )


def _renamed(arguments: Arguments, now: Resource, operation: Operation, stamp: str) -> dict[str, ArgumentValue]:
    made_up = {one.name for one in operation.takes if one.fresh and _made_up(arguments.get(one.name), now)}
    return {name: fresh_name(now, stamp) if name in made_up else value for name, value in arguments.items()}


def _made_up(value: ArgumentValue | None, resource: Resource) -> bool:
    """Whether the engine made this name up, and not a person."""
    return isinstance(value, str) and re.fullmatch(re.escape(fresh_name(resource, "")) + r"-\d{8}-\d{6}", value) is not None


def _decisive(step: Step, target: Resource, operations: Mapping[str, Operation]) -> tuple[str, str, tuple[tuple[str, ArgumentValue], ...]]:
    operation = operations.get(step.operation)
    fresh = {one.name for one in operation.takes if one.fresh} if operation else set()
    kept = ((name, "" if name in fresh and _made_up(value, target) else value) for name, value in step.arguments.items())
    return step.operation, step.target, tuple(sorted(kept))


def _left_out(review: Plan, now: Mapping[str, Resource], touched: set[str], why: Mapping[str, str]) -> tuple[LeftOut, ...]:
    rest = [one for one in dict.fromkeys(step.target for step in review.steps) if one in now and one not in touched]
    return tuple(LeftOut(count, reason) for reason, count in Counter(why.get(one, ALREADY) for one in rest).items())
