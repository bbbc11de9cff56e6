"""Management locks: which of them keep a resource from being deleted, and how that is told of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.clouds.azure.arm import Wire
from engine.estate.resource import Resource

KIND = "Microsoft.Authorization/locks"
VERSION = "2016-09-01"
TRIED = "Microsoft.Authorization/locks/read"
CAN_NOT_DELETE = "CanNotDelete"
_MARK = "/providers/microsoft.authorization/locks/"


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock. `scope` is what it stands on, in lower case: a subscription, a resource group or a resource; it holds for all below."""

    name: str
    scope: str
    level: str

    @classmethod
    def read(cls, wire: Wire) -> Lock:
        """Raises KeyError or ValueError for another shape."""
        scope, mark, _ = str(wire["id"]).lower().rpartition(_MARK)
        if not mark:
            raise ValueError(f"{wire['id']!r} is no id of a lock")
        return cls(str(wire["name"]), scope, str(wire["properties"]["level"]))

    def holds_for(self, resource_id: str) -> bool:
        return f"{resource_id.lower()}/".startswith(f"{self.scope}/")


def holding(locks: Iterable[Lock], resource_id: str) -> list[Lock]:
    """Those that keep this resource from being deleted. A lock that forbids every change (ReadOnly) forbids deletion too."""
    return [lock for lock in locks if lock.holds_for(resource_id)]


def told(resource: Resource, locks: Iterable[Lock]) -> Resource:
    """The resource with `deletion_protection`, and with `lock`, the name of the one lock that stands on it alone and can be taken off."""
    here = holding(locks, resource.id)
    single = removable(here, resource.id)
    facts = {"deletion_protection": bool(here), **({"lock": single.name} if single else {})}
    return replace(resource, properties={**resource.properties, **facts})


def removable(here: Iterable[Lock], resource_id: str) -> Lock | None:
    """The one lock whose going would leave the resource unprotected: on the resource itself, against deletion, and no other beside it."""
    every = list(here)
    if len(every) != 1 or every[0].scope != resource_id.lower() or every[0].level != CAN_NOT_DELETE:
        return None
    return every[0]
