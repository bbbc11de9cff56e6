"""Kubernetes Engine v1 and Pub/Sub v1 as the local Google Cloud answers them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from deploy.sandbox import gcp_service_documents as documents
from deploy.sandbox.gcp_documents import number
from deploy.sandbox.gcp_services import body_of
from deploy.sandbox.gcp_world import GcpWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

CLUSTER_KEY = r"projects/[^/]+/locations/[^/]+/clusters/[^/]+"


def _clusters(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    mine = rf"projects/{re.escape(found['project'])}/locations/[^/]+/clusters/[^/]+"
    every = [document for key, document in sorted(world.resources.items()) if re.fullmatch(mine, key)]
    missing = world.missing_zones.get(f"projects/{found['project']}")
    # One list for all locations, never paged; without clusters the answer is empty.
    return Answer(200, {**({"clusters": every} if every else {}), **({"missingZones": list(missing)} if missing else {})})


def _get(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.find(found["key"]))


def _pool_of(world: GcpWorld, found: re.Match[str]) -> Document:
    cluster = world.find(found["key"])
    pool: Document | None = next((one for one in cluster["nodePools"] if one["name"] == found["pool"]), None)
    if pool is None:
        raise refused(404, f"Not found: {found['key']}/nodePools/{found['pool']}.")
    return pool


def _pool(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, _pool_of(world, found))


def _label(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    cluster, sent = world.find(found["key"]), body_of(asked)
    if sent.get("labelFingerprint") != cluster["labelFingerprint"]:
        raise refused(412, "Labels could not be set due to fingerprint mismatch.", "conditionNotMet")
    labels: dict[str, str] = dict(sent.get("resourceLabels") or {})

    def done() -> None:
        put(cluster, "resourceLabels", labels or None)
        cluster["labelFingerprint"] = documents.cluster_fingerprint(labels)

    return _running(world, cluster, "UPDATE_CLUSTER", done)


def _set_size(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    cluster, pool, wanted = world.find(found["key"]), _pool_of(world, found), body_of(asked).get("nodeCount", 0)
    pool["status"] = "RECONCILING"

    def done() -> None:
        pool["status"] = "RUNNING"
        for url in pool["instanceGroupUrls"]:
            put(world.resources[str(url).partition("/compute/v1/")[2]], "targetSize", wanted)

    return _running(world, cluster, "SET_NODE_POOL_SIZE", done)


def _running(world: GcpWorld, cluster: Document, kind: str, effect: Callable[[], None]) -> Answer:
    name = "operation-" + number(f"{cluster['selfLink']} {kind} {len(world.operations)}")
    running = documents.cluster_operation(cluster, kind, name)
    world.operations[name] = (running, world.clock.later(effect))
    return Answer(200, running)


# --- Pub/Sub


def _subscriptions(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    prefix = f"projects/{found['project']}/subscriptions/"
    asked = Asked(asked.method, asked.path, {**asked.query, "maxResults": asked.query.get("pageSize", "")})
    page, more = world.paged(asked, [document for key, document in sorted(world.resources.items()) if key.startswith(prefix)])
    return Answer(200, {**({"subscriptions": page} if page else {}), **more})


def _patch_subscription(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    subscription, sent = world.find(found["key"]), body_of(asked)
    mask = [part for part in str(sent.get("updateMask", "")).split(",") if part]
    if not mask:
        raise refused(400, "The update_mask in the UpdateSubscriptionRequest must be set, and must contain a non-empty paths list.")
    for part in mask:
        put(subscription, part, (sent.get("subscription") or {}).get(part) or None)
    return Answer(200, subscription)


def _seek(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    world.find(found["key"])
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z", str(body_of(asked).get("time", ""))):
        raise refused(400, "Invalid value at 'time' (type.googleapis.com/google.protobuf.Timestamp).")
    return Answer(200, {})


def _test_permissions(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    key = found["key"]
    world.find(key)
    wanted = [str(name) for name in body_of(asked).get("permissions") or ()]
    if strange := next((name for name in wanted if not name.startswith("pubsub.subscriptions.")), ""):
        raise refused(400, f"Permission {strange} is not valid for this resource.", "badRequest")
    return Answer(200, world.tested(key, key.split("/")[1], wanted))


CLUSTER = rf"/v1/(?P<key>{CLUSTER_KEY})"
POOL = rf"{CLUSTER}/nodePools/(?P<pool>[^/:]+)"
SUBSCRIPTION = r"/v1/(?P<key>projects/[^/]+/subscriptions/[^/:]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", r"/v1/projects/(?P<project>[^/]+)/locations/-/clusters", _clusters),
    ("POST", r"/v1/(?P<key>projects/[^/]+/locations/[^/]+/clusters/[^/:]+):setResourceLabels", _label),
    ("POST", rf"{POOL}:setSize", _set_size),
    ("GET", POOL, _pool),
    ("GET", CLUSTER, _get),
    ("GET", r"/v1/projects/(?P<project>[^/]+)/subscriptions", _subscriptions),
    ("POST", rf"{SUBSCRIPTION}:seek", _seek),
    ("POST", rf"{SUBSCRIPTION}:testIamPermissions", _test_permissions),
    ("GET", SUBSCRIPTION, _get),
    ("PATCH", SUBSCRIPTION, _patch_subscription),
)
