"""A plan: exact targets, exact operations, exact arguments, and the digest an approval is for. Pure.

A plan never changes. What a person reads and what runs are the same object; a smaller or different set of targets is a new plan with a
new digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from engine.clouds.operation import ArgumentValue, Inverse, OperationClass
from engine.clouds.permission import Check
from engine.estate.resource import Resource

RiskLevel = Literal["low", "medium", "high", "critical"]
RISK_ORDER: tuple[RiskLevel, ...] = ("low", "medium", "high", "critical")


def worse(one: RiskLevel, other: RiskLevel) -> RiskLevel:
    """The higher of two risks."""
    return max(one, other, key=RISK_ORDER.index)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one target. `needs` are steps that must have succeeded first. `inverse` is the way back, prepared before anything runs.

    `retries` is 0 unless the operation may be repeated without doing more; times in seconds.
    """

    id: str
    operation: str
    target: str
    arguments: Mapping[str, ArgumentValue]
    kind: OperationClass
    title: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    inverse: Inverse | None = None
    no_way_back: str = ""
    why: str = ""
    retries: int = 0
    timeout_s: float = 600.0
    settles_s: float = 300.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Resources that were meant but need nothing, or were excluded, and why."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Breaks:
    """One thing the plan breaks, interrupts or leaves behind, as a whole sentence.

    `targets` are the ids it comes from, `dependents` the ids of what is hit, as far as the estate knows them.
    """

    sentence: str
    targets: tuple[str, ...]
    dependents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, to what, asked by whom. `targets` are the resources as they were when the plan was made.

    `monthly_delta` in US dollars a month, negative for a saving; an estimate. `by_name` is true where every target was named exactly.
    `impact` is what would break, `checks` what the clouds said of permissions when the plan was made, `why` by target id what of the words
    each target was taken for. They only tell: they decide nothing of what runs, so the digest leaves them out, and plans from before there
    were any come back without.

    A plan with `schedule` is the review of one: it stands for what may run later and never runs itself. `fires` names the schedule and its
    time, for a run that a schedule began.
    """

    id: str
    title: str
    asked_by: str
    message: str
    made_at: datetime
    expires_at: datetime
    targets: tuple[Resource, ...]
    steps: tuple[Step, ...]
    risk: RiskLevel
    reasons: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    monthly_delta: float = 0.0
    by_name: bool = False
    explanation: str = ""
    sources: tuple[str, ...] = ()
    undoes: str = ""  # the execution this plan takes back
    advice: str = ""  # the "advisor.asked" entry that tells what was sent for it
    place: Mapping[str, str] = field(default_factory=dict)
    impact: tuple[Breaks, ...] = ()
    checks: tuple[Check, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    schedule: str = ""
    fires: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over everything that decides what runs: id, asker, targets with their state, steps with their arguments."""
        return digest_of(self)

    def target(self, step: Step) -> Resource:
        """The resource a step acts on."""
        return next(resource for resource in self.targets if resource.id == step.target)

    @property
    def operations(self) -> tuple[str, ...]:
        """The provider's operation names, each once, in order of first use."""
        return tuple(dict.fromkeys(step.operation for step in self.steps))

    @property
    def changed(self) -> tuple[Resource, ...]:
        """The targets that some step touches."""
        touched = {step.target for step in self.steps}
        return tuple(resource for resource in self.targets if resource.id in touched)


def digest_of(plan: Plan) -> str:
    """See `Plan.digest`."""
    decisive = {
        "id": plan.id,
        "asked_by": plan.asked_by,
        "targets": sorted((resource.id, resource.account, resource.region, resource.state) for resource in plan.targets),
        "steps": [
            [step.id, step.operation, step.target, sorted(step.arguments.items()), list(step.needs), _inverse(step.inverse)]
            for step in plan.steps
        ],
        "expires_at": plan.expires_at.isoformat(),
        **({"schedule": plan.schedule} if plan.schedule else {}),  # plans from before schedules keep their digests
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _inverse(inverse: Inverse | None) -> list[Any]:
    return [inverse.operation, sorted(inverse.arguments.items())] if inverse else []


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data for the journal; `from_json` takes it back with the same digest."""
    data = asdict(plan)
    return {**data, "made_at": plan.made_at.isoformat(), "expires_at": plan.expires_at.isoformat(), "digest": plan.digest}


def from_json(data: Mapping[str, Any]) -> Plan:
    """A plan from the journal. Raises ValueError when its digest does not fit its content."""
    plain = dict(data)
    said = plain.pop("digest")
    plan = Plan(
        **{
            **plain,
            "made_at": datetime.fromisoformat(plain["made_at"]),
            "expires_at": datetime.fromisoformat(plain["expires_at"]),
            "targets": tuple(Resource.from_json(row) for row in plain["targets"]),
            "steps": tuple(_step(row) for row in plain["steps"]),
            "reasons": tuple(plain["reasons"]),
            "left_out": tuple(LeftOut(**row) for row in plain["left_out"]),
            "sources": tuple(plain["sources"]),
            "impact": tuple(Breaks(**_tuples(row)) for row in plain.get("impact", ())),
            "checks": tuple(Check(**_tuples(row)) for row in plain.get("checks", ())),
        }
    )
    if plan.digest != said:
        raise ValueError(f"plan {plan.id} does not fit its digest")
    return plan


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows lists only."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _step(row: Mapping[str, Any]) -> Step:
    inverse = Inverse(**row["inverse"]) if row["inverse"] else None
    return Step(
        **{**row, "kind": OperationClass(row["kind"]), "command": tuple(row["command"]), "needs": tuple(row["needs"]), "inverse": inverse}
    )
