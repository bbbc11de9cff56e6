"""Snapshots of managed disks. Pure mapping over two calls."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("snapshot", "Microsoft.Compute/snapshots")


async def _everything(session: AzureSession) -> list[Wire]:
    return [found.as_dict() async for found in session.compute.snapshots.list()]


async def _one(session: AzureSession, where: ArmId) -> Wire:
    found: Wire = (await session.compute.snapshots.get(where.group, where.name)).as_dict()
    return found


def snapshot(account: Account, wire: Wire) -> Resource:
    """A finished snapshot is `completed`."""
    told = wire["properties"]
    size = int(told.get("diskSizeGB") or 0)
    source = str((told.get("creationData") or {}).get("sourceResourceId") or "")
    facts = {"size_gb": size, "source": source, "created": str(told.get("timeCreated") or ""), "encrypted": True}
    found = resource(account, KIND, wire, settled(wire, "completed"), facts)
    return replace(found, monthly_cost=costs.snapshot(size))


SCANNER = Scanner(KIND, "Microsoft.Compute/snapshots/read", _everything, _one, snapshot)
