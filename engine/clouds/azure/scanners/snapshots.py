"""Snapshots of managed disks. Pure."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("snapshot", "Microsoft.Compute/snapshots")
VERSION = "2024-03-02"


def snapshot(account: Account, wire: Wire) -> Resource:
    """A finished snapshot is `completed`."""
    told = wire["properties"]
    size = int(told.get("diskSizeGB") or 0)
    source = str((told.get("creationData") or {}).get("sourceResourceId") or "")
    facts = {"size_gb": size, "source": source, "created": str(told.get("timeCreated") or ""), "encrypted": True}
    found = resource(account, KIND, wire, settled(wire, "completed"), facts)
    return replace(found, monthly_cost=costs.snapshot(size))


SCANNER = Scanner(KIND, "Microsoft.Compute/snapshots/read", everything_of(KIND, VERSION), one_of(VERSION), snapshot)
