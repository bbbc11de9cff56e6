"""What changes to buckets, Kubernetes clusters with their node pools, and Pub/Sub subscriptions are on Google Cloud's wire. Edge; threads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine.clouds.gcp.requests.sending import Perform, accepted, path_of, with_label
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import services
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected


def _bucket(session: GcpSession, call: Call, body: Any) -> Receipt:
    answer = session.rest("PATCH", "storage", f"/storage/v1/b/{path_of(call)}", body=body)
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


def _in_cluster(call: Call, answer: Any) -> Receipt:
    """Operations of Kubernetes Engine stand with the location of the cluster."""
    return accepted(answer, f"container /v1/{path_of(call).partition('/clusters/')[0]}")


def _cluster_label(session: GcpSession, call: Call) -> Receipt:
    path = f"/v1/{path_of(call)}"
    now = session.rest("GET", "container", path)
    body = {"resourceLabels": with_label(now.get("resourceLabels") or {}, call), "labelFingerprint": now["labelFingerprint"]}
    return _in_cluster(call, session.rest("POST", "container", f"{path}:setResourceLabels", body=body))


def _scale_pool(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    body = {"nodeCount": int(str(call.arguments["count"]))}
    return _in_cluster(call, session.rest("POST", "container", f"/v1/{path_of(call)}:setSize", body=body))


def _subscription_label(session: GcpSession, call: Call) -> Receipt:
    path = path_of(call)
    now = session.rest("GET", "pubsub", f"/v1/{path}")
    body = {"subscription": {"name": path, "labels": with_label(now.get("labels") or {}, call)}, "updateMask": "labels"}
    answer = session.rest("PATCH", "pubsub", f"/v1/{path}", body=body)
    return Receipt(request_id=str(answer["name"]), said="done")


def _purge(session: GcpSession, call: Call) -> Receipt:
    """Seeks to this moment: everything published before it counts as acknowledged, and nothing that comes after."""
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    session.rest("POST", "pubsub", f"/v1/{path_of(call)}:seek", body={"time": now})
    return Receipt(request_id=now, said="done")


CALLS: Mapping[str, Perform] = {
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
