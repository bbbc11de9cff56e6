"""Compute Engine instances, with what hinders stopping them. Pure mapping over two calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, last, region_of, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("compute_instance", "compute.googleapis.com/Instance")
STATES: Mapping[str, str] = {
    "PROVISIONING": "pending",
    "STAGING": "pending",
    "PENDING": "pending",
    "RUNNING": "running",
    "REPAIRING": "repairing",
    "PENDING_STOP": "stopping",
    "STOPPING": "stopping",
    "SUSPENDING": "stopping",
    "DEPROVISIONING": "stopping",
    "SUSPENDED": "suspended",
    "STOPPED": "stopped",
    "TERMINATED": "stopped",  # Google's word for a stopped machine that can be started again
}


def _everything(session: GcpSession) -> list[Wire]:
    return session.scopes("instances")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "compute", f"/compute/v1/{where.path}")
    return found


def instance(project: Project, told: Wire) -> Resource:
    zone, machine_type, status = last(told["zone"]), last(told["machineType"]), str(told["status"])
    facts = {
        "zone": zone,
        "native_state": status,
        "machine_type": machine_type,
        "external_ip": any(network.get("accessConfigs") for network in told.get("networkInterfaces") or ()),
        "deletion_protection": bool(told.get("deletionProtection", False)),
        **_hindering(told),
    }
    state = STATES.get(status, status.lower())
    seen = Seen(compute_id(told), region_of(zone), state, told.get("labels") or {}, facts, costs.machine(machine_type))
    return resource(project, KIND, str(told["name"]), seen)


def _hindering(told: Wire) -> dict[str, Any]:
    """What a plan must know before it stops the machine; what is not so is left out."""
    disks, scheduling = told.get("disks") or (), told.get("scheduling") or {}
    sources = [last(disk["source"]) for disk in disks if disk.get("source")]
    items = (told.get("metadata") or {}).get("items") or ()
    maker = next((str(item.get("value") or "") for item in items if item.get("key") == "created-by"), "")
    return {
        **({"disks": sources} if sources else {}),
        **({"spot": True} if scheduling.get("preemptible") or scheduling.get("provisioningModel") == "SPOT" else {}),
        **({"local_ssds": count} if (count := sum(disk.get("type") == "SCRATCH" for disk in disks)) else {}),
        **({"instance_group": last(maker)} if "/instanceGroupManagers/" in maker else {}),
    }


SCANNER = Scanner(KIND, "compute.instances.list", _everything, _one, instance, measured=True)
