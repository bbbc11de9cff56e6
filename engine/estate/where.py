"""A condition on resources: a small expression tree that can be evaluated, simplified and told in words. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from engine.estate.facts import created, facts
from engine.estate.resource import Resource

Comparison = Literal["<", "<=", ">", ">=", "=="]
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Is:
    """One of the facts of `field` is one of `values` (lower-case)."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compare:
    """A number of the resource compared: `monthly_cost`, `properties.size_gb`, `metrics.cpu_avg_7d`, or `created`, in seconds since 1970.

    Absent numbers match nothing.
    """

    path: str
    op: Comparison
    number: float


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts, true."""

    parts: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no parts, false."""

    parts: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Where


Where = Is | Compare | All | AnyOf | Not
EVERYTHING = All()
CREATED = "created"


def is_(field: str, *values: str) -> Is:
    """`is_("cloud", "aws")`, lower-casing for you."""
    return Is(field, frozenset(value.lower() for value in values))


def matches(where: Where, resource: Resource) -> bool:
    """Whether the condition holds for a resource."""
    return holds(where, resource, facts(resource))


def select(where: Where, resources: list[Resource]) -> list[Resource]:
    """The resources for which it holds, in their order."""
    return [resource for resource in resources if matches(where, resource)]


def holds(where: Where, resource: Resource, known: Mapping[str, frozenset[str]]) -> bool:
    """`matches` for a resource whose `facts` are known already."""
    match where:
        case Is(field, values):
            return bool(known.get(field, frozenset()) & values)
        case Compare(path, op, number):
            value = number_at(resource, path)
            return value is not None and _COMPARE[op](value, number)
        case All(parts):
            return all(holds(part, resource, known) for part in parts)
        case AnyOf(parts):
            return any(holds(part, resource, known) for part in parts)
        case Not(part):
            return not holds(part, resource, known)


def number_at(resource: Resource, path: str) -> float | None:
    """The number at a dotted path of the resource, None when it is absent or no number."""
    head, _, rest = path.partition(".")
    if path == CREATED:
        since = created(resource)
        return since.timestamp() if since is not None else None
    value = getattr(resource, head, None)
    if rest:
        value = value.get(rest) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def required(where: Where) -> dict[str, frozenset[str]]:
    """What must hold whatever else is said: field → values, from the conjunction at the top. For prefilters and for cards."""
    if isinstance(where, Is):
        return {where.field: where.values}
    found: dict[str, frozenset[str]] = {}
    for part in where.parts if isinstance(where, All) else ():
        for field, values in required(part).items():
            found[field] = found[field] & values if field in found else values
    return found


def in_words(where: Where) -> str:
    """The condition as a person would read it back: `type database_instance and not keep=true`."""
    match where:
        case Is(field, values):
            shown = " or ".join(sorted(values))
            return shown if field in ("flag", "tag", "cloud", "environment", "state") else f"{field.replace('_', ' ')} {shown}"
        case Compare("created", op, number):
            return f"created {'before' if op in ('<', '<=') else 'after'} {datetime.fromtimestamp(number, UTC):%Y-%m-%d %H:%M}"
        case Compare(path, op, number):
            return f"{path.rpartition('.')[2].replace('_', ' ')} {op} {number:g}"
        case All(parts):
            return " and ".join(in_words(part) for part in parts) or "everything"
        case AnyOf(parts):
            return "(" + " or ".join(in_words(part) for part in parts) + ")"
        case Not(All(parts)) if len(parts) > 1:
            return f"not ({in_words(All(parts))})"
        case Not(part):
            return f"not {in_words(part)}"
