"""What the operations without a client of their own become on ARM's wire: exactly one change, sent once, not waited for. Edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from engine.clouds.azure import locks
from engine.clouds.azure.arm import ArmId
from engine.clouds.azure.scanners import clusters, node_pools, postgres_servers, public_addresses, scale_sets, sql_databases, web_apps
from engine.clouds.azure.scanners.storage_accounts import BLOBS_VERSION
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import databases, disks, machines, marks, services, storage
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound, Rejected

Perform = Callable[[AzureSession, Call], Awaitable[Receipt]]
COMPUTE_VERSION = "2024-07-01"
STORAGE_VERSION = "2023-05-01"
TAGS_VERSION = "2024-11-01"
NOTHING_THERE = 204
# What a node pool tells of itself and nobody sets.
TOLD_ONLY = frozenset({"provisioningState", "currentOrchestratorVersion", "nodeImageVersion", "eTag", "status"})


async def _sent(session: AzureSession, call: Call, method: str, path: str, params: Mapping[str, str], body: Any = None) -> Receipt:
    """Raises NotFound for 204 to a DELETE, by which ARM says that what should go was not there."""
    response = await session.send(method, path, params, body)
    if method == "DELETE" and response.status_code == NOTHING_THERE:
        raise NotFound(f"Azure knows no {call.resource.name} any more.", tried=call.operation, code="NoContent")
    headers = response.headers
    request = headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id") or headers.get("x-ms-arm-service-request-id")
    return Receipt(request_id=str(request or ""), said="accepted")


def _posted(tail: str, version: str, **params: str) -> Perform:
    """An action that takes nothing but the resource's id."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await _sent(session, call, "POST", f"{call.resource.id}/{tail}", {"api-version": version, **params})

    return perform


def _patched(version: str, wanted: Callable[[Call], Any]) -> Perform:
    """A change of some of a resource's properties; the others stay."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await _sent(session, call, "PATCH", call.resource.id, {"api-version": version}, wanted(call))

    return perform


def _put(tail: str, version: str, body: Any) -> Perform:
    """A setting that stands under a name of its own below the resource."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await _sent(session, call, "PUT", f"{call.resource.id}/{tail}", {"api-version": version}, body)

    return perform


def _capacity(call: Call) -> Any:
    """A set's size stands beside its number, so that ARM keeps both."""
    size = str(call.resource.properties.get("vm_size") or "")
    return {"sku": {"capacity": _number(call, "capacity"), **({"name": size} if size else {})}}


def _number(call: Call, name: str) -> int:
    return int(str(call.arguments[name]))


async def _detach(session: AzureSession, call: Call) -> Receipt:
    machine = str(call.resource.properties.get("attached_to") or "")
    if not machine:
        raise Rejected(f"{call.resource.name} is attached to nothing.", tried=call.operation, code="NotAttached")
    body = {"dataDisksToDetach": [{"diskId": call.resource.id}]}
    return await _sent(session, call, "POST", f"{machine}/attachDetachDataDisks", {"api-version": COMPUTE_VERSION}, body)


async def _attach(session: AzureSession, call: Call) -> Receipt:
    where = ArmId.parse(call.resource.id)
    group, name = str(call.arguments["machine_group"]), str(call.arguments["machine"])
    machine = ArmId(where.subscription, group, "Microsoft.Compute/virtualMachines", (name,)).path
    body = {"dataDisksToAttach": [{"diskId": call.resource.id}]}
    return await _sent(session, call, "POST", f"{machine}/attachDetachDataDisks", {"api-version": COMPUTE_VERSION}, body)


def _tags(operation: str) -> Perform:
    """Merges one tag in, or takes one out (an empty value means: whatever its value is)."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        tags = {str(call.arguments["key"]): str(call.arguments.get("value", ""))}
        path = f"{call.resource.id}/providers/Microsoft.Resources/tags/default"
        body = {"operation": operation, "properties": {"tags": tags}}
        return await _sent(session, call, "PATCH", path, {"api-version": TAGS_VERSION}, body)

    return perform


async def _lock(session: AzureSession, call: Call) -> Receipt:
    path = f"{call.resource.id}/providers/{locks.KIND}/{call.arguments['lock_name']}"
    body = {"properties": {"level": locks.CAN_NOT_DELETE, "notes": "Set by people with Escher."}}
    return await _sent(session, call, "PUT", path, {"api-version": locks.VERSION}, body)


async def _unlock(session: AzureSession, call: Call) -> Receipt:
    """Takes off the one lock that protects this resource alone; whatever protects more than it is somebody else's to lift."""
    every = [locks.Lock.read(wire) for wire in await session.rest_kind(locks.KIND, locks.VERSION)]
    here = locks.holding(every, call.resource.id)
    if not here:
        raise NotFound(f"No lock protects {call.resource.name}.", tried=call.operation, code="NoLock")
    if (single := locks.removable(here, call.resource.id)) is None:
        names = ", ".join(f"{lock.name} ({lock.level}, on {lock.scope})" for lock in here)
        hint = "Somebody who may change those locks decides; nothing was changed."
        raise Rejected(
            f"More protects {call.resource.name} than a lock of its own: {names}.", tried=call.operation, code="Locked", hint=hint
        )
    return await _sent(session, call, "DELETE", f"{call.resource.id}/providers/{locks.KIND}/{single.name}", {"api-version": locks.VERSION})


def _transport(call: Call) -> Any:
    """HTTPS, and TLS 1.2 at least: an account that asks for more keeps it."""
    least = "TLS1_3" if call.resource.properties.get("min_tls") == "TLS1_3" else "TLS1_2"
    return {"properties": {"supportsHttpsTrafficOnly": True, "minimumTlsVersion": least}}


def _transport_as_it_was(call: Call) -> Any:
    return {"properties": {"supportsHttpsTrafficOnly": call.arguments["https_only"], "minimumTlsVersion": call.arguments["min_tls"]}}


async def _scale_pool(session: AzureSession, call: Call) -> Receipt:
    """ARM replaces a pool as a whole, so the pool is sent as it is now but for its count."""
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    params = {"api-version": node_pools.VERSION}
    now, _ = await session.rest("GET", call.resource.id, params)
    kept = {name: value for name, value in now["properties"].items() if name not in TOLD_ONLY}
    body = {"properties": {**kept, "count": _number(call, "count")}}
    return await _sent(session, call, "PUT", call.resource.id, params, body)


async def _delete_address(session: AzureSession, call: Call) -> Receipt:
    return await _sent(session, call, "DELETE", call.resource.id, {"api-version": public_addresses.VERSION})


def _versioned(*, wanted: bool) -> Perform:
    return _put("blobServices/default", BLOBS_VERSION, {"properties": {"isVersioningEnabled": wanted}})


def _encrypted(wanted: str) -> Perform:
    return _put("transparentDataEncryption/current", sql_databases.VERSION, {"properties": {"state": wanted}})


CALLS: Mapping[str, Perform] = {
    machines.START_SET: _posted("start", scale_sets.VERSION),
    machines.STOP_SET: _posted("deallocate", scale_sets.VERSION),
    machines.RESTART_SET: _posted("restart", scale_sets.VERSION),
    machines.SCALE_SET_TO: _patched(scale_sets.VERSION, _capacity),
    disks.GROW: _patched(COMPUTE_VERSION, lambda call: {"properties": {"diskSizeGB": _number(call, "size_gb")}}),
    disks.DETACH: _detach,
    disks.ATTACH: _attach,
    storage.TLS: _patched(STORAGE_VERSION, _transport),
    storage.PLAIN: _patched(STORAGE_VERSION, _transport_as_it_was),
    storage.VERSION: _versioned(wanted=True),
    storage.UNVERSION: _versioned(wanted=False),
    databases.RESIZE_SQL: _patched(sql_databases.VERSION, lambda call: {"sku": {"name": str(call.arguments["service_objective"])}}),
    databases.SPREAD_SQL: _patched(sql_databases.VERSION, lambda call: {"properties": {"zoneRedundant": call.arguments["zone_redundant"]}}),
    databases.FAIL_OVER_SQL: _posted("failover", sql_databases.VERSION, replicaType="Primary"),
    databases.ENCRYPT_SQL: _encrypted("Enabled"),
    databases.DECRYPT_SQL: _encrypted("Disabled"),
    databases.START_POSTGRES: _posted("start", postgres_servers.VERSION),
    databases.STOP_POSTGRES: _posted("stop", postgres_servers.VERSION),
    databases.RESTART_POSTGRES: _posted("restart", postgres_servers.VERSION),
    services.START_APP: _posted("start", web_apps.VERSION),
    services.STOP_APP: _posted("stop", web_apps.VERSION),
    services.RESTART_APP: _posted("restart", web_apps.VERSION),
    services.START_CLUSTER: _posted("start", clusters.VERSION),
    services.STOP_CLUSTER: _posted("stop", clusters.VERSION),
    services.SCALE_POOL: _scale_pool,
    services.DELETE_ADDRESS: _delete_address,
    marks.TAG: _tags("Merge"),
    marks.UNTAG: _tags("Delete"),
    marks.LOCK: _lock,
    marks.UNLOCK: _unlock,
}
