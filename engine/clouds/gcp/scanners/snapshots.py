"""Snapshots of persistent disks; they belong to the whole project. Pure mapping over two calls."""

from __future__ import annotations

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, last, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("snapshot", "compute.googleapis.com/Snapshot")


def _everything(session: GcpSession) -> list[Wire]:
    return session.pages("compute", f"/compute/v1/projects/{session.project.id}/global/snapshots", "items")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "compute", f"/compute/v1/{where.path}")
    return found


def snapshot(project: Project, told: Wire) -> Resource:
    """A finished snapshot is `completed`."""
    status = str(told["status"])
    facts = {
        "size_gb": int(told.get("diskSizeGb") or 0),
        "source": last(told.get("sourceDisk")),
        "created": str(told.get("creationTimestamp") or ""),
        "encrypted": True,
    }
    cost = costs.snapshot(int(told.get("storageBytes") or 0))
    state = "completed" if status == "READY" else status.lower()
    return resource(project, KIND, str(told["name"]), Seen(compute_id(told), "global", state, told.get("labels") or {}, facts, cost))


SCANNER = Scanner(KIND, "compute.snapshots.list", _everything, _one, snapshot)
