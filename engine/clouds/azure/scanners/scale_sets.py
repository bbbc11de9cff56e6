"""Virtual machine scale sets: how many machines are wanted, and whether those that there are run. Pure mapping over two calls for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.fanning import each
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners.virtual_machines import power
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("scaling_group", "Microsoft.Compute/virtualMachineScaleSets")
VERSION = "2024-07-01"
RUNS = ("running", "pending", "stopping")


async def _everything(session: AzureSession) -> list[Wire]:
    return await each(await session.rest_kind(KIND.native, VERSION), partial(_with_machines, session))


async def _one(session: AzureSession, where: ArmId) -> Wire:
    return await _with_machines(session, await session.rest_item(where.path, VERSION))


async def _with_machines(session: AzureSession, told: Wire) -> Wire:
    """The set itself does not tell whether its machines run."""
    return {**told, "machines": await session.rest_items(f"{told['id']}/virtualMachines", VERSION, **{"$expand": "instanceView"})}


def state(powers: Iterable[str]) -> str:
    """The set's state from its machines': running when any runs, stopped when none does, `empty` without machines."""
    found = set(powers)
    if not found:
        return "empty"
    return next((one for one in (*RUNS, "unknown", "stopped") if one in found), "deallocated")


def scale_set(account: Account, wire: Wire) -> Resource:
    sku, told = wire.get("sku") or {}, wire["properties"]
    size, capacity = str(sku.get("name") or ""), int(sku.get("capacity") or 0)
    facts = {
        "capacity": capacity,
        "vm_size": size,
        "orchestration": str(told.get("orchestrationMode") or "Uniform"),
        "provisioning": str(told.get("provisioningState") or "Succeeded").lower(),
    }
    found = resource(account, KIND, wire, state(power(machine) for machine in wire["machines"]), facts)
    return replace(found, monthly_cost=round(costs.virtual_machine(size) * capacity, 2))


SCANNER = Scanner(KIND, "Microsoft.Compute/virtualMachineScaleSets/read", _everything, _one, scale_set)
