"""The engine's own floor of risk and what it will not plan, whoever asks and whatever the AI server says. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from engine.clouds.operation import OperationClass
from engine.errors import PlanRefused
from engine.estate.facts import environment, flags
from engine.estate.resource import Resource
from engine.execution.plan import RISK_ORDER, Plan, RiskLevel, Step, worse
from engine.settings import PolicySettings

# The floor by what the operation does: outside production, and in it (or where nobody knows).
FLOOR: Mapping[OperationClass, tuple[RiskLevel, RiskLevel]] = {
    OperationClass.READ: ("low", "low"),
    OperationClass.TAG: ("low", "medium"),
    OperationClass.CREATE: ("low", "medium"),
    OperationClass.POWER: ("low", "medium"),
    OperationClass.CONFIGURE: ("medium", "high"),
    OperationClass.GUARD: ("low", "medium"),
    OperationClass.PROTECT: ("medium", "high"),
    OperationClass.EXPOSE: ("high", "critical"),
    OperationClass.DELETE: ("high", "critical"),
}
_NEVER_BY_FILTER = frozenset({"database_instance", "snapshot"})
_MANY, _VERY_MANY = 10, 50


def risk_floor(steps: Sequence[Step], targets: Sequence[Resource]) -> tuple[RiskLevel, tuple[str, ...]]:
    """The lowest risk these steps can have, and why."""
    by_id = {resource.id: resource for resource in targets}
    level: RiskLevel = "low"
    reasons: dict[str, None] = {}
    for step in steps:
        resource = by_id[step.target]
        level = worse(level, FLOOR[step.kind][int(sensitive(resource))])
        for reason in _reasons(step, resource):
            reasons[reason] = None
    if len(targets) > _MANY:
        level = worse(level, "high" if len(targets) > _VERY_MANY else "medium")
        reasons[f"reaches {len(targets)} resources"] = None
    return level, tuple(reasons)


def sensitive(resource: Resource) -> bool:
    """In production, or nobody knows that it is not."""
    return environment(resource)[0] in ("production", "")


def _reasons(step: Step, resource: Resource) -> list[str]:
    said = []
    if environment(resource)[0] == "production":
        said.append("touches production")
    elif not environment(resource)[0]:
        said.append("the environment of a target is unknown")
    if step.kind is OperationClass.DELETE:
        said.append("deletes")
    if step.kind in (OperationClass.PROTECT, OperationClass.EXPOSE):
        said.append("changes access or exposure")
    if step.no_way_back:
        said.append(f"cannot be undone: {step.no_way_back}")
    if step.kind in (OperationClass.POWER, OperationClass.CONFIGURE) and "multi_az" in flags(resource):
        said.append("interrupts a Multi-AZ database")
    return said


def check_wish(action: str, targets: Sequence[Resource], *, by_name: bool) -> None:
    """Refuses what must not even be planned, before anything leaves. Raises PlanRefused."""
    if action != "delete" or by_name:
        return
    if any(resource.type in _NEVER_BY_FILTER and sensitive(resource) for resource in targets):
        raise PlanRefused(
            "Production databases and backups are never deleted by a filter, whoever approves.",
            who_can="Somebody who names each one exactly, with a manager's approval.",
        )


def check(plan: Plan, policy: PolicySettings) -> None:
    """Refuses a plan that must not be, whoever would approve it. Raises PlanRefused with what, why and who can."""
    if not plan.steps:
        raise PlanRefused("The plan does nothing.")
    if len(plan.changed) > policy.most_targets:
        raise PlanRefused(
            f"The plan would touch {len(plan.changed)} resources; the most allowed is {policy.most_targets}.", hint="Narrow the request."
        )
    _no_cycles(plan)
    for step in plan.steps:
        _check_step(step, plan, policy)


def _check_step(step: Step, plan: Plan, policy: PolicySettings) -> None:
    if step.kind is not OperationClass.DELETE or plan.undoes:
        return
    resource = plan.target(step)
    check_wish("delete", (resource,), by_name=plan.by_name)
    if "protected" in flags(resource):
        raise PlanRefused(f"{resource.name} has deletion protection on.", who_can="Whoever owns it can switch the protection off first.")
    for key, value in policy.protected_tags.items():
        if resource.tags.get(key) == value:
            raise PlanRefused(
                f"{resource.name} is tagged {key}={value}, and the policy never deletes such resources.", who_can="Whoever owns the tag."
            )


def _no_cycles(plan: Plan) -> None:
    done: set[str] = set()
    for step in plan.steps:
        if missing := set(step.needs) - done:
            raise PlanRefused(f"Step {step.id} waits for {min(missing)}, which never comes before it.")
        done.add(step.id)


def raised(floor: RiskLevel, said: RiskLevel) -> RiskLevel:
    """The plan's risk: the server may raise the floor and never lower it."""
    return worse(floor, said if said in RISK_ORDER else "critical")


def environments(targets: Sequence[Resource]) -> tuple[Mapping[str, int], int]:
    """How many targets are in each environment, and how many were placed there by their account and not by a tag."""
    found = [environment(resource) for resource in targets]
    return Counter(name or "unknown" for name, _ in found), sum(source == "account" for _, source in found)
