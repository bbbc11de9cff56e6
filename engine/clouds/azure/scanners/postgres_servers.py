"""PostgreSQL flexible servers, and whether they run. Pure."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, Kind, Wire, resource
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("database_instance", "Microsoft.DBforPostgreSQL/flexibleServers")
VERSION = "2024-08-01"


def server(account: Account, wire: Wire) -> Resource:
    """Azure calls a server that answers Ready. All of them are encrypted at rest and backed up for seven days at least."""
    told, tier = wire["properties"], str((wire.get("sku") or {}).get("name") or "")
    doing = str(told.get("state") or "unknown").lower()
    facts = {
        "engine": "postgres",
        "engine_version": str(told.get("version") or ""),
        "tier": tier,
        "size_gb": int((told.get("storage") or {}).get("storageSizeGB") or 0),
        "backup_retention_days": int((told.get("backup") or {}).get("backupRetentionDays") or 0),
        "public_network_access": str((told.get("network") or {}).get("publicNetworkAccess") or "Enabled") == "Enabled",
        "multi_az": str((told.get("highAvailability") or {}).get("mode") or "Disabled") == "ZoneRedundant",
        "storage_encrypted": True,
    }
    found = resource(account, KIND, wire, "running" if doing == "ready" else doing, facts)
    return replace(found, monthly_cost=costs.postgres(tier))


SCANNER = Scanner(
    KIND, "Microsoft.DBforPostgreSQL/flexibleServers/read", everything_of(KIND, VERSION), one_of(VERSION), server, locked=True
)
