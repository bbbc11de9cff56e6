"""Storage v1, Monitoring v3 and Resource Manager v1 as the local Google Cloud answers them. Pure."""

from __future__ import annotations

import re

from deploy.sandbox import gcp_documents as documents
from deploy.sandbox.gcp_world import GcpWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

CPU = "compute.googleapis.com/instance/cpu/utilization"


def body_of(asked: Asked) -> Document:
    try:
        return asked.document()
    except ValueError:
        raise refused(400, "Parse Error", "parseError") from None


def merge(into: Document, sent: Document) -> None:
    for key, value in sent.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            put(into, key, value)


def _buckets(world: GcpWorld, asked: Asked, _found: re.Match[str]) -> Answer:
    project = asked.query.get("project")
    if not project:
        raise refused(400, "Required parameter: project", "required")
    mine = [world.resources[key] for key, owner in sorted(world.owners.items()) if owner == project]
    page, more = world.paged(asked, mine)
    return Answer(200, {"kind": "storage#buckets", **({"items": page} if page else {}), **more})


def _bucket(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.find(f"b/{found['name']}"))


def _bucket_patch(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    bucket, sent = world.find(f"b/{found['name']}"), body_of(asked)
    wanted = sent.get("iamConfiguration", {}).get("publicAccessPrevention", "inherited")
    if wanted not in ("inherited", "enforced"):
        raise refused(400, f"Invalid argument: publicAccessPrevention '{wanted}'.", "invalid")
    if (met := asked.query.get("ifMetagenerationMatch")) and met != bucket["metageneration"]:
        raise refused(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet")
    merge(bucket, sent)
    bucket["metageneration"] = str(int(bucket["metageneration"]) + 1)
    return Answer(200, bucket)


def _policy(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    world.find(f"b/{found['name']}")
    return Answer(200, world.policies[f"b/{found['name']}"])


def _policy_put(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    world.find(f"b/{found['name']}")
    sent = body_of(asked)
    world.policies[f"b/{found['name']}"] = {**world.policies[f"b/{found['name']}"], "bindings": list(sent.get("bindings") or [])}
    return Answer(200, world.policies[f"b/{found['name']}"])


def _bucket_permissions(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    key = f"b/{found['name']}"
    world.find(key)
    wanted = [name for name in asked.query.get("permissions", "").split(",") if name]
    if strange := next((name for name in wanted if not name.startswith("storage.")), ""):
        raise refused(400, f"Invalid argument: permission '{strange}'.", "invalid")
    return Answer(200, {"kind": "storage#testIamPermissionsResponse", **world.tested(key, world.owners[key], wanted)})


def _project_permissions(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    wanted = [str(name) for name in body_of(asked).get("permissions") or ()]
    if strange := next((name for name in wanted if "*" in name), ""):
        raise refused(400, f"Permission {strange} is not valid for this resource.", "badRequest")
    return Answer(200, world.tested(f"projects/{found['project']}", found["project"], wanted))


def _time_series(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    if CPU not in asked.query.get("filter", ""):
        raise refused(400, "Field filter had an invalid value: a metric.type this sandbox does not measure.", "badRequest")
    start, end = asked.query.get("interval.startTime", ""), asked.query.get("interval.endTime", "")
    if not end:
        raise refused(400, "Field interval.endTime is required.", "badRequest")
    mine = [
        documents.cpu_series(world.resources[key], found["project"], cpu, start, end)
        for key, cpu in sorted(world.cpu.items())
        if key.startswith(f"projects/{found['project']}/")
    ]
    asked = Asked(asked.method, asked.path, {**asked.query, "maxResults": asked.query.get("pageSize", "")})
    page, more = world.paged(asked, mine)
    return Answer(200, {**({"timeSeries": page} if page else {}), **more, "unit": "10^2.%"})


BUCKET = r"/storage/v1/b/(?P<name>[^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", r"/storage/v1/b", _buckets),
    ("GET", BUCKET, _bucket),
    ("PATCH", BUCKET, _bucket_patch),
    ("GET", rf"{BUCKET}/iam", _policy),
    ("PUT", rf"{BUCKET}/iam", _policy_put),
    ("GET", rf"{BUCKET}/iam/testPermissions", _bucket_permissions),
    ("POST", r"/v1/projects/(?P<project>[^/:]+):testIamPermissions", _project_permissions),
    ("GET", r"/v3/projects/(?P<project>[^/]+)/timeSeries", _time_series),
)
