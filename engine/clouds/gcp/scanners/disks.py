"""Persistent disks, and whether anything uses them. Pure mapping over two calls."""

from __future__ import annotations

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, last, region_of, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession, wire
from engine.estate.resource import Resource

KIND = Kind("disk", "compute.googleapis.com/Disk")


def _everything(session: GcpSession) -> list[Wire]:
    scopes = session.disks.aggregated_list(request={"project": session.project.id}, retry=None, timeout=session.timeout_s)
    # Regional disks come in the same list and belong to another collection, with calls of its own.
    return [wire(found) for _, scope in scopes for found in scope.disks if found.zone]


def _one(session: GcpSession, where: FullName) -> Wire:
    request = {"project": where.project, "zone": where.zone, "disk": where.name}
    return wire(session.disks.get(request=request, retry=None, timeout=session.timeout_s))


def disk(project: Project, told: Wire) -> Resource:
    zone, disk_type, size = last(told["zone"]), last(told.get("type")), int(told.get("sizeGb") or 0)
    attached, status = bool(told.get("users")), str(told["status"])
    # Google encrypts every disk at rest with its own keys; there is no disk without.
    users = list(told.get("users") or ())
    facts = {"zone": zone, "size_gb": size, "disk_type": disk_type, "attached": attached, "attached_to": users, "encrypted": True}
    state = ("in-use" if attached else "available") if status == "READY" else status.lower()
    seen = Seen(compute_id(told), region_of(zone), state, told.get("labels") or {}, facts, costs.disk(disk_type, size))
    return resource(project, KIND, str(told["name"]), seen)


SCANNER = Scanner(KIND, "compute.disks.list", _everything, _one, disk)
