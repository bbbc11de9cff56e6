"""What the operations without a client of their own become on Google Cloud's wire: exactly one change, sent once, not waited for. Edge; threads.

Compute's `requestId` is made from the call's token: a repeat of the same call gives the operation of the first.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from engine.clouds.gcp.names import FullName, Wire, last, project_path
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import disks, instances, services, sql
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound, Rejected

Perform = Callable[[GcpSession, Call], Receipt]


def request_id(call: Call) -> str:
    """A UUID that is the same for the same call, and never the zero UUID that Google refuses."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{call.operation} {call.resource.id} {sorted(call.arguments.items())} {call.token}"))


def with_label(labels: Mapping[str, str], call: Call) -> dict[str, str]:
    """The labels as they are with one changed; without a value it goes."""
    key, value = str(call.arguments["key"]), str(call.arguments.get("value", ""))
    kept = {name: told for name, told in labels.items() if name != key}
    return {**kept, key: value} if value else kept


def _path(call: Call) -> str:
    return FullName.parse(call.resource.id).path


def _accepted(answer: Any, produced: str = "") -> Receipt:
    return Receipt(request_id=str(answer["name"]), produced=produced, said=str(answer["status"]).lower())


# --- Compute


def _compute(session: GcpSession, call: Call, path: str, body: Any = None, params: Mapping[str, str] | None = None) -> Any:
    """One POST to Compute that a repeat does not do twice."""
    return session.rest("POST", "compute", f"/compute/v1/{path}", params={**(params or {}), "requestId": request_id(call)}, body=body)


def _deleted(session: GcpSession, call: Call) -> Receipt:
    path = f"/compute/v1/{_path(call)}"
    return _accepted(session.rest("DELETE", "compute", path, params={"requestId": request_id(call)}))


def _labelled(session: GcpSession, call: Call) -> Receipt:
    """With the fingerprint that makes Google refuse if somebody was faster."""
    path = _path(call)
    now = session.rest("GET", "compute", f"/compute/v1/{path}")
    body = {"labels": with_label(now.get("labels") or {}, call), "labelFingerprint": now["labelFingerprint"]}
    if "/global/" in path:
        # Labels of global things have no requestId; the fingerprint alone guards them.
        return _accepted(session.rest("POST", "compute", f"/compute/v1/{path}/setLabels", body=body))
    return _accepted(_compute(session, call, f"{path}/setLabels", body))


def _snapshot(session: GcpSession, call: Call) -> Receipt:
    name = snapshot_name(call)
    answer = _compute(session, call, f"{_path(call)}/createSnapshot", {"name": name, "labels": dict(call.resource.tags)})
    return _accepted(answer, f"//compute.googleapis.com/projects/{FullName.parse(call.resource.id).project}/global/snapshots/{name}")


def snapshot_name(call: Call) -> str:
    """The name that was asked for, or one from the disk's name and the call's token."""
    token = hashlib.sha256(call.token.encode()).hexdigest()[:10]
    return str(call.arguments.get("snapshot_name") or f"{FullName.parse(call.resource.id).name[:50]}-{token}")


def _grow(session: GcpSession, call: Call) -> Receipt:
    return _accepted(_compute(session, call, f"{_path(call)}/resize", {"sizeGb": str(call.arguments["size_gb"])}))


def _detach(session: GcpSession, call: Call) -> Receipt:
    """An instance knows a disk by the device it is there; a boot disk stays."""
    users = list(call.resource.properties.get("attached_to") or ())
    if len(users) != 1:
        said = f"{call.resource.name} is attached to {len(users)} instances, and only one attachment can be taken off at a time."
        raise Rejected(said, tried=call.operation, code="NotAttachedOnce")
    machine = project_path(users[0])
    told = session.rest("GET", "compute", f"/compute/v1/{machine}")
    device = _device(told, _path(call), call)
    return _accepted(_compute(session, call, f"{machine}/detachDisk", params={"deviceName": device}))


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
    return _accepted(_compute(session, call, f"{machine}/attachDisk", {"source": where.path, "deviceName": where.name}))


def _scale(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    return _accepted(_compute(session, call, f"{_path(call)}/resize", params={"size": str(call.arguments["size"])}))


# --- Cloud SQL


def _sql(session: GcpSession, call: Call, method: str, tail: str = "", body: Any = None, params: Mapping[str, str] | None = None) -> Any:
    return session.rest(method, "sql", f"/sql/v1beta4/{_path(call)}{tail}", params=params, body=body)


def _sql_set(settings: Wire) -> Perform:
    return lambda session, call: _accepted(_sql(session, call, "PATCH", body={"settings": settings}))


def _sql_label(session: GcpSession, call: Call) -> Receipt:
    """The labels as they are with one changed; the settings' version makes Google refuse if somebody was faster."""
    settings = _sql(session, call, "GET")["settings"]
    labels: dict[str, str | None] = {**with_label(settings.get("userLabels") or {}, call)}
    # A patch merges: what is to go must be named.
    labels.setdefault(str(call.arguments["key"]), None)
    body = {"settings": {"settingsVersion": settings["settingsVersion"], "userLabels": labels}}
    return _accepted(_sql(session, call, "PATCH", body=body))


def _sql_tls(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("require_ssl"):
        # It may ask for client certificates even, and this would ask for less.
        raise Rejected(f"{call.resource.name} refuses plain connections already.", tried=call.operation, code="AlreadySo")
    return _sql_set({"ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}})(session, call)


def _sql_fail_over(session: GcpSession, call: Call) -> Receipt:
    version = _sql(session, call, "GET")["settings"]["settingsVersion"]
    return _accepted(_sql(session, call, "POST", "/failover", {"failoverContext": {"settingsVersion": version}}))


def _sql_delete(session: GcpSession, call: Call) -> Receipt:
    params = {"enableFinalBackup": "true", "finalBackupTtlDays": str(sql.KEPT_DAYS)}
    return _accepted(_sql(session, call, "DELETE", params=params))


def _sql_back_up(session: GcpSession, call: Call) -> Receipt:
    """The operation tells the backup's id; where it does not, the backup is known by what it says of itself."""
    words = f"Escher {hashlib.sha256(call.token.encode()).hexdigest()[:16]}"
    answer = _sql(session, call, "POST", "/backupRuns", {"description": words})
    made = str((answer.get("backupContext") or {}).get("backupId") or "")
    if not made:
        listed = session.pages("sql", f"/sql/v1beta4/{_path(call)}/backupRuns", "items")
        made = next((str(run["id"]) for run in listed if run.get("description") == words), "")
    return _accepted(answer, f"//cloudsql.googleapis.com/{_path(call)}/backupRuns/{made}" if made else "")


# --- Storage, Kubernetes Engine, Pub/Sub


def _bucket(session: GcpSession, call: Call, body: Any) -> Receipt:
    answer = session.rest("PATCH", "storage", f"/storage/v1/b/{_path(call)}", body=body)
    return Receipt(request_id=str(answer["metageneration"]), said="done")


def _prevention(wanted: str) -> Perform:
    """Sets public access prevention; a name that was judged as protection never opens."""

    def perform(session: GcpSession, call: Call) -> Receipt:
        if call.arguments.get("public_access_prevention", wanted) != wanted:
            raise Rejected(f"{call.operation} only sets {wanted!r}.", tried=call.operation, code="WrongOperation")
        return _bucket(session, call, {"iamConfiguration": {"publicAccessPrevention": wanted}})

    return perform


def _versioned(*, wanted: bool) -> Perform:
    return lambda session, call: _bucket(session, call, {"versioning": {"enabled": wanted}})


def _bucket_label(session: GcpSession, call: Call) -> Receipt:
    """A patch merges label by label, and null takes one off."""
    return _bucket(session, call, {"labels": {str(call.arguments["key"]): call.arguments.get("value") or None}})


def _cluster_label(session: GcpSession, call: Call) -> Receipt:
    path = f"/v1/{_path(call)}"
    now = session.rest("GET", "container", path)
    body = {"resourceLabels": with_label(now.get("resourceLabels") or {}, call), "labelFingerprint": now["labelFingerprint"]}
    return _accepted(session.rest("POST", "container", f"{path}:setResourceLabels", body=body))


def _scale_pool(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    body = {"nodeCount": int(str(call.arguments["count"]))}
    return _accepted(session.rest("POST", "container", f"/v1/{_path(call)}:setSize", body=body))


def _subscription_label(session: GcpSession, call: Call) -> Receipt:
    path = _path(call)
    now = session.rest("GET", "pubsub", f"/v1/{path}")
    body = {"subscription": {"name": path, "labels": with_label(now.get("labels") or {}, call)}, "updateMask": "labels"}
    answer = session.rest("PATCH", "pubsub", f"/v1/{path}", body=body)
    return Receipt(request_id=str(answer["name"]), said="done")


def _purge(session: GcpSession, call: Call) -> Receipt:
    """Seeks to this moment: everything published before it counts as acknowledged, and nothing that comes after."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    session.rest("POST", "pubsub", f"/v1/{_path(call)}:seek", body={"time": now})
    return Receipt(request_id=now, said="done")


CALLS: Mapping[str, Perform] = {
    instances.SCALE: _scale,
    **dict.fromkeys((disks.LABEL_DISK, disks.UNLABEL_DISK, disks.LABEL_SNAPSHOT, disks.UNLABEL_SNAPSHOT), _labelled),
    **dict.fromkeys((disks.LABEL_ADDRESS, disks.UNLABEL_ADDRESS), _labelled),
    **dict.fromkeys((disks.DELETE_DISK, disks.DELETE_SNAPSHOT, disks.DELETE_ADDRESS), _deleted),
    disks.SNAP: _snapshot,
    disks.GROW: _grow,
    disks.DETACH: _detach,
    disks.ATTACH: _attach,
    sql.STOP: _sql_set({"activationPolicy": "NEVER"}),
    sql.START: _sql_set({"activationPolicy": "ALWAYS"}),
    sql.RESTART: lambda session, call: _accepted(_sql(session, call, "POST", "/restart", {})),
    sql.FAIL_OVER: _sql_fail_over,
    **dict.fromkeys((sql.LABEL, sql.UNLABEL), _sql_label),
    sql.RESIZE: lambda session, call: _sql_set({"tier": str(call.arguments["tier"])})(session, call),
    sql.PROTECT: _sql_set({"deletionProtectionEnabled": True}),
    sql.UNPROTECT: _sql_set({"deletionProtectionEnabled": False}),
    sql.BACK_UP: _sql_set({"backupConfiguration": {"enabled": True, "startTime": "03:00"}}),
    sql.NO_BACKUPS: _sql_set({"backupConfiguration": {"enabled": False}}),
    sql.SPREAD: _sql_set({"availabilityType": "REGIONAL"}),
    sql.GATHER: _sql_set({"availabilityType": "ZONAL"}),
    sql.TLS: _sql_tls,
    sql.PLAIN: _sql_set({"ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "requireSsl": False}}),
    sql.DELETE: _sql_delete,
    sql.SNAP: _sql_back_up,
    sql.DELETE_BACKUP: lambda session, call: _accepted(_sql(session, call, "DELETE")),
    services.CLOSE: _prevention("enforced"),
    services.OPEN: _prevention("inherited"),
    services.VERSION: _versioned(wanted=True),
    services.UNVERSION: _versioned(wanted=False),
    **dict.fromkeys((services.LABEL_BUCKET, services.UNLABEL_BUCKET), _bucket_label),
    **dict.fromkeys((services.LABEL_CLUSTER, services.UNLABEL_CLUSTER), _cluster_label),
    services.SCALE_POOL: _scale_pool,
    **dict.fromkeys((services.LABEL_SUBSCRIPTION, services.UNLABEL_SUBSCRIPTION), _subscription_label),
    services.PURGE: _purge,
}
