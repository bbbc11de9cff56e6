"""A draft from the AI server bound to real targets: handles become resources, arguments are typed and checked, ways back are prepared. Pure.

The draft is untrusted. Everything that does not stand in the operations' tables, was not asked for, or does not fit its target is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.advisor.replies import ArgumentDraft, Draft, DraftStep
from engine.clouds.operation import Arguments, ArgumentValue, Inverse, Operation, OperationClass, Parameter
from engine.errors import PlanRefused
from engine.estate.facts import PROPERTY_FLAGS, native_name
from engine.estate.resource import Resource
from engine.execution.plan import LeftOut, Step
from engine.request.reading import Given
from engine.request.seal import Sealed

# What a person's word allows a plan to do. A plan that does more than was asked is refused, whatever its reasons.
ALLOWED: Mapping[str, frozenset[OperationClass]] = {
    "start": frozenset({OperationClass.POWER}),
    "stop": frozenset({OperationClass.POWER}),
    "restart": frozenset({OperationClass.POWER}),
    "resize": frozenset({OperationClass.POWER, OperationClass.CONFIGURE}),
    "tag": frozenset({OperationClass.TAG}),
    "untag": frozenset({OperationClass.TAG}),
    "snapshot": frozenset({OperationClass.CREATE}),
    "terminate": frozenset({OperationClass.DELETE, OperationClass.CREATE}),
    "delete": frozenset({OperationClass.DELETE, OperationClass.CREATE}),
    "block_public_access": frozenset({OperationClass.PROTECT}),
    "protect": frozenset({OperationClass.GUARD, OperationClass.PROTECT}),
    "unprotect": frozenset({OperationClass.EXPOSE}),
    "scale": frozenset({OperationClass.POWER, OperationClass.CONFIGURE}),
    "grow": frozenset({OperationClass.CONFIGURE}),
    "detach": frozenset({OperationClass.CONFIGURE}),
    "enable": frozenset({OperationClass.POWER}),
    "disable": frozenset({OperationClass.POWER}),
    "failover": frozenset({OperationClass.POWER}),
    "purge": frozenset({OperationClass.DELETE}),
    "encrypt": frozenset({OperationClass.GUARD, OperationClass.PROTECT}),
    "enforce_tls": frozenset({OperationClass.PROTECT}),
    "enable_backups": frozenset({OperationClass.GUARD, OperationClass.PROTECT}),
    "enable_multi_az": frozenset({OperationClass.CONFIGURE}),
    "enable_rotation": frozenset({OperationClass.GUARD, OperationClass.PROTECT}),
    "enable_versioning": frozenset({OperationClass.GUARD, OperationClass.PROTECT}),
    "suspend_versioning": frozenset({OperationClass.EXPOSE}),
    # A shorter time deletes what is older, and nothing brings that back.
    "set_retention": frozenset({OperationClass.DELETE}),
    # Out of the load balancers: what runs there goes on running.
    "drain": frozenset({OperationClass.POWER}),
}
_WORDS_OF_TITLES = {
    "start": frozenset({"start"}),
    "stop": frozenset({"stop"}),
    "restart": frozenset({"restart", "reboot", "reset"}),
    "tag": frozenset({"tag", "label"}),
    "untag": frozenset({"untag", "unlabel", "remove"}),
    "enable": frozenset({"enable"}),
    "disable": frozenset({"disable"}),
    "failover": frozenset({"fail"}),
    "drain": frozenset({"drain"}),
}
_HANDLE = re.compile(r"v[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Bound:
    """The part of a plan that comes out of a draft."""

    targets: tuple[Resource, ...]
    steps: tuple[Step, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How a run may behave; times in seconds."""

    timeout_s: float = 600.0
    retries: int = 0
    stamp: str = ""  # what makes names of new things unique: the plan's time


def bind(draft: Draft, sealed: Sealed, resources: Mapping[str, Resource], operations: Mapping[str, Operation], limits: Limits) -> Bound:
    """The draft over the real resources that its handles stand for. Raises PlanRefused naming the step and the reason."""
    members = {group.handle: group.ids for group in sealed.groups}
    actions = {handle: _actions(sealed, handle) for handle in members}
    steps: list[Step] = []
    made: dict[str, dict[str, str]] = {}
    for drafted in draft.steps:
        if drafted.id in made:
            raise PlanRefused(f"The plan has two steps called {drafted.id}.")
        _known_before(drafted, made)
        made[drafted.id] = {}
        for handle in drafted.on:
            if handle not in members:
                raise PlanRefused(f"The plan's step {drafted.id} acts on {handle}, which was not part of the request.")
            for resource_id in members[handle]:
                step = _bind_one(
                    _with_fresh_names(drafted, resources[resource_id], operations, limits.stamp),
                    resources[resource_id],
                    actions[handle],
                    operations,
                    sealed.values,
                )
                needs = _needs(drafted, resource_id, made)
                step = replace(
                    step,
                    id=f"{drafted.id}.{len(made[drafted.id]) + 1}",
                    needs=needs,
                    timeout_s=limits.timeout_s,
                    retries=limits.retries if operations[drafted.operation].repeatable else 0,
                )
                made[drafted.id][resource_id] = step.id
                steps.append(step)
    touched = dict.fromkeys(step.target for step in steps)
    return Bound(tuple(resources[resource_id] for resource_id in touched), tuple(steps), _left_out(draft, members, set(touched)))


def _with_fresh_names(drafted: DraftStep, resource: Resource, operations: Mapping[str, Operation], stamp: str) -> DraftStep:
    takes = operations[drafted.operation].takes if drafted.operation in operations else ()
    fresh = {one.name: fresh_name(resource, stamp) for one in takes if one.fresh and one.name not in drafted.arguments}
    return replace(drafted, arguments={**drafted.arguments, **fresh}) if fresh else drafted


def fresh_name(resource: Resource, stamp: str) -> str:
    """A name for something new made of a resource, in the letters every cloud allows: `escher-pg-main-20261120-1201`."""
    base = re.sub(r"[^a-z0-9]+", "-", native_name(resource).lower()).strip("-")[:30].strip("-")
    return "-".join(part for part in ("escher", base, stamp) if part)


def _actions(sealed: Sealed, handle: str) -> frozenset[str]:
    return frozenset(order.action for order in sealed.orders if handle in order.on)


def _known_before(drafted: DraftStep, made: Mapping[str, Mapping[str, str]]) -> None:
    for earlier in drafted.after:
        if earlier not in made:
            raise PlanRefused(f"The plan's step {drafted.id} waits for {earlier}, which does not come before it.")


def _needs(drafted: DraftStep, resource_id: str, made: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """The same target's earlier steps; where an earlier step has other targets only, all of them."""
    needs: list[str] = []
    for earlier in drafted.after:
        needs += [made[earlier][resource_id]] if resource_id in made[earlier] else list(made[earlier].values())
    return tuple(dict.fromkeys(needs))


def _bind_one(
    drafted: DraftStep, resource: Resource, actions: frozenset[str], operations: Mapping[str, Operation], values: Mapping[str, Given]
) -> Step:
    operation = operations.get(drafted.operation)
    if operation is None:
        raise PlanRefused(f"The plan wants {drafted.operation}, which is not an operation Escher knows.")
    if operation.cloud != resource.cloud or resource.native_type not in operation.native_types:
        raise PlanRefused(f"The plan wants {operation.name} on {resource.name}, which is a {resource.native_type}.")
    _asked_for(operation, actions)
    _own_values(operation, drafted)
    arguments = _arguments(operation, drafted.arguments, values)
    _not_opening(operation, arguments)
    inverse, no_way_back = way_back(operation, resource, arguments)
    return Step(
        id="",
        operation=operation.name,
        target=resource.id,
        arguments=arguments,
        kind=operation.kind,
        title=operation.title,
        command=command(operation, resource, arguments),
        inverse=inverse,
        no_way_back=no_way_back,
        why=drafted.why,
        settles_s=operation.settles_s,
    )


def _asked_for(operation: Operation, actions: frozenset[str]) -> None:
    """A plan may not do what the person's words do not ask for: neither another class of change nor the opposite one."""
    allowed = frozenset[OperationClass]().union(*(ALLOWED.get(action, frozenset()) for action in actions))
    if operation.kind not in allowed:
        raise PlanRefused(
            f"The plan wants {operation.name} ({operation.kind}), but only {' and '.join(sorted(actions)) or 'nothing'} was asked for."
        )
    if operation.kind in (OperationClass.POWER, OperationClass.TAG) and actions <= _WORDS_OF_TITLES.keys():
        words = frozenset[str]().union(*(_WORDS_OF_TITLES[action] for action in actions))
        if operation.title.lower().split()[0] not in words:
            raise PlanRefused(f"The plan wants {operation.name}, but only {' and '.join(sorted(actions))} was asked for.")


def _own_values(operation: Operation, drafted: DraftStep) -> None:
    """A tag or a size is the person's own: the AI server may place it, never make it up."""
    if operation.kind not in (OperationClass.TAG, OperationClass.CONFIGURE):
        return
    for name, value in drafted.arguments.items():
        if isinstance(value, str) and not _HANDLE.fullmatch(value):
            raise PlanRefused(f"The plan sets {name} to {value!r}, which nobody asked for.")


def _not_opening(operation: Operation, arguments: Arguments) -> None:
    """An operation that can close and open by its argument must not open when closing was asked for."""
    if operation.kind is not OperationClass.PROTECT:
        return
    promised = {path.partition(".")[2]: value for path, value in operation.promise.items() if path.startswith("properties.")}
    for flag, name, meaning in PROPERTY_FLAGS:
        value = promised.get(name)
        shown = arguments.get(value[1:]) if isinstance(value, str) and value.startswith("$") else value
        if flag == "public" and name in promised and shown in meaning:
            raise PlanRefused(f"The plan wants {operation.name} so that it opens what was to be closed.")


def _arguments(operation: Operation, drafted: Mapping[str, ArgumentDraft], values: Mapping[str, Given]) -> Arguments:
    known = {parameter.name: parameter for parameter in operation.takes}
    if extra := sorted(set(drafted) - set(known)):
        raise PlanRefused(f"{operation.name} takes no argument {extra[0]!r}.")
    for parameter in operation.takes:
        if parameter.required and parameter.name not in drafted:
            raise PlanRefused(f"{operation.name} needs the argument {parameter.name!r}, and the plan does not give it.")
    return {name: _argument(operation, known[name], value, values) for name, value in drafted.items()}


def _argument(operation: Operation, parameter: Parameter, drafted: ArgumentDraft, values: Mapping[str, Given]) -> ArgumentValue:
    value: ArgumentValue = drafted
    if isinstance(drafted, str) and _HANDLE.fullmatch(drafted):
        if drafted not in values:
            raise PlanRefused(f"{operation.name}: the argument {parameter.name!r} is {drafted}, which was not part of the request.")
        value = values[drafted].text
    if parameter.type == "text" and isinstance(value, str) and re.fullmatch(parameter.pattern, value):
        return value
    if parameter.type == "boolean" and isinstance(value, bool):
        return value
    if parameter.type == "integer" and isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PlanRefused(f"{operation.name}: {value!r} is not a valid {parameter.name}.", hint=parameter.meaning)


def way_back(operation: Operation, resource: Resource, arguments: Arguments) -> tuple[Inverse | None, str]:
    """The call that takes a change back, or None and why there is none."""
    try:
        inverse = operation.inverse(resource, arguments) if operation.inverse else None
    except KeyError as error:  # the table asks for a fact that the scan did not bring
        return None, f"What {error.args[0]} was before is not known."
    return inverse, "" if inverse else operation.no_way_back


def command(operation: Operation, resource: Resource, arguments: Arguments) -> tuple[str, ...]:
    """The operation as a person would type it: the table's argv with its `{field}` and `{this|or that}` places filled in."""
    return tuple(re.sub(r"\{([$\w.|]+)\}", lambda match: _place(match[1], resource, arguments), word) for word in operation.command)


def _place(paths: str, resource: Resource, arguments: Arguments) -> str:
    return next((found for path in paths.split("|") if (found := _field(path, resource, arguments))), "")


def _field(path: str, resource: Resource, arguments: Arguments) -> str:
    if path.startswith("$"):
        value = arguments.get(path[1:], "")
        return str(value).lower() if isinstance(value, bool) else str(value)
    head, _, rest = path.partition(".")
    found = getattr(resource, head, "")
    return str(found.get(rest, "") if rest and isinstance(found, Mapping) else found)


def _left_out(draft: Draft, members: Mapping[str, tuple[str, ...]], touched: set[str]) -> tuple[LeftOut, ...]:
    counts: dict[str, int] = {}
    for handle, reason in draft.left_out:
        counts[reason] = counts.get(reason, 0) + len(set(members.get(handle, ())) - touched)
    return tuple(LeftOut(count, reason) for reason, count in counts.items() if count)


def unaccounted(draft: Draft, sealed: Sealed) -> Sequence[str]:
    """Groups of the request that the draft neither acts on nor leaves out: a plan that forgets a target is refused."""
    spoken_of = {handle for step in draft.steps for handle in step.on} | {handle for handle, _ in draft.left_out}
    return [group.handle for group in sealed.groups if group.handle not in spoken_of]
