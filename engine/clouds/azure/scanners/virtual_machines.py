"""Virtual machines: sizes and systems from the list, power from the status list beside it. Pure mapping; the two functions above it are the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("compute_instance", "Microsoft.Compute/virtualMachines")
VERSION = "2024-11-01"
STATES: Mapping[str, str] = {
    "running": "running",
    "starting": "pending",
    "stopping": "stopping",
    "stopped": "stopped",
    "deallocating": "stopping",
    "deallocated": "deallocated",
}


async def _everything(session: AzureSession) -> list[Wire]:
    every = await session.rest_kind(KIND.native, VERSION)
    # One list cannot tell both what a machine is and whether it runs; ids differ in case between the two.
    views = {str(seen["id"]).lower(): seen for seen in await session.rest_kind(KIND.native, VERSION, statusOnly="true")}
    return [_joined(machine, views.get(str(machine["id"]).lower(), {})) for machine in every]


def _joined(machine: Wire, status: Wire) -> Wire:
    view = (status.get("properties") or {}).get("instanceView")
    return {**machine, "properties": {**machine["properties"], **({"instanceView": view} if view else {})}}


async def _one(session: AzureSession, where: ArmId) -> Wire:
    return await session.rest_item(where.path, VERSION, **{"$expand": "instanceView"})


def power(wire: Wire) -> str:
    """The normalised state from the instance view; `unknown` when Azure tells no power state, as for a machine that failed to start."""
    view = wire["properties"].get("instanceView") or {}
    codes = [str(status.get("code", "")) for status in view.get("statuses") or ()]
    told = next((code.partition("/")[2].lower() for code in codes if code.lower().startswith("powerstate/")), "")
    return STATES.get(told, "unknown")


def machine(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    size = str((told.get("hardwareProfile") or {}).get("vmSize") or "")
    system = str((told.get("storageProfile") or {}).get("osDisk", {}).get("osType") or "")
    found = resource(account, KIND, wire, power(wire), {"vm_size": size, "os": system, **_hindering(told)})
    return replace(found, monthly_cost=costs.virtual_machine(size))


def _hindering(told: Wire) -> dict[str, Any]:
    """What a plan must know before it stops the machine; what is not so is left out."""
    storage = told.get("storageProfile") or {}
    system = storage.get("osDisk") or {}
    disks = [
        str(disk["managedDisk"]["id"]) for disk in (system, *(storage.get("dataDisks") or ())) if (disk.get("managedDisk") or {}).get("id")
    ]
    scale_set = str((told.get("virtualMachineScaleSet") or {}).get("id") or "").rpartition("/")[2]
    return {
        **({"disks": disks} if disks else {}),
        **({"spot": True} if str(told.get("priority") or "") in ("Spot", "Low") else {}),
        **({"ephemeral_os_disk": True} if (system.get("diffDiskSettings") or {}).get("option") == "Local" else {}),
        **({"scale_set": scale_set} if scale_set else {}),
    }


SCANNER = Scanner(KIND, "Microsoft.Compute/virtualMachines/read", _everything, _one, machine, measured=True, locked=True)
