"""Backups of Cloud SQL that somebody took; the automated ones follow their instance. Pure mapping over two calls."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("snapshot", "sqladmin.googleapis.com/BackupRun")
STATES: Mapping[str, str] = {"SUCCESSFUL": "completed", "ENQUEUED": "pending", "RUNNING": "pending"}


def _everything(session: GcpSession) -> list[Wire]:
    # The dash stands for every instance.
    runs = session.pages("sql", f"/sql/v1beta4/projects/{session.project.id}/instances/-/backupRuns", "items")
    return [run for run in runs if run.get("type") == "ON_DEMAND"]


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "sql", f"/sql/v1beta4/{where.path}")
    return found


def backup(project: Project, told: Wire) -> Resource:
    """A finished backup is `completed`. It has no labels."""
    instance, own_id, status = str(told["instance"]), str(told["id"]), str(told["status"])
    facts = {
        "source": instance,
        "backup_id": own_id,
        "created": str(told.get("startTime") or told.get("enqueuedTime") or ""),
        "database_version": str(told.get("databaseVersion") or ""),
        "encrypted": True,
    }
    where = f"//cloudsql.googleapis.com/projects/{project.id}/instances/{instance}/backupRuns/{own_id}"
    seen = Seen(where, str(told.get("location") or "global"), STATES.get(status, status.lower()), {}, facts)
    return resource(project, KIND, f"{instance}/{own_id}", seen)


SCANNER = Scanner(KIND, "cloudsql.backupRuns.list", _everything, _one, backup)
