"""How a change goes to Google Cloud: exactly one request, sent once and not waited for, and what its answer says. Edge; threads.

Compute's `requestId` is made from the call's token: a repeat of the same call gives the operation of the first.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from engine.clouds.gcp.following import refused
from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.session import GcpSession
from engine.clouds.operation import Call, Receipt

Perform = Callable[[GcpSession, Call], Receipt]


def request_id(call: Call) -> str:
    """A UUID that is the same for the same call, and never the zero UUID that Google refuses."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{call.operation} {call.resource.id} {sorted(call.arguments.items())} {call.token}"))


def with_label(labels: Mapping[str, str], call: Call) -> dict[str, str]:
    """The labels as they are with one changed; without a value it goes."""
    key, value = str(call.arguments["key"]), str(call.arguments.get("value", ""))
    kept = {name: told for name, told in labels.items() if name != key}
    return {**kept, key: value} if value else kept


def path_of(call: Call) -> str:
    """All behind the service in the resource's name, as the APIs' paths take it. Raises ValueError."""
    return FullName.parse(call.resource.id).path


def accepted(answer: Any, operations: str, produced: str = "") -> Receipt:
    """The receipt for an operation under way; `operations` is where it stands, service first: `compute /compute/v1/projects/P/zones/Z`.

    Raises Refusal for one that failed at once, KeyError for what is no operation.
    """
    name, status = str(answer["name"]), str(answer["status"])
    if failed := refused(answer):
        raise failed
    return Receipt(request_id=name, produced=produced, said=status.lower(), follow=f"{operations}/operations/{name}")


def in_compute(answer: Any, path: str, produced: str = "") -> Receipt:
    """The same for an operation of Compute on what stands under `path`: it stands in the same zone, region, or with what is global."""
    return accepted(answer, f"compute /compute/v1/{path.rsplit('/', 2)[0]}", produced)


def compute(session: GcpSession, call: Call, path: str, body: Any = None, params: Mapping[str, str] | None = None) -> Any:
    """One POST to Compute that a repeat does not do twice."""
    return session.rest("POST", "compute", f"/compute/v1/{path}", params={**(params or {}), "requestId": request_id(call)}, body=body)


def acted(action: str, body: Callable[[Call], Any] = lambda _call: None, **params: str) -> Perform:
    """An action of Compute on the resource itself."""

    def perform(session: GcpSession, call: Call) -> Receipt:
        path = path_of(call)
        return in_compute(compute(session, call, f"{path}/{action}", body(call), params), path)

    return perform


def deleted(session: GcpSession, call: Call) -> Receipt:
    """The resource of Compute goes."""
    path = path_of(call)
    return in_compute(session.rest("DELETE", "compute", f"/compute/v1/{path}", params={"requestId": request_id(call)}), path)


def labelled(session: GcpSession, call: Call) -> Receipt:
    """One label of a resource of Compute, with the fingerprint that makes Google refuse if somebody was faster."""
    path = path_of(call)
    now = session.rest("GET", "compute", f"/compute/v1/{path}")
    body = {"labels": with_label(now.get("labels") or {}, call), "labelFingerprint": now["labelFingerprint"]}
    if "/global/" in path:
        # Labels of global things have no requestId; the fingerprint alone guards them.
        return in_compute(session.rest("POST", "compute", f"/compute/v1/{path}/setLabels", body=body), path)
    return in_compute(compute(session, call, f"{path}/setLabels", body), path)
