"""Storage accounts, and who may read them over what. Pure mapping over two calls."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("object_storage", "Microsoft.Storage/storageAccounts")


async def _everything(session: AzureSession) -> list[Wire]:
    return [found.as_dict() async for found in session.storage.storage_accounts.list()]


async def _one(session: AzureSession, where: ArmId) -> Wire:
    found: Wire = (await session.storage.storage_accounts.get_properties(where.group, where.name)).as_dict()
    return found


def storage_account(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    # Accounts from before these settings leave them out, and behave as written here.
    facts = {
        "https_only": bool(told.get("supportsHttpsTrafficOnly", False)),
        "allow_blob_public_access": bool(told.get("allowBlobPublicAccess", True)),
        "min_tls": str(told.get("minimumTlsVersion") or "TLS1_0"),
    }
    found = resource(account, KIND, wire, settled(wire, str(told.get("statusOfPrimary") or "available")), facts)
    return replace(found, monthly_cost=costs.STORAGE_ACCOUNT)


SCANNER = Scanner(KIND, "Microsoft.Storage/storageAccounts/read", _everything, _one, storage_account)
