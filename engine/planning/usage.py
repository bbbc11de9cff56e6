"""Who uses a resource and how much, as far as its metrics and tags tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.estate.facts import IDLE_BELOW_CPU_PERCENT, owner, state_class
from engine.estate.resource import Resource
from engine.execution.plan import Breaks

# Metrics are named for what they count, how, and over how long: `cpu_avg_7d`, `connections_sum_1d`.
_METRIC = re.compile(r"(?P<what>[a-z_]+)_(?P<how>avg|sum|max)_(?P<number>\d+)(?P<unit>[dh])")
_UNITS = {"d": "day", "h": "hour"}
_HOW = {"avg": " on average", "sum": "", "max": " at most"}
_MOST_NAMED = 3


def listed(names: Iterable[str], most: int = _MOST_NAMED) -> str:
    """`a`, `a and b`, `a, b, c and 4 more`."""
    every = list(names)
    shown = every if len(every) <= most else [*every[:most], f"{len(every) - most} more"]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1] if shown else "") if part)


def used(targets: Sequence[Resource]) -> list[Breaks]:
    """The targets whose metrics show that somebody uses them; without metrics nothing is said."""
    busy = {one.id: said for one in targets if (said := use(one))}
    mine = [one for one in targets if one.id in busy]
    if not mine:
        return []
    ids = tuple(one.id for one in mine)
    if len(targets) == 1:
        return [Breaks(f"{mine[0].name} is in use: {busy[mine[0].id]}.", ids)]
    each = listed(f"{one.name} ({busy[one.id]})" for one in mine)
    return [Breaks(f"{len(mine)} of {len(targets)} {'is' if len(mine) == 1 else 'are'} in use: {each}.", ids)]


def use(resource: Resource) -> str:
    """What its metrics show of use, the weightiest first: `42 % CPU on average in the last 7 days`; '' for idle, stopped or unmeasured."""
    if state_class(resource) == "stopped":
        return ""
    return ", ".join(said for name, value in sorted(resource.metrics.items()) if (said := _told(name, value)))


def _told(name: str, value: float) -> str:
    found = _METRIC.fullmatch(name)
    is_cpu = found is not None and found["what"] == "cpu"
    if found is None or value <= 0 or (is_cpu and value < IDLE_BELOW_CPU_PERCENT):
        return ""
    what = "% CPU" if is_cpu else found["what"].replace("_", " ")
    number, unit = int(found["number"]), _UNITS[found["unit"]]
    span = f"the last {unit}" if number == 1 else f"the last {number} {unit}s"
    return f"{value:,.0f} {what}{_HOW[found['how']]} in {span}"


def owned(targets: Sequence[Resource]) -> list[Breaks]:
    """Whose they are by their tags, those who own most first."""
    by_owner: dict[str, list[str]] = {}
    for one in targets:
        if name := owner(one):
            by_owner.setdefault(name, []).append(one.id)
    if not by_owner:
        return []
    ranked = sorted(by_owner.items(), key=lambda item: -len(item[1]))
    each = listed(name if len(targets) == 1 else f"{name} ({len(ids)} of {len(targets)})" for name, ids in ranked)
    return [Breaks(f"Owned by {each}.", tuple(one for _, ids in ranked for one in ids))]
