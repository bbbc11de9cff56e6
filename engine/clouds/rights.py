"""What the configured credentials may do with every resource of an account, and how it stands with a resource. Pure.

Only what is known: an operation that the cloud gave no clear answer for is left out. It speaks of rules for the whole account; a rule for one
resource alone may say otherwise, which is why a plan asks about its own targets again (`permission`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.clouds.operation import Operation
from engine.clouds.permission import Check
from engine.estate.resource import Resource

ALLOWED, DENIED, SINCE = "allowed_actions", "denied_actions", "actions_known_since"
PROPERTIES = (ALLOWED, DENIED, SINCE)


@dataclass(frozen=True, slots=True)
class Rights:
    """Operations by name, and since when (ISO 8601, UTC) the cloud has said so."""

    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    since: str = ""

    @classmethod
    def of(cls, checks: Iterable[Check], since: str) -> Rights:
        """What checks of a whole account come to."""
        known = {verdict: frozenset(one.operation for one in checks if one.verdict == verdict) for verdict in ("allowed", "denied")}
        return cls(known["allowed"], known["denied"], since)

    def same(self, other: Rights) -> bool:
        """Whether both say the same, whenever they were said."""
        return (self.allowed, self.denied) == (other.allowed, other.denied)

    def said(self) -> dict[str, list[str]]:
        """As JSON, without the time."""
        return {"allowed": sorted(self.allowed), "denied": sorted(self.denied)}

    @classmethod
    def read(cls, said: Mapping[str, Any], since: str) -> Rights:
        """What `said` gave."""
        return cls(frozenset(said["allowed"]), frozenset(said["denied"]), since)


def with_rights(resources: Iterable[Resource], rights: Rights, operations: Mapping[str, Operation]) -> tuple[Resource, ...]:
    """The resources with what of their account's rights concerns their kind, in their properties; as they are where nothing does."""
    kinds: dict[str, Mapping[str, Any]] = {}
    found = []
    for one in resources:
        if one.native_type not in kinds:
            kinds[one.native_type] = _of_kind(one.native_type, rights, operations)
        said = kinds[one.native_type]
        found.append(replace(one, properties={**one.properties, **said}) if said else one)
    return tuple(found)


def _of_kind(native_type: str, rights: Rights, operations: Mapping[str, Operation]) -> Mapping[str, Any]:
    own = {name for name, operation in operations.items() if native_type in operation.native_types}
    allowed, denied = sorted(rights.allowed & own), sorted(rights.denied & own)
    return {ALLOWED: allowed, DENIED: denied, SINCE: rights.since} if allowed or denied else {}
