"""A plan on the approval desk, with its request as it stands. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from engine.approvals.states import Request
from engine.execution.plan import Plan


@dataclass(frozen=True, slots=True)
class Filed:
    """`because` says why the plan waits, or why it may run at once."""

    plan: Plan
    request: Request
    because: tuple[str, ...] = ()
