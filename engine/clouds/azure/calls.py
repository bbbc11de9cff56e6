"""What each operation becomes on Azure's wire: exactly one change, sent once, not waited for. Edge."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from engine.clouds.azure import rest_calls
from engine.clouds.azure.arm import ArmId
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import disks, machines, storage
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound, Rejected

NOTHING_THERE = 204


class _Heard:
    """Keeps what the first answer said beside its body: the request id, which Azure's support asks for, and the status."""

    def __init__(self) -> None:
        self.request_id = ""
        self.status = 0

    def __call__(self, response: Any) -> None:
        headers = response.http_response.headers
        self.request_id = self.request_id or str(headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id") or "")
        self.status = self.status or int(response.http_response.status_code)

    def receipt(self, call: Call, produced: str = "") -> Receipt:
        """Raises NotFound for 204, by which ARM says that what should go was not there."""
        if self.status == NOTHING_THERE:
            raise NotFound(f"Azure knows no {call.resource.name} any more.", tried=call.operation, code="NoContent")
        return Receipt(request_id=self.request_id, produced=produced, said="accepted")


def _on_machine(method: str) -> Callable[[AzureSession, Call], Awaitable[Receipt]]:
    """A change of a VM that takes nothing but its name."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        where, heard = ArmId.parse(call.resource.id), _Heard()
        begin = getattr(session.compute.virtual_machines, method)
        await begin(where.group, where.name, polling=False, raw_response_hook=heard)
        return heard.receipt(call)

    return perform


async def _resize(session: AzureSession, call: Call) -> Receipt:
    where, heard = ArmId.parse(call.resource.id), _Heard()
    wanted: Any = {"properties": {"hardwareProfile": {"vmSize": str(call.arguments["vm_size"])}}}
    await session.compute.virtual_machines.begin_update(where.group, where.name, wanted, polling=False, raw_response_hook=heard)
    return heard.receipt(call)


async def _snapshot(session: AzureSession, call: Call) -> Receipt:
    """Only ever a new one: Azure would take a PUT on an existing snapshot for an update and say nothing."""
    where, heard = ArmId.parse(call.resource.id), _Heard()
    name = snapshot_name(call)
    made = f"/subscriptions/{where.subscription}/resourceGroups/{where.group}/providers/Microsoft.Compute/snapshots/{name}"
    source = await _source_of(session, where, name)
    if source is not None and source.lower() == call.resource.id.lower() and "snapshot_name" not in call.arguments:
        return Receipt(produced=made, said="already accepted")  # the name holds the call's token: this call has been here before
    if source is not None:
        raise Rejected(f"A snapshot {name} exists already.", tried=call.operation, code="Conflict", hint="Choose another name.")
    wanted: Any = {
        "location": call.resource.region,
        "tags": dict(call.resource.tags),
        "properties": {"creationData": {"createOption": "Copy", "sourceResourceId": call.resource.id}},
    }
    await session.compute.snapshots.begin_create_or_update(where.group, name, wanted, polling=False, raw_response_hook=heard)
    return heard.receipt(call, made)


def snapshot_name(call: Call) -> str:
    """The name that was asked for, or one from the disk's name and the call's token."""
    token = hashlib.sha256(call.token.encode()).hexdigest()[:10]
    return str(call.arguments.get("snapshot_name") or f"{ArmId.parse(call.resource.id).name[:60]}-{token}")


async def _source_of(session: AzureSession, where: ArmId, name: str) -> str | None:
    """The disk of which a snapshot by that name is a copy; None when there is no such snapshot."""
    from azure.core.exceptions import ResourceNotFoundError

    try:
        found = (await session.compute.snapshots.get(where.group, name)).as_dict()
    except ResourceNotFoundError:
        return None
    return str((found["properties"].get("creationData") or {}).get("sourceResourceId") or "")


async def _delete_snapshot(session: AzureSession, call: Call) -> Receipt:
    where, heard = ArmId.parse(call.resource.id), _Heard()
    await session.compute.snapshots.begin_delete(where.group, where.name, polling=False, raw_response_hook=heard)
    return heard.receipt(call)


async def _delete_disk(session: AzureSession, call: Call) -> Receipt:
    where, heard = ArmId.parse(call.resource.id), _Heard()
    await session.compute.disks.begin_delete(where.group, where.name, polling=False, raw_response_hook=heard)
    return heard.receipt(call)


async def _public_access(session: AzureSession, call: Call, *, allowed: bool) -> Receipt:
    where, heard = ArmId.parse(call.resource.id), _Heard()
    wanted: Any = {"properties": {"allowBlobPublicAccess": allowed}}
    await session.storage.storage_accounts.update(where.group, where.name, wanted, raw_response_hook=heard)
    return heard.receipt(call)


async def _close(session: AzureSession, call: Call) -> Receipt:
    if call.arguments.get("allow_blob_public_access") is not False:
        # This name was judged as protection; what opens must come under the name that is judged as exposure.
        raise Rejected(f"{call.operation} only closes.", tried=call.operation, code="WrongOperation", hint=f"Opening is {storage.OPEN}.")
    return await _public_access(session, call, allowed=False)


async def _open(session: AzureSession, call: Call) -> Receipt:
    return await _public_access(session, call, allowed=True)


CALLS: Mapping[str, Callable[[AzureSession, Call], Awaitable[Receipt]]] = {
    machines.START: _on_machine("begin_start"),
    machines.DEALLOCATE: _on_machine("begin_deallocate"),
    machines.RESTART: _on_machine("begin_restart"),
    machines.RESIZE: _resize,
    machines.DELETE_VM: _on_machine("begin_delete"),
    disks.SNAP: _snapshot,
    disks.DELETE_SNAPSHOT: _delete_snapshot,
    disks.DELETE_DISK: _delete_disk,
    storage.CLOSE: _close,
    storage.OPEN: _open,
    **rest_calls.CALLS,
}
