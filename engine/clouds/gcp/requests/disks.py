"""What changes to persistent disks, their snapshots, and reserved addresses are on Google Cloud's wire. Edge; threads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.clouds.gcp.names import FullName, Wire, last, project_path
from engine.clouds.gcp.requests.sending import Perform, acted, compute, deleted, in_compute, labelled, path_of
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import disks
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound, Rejected


def _snapshot(session: GcpSession, call: Call) -> Receipt:
    body, path = {"name": snapshot_name(call), "labels": dict(call.resource.tags)}, path_of(call)
    return in_compute(compute(session, call, f"{path}/createSnapshot", body), path, snapshot_of(session, call))


def snapshot_of(_session: GcpSession, call: Call) -> str:
    """The full name of the snapshot that a call makes, which follows from the call alone."""
    return f"//compute.googleapis.com/projects/{FullName.parse(call.resource.id).project}/global/snapshots/{snapshot_name(call)}"


def snapshot_name(call: Call) -> str:
    """The name that was asked for, or one from the disk's name and the call's token."""
    token = hashlib.sha256(call.token.encode()).hexdigest()[:10]
    return str(call.arguments.get("snapshot_name") or f"{FullName.parse(call.resource.id).name[:50]}-{token}")


def _detach(session: GcpSession, call: Call) -> Receipt:
    """An instance knows a disk by the device it is there; a boot disk stays."""
    users = list(call.resource.properties.get("attached_to") or ())
    if len(users) != 1:
        said = f"{call.resource.name} is attached to {len(users)} instances, and only one attachment can be taken off at a time."
        raise Rejected(said, tried=call.operation, code="NotAttachedOnce")
    machine = project_path(users[0])
    told = session.rest("GET", "compute", f"/compute/v1/{machine}")
    device = _device(told, path_of(call), call)
    return in_compute(compute(session, call, f"{machine}/detachDisk", params={"deviceName": device}), machine)


def _device(machine: Wire, disk: str, call: Call) -> str:
    found = next((one for one in machine.get("disks") or () if str(one.get("source", "")).endswith(f"/{disk}")), None)
    if found is None:
        raise NotFound(f"{machine['name']} has no disk {last(disk)} any more.", tried=call.operation, code="NotAttached")
    if found.get("boot"):
        raise Rejected(f"{last(disk)} is the boot disk of {machine['name']}.", tried=call.operation, code="BootDisk")
    return str(found["deviceName"])


def _attach(session: GcpSession, call: Call) -> Receipt:
    where = FullName.parse(call.resource.id)
    machine = f"projects/{where.project}/zones/{call.arguments['machine_zone']}/instances/{call.arguments['machine']}"
    return in_compute(compute(session, call, f"{machine}/attachDisk", {"source": where.path, "deviceName": where.name}), machine)


CALLS: Mapping[str, Perform] = {
    **dict.fromkeys((disks.LABEL_DISK, disks.UNLABEL_DISK, disks.LABEL_SNAPSHOT, disks.UNLABEL_SNAPSHOT), labelled),
    **dict.fromkeys((disks.LABEL_ADDRESS, disks.UNLABEL_ADDRESS), labelled),
    **dict.fromkeys((disks.DELETE_DISK, disks.DELETE_SNAPSHOT, disks.DELETE_ADDRESS), deleted),
    disks.SNAP: _snapshot,
    disks.GROW: acted("resize", lambda call: {"sizeGb": str(call.arguments["size_gb"])}),
    disks.DETACH: _detach,
    disks.ATTACH: _attach,
}
