"""What a wish or a plan must leave alone because of what its targets are, and what it risks by it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.errors import PlanRefused
from engine.estate.constraints import constraints
from engine.estate.facts import state_class
from engine.estate.resource import Resource
from engine.execution.plan import LeftOut, RiskLevel, Step, worse
from engine.planning.dependence import Effect, effects, stops
from engine.planning.usage import listed
from engine.request.seal import Wanted

_STOP = "stop"
# What a stop takes with it, by what is true of a target: risk, and the reason that stands on the card.
_LOSES: tuple[RiskLevel, str] = ("high", "a stop loses what instance stores hold")
_REPLACED: tuple[RiskLevel, str] = ("medium", "a group replaces what is stopped")
_AWAY: frozenset[Effect] = frozenset({"down", "gone"})


def possible(wanted: Sequence[Wanted], *, later: bool = False) -> tuple[tuple[Wanted, ...], tuple[LeftOut, ...]]:
    """The wishes without the targets that cannot be stopped, and those with the reason.

    `later`: for another time, when what is stopped now may run. Raises PlanRefused when nothing is left of them all: then somebody asked for
    just what cannot be.
    """
    kept: list[Wanted] = []
    left: dict[str, list[str]] = {}
    for order in wanted:
        hindered = _hindered(order, later=later)
        for one, why in hindered.items():
            left.setdefault(why, []).append(next(target.name for target in order.targets if target.id == one))
        targets = tuple(target for target in order.targets if target.id not in hindered)
        kept += [replace(order, targets=targets)] if targets else []
    if left and not kept:
        said = "; ".join(f"{listed(names)} cannot be stopped: {why}" for why, names in left.items())
        raise PlanRefused(said, hint="Nothing was planned.")
    return tuple(kept), tuple(LeftOut(len(names), f"cannot be stopped ({listed(names)}): {why}") for why, names in left.items())


def _hindered(order: Wanted, *, later: bool) -> dict[str, str]:
    """Ids of what runs and cannot be stopped, with why; what is stopped already needs no stop."""
    if order.action != _STOP:
        return {}
    running = ((target, constraints(target)) for target in order.targets if later or state_class(target) != "stopped")
    return {target.id: known.why_not for target, known in running if known.can_stop is False}


def check_stops(steps: Sequence[Step], targets: Mapping[str, Resource]) -> None:
    """Refuses a plan that stops on its way what cannot be stopped, as a new size does. Raises PlanRefused."""
    for step in steps:
        known = constraints(targets[step.target])
        if stops(step) and known.can_stop is False:
            raise PlanRefused(f"{targets[step.target].name} would have to be stopped for this, and cannot be: {known.why_not}")


def risked(steps: tuple[Step, ...], targets: Mapping[str, Resource]) -> tuple[RiskLevel, tuple[str, ...]]:
    """The least risk that follows from what the targets are, and why; it raises the floor and never lowers it."""
    level: RiskLevel = "low"
    reasons: dict[str, None] = {}
    for risk, why in _risks(steps, targets):
        level = worse(level, risk)
        reasons[why] = None
    return level, tuple(reasons)


def _risks(steps: tuple[Step, ...], targets: Mapping[str, Resource]) -> Iterator[tuple[RiskLevel, str]]:
    stopped = {step.target for step in steps if stops(step)}
    for target, effect in effects(steps, targets).items():
        known = constraints(targets[target])
        if known.loses and target in stopped:
            yield _LOSES
        if known.member_of and effect in _AWAY:
            yield _REPLACED
