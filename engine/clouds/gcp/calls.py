"""What each operation becomes on Google Cloud's wire: exactly one change, sent once, not waited for. Edge; runs in a thread.

Compute's `requestId` is made from the call's token: a repeat of the same call gives the operation of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp import rest_calls
from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.rest_calls import Perform, request_id, with_label
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import instances
from engine.clouds.operation import Call, Receipt


def _accepted(operation: Any, produced: str = "") -> Receipt:
    return Receipt(request_id=str(operation.name), produced=produced, said=str(operation.status.name or "accepted").lower())


def _sent(method: Any, session: GcpSession, call: Call, **request: Any) -> Any:
    """One change by the compute client; it never waits, since waiting would poll on its own."""
    return method(request={**request, "request_id": request_id(call)}, retry=None, timeout=session.timeout_s)


def _instance(call: Call) -> dict[str, str]:
    where = FullName.parse(call.resource.id)
    return {"project": where.project, "zone": where.zone, "instance": where.name}


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
    return {"labels": with_label(dict(now.labels), call), "label_fingerprint": now.label_fingerprint}


def _label_instance(session: GcpSession, call: Call) -> Receipt:
    where = _instance(call)
    now = session.instances.get(request=where, retry=None, timeout=session.timeout_s)
    body = {"instances_set_labels_request_resource": _labelled(now, call)}
    return _accepted(_sent(session.instances.set_labels_unary, session, call, **where, **body))


def _protected(*, wanted: bool) -> Perform:
    """Sets deletion protection, or takes it off; the API calls an instance `resource` here."""

    def perform(session: GcpSession, call: Call) -> Receipt:
        where = _instance(call)
        request = {"project": where["project"], "zone": where["zone"], "resource": where["instance"], "deletion_protection": wanted}
        return _accepted(_sent(session.instances.set_deletion_protection_unary, session, call, **request))

    return perform


CALLS: Mapping[str, Perform] = {
    instances.START: _on_instance("start_unary"),
    instances.STOP: _on_instance("stop_unary"),
    instances.RESET: _on_instance("reset_unary"),
    instances.DELETE: _on_instance("delete_unary"),
    instances.RESIZE: _resize,
    instances.LABEL_INSTANCE: _label_instance,
    instances.UNLABEL_INSTANCE: _label_instance,
    instances.PROTECT: _protected(wanted=True),
    instances.UNPROTECT: _protected(wanted=False),
    **rest_calls.CALLS,
}
