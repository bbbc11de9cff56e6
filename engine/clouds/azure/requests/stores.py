"""What changes to storage accounts and databases are on ARM's wire. Edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.azure.requests.sending import Perform, patched, posted, put, sent
from engine.clouds.azure.scanners import postgres_servers, sql_databases, storage_accounts
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import databases, storage
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected


def _public_access(*, allowed: bool) -> Any:
    return {"properties": {"allowBlobPublicAccess": allowed}}


async def _close(session: AzureSession, call: Call) -> Receipt:
    if call.arguments.get("allow_blob_public_access") is not False:
        # This name was judged as protection; what opens must come under the name that is judged as exposure.
        raise Rejected(f"{call.operation} only closes.", tried=call.operation, code="WrongOperation", hint=f"Opening is {storage.OPEN}.")
    params = {"api-version": storage_accounts.VERSION}
    return await sent(session, call, "PATCH", call.resource.id, params, _public_access(allowed=False))


def _transport(call: Call) -> Any:
    """HTTPS, and TLS 1.2 at least: an account that asks for more keeps it."""
    least = "TLS1_3" if call.resource.properties.get("min_tls") == "TLS1_3" else "TLS1_2"
    return {"properties": {"supportsHttpsTrafficOnly": True, "minimumTlsVersion": least}}


def _transport_as_it_was(call: Call) -> Any:
    return {"properties": {"supportsHttpsTrafficOnly": call.arguments["https_only"], "minimumTlsVersion": call.arguments["min_tls"]}}


def _versioned(*, wanted: bool) -> Perform:
    return put("blobServices/default", storage_accounts.VERSION, {"properties": {"isVersioningEnabled": wanted}})


def _encrypted(wanted: str) -> Perform:
    return put("transparentDataEncryption/current", sql_databases.VERSION, {"properties": {"state": wanted}})


CALLS: Mapping[str, Perform] = {
    storage.CLOSE: _close,
    storage.OPEN: patched(storage_accounts.VERSION, lambda _call: _public_access(allowed=True)),
    storage.TLS: patched(storage_accounts.VERSION, _transport),
    storage.PLAIN: patched(storage_accounts.VERSION, _transport_as_it_was),
    storage.VERSION: _versioned(wanted=True),
    storage.UNVERSION: _versioned(wanted=False),
    databases.RESIZE_SQL: patched(sql_databases.VERSION, lambda call: {"sku": {"name": str(call.arguments["service_objective"])}}),
    databases.SPREAD_SQL: patched(sql_databases.VERSION, lambda call: {"properties": {"zoneRedundant": call.arguments["zone_redundant"]}}),
    databases.FAIL_OVER_SQL: posted("failover", sql_databases.VERSION, replicaType="Primary"),
    databases.ENCRYPT_SQL: _encrypted("Enabled"),
    databases.DECRYPT_SQL: _encrypted("Disabled"),
    databases.START_POSTGRES: posted("start", postgres_servers.VERSION),
    databases.STOP_POSTGRES: posted("stop", postgres_servers.VERSION),
    databases.RESTART_POSTGRES: posted("restart", postgres_servers.VERSION),
}
