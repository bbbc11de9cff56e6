"""Managed instance groups, zonal and regional: how many machines are wanted, and who decides that. Pure mapping over two calls."""

from __future__ import annotations

from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, flag_of, last, region_of, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("scaling_group", "compute.googleapis.com/InstanceGroupManager")


def _everything(session: GcpSession) -> list[Wire]:
    return session.scopes("instanceGroupManagers")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "compute", f"/compute/v1/{where.path}")
    return found


def group(project: Project, told: Wire) -> Resource:
    """A group has no labels; its machines have."""
    own_id, status = compute_id(told), told.get("status") or {}
    zone = last(told.get("zone"))
    facts = {
        **({"zone": zone} if zone else {}),
        "location_flag": flag_of(own_id),
        "target_size": int(told.get("targetSize") or 0),
        "template": last(told.get("instanceTemplate")),
        "stable": bool(status.get("isStable", False)),
        "autoscaled": bool(status.get("autoscaler")),
    }
    region = region_of(zone) if zone else last(told["region"])
    return resource(project, KIND, str(told["name"]), Seen(own_id, region, "active", {}, facts))


SCANNER = Scanner(KIND, "compute.instanceGroupManagers.list", _everything, _one, group)
