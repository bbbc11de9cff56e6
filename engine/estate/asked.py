"""Whether a condition holds for a resource, with only those facts worked out that it asks for. Pure.

`facts` works out all, which costs as much as opening the resource; whoever looks something up asks for two or three. What is asked for often
is told here by itself, the rest by `facts`: `tests/engine/estate/test_asked.py` holds both to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.estate.facts import engine, environment, facts, native_name, owners, size, state_class
from engine.estate.resource import Resource
from engine.estate.where import Where, holds

_ALONE: Mapping[str, Callable[[Resource], frozenset[str]]] = {
    "cloud": lambda one: frozenset({one.cloud}),
    "type": lambda one: frozenset({one.type}),
    "native_type": lambda one: frozenset({one.native_type.lower()}),
    "region": lambda one: frozenset({one.region.lower(), str(one.properties.get("zone") or one.region).lower()}),
    "account": lambda one: frozenset({one.account.lower(), one.account_name.lower()}),
    "environment": lambda one: frozenset({environment(one)[0]} - {""}),
    "owner": owners,
    "state": lambda one: frozenset({one.state.lower(), state_class(one).lower()}),
    "engine": lambda one: frozenset({engine(one)} - {""}),
    "size": lambda one: frozenset({size(one).lower()} - {""}),
    "name": lambda one: frozenset({one.name.lower()}),
    "id": lambda one: frozenset({one.id.lower(), native_name(one).lower()}),
}


class Asked(Mapping[str, frozenset[str]]):
    """The facts of a resource by field, each worked out when it is asked for."""

    __slots__ = ("_all", "_resource")

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._all: Mapping[str, frozenset[str]] | None = None

    def __getitem__(self, field: str) -> frozenset[str]:
        told = _ALONE.get(field)
        return told(self._resource) if told else self._known()[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def _known(self) -> Mapping[str, frozenset[str]]:
        if self._all is None:
            self._all = facts(self._resource)
        return self._all


def fits(where: Where, resource: Resource) -> bool:
    """As `where.matches`."""
    return holds(where, resource, Asked(resource))
