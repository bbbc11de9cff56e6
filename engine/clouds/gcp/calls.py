"""What each operation becomes on Google Cloud's wire: exactly one change, sent once, not waited for. Edge; runs in a thread.

Compute's `requestId` is made from the call's token: a repeat of the same call gives the operation of the first.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from engine.clouds.gcp import operations as names
from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.session import GcpSession
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected

Perform = Callable[[GcpSession, Call], Receipt]


def request_id(call: Call) -> str:
    """A UUID that is the same for the same call, and never the zero UUID that Google refuses."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{call.operation} {call.resource.id} {sorted(call.arguments.items())} {call.token}"))


def _accepted(operation: Any, produced: str = "") -> Receipt:
    return Receipt(request_id=str(operation.name), produced=produced, said=str(operation.status.name or "accepted").lower())


def _sent(method: Any, session: GcpSession, call: Call, **request: Any) -> Any:
    """One change by the compute client; it never waits, since waiting would poll on its own."""
    return method(request={**request, "request_id": request_id(call)}, retry=None, timeout=session.timeout_s)


def _instance(call: Call) -> dict[str, str]:
    where = FullName.parse(call.resource.id)
    return {"project": where.project, "zone": where.zone, "instance": where.name}


def _disk(call: Call) -> dict[str, str]:
    where = FullName.parse(call.resource.id)
    return {"project": where.project, "zone": where.zone, "disk": where.name}


def _on_instance(method: str) -> Perform:
    """A change of an instance that takes nothing but its name."""
    return lambda session, call: _accepted(_sent(getattr(session.instances, method), session, call, **_instance(call)))


def _resize(session: GcpSession, call: Call) -> Receipt:
    where = _instance(call)
    wanted = {"machine_type": f"zones/{where['zone']}/machineTypes/{call.arguments['machine_type']}"}
    body = {"instances_set_machine_type_request_resource": wanted}
    return _accepted(_sent(session.instances.set_machine_type_unary, session, call, **where, **body))


def _labelled(now: Any, call: Call) -> dict[str, Any]:
    """The labels as they are with one changed, and the fingerprint that makes Google refuse if somebody was faster."""
    key, value = str(call.arguments["key"]), str(call.arguments["value"])
    labels = {name: kept for name, kept in dict(now.labels).items() if name != key}
    return {"labels": {**labels, key: value} if value else labels, "label_fingerprint": now.label_fingerprint}


def _label_instance(session: GcpSession, call: Call) -> Receipt:
    where = _instance(call)
    now = session.instances.get(request=where, retry=None, timeout=session.timeout_s)
    body = {"instances_set_labels_request_resource": _labelled(now, call)}
    return _accepted(_sent(session.instances.set_labels_unary, session, call, **where, **body))


def _label_disk(session: GcpSession, call: Call) -> Receipt:
    where = FullName.parse(call.resource.id)
    now = session.disks.get(request=_disk(call), retry=None, timeout=session.timeout_s)
    request = {"project": where.project, "zone": where.zone, "resource": where.name}
    body = {"zone_set_labels_request_resource": _labelled(now, call)}
    return _accepted(_sent(session.disks.set_labels_unary, session, call, **request, **body))


def _label_snapshot(session: GcpSession, call: Call) -> Receipt:
    where = FullName.parse(call.resource.id)
    now = session.snapshots.get(request={"project": where.project, "snapshot": where.name}, retry=None, timeout=session.timeout_s)
    # Labels of global things have no requestId; the fingerprint alone guards them.
    request = {"project": where.project, "resource": where.name, "global_set_labels_request_resource": _labelled(now, call)}
    return _accepted(session.snapshots.set_labels_unary(request=request, retry=None, timeout=session.timeout_s))


def _snapshot(session: GcpSession, call: Call) -> Receipt:
    where, name = _disk(call), snapshot_name(call)
    body = {"snapshot_resource": {"name": name, "labels": dict(call.resource.tags)}}
    operation = _sent(session.disks.create_snapshot_unary, session, call, **where, **body)
    return _accepted(operation, f"//compute.googleapis.com/projects/{where['project']}/global/snapshots/{name}")


def snapshot_name(call: Call) -> str:
    """The name that was asked for, or one from the disk's name and the call's token."""
    token = hashlib.sha256(call.token.encode()).hexdigest()[:10]
    return str(call.arguments.get("snapshot_name") or f"{FullName.parse(call.resource.id).name[:50]}-{token}")


def _delete_snapshot(session: GcpSession, call: Call) -> Receipt:
    where = FullName.parse(call.resource.id)
    return _accepted(_sent(session.snapshots.delete_unary, session, call, project=where.project, snapshot=where.name))


def _delete_disk(session: GcpSession, call: Call) -> Receipt:
    return _accepted(_sent(session.disks.delete_unary, session, call, **_disk(call)))


def _sql(session: GcpSession, call: Call, method: str, tail: str, body: Any) -> Receipt:
    where = FullName.parse(call.resource.id)
    answer = session.rest(method, "sql", f"/sql/v1beta4/projects/{where.project}/instances/{where.name}{tail}", body=body)
    return Receipt(request_id=str(answer["name"]), said=str(answer["status"]).lower())


def _sql_policy(policy: str) -> Perform:
    return lambda session, call: _sql(session, call, "PATCH", "", {"settings": {"activationPolicy": policy}})


def _prevention(wanted: str) -> Perform:
    """Sets public access prevention; a name that was judged as protection never opens."""

    def perform(session: GcpSession, call: Call) -> Receipt:
        if call.arguments.get("public_access_prevention", wanted) != wanted:
            raise Rejected(f"{call.operation} only sets {wanted!r}.", tried=call.operation, code="WrongOperation")
        path = f"/storage/v1/b/{FullName.parse(call.resource.id).name}"
        answer = session.rest("PATCH", "storage", path, body={"iamConfiguration": {"publicAccessPrevention": wanted}})
        return Receipt(request_id=str(answer["metageneration"]), said="done")

    return perform


CALLS: Mapping[str, Perform] = {
    names.START: _on_instance("start_unary"),
    names.STOP: _on_instance("stop_unary"),
    names.RESET: _on_instance("reset_unary"),
    names.DELETE: _on_instance("delete_unary"),
    names.RESIZE: _resize,
    names.LABEL_INSTANCE: _label_instance,
    names.LABEL_DISK: _label_disk,
    names.LABEL_SNAPSHOT: _label_snapshot,
    names.SNAP: _snapshot,
    names.DELETE_SNAPSHOT: _delete_snapshot,
    names.DELETE_DISK: _delete_disk,
    names.CLOSE: _prevention("enforced"),
    names.OPEN: _prevention("inherited"),
    names.SQL_STOP: _sql_policy("NEVER"),
    names.SQL_START: _sql_policy("ALWAYS"),
    names.SQL_RESTART: lambda session, call: _sql(session, call, "POST", "/restart", {}),
}
