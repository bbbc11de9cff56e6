"""What changes to managed disks and their snapshots are on ARM's wire. Edge."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from engine.clouds.azure.arm import ArmId
from engine.clouds.azure.requests.sending import Perform, deleted, number, patched, sent
from engine.clouds.azure.scanners import disks as scanned
from engine.clouds.azure.scanners import snapshots, virtual_machines
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import disks
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected


async def _snapshot(session: AzureSession, call: Call) -> Receipt:
    """Only ever a new one: Azure would take a PUT on an existing snapshot for an update and say nothing."""
    name, made = snapshot_name(call), snapshot_of(call)
    source = await _source_of(session, made)
    if source is not None and source.lower() == call.resource.id.lower() and "snapshot_name" not in call.arguments:
        return Receipt(produced=made, said="already accepted")  # the name holds the call's token: this call has been here before
    if source is not None:
        raise Rejected(f"A snapshot {name} exists already.", tried=call.operation, code="Conflict", hint="Choose another name.")
    wanted = {
        "location": call.resource.region,
        "tags": dict(call.resource.tags),
        "properties": {"creationData": {"createOption": "Copy", "sourceResourceId": call.resource.id}},
    }
    return replace(await sent(session, call, "PUT", made, {"api-version": snapshots.VERSION}, wanted), produced=made)


def snapshot_of(call: Call) -> str:
    """The id of the snapshot that a call makes, which follows from the call alone."""
    where = ArmId.parse(call.resource.id)
    return ArmId(where.subscription, where.group, snapshots.KIND.native, (snapshot_name(call),)).path


def snapshot_name(call: Call) -> str:
    """The name that was asked for, or one from the disk's name and the call's token. Azure takes 80 characters."""
    token = hashlib.sha256(call.token.encode()).hexdigest()[:10]
    return str(call.arguments.get("snapshot_name") or f"{ArmId.parse(call.resource.id).name[:68]}-{token}")


async def _source_of(session: AzureSession, snapshot: str) -> str | None:
    """What the snapshot of this id is of, None when there is none. Raises the SDK's errors."""
    from azure.core.exceptions import HttpResponseError

    try:
        found = await session.rest_item(snapshot, snapshots.VERSION)
    except HttpResponseError as error:
        if error.status_code != 404:
            raise
        return None
    return str((found["properties"].get("creationData") or {}).get("sourceResourceId") or "")


async def _detach(session: AzureSession, call: Call) -> Receipt:
    machine = str(call.resource.properties.get("attached_to") or "")
    if not machine:
        raise Rejected(f"{call.resource.name} is attached to nothing.", tried=call.operation, code="NotAttached")
    body = {"dataDisksToDetach": [{"diskId": call.resource.id}]}
    return await sent(session, call, "POST", f"{machine}/attachDetachDataDisks", {"api-version": virtual_machines.VERSION}, body)


async def _attach(session: AzureSession, call: Call) -> Receipt:
    where = ArmId.parse(call.resource.id)
    group, name = str(call.arguments["machine_group"]), str(call.arguments["machine"])
    machine = ArmId(where.subscription, group, virtual_machines.KIND.native, (name,)).path
    body = {"dataDisksToAttach": [{"diskId": call.resource.id}]}
    return await sent(session, call, "POST", f"{machine}/attachDetachDataDisks", {"api-version": virtual_machines.VERSION}, body)


CALLS: Mapping[str, Perform] = {
    disks.SNAP: _snapshot,
    disks.DELETE_SNAPSHOT: deleted(snapshots.VERSION),
    disks.DELETE_DISK: deleted(scanned.VERSION),
    disks.GROW: patched(scanned.VERSION, lambda call: {"properties": {"diskSizeGB": number(call, "size_gb")}}),
    disks.DETACH: _detach,
    disks.ATTACH: _attach,
}
