"""What a plan saves or costs a month, as far as the estate knows the prices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.clouds.operation import OperationClass
from engine.estate.resource import Resource
from engine.execution.plan import Step

_SIGN = {"start": 1.0, "stop": -1.0, "deallocate": -1.0}


def monthly_delta(steps: Iterable[Step], targets: Mapping[str, Resource]) -> float:
    """US dollars a month, negative for a saving. Starting and stopping count a resource's whole cost; storage that stays is not known apart.

    A resource both stopped and started again changes nothing.
    """
    deltas: dict[str, float] = {}
    for step in steps:
        cost = targets[step.target].monthly_cost
        if step.kind is OperationClass.DELETE:
            deltas[step.target] = -cost
        elif step.kind is OperationClass.POWER:
            deltas[step.target] = deltas.get(step.target, 0.0) + _SIGN.get(step.title.lower().split()[0], 0.0) * cost
    return round(sum(deltas.values()), 2)
