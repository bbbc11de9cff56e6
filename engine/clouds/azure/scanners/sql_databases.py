"""Azure SQL databases, with what only their server knows (public access) and what stands apart (encryption). Pure mapping over a few calls."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.fanning import each
from engine.clouds.azure.scanner import Extra, Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("database_instance", "Microsoft.Sql/servers/databases")
VERSION = "2021-11-01"
SYSTEM = "master"  # every server has it, and nobody may touch it


async def _everything(session: AzureSession) -> list[Wire]:
    found = await each(await session.rest_kind("Microsoft.Sql/servers", VERSION), partial(_of, session))
    return [database for databases in found for database in databases]


async def _of(session: AzureSession, server: Wire) -> list[Wire]:
    listed = await session.rest_items(f"{server['id']}/databases", VERSION)
    return [_under(server, database) for database in listed if database.get("name") != SYSTEM]


def _under(server: Wire, database: Wire) -> Wire:
    return {**database, "server": server.get("properties") or {}}


async def _with_encryption(session: AzureSession, database: Wire) -> Wire:
    encryption = await session.rest_item(f"{database['id']}/transparentDataEncryption/current", VERSION)
    return {**database, "encryption": encryption.get("properties") or {}}


async def _one(session: AzureSession, where: ArmId) -> Wire:
    server, database = await session.rest_item(where.above().path, VERSION), await session.rest_item(where.path, VERSION)
    return _under(server, database)


def database(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    objective, names = str(told.get("currentServiceObjectiveName") or ""), ArmId.parse(str(wire["id"])).names
    encryption = wire.get("encryption")
    facts = {
        "server": names[0],
        "database": names[1],
        **({"tde": _enabled(encryption)} if encryption is not None else {}),
        "public_network_access": str(wire["server"].get("publicNetworkAccess") or "Enabled") == "Enabled",
        "tier": objective,
        "multi_az": bool(told.get("zoneRedundant", False)),
    }
    found = resource(account, KIND, wire, str(told.get("status") or "unknown").lower(), facts)
    return replace(found, monthly_cost=costs.sql_database(objective))


def _enabled(encryption: Wire) -> bool:
    """The setting was called `status` before it was called `state`."""
    return str(encryption.get("status") or encryption.get("state") or "").lower() == "enabled"


SCANNER = Scanner(
    KIND,
    "Microsoft.Sql/servers/databases/read",
    _everything,
    _one,
    database,
    locked=True,
    extra=Extra("Microsoft.Sql/servers/databases/transparentDataEncryption/read", _with_encryption),
)
