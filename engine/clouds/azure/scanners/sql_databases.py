"""Azure SQL databases, with what only their server knows (public access) and what stands apart (encryption). Pure mapping over a few calls."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.fanning import each
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("database_instance", "Microsoft.Sql/servers/databases")
# The SDK for SQL costs 90 MB of memory for four reads; they go through the SDK's own pipeline instead.
VERSION = "2021-11-01"
SYSTEM = "master"  # every server has it, and nobody may touch it


async def _everything(session: AzureSession) -> list[Wire]:
    found = await each(await session.rest_kind("Microsoft.Sql/servers", VERSION), partial(_of, session))
    return [database for databases in found for database in databases]


async def _of(session: AzureSession, server: Wire) -> list[Wire]:
    listed = await session.rest_items(f"{server['id']}/databases", VERSION)
    return [await _whole(session, server, database) for database in listed if database.get("name") != SYSTEM]


async def _whole(session: AzureSession, server: Wire, database: Wire) -> Wire:
    encryption = await session.rest_item(f"{database['id']}/transparentDataEncryption/current", VERSION)
    return {**database, "server": server.get("properties") or {}, "encryption": encryption.get("properties") or {}}


async def _one(session: AzureSession, where: ArmId) -> Wire:
    server, database = await session.rest_item(where.above().path, VERSION), await session.rest_item(where.path, VERSION)
    return await _whole(session, server, database)


def database(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    objective, names = str(told.get("currentServiceObjectiveName") or ""), ArmId.parse(str(wire["id"])).names
    facts = {
        "server": names[0],
        "database": names[1],
        "tde": str(wire["encryption"].get("status") or wire["encryption"].get("state") or "").lower() == "enabled",
        "public_network_access": str(wire["server"].get("publicNetworkAccess") or "Enabled") == "Enabled",
        "tier": objective,
        "multi_az": bool(told.get("zoneRedundant", False)),
    }
    found = resource(account, KIND, wire, str(told.get("status") or "unknown").lower(), facts)
    return replace(found, monthly_cost=costs.sql_database(objective))


SCANNER = Scanner(KIND, "Microsoft.Sql/servers/databases/read", _everything, _one, database, locked=True)
