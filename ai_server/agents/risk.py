"""How risky a draft is, and why: the playbook's own level, the environment, the number, and what the resources are. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ai_server.knowledge.playbook import Playbook
from ai_server.wire import RISK_ORDER, Group, Risk, RiskLevel

MANY = 10
VERY_MANY = 100


@dataclass(frozen=True, slots=True)
class Touch:
    """One playbook on one group."""

    playbook: Playbook
    group: Group


@dataclass(frozen=True, slots=True)
class Concern:
    """What a flag means for a change that interrupts or deletes: at least `level`, because of `reason`."""

    flag: str
    interrupting: RiskLevel
    deleting: RiskLevel
    reason: str


CONCERNS: tuple[Concern, ...] = (
    Concern("multi_az", "medium", "high", "runs in several zones, which somebody chose for availability"),
    Concern("has_replicas", "medium", "critical", "has replicas that follow it"),
    Concern("protected", "medium", "critical", "is protected against deletion"),
    Concern("attached", "low", "high", "is attached to something"),
    Concern("public", "medium", "high", "can be reached from outside, so people may notice"),
    Concern("public_ip", "low", "high", "has a public address, which may change"),
    Concern("no_backups", "low", "critical", "has no backups"),
)


def estimate(touches: Sequence[Touch]) -> Risk:
    """The highest level anything gives, with every reason that counts. The order of `touches` does not matter."""
    if not touches:
        return Risk(level="low", reasons=("nothing is changed",))
    levels: list[RiskLevel] = []
    reasons: dict[str, None] = {}
    for rule in (_environment, _what_it_does, _flags, _number):
        for level, reason in rule(touches):
            levels.append(level)
            if reason:
                reasons[reason] = None
    return Risk(level=max(levels, key=RISK_ORDER.index), reasons=tuple(reasons)[:12])


Weighed = Iterable[tuple[RiskLevel, str]]


def _environment(touches: Sequence[Touch]) -> Weighed:
    production = [touch for touch in touches if touch.group.environment == "production"]
    unknown = [touch for touch in touches if touch.group.environment == "unknown"]
    for touch in touches:
        risk = touch.playbook.risk
        yield (risk.production if touch.group.environment == "production" else risk.base), ""
    if production:
        yield "low", f"touches production ({_count(production)})"
    if unknown:
        careful = any(touch.playbook.risk.interrupts or touch.playbook.risk.deletes for touch in unknown)
        yield ("medium" if careful else "low"), f"environment unknown ({_count(unknown)})"


def _what_it_does(touches: Sequence[Touch]) -> Weighed:
    if any(touch.playbook.risk.deletes for touch in touches):
        yield "high", "deletes"
    if any(touch.playbook.risk.interrupts for touch in touches):
        yield "low", "interrupts what runs"
    for note in sorted({note for touch in touches for note in touch.playbook.risk.notes}):
        yield "low", note


def _flags(touches: Sequence[Touch]) -> Weighed:
    for concern in CONCERNS:
        for level, matters in _matters(concern):
            struck = [touch for touch in touches if matters(touch) and concern.flag in touch.group.flags]
            if struck:
                yield level, f"{_count(struck)} × {concern.reason}"


def _matters(concern: Concern) -> tuple[tuple[RiskLevel, Callable[[Touch], bool]], ...]:
    return (
        (concern.deleting, lambda touch: touch.playbook.risk.deletes),
        (concern.interrupting, lambda touch: touch.playbook.risk.interrupts and not touch.playbook.risk.deletes),
    )


def _number(touches: Sequence[Touch]) -> Weighed:
    total = _count(touches)
    if total > VERY_MANY:
        yield "high", f"reaches {total} resources"
    elif total > MANY:
        yield "medium", f"reaches {total} resources"


def _count(touches: Sequence[Touch]) -> int:
    return sum({touch.group.handle: touch.group.count for touch in touches}.values())
