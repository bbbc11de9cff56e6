"""Cloud SQL instances. Pure mapping over two calls of the Admin API."""

from __future__ import annotations

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("database_instance", "sqladmin.googleapis.com/Instance")
ENCRYPTED_MODES = frozenset({"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"})


def _everything(session: GcpSession) -> list[Wire]:
    return session.pages("sql", f"/sql/v1beta4/projects/{session.project.id}/instances", "items")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "sql", f"/sql/v1beta4/projects/{where.project}/instances/{where.name}")
    return found


def state(told: Wire) -> str:
    """Google calls an instance RUNNABLE whether it runs or its owner has stopped it; the activation policy tells which."""
    native = str(told.get("state") or "UNKNOWN")
    if native != "RUNNABLE":
        return native.lower()
    return "stopped" if told["settings"].get("activationPolicy") == "NEVER" else "running"


def database(project: Project, told: Wire) -> Resource:
    tier = str(told["settings"].get("tier") or "")
    settings, network = told["settings"], told["settings"].get("ipConfiguration") or {}
    facts = {
        "database_version": str(told.get("databaseVersion") or ""),
        "backups": bool((settings.get("backupConfiguration") or {}).get("enabled", False)),
        "require_ssl": bool(network.get("requireSsl", False)) or network.get("sslMode") in ENCRYPTED_MODES,
        "replica_of": str(told.get("masterInstanceName") or "").rpartition(":")[2],
        "tier": tier,
        "activation_policy": str(settings.get("activationPolicy") or ""),
        "deletion_protection": bool(settings.get("deletionProtectionEnabled", False)),
        "multi_az": settings.get("availabilityType") == "REGIONAL",
        **({"replicas": replicas, "read_replicas": len(replicas)} if (replicas := list(told.get("replicaNames") or ())) else {}),
    }
    where = f"//cloudsql.googleapis.com/projects/{project.id}/instances/{told['name']}"
    seen = Seen(where, str(told["region"]), state(told), settings.get("userLabels") or {}, facts, costs.sql(tier))
    return resource(project, KIND, str(told["name"]), seen)


SCANNER = Scanner(KIND, "cloudsql.instances.list", _everything, _one, database)
