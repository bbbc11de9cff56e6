"""Azure SQL databases, with what only their server knows (public access) and what stands apart (encryption). Pure mapping over a few calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("database_instance", "Microsoft.Sql/servers/databases")
# The SDK for SQL costs 90 MB of memory for four reads; they go through the SDK's own pipeline instead.
VERSION = "2021-11-01"
SYSTEM = "master"  # every server has it, and nobody may touch it
WIDTH = 8


async def _everything(session: AzureSession) -> list[Wire]:
    servers = await session.rest_items(f"/subscriptions/{session.account.id}/providers/Microsoft.Sql/servers", VERSION)
    limit = asyncio.Semaphore(WIDTH)

    async def of(server: Wire) -> list[Wire]:
        async with limit:
            listed = await session.rest_items(f"{server['id']}/databases", VERSION)
            return [await _whole(session, server, database) for database in listed if database.get("name") != SYSTEM]

    found = await asyncio.gather(*(of(server) for server in servers))
    return [database for databases in found for database in databases]


async def _whole(session: AzureSession, server: Wire, database: Wire) -> Wire:
    encryption = await _get(session, f"{database['id']}/transparentDataEncryption/current")
    return {**database, "server": server.get("properties") or {}, "encryption": encryption.get("properties") or {}}


async def _one(session: AzureSession, where: ArmId) -> Wire:
    server = f"/subscriptions/{where.subscription}/resourceGroups/{where.group}/providers/Microsoft.Sql/servers/{where.names[0]}"
    return await _whole(session, await _get(session, server), await _get(session, f"{server}/databases/{where.names[1]}"))


async def _get(session: AzureSession, path: str) -> Wire:
    answer, _ = await session.rest("GET", path, {"api-version": VERSION})
    return dict(answer)


def database(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    objective = str(told.get("currentServiceObjectiveName") or "")
    facts = {
        "tde": str(wire["encryption"].get("status") or wire["encryption"].get("state") or "").lower() == "enabled",
        "public_network_access": str(wire["server"].get("publicNetworkAccess") or "Enabled") == "Enabled",
        "tier": objective,
        "multi_az": bool(told.get("zoneRedundant", False)),
    }
    found = resource(account, KIND, wire, str(told.get("status") or "unknown").lower(), facts)
    return replace(found, monthly_cost=costs.sql_database(objective))


SCANNER = Scanner(KIND, "Microsoft.Sql/servers/databases/read", _everything, _one, database)
