"""Compute v1 as the local Google Cloud answers it: instances, disks, snapshots, operations. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deploy.sandbox import gcp_documents as documents
from deploy.sandbox.gcp_services import body_of
from deploy.sandbox.gcp_world import GcpWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

PROJECT = r"projects/(?P<project>[^/]+)"
ZONE = rf"{PROJECT}/zones/(?P<zone>[^/]+)"
SINGULAR: Mapping[str, str] = {
    "instances": "instance",
    "disks": "disk",
    "snapshots": "snapshot",
    "instanceGroupManagers": "instanceGroupManager",
    "addresses": "address",
}
REGIONS = ("asia-east1", "europe-west1", "us-central1", "us-east1")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def _under(world: GcpWorld, pattern: str) -> list[Document]:
    return [document for key, document in sorted(world.resources.items()) if re.fullmatch(pattern, key)]


def _aggregated(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    project, collection = found["project"], found["collection"]
    page, more = world.paged(asked, _under(world, rf"projects/{re.escape(project)}/(?:(?:zones|regions)/[^/]+|global)/{collection}/[^/]+"))
    items: dict[str, Document] = {}
    for document in page:
        scope = str(document["selfLink"]).partition(f"/projects/{project}/")[2].partition(f"/{collection}/")[0]
        items.setdefault(scope, {collection: []})[collection].append(document)
    empty = "zones/asia-east1-a"
    warning = {
        "code": "NO_RESULTS_ON_PAGE",
        "message": f"There are no results for scope '{empty}' on this page.",
        "data": [{"key": "scope", "value": empty}],
    }
    where = f"projects/{project}/aggregated/{collection}"
    listed = {"kind": f"compute#{SINGULAR[collection]}AggregatedList", "id": where, "items": {**items, empty: {"warning": warning}}}
    return Answer(200, {**listed, "selfLink": f"{documents.COMPUTE}/{where}", **more})


def _list(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    where = f"{found['scope']}/{found['collection']}"
    page, more = world.paged(asked, _under(world, rf"{re.escape(where)}/[^/]+"))
    listed: Document = {"kind": f"compute#{SINGULAR[found['collection']]}List", "id": where, "selfLink": f"{documents.COMPUTE}/{where}"}
    return Answer(200, {**listed, **({"items": page} if page else {}), **more})


def _regions(_world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    where = f"projects/{found['project']}/regions"
    items = [documents.region(found["project"], name) for name in REGIONS]
    return Answer(200, {"kind": "compute#regionList", "id": where, "items": items, "selfLink": f"{documents.COMPUTE}/{where}"})


def _get(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.find(found["key"]))


def _power(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine, action = world.find(found["key"]), found["action"]
    status = str(machine["status"])
    if action == "reset" and status != "RUNNING":
        raise refused(400, f"The resource '{found['key']}' is not ready", "resourceNotReady")
    during, after = {"start": ("STAGING", "RUNNING"), "stop": ("STOPPING", "TERMINATED"), "reset": ("RUNNING", "RUNNING")}[action]
    repeated = bool(asked.query.get("requestId", "") and asked.query["requestId"] in world.seen)
    if status != after and not repeated:
        machine["status"] = during
    return world.run(asked, machine, lambda: _powered(machine, after), lambda: put(machine, "status", status))


def _powered(machine: Document, status: str) -> None:
    machine["status"] = status
    for network in machine["networkInterfaces"]:
        for outside in network.get("accessConfigs", ()):
            address = f"203.0.113.{int(machine['id']) % 250 + 2}"
            put(outside, "natIP", address if status == "RUNNING" else None)


def _set_machine_type(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine, wanted = world.find(found["key"]), str(body_of(asked).get("machineType", "")).rpartition("/")[2]
    if machine["status"] != "TERMINATED":
        raise refused(400, f"Instance is starting or running: '{machine['name']}' must be stopped first.", "resourceNotReady")
    if not re.fullmatch(r"[a-z][a-z0-9]*-[a-z0-9-]+", wanted):
        raise refused(400, f"Invalid value for field 'resource.machineType': '{wanted}'.")
    link = f"{machine['zone']}/machineTypes/{wanted}"
    return world.run(asked, machine, lambda: put(machine, "machineType", link))


def _set_labels(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    document, sent = world.find(found["key"]), body_of(asked)
    labels: dict[str, str] = dict(sent.get("labels") or {})
    for key, value in labels.items():
        if not LABEL_KEY.fullmatch(key) or not LABEL_VALUE.fullmatch(value):
            raise refused(400, f"Invalid value for field 'labels': '{key}={value}'. Label keys and values are lower case.")
    if sent.get("labelFingerprint") != document["labelFingerprint"]:
        raise refused(412, "Labels fingerprint either invalid or resource labels have changed", "conditionNotMet")

    def done() -> None:
        document["labelFingerprint"] = documents.fingerprint(labels)
        put(document, "labels", labels or None)

    return world.run(asked, document, done)


def _create_snapshot(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    source, sent = world.find(found["key"]), body_of(asked)
    name = str(sent.get("name", ""))
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", name):
        raise refused(400, f"Invalid value for field 'resource.name': '{name}'.")
    key = f"projects/{found['project']}/global/snapshots/{name}"
    repeated = asked.query.get("requestId", "") in world.seen
    if key in world.resources and not repeated:
        raise refused(409, f"The resource '{key}' already exists")
    if not repeated:
        made = documents.snapshot(found["project"], name, source, sent.get("labels") or {}, "CREATING")
        world.seed(made)
    return world.run(asked, source, lambda: put(world.resources.get(key, {}), "status", "READY"))


def _delete(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    document, key = world.find(found["key"]), found["key"]
    if document.get("deletionProtection"):
        raise refused(400, f"Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion. {key}'.")
    if document.get("users"):
        raise refused(400, f"The disk resource '{key}' is already being used by '{document['users'][0]}'", "resourceInUseByAnotherResource")
    if document.get("status") == "IN_USE":
        raise refused(400, f"The resource '{key}' is already being used", "resourceInUseByAnotherResource")
    if document["kind"] == "compute#address":
        return world.run(asked, document, lambda: world.forget(key))
    if document["kind"] == "compute#instance":
        document["status"] = "STOPPING"
    else:
        document["status"] = "DELETING"
    return world.run(asked, document, lambda: world.forget(key))


def _test_permissions(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """Which of the permissions the caller has; those of another kind of thing are no question for this one."""
    key, collection = found["key"], found["key"].split("/")[-2]
    world.find(key)
    wanted = [str(name) for name in body_of(asked).get("permissions") or ()]
    if strange := next((name for name in wanted if not name.startswith(f"compute.{collection}.")), ""):
        raise refused(400, f"Invalid value for field 'permissions': '{strange}'. Permission is not valid for this resource.")
    return Answer(200, world.tested(key, key.split("/")[1], wanted))


def _operation(world: GcpWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.progress(found["name"]))


def _protect(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine, wanted = world.find(found["key"]), asked.query.get("deletionProtection", "true") == "true"
    return world.run(asked, machine, lambda: put(machine, "deletionProtection", wanted))


def _resize_disk(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    disk, wanted = world.find(found["key"]), str(body_of(asked).get("sizeGb", ""))
    if not wanted.isdigit() or int(wanted) <= int(disk["sizeGb"]):
        raise refused(400, f"Invalid value for field 'sizeGb': '{wanted}'. New disk size must be larger than {disk['sizeGb']} GB.")
    return world.run(asked, disk, lambda: put(disk, "sizeGb", wanted))


def _resize_group(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    group, wanted = world.find(found["key"]), asked.query.get("size", "")
    if not wanted.isdigit():
        raise refused(400, f"Invalid value for field 'size': '{wanted}'.")
    return world.run(asked, group, lambda: put(group, "targetSize", int(wanted)))


def _detach(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine, device = world.find(found["key"]), asked.query.get("deviceName", "")
    entry = next((one for one in machine["disks"] if one["deviceName"] == device), None)
    if entry is None:
        raise refused(400, f"Invalid value for field 'disk': '{device}'. No attached disk found with device name '{device}'.")
    disk = world.resources.get(str(entry["source"]).partition("/compute/v1/")[2], {})

    def done() -> None:
        machine["disks"] = [one for one in machine["disks"] if one is not entry]
        put(disk, "users", [user for user in disk.get("users", ()) if user != machine["selfLink"]] or None)

    return world.run(asked, machine, done)


def _attach(world: GcpWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine, sent = world.find(found["key"]), body_of(asked)
    disk = world.find(str(sent.get("source", "")))
    if disk.get("users"):
        raise refused(
            400, f"The disk resource '{sent['source']}' is already being used by '{disk['users'][0]}'", "resourceInUseByAnotherResource"
        )
    device = str(sent.get("deviceName") or disk["name"])

    def done() -> None:
        machine["disks"] = [*machine["disks"], documents.attached(str(disk["selfLink"]), device, len(machine["disks"]), boot=False)]
        put(disk, "users", [machine["selfLink"]])

    return world.run(asked, machine, done)


BASE = r"/compute/v1/"
ANY = (
    rf"(?P<key>(?:{ZONE}/(?:instances|disks|instanceGroupManagers)|projects/[^/]+/regions/[^/]+/(?:disks|addresses|instanceGroupManagers)"
    r"|projects/[^/]+/global/(?:snapshots|addresses))/[^/]+)"
)
INSTANCE = rf"(?P<key>{ZONE}/instances/[^/]+)"
DISK = r"(?P<key>projects/(?P<project>[^/]+)/(?:zones|regions)/[^/]+/disks/[^/]+)"
GROUP = r"(?P<key>projects/[^/]+/(?:zones|regions)/[^/]+/instanceGroupManagers/[^/]+)"
COLLECTION = r"(?P<collection>instances|disks|instanceGroupManagers|addresses)"
ROUTES: tuple[Route, ...] = (
    ("GET", rf"{BASE}{PROJECT}/regions", _regions),
    ("GET", rf"{BASE}{PROJECT}/aggregated/{COLLECTION}", _aggregated),
    ("GET", rf"{BASE}(?P<scope>{ZONE})/(?P<collection>instances|disks|instanceGroupManagers)", _list),
    ("GET", rf"{BASE}(?P<scope>{PROJECT}/global)/(?P<collection>snapshots|addresses)", _list),
    ("GET", rf"{BASE}(?:{ZONE}|projects/[^/]+/global|projects/[^/]+/regions/[^/]+)/operations/(?P<name>[^/]+)", _operation),
    ("POST", rf"{BASE}(?:{ZONE}|projects/[^/]+/global|projects/[^/]+/regions/[^/]+)/operations/(?P<name>[^/]+)/wait", _operation),
    ("GET", BASE + ANY, _get),
    ("POST", rf"{BASE}{INSTANCE}/(?P<action>start|stop|reset)", _power),
    ("POST", rf"{BASE}{INSTANCE}/setMachineType", _set_machine_type),
    ("POST", rf"{BASE}{INSTANCE}/setDeletionProtection", _protect),
    ("POST", rf"{BASE}{INSTANCE}/detachDisk", _detach),
    ("POST", rf"{BASE}{INSTANCE}/attachDisk", _attach),
    ("POST", rf"{BASE}{DISK}/createSnapshot", _create_snapshot),
    ("POST", rf"{BASE}{DISK}/resize", _resize_disk),
    ("POST", rf"{BASE}{GROUP}/resize", _resize_group),
    ("POST", rf"{BASE}{ANY}/setLabels", _set_labels),
    ("POST", rf"{BASE}{ANY}/testIamPermissions", _test_permissions),
    ("DELETE", BASE + ANY, _delete),
)
