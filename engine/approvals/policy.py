"""Whether a plan may run at once, must wait, or must not be, by the policy the managers set. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.clouds.operation import OperationClass
from engine.estate.facts import environment
from engine.execution.plan import Plan
from engine.settings import PolicySettings

_ALWAYS_ASKED = {
    OperationClass.DELETE: "it deletes",
    OperationClass.PROTECT: "it changes access or exposure",
    OperationClass.EXPOSE: "it changes access or exposure",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`needs` managers must approve, 0 for none; `because` says why, in words. `refused` is set when the person may not ask for this."""

    needs: int
    because: tuple[str, ...] = ()
    refused: str = ""
    who_can: str = ""


def decide(plan: Plan, roles: Sequence[str], policy: PolicySettings) -> Decision:
    """The policy's word on a plan asked for by somebody with `roles`."""
    if not {"executor", "manager"} & set(roles):
        return Decision(0, refused="You may look and ask, but not change anything.", who_can="Somebody with the role executor or manager.")
    because = list(dict.fromkeys(_reasons(plan, policy)))
    if not because:
        return Decision(0, ("low risk outside production",))
    return Decision(2 if plan.risk == "critical" else 1, tuple(because))


def _reasons(plan: Plan, policy: PolicySettings) -> list[str]:
    reasons = [_ALWAYS_ASKED[step.kind] for step in plan.steps if step.kind in _ALWAYS_ASKED]
    named = {environment(resource)[0] for resource in plan.changed}
    if "production" in named:
        reasons.append("it touches production")
    if "" in named:
        reasons.append("nobody knows the environment of a target")
    if len(plan.changed) > policy.approve_above_targets:
        reasons.append(f"it reaches {len(plan.changed)} resources, more than {policy.approve_above_targets}")
    if plan.risk != "low" and not reasons:
        reasons.append(f"its risk is {plan.risk}")
    return reasons
