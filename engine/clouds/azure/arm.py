"""ARM ids taken apart, and what every ARM resource has in common. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.estate.resource import Resource

Wire = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """The subscription an answer came from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ArmId:
    """`/subscriptions/S/resourceGroups/G/providers/N/T/NAME[/T/NAME…]`; `kind` is `N/T[/T…]`, `names` are the names in order."""

    subscription: str
    group: str
    kind: str
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> ArmId:
        """Raises ValueError for what is no id of a resource in a resource group."""
        parts = text.strip("/").split("/")
        if len(parts) < 8 or len(parts) % 2 or parts[0].lower() != "subscriptions" or parts[2].lower() != "resourcegroups":
            raise ValueError(f"{text!r} is no ARM id of a resource in a resource group")
        return cls(parts[1], parts[3], "/".join([parts[5], *parts[6::2]]), tuple(parts[7::2]))

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def path(self) -> str:
        """The id in full, as ARM's paths take it."""
        namespace, *types = self.kind.split("/")
        tail = "/".join(f"{type_}/{name}" for type_, name in zip(types, self.names, strict=True))
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{namespace}/{tail}"

    def above(self, levels: int = 1) -> ArmId:
        """What this is a part of: the server of a database, the cluster of a node pool."""
        return ArmId(self.subscription, self.group, self.kind.rsplit("/", levels)[0], self.names[:-levels])


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource under its normalised and its own name."""

    type: str
    native: str


def resource(account: Account, kind: Kind, wire: Wire, state: str, properties: Mapping[str, Any]) -> Resource:
    """A `Resource` from ARM's JSON. Raises KeyError or ValueError when the answer is not what ARM promises."""
    where = ArmId.parse(str(wire["id"]))
    return Resource(
        cloud="azure",
        type=kind.type,
        native_type=kind.native,
        id=str(wire["id"]),
        name="/".join(where.names),
        account=account.id,
        account_name=account.name,
        region=str(wire["location"]).lower().replace(" ", ""),
        state=state,
        tags={str(key): str(value) for key, value in (wire.get("tags") or {}).items()},
        properties={"resource_group": where.group, **properties},
    )


def settled(wire: Wire, steady: str) -> str:
    """The state of a resource that has no power: `steady`, or what Azure is doing with it just now."""
    doing = str((wire.get("properties") or {}).get("provisioningState") or "Succeeded").lower()
    return {"succeeded": steady, "updating": steady}.get(doing, doing)
