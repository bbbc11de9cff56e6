"""Persistent disks, zonal and regional, and whether anything uses them. Pure mapping over two calls."""

from __future__ import annotations

from collections.abc import Sequence

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, flag_of, last, project_path, region_of, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("disk", "compute.googleapis.com/Disk")


def _everything(session: GcpSession) -> list[Wire]:
    return session.scopes("disks")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "compute", f"/compute/v1/{where.path}")
    return found


def disk(project: Project, told: Wire) -> Resource:
    """A regional disk stands in two zones at once, and in `zones` instead of `zone`."""
    own_id, disk_type, size = compute_id(told), last(told.get("type")), int(told.get("sizeGb") or 0)
    zone, replicas = last(told.get("zone")), [last(link) for link in told.get("replicaZones") or ()]
    users, status = [str(user) for user in told.get("users") or ()], str(told["status"])
    facts = {
        **({"zone": zone} if zone else {"zones": replicas}),
        "location_flag": flag_of(own_id),
        "size_gb": size,
        "disk_type": disk_type,
        "attached": bool(users),
        "attached_to": users,
        # Google encrypts every disk at rest with its own keys; there is no disk without.
        "encrypted": True,
        **_on(users),
    }
    state = ("in-use" if users else "available") if status == "READY" else status.lower()
    cost = costs.disk(disk_type, size) * (1 if zone else 2)
    region = region_of(zone) if zone else last(told["region"])
    return resource(project, KIND, str(told["name"]), Seen(own_id, region, state, told.get("labels") or {}, facts, cost))


def _on(users: Sequence[str]) -> dict[str, str]:
    """The one machine it hangs on as its command line wants it."""
    if len(users) != 1:
        return {}
    where = FullName.parse(f"//compute.googleapis.com/{project_path(users[0])}")
    return {"machine": where.name, "machine_zone": where.zone}


SCANNER = Scanner(KIND, "compute.disks.list", _everything, _one, disk)
