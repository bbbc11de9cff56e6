"""Managed disks, and whether anything hangs on them. Pure."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("disk", "Microsoft.Compute/disks")
VERSION = "2024-03-02"


def disk(account: Account, wire: Wire) -> Resource:
    told, sku = wire["properties"], str((wire.get("sku") or {}).get("name") or "")
    machine = str(wire.get("managedBy") or "")
    attached = bool(machine)
    size = int(told.get("diskSizeGB") or 0)
    # Azure encrypts every managed disk at rest with its own keys; there is no disk without.
    facts = {"size_gb": size, "sku": sku, "attached": attached, "attached_to": machine, "encrypted": True, **_on(machine)}
    found = resource(account, KIND, wire, settled(wire, "in-use" if attached else "available"), facts)
    return replace(found, monthly_cost=costs.disk(sku, size))


def _on(machine: str) -> dict[str, str]:
    """The machine it hangs on as its command line wants it: group and name."""
    where = ArmId.parse(machine) if machine else None
    return {"machine_group": where.group, "machine": where.name} if where else {}


SCANNER = Scanner(KIND, "Microsoft.Compute/disks/read", everything_of(KIND, VERSION), one_of(VERSION), disk, locked=True)
