"""What changed of a resource between two sweeps, in the aspects that people want to hear of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.estate.facts import flags, size
from engine.estate.resource import Resource
from engine.estate.view import Aspect, Change

EXPOSING = frozenset({"public", "public_ip", "open_to_world"})


def details(before: Resource, after: Resource) -> tuple[Change, ...]:
    """One for each aspect that differs. Of tags, those that came, went or changed; of exposure, the flags; "" for none."""
    said = [(aspect, told(before), told(after)) for aspect, told in _TOLD.items()]
    found = [Change(after.id, aspect, was, now) for aspect, was, now in said if was != now]
    if before.tags != after.tags:
        found.append(Change(after.id, "tags", _told_tags(before.tags, after.tags), _told_tags(after.tags, before.tags)))
    return tuple(found)


def _exposure(resource: Resource) -> str:
    return ", ".join(sorted(flags(resource) & EXPOSING))


def _told_tags(tags: Mapping[str, str], others: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(tags.items()) if others.get(key) != value)


_TOLD: Mapping[Aspect, Callable[[Resource], str]] = {"state": lambda resource: resource.state, "size": size, "exposure": _exposure}
