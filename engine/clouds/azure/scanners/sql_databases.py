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
SYSTEM = "master"  # every server has it, and nobody may touch it
WIDTH = 8


async def _everything(session: AzureSession) -> list[Wire]:
    servers: list[Wire] = [server.as_dict() async for server in session.sql.servers.list()]
    limit = asyncio.Semaphore(WIDTH)

    async def of(server: Wire) -> list[Wire]:
        where = ArmId.parse(str(server["id"]))
        async with limit:
            listed: list[Wire] = [found.as_dict() async for found in session.sql.databases.list_by_server(where.group, where.name)]
            return [await _whole(session, server, database) for database in listed if database.get("name") != SYSTEM]

    found = await asyncio.gather(*(of(server) for server in servers))
    return [database for databases in found for database in databases]


async def _whole(session: AzureSession, server: Wire, database: Wire) -> Wire:
    where = ArmId.parse(str(database["id"]))
    encryption = await session.sql.transparent_data_encryptions.get(where.group, where.names[0], where.names[1], "current")
    return {**database, "server": server.get("properties") or {}, "encryption": encryption.as_dict().get("properties") or {}}


async def _one(session: AzureSession, where: ArmId) -> Wire:
    server: Wire = (await session.sql.servers.get(where.group, where.names[0])).as_dict()
    return await _whole(session, server, (await session.sql.databases.get(where.group, *where.names)).as_dict())


def database(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    objective = str(told.get("currentServiceObjectiveName") or "")
    facts = {
        "tde": str(wire["encryption"].get("status") or wire["encryption"].get("state") or "").lower() == "enabled",
        "public_network_access": str(wire["server"].get("publicNetworkAccess") or "Enabled") == "Enabled",
        "tier": objective,
    }
    found = resource(account, KIND, wire, str(told.get("status") or "unknown").lower(), facts)
    return replace(found, monthly_cost=costs.sql_database(objective))


SCANNER = Scanner(KIND, "Microsoft.Sql/servers/databases/read", _everything, _one, database)
