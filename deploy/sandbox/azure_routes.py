"""What the local Azure answers to each call, and what that does to its resources. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.sandbox import azure_documents as documents
from deploy.sandbox.azure_world import VM, AzureWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
RESOURCE = rf"(?P<id>{SUBSCRIPTION}/resourceGroups/(?P<group>[^/]+)/providers/(?P<kind>[^/]+/[^/]+)/(?P<name>[^/]+))"
SNAPSHOT = "microsoft.compute/snapshots"
DISK = "microsoft.compute/disks"
MOST_TAGS = 50
LOCATIONS: tuple[tuple[str, str], ...] = (
    ("westeurope", "West Europe"),
    ("northeurope", "North Europe"),
    ("eastus", "East US"),
    ("uksouth", "UK South"),
)
# action -> (power while it runs, power when done)
POWER: Mapping[str, tuple[str, str]] = {
    "start": ("starting", "running"),
    "deallocate": ("deallocating", "deallocated"),
    "poweroff": ("stopping", "stopped"),
    "restart": ("starting", "running"),
}


def _seen(world: AzureWorld, document: Document, *, view: bool) -> Document:
    """A resource as it is answered; `view` adds a VM's runtime half."""
    key = str(document["id"]).lower()
    if not view or key not in world.power:
        return document
    return {**document, "properties": {**document["properties"], "instanceView": documents.instance_view(world.power[key])}}


def _locations(_world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, {"value": [documents.location(found["subscription"], *names) for names in LOCATIONS]})


def _list(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    kind, prefix = found["kind"].lower(), f"/subscriptions/{found['subscription']}/".lower()
    status_only = asked.query.get("statusOnly", "").lower() == "true"
    every = [
        _seen(world, document, view=status_only)
        for key, document in sorted(world.resources.items())
        if key.startswith(prefix) and str(document["type"]).lower() == kind
    ]
    if status_only:
        # With statusOnly the API leaves out what does not belong to the runtime state.
        every = [{**document, "properties": {"instanceView": document["properties"]["instanceView"]}} for document in every]
    return paged(world, asked, every)


def _databases(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    server = world.find(found["id"])
    prefix = f"{str(server['id']).lower()}/databases/"
    return paged(world, asked, [document for key, document in sorted(world.resources.items()) if key.startswith(prefix)])


def paged(world: AzureWorld, asked: Asked, every: list[Document]) -> Answer:
    start = int(asked.query.get("$skiptoken", "0"))
    body: Document = {"value": every[start : start + world.page]}
    if start + world.page < len(every):
        kept = "&".join(f"{key}={value}" for key, value in asked.query.items() if key != "$skiptoken")
        body["nextLink"] = f"{asked.origin}{asked.path}?{kept}&$skiptoken={start + world.page}"
    return Answer(200, body)


def _get(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    view = asked.query.get("$expand", "").lower() == "instanceview"
    return Answer(200, _seen(world, world.find(found["id"]), view=view))


def _encryption(world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    database = world.find(found["database"])
    enabled = world.encrypted.get(str(database["id"]).lower(), True)
    return Answer(200, documents.encryption(str(database["id"]), str(database["location"]), enabled=enabled))


def _power(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine = world.find(found["id"])
    key = str(machine["id"]).lower()
    during, after = POWER[found["action"].lower()]
    if found["action"].lower() == "restart" and world.power[key] != "running":
        raise refused(409, "OperationNotAllowed", f"Cannot restart VM '{machine['name']}' because it is not running.")
    if world.power[key] == after and during != "starting":
        return Answer(200)
    before, world.power[key] = world.power[key], during if found["action"].lower() != "restart" else "running"

    def left(power: str) -> None:
        if key in world.power:
            world.power[key] = power

    return Answer(202, None, world.accepted(asked, machine, lambda: left(after), lambda: left(before)))


def _patch(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """PATCH: sent tags replace the tags as a whole, sent properties are merged."""
    document = world.find(found["id"])
    sent = body_of(asked)
    _not_smaller(document, sent)
    if "tags" in sent:
        document["tags"] = dict(sent["tags"] or {})
    merge(document["properties"], sent.get("properties") or {})
    if str(document["type"]).lower() != VM:
        return Answer(200, document)
    document["properties"]["provisioningState"] = "Updating"
    headers = world.accepted(asked, document, lambda: put(document, "properties/provisioningState", "Succeeded"))
    return Answer(200, document, headers)


def _put(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """PUT: makes a snapshot, or replaces a VM's document."""
    sent, key = body_of(asked), found["id"].lower()
    if key in world.resources:
        return _patch(world, asked, found)
    if found["kind"].lower() != SNAPSHOT:
        raise refused(400, "InvalidRequest", f"This sandbox makes snapshots only, not {found['kind']}.")
    source = world.find(str(sent["properties"]["creationData"]["sourceResourceId"]))
    size = int(source["properties"]["diskSizeGB"])
    made = documents.snapshot(found["id"], str(sent["location"]), sent.get("tags") or {}, size, str(source["id"]))
    made["properties"]["provisioningState"] = "Creating"
    world.seed(made)
    document = world.resources[key]
    headers = world.accepted(asked, document, lambda: put(document, "properties/provisioningState", "Succeeded"))
    return Answer(202, document, headers)


def _delete(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    key = found["id"].lower()
    document = world.resources.get(key)
    if document is None:
        return Answer(204)
    world.guarded(str(document["id"]))
    if found["kind"].lower() == DISK and document.get("managedBy"):
        owner = str(document["managedBy"])
        raise refused(409, "OperationNotAllowed", f"Disk {document['name']} is attached to VM {owner}.")
    if found["kind"].lower() not in (VM, DISK, SNAPSHOT):
        raise refused(405, "MethodNotAllowed", f"This sandbox deletes no {found['kind']}.")
    document["properties"]["provisioningState"] = "Deleting"
    return Answer(202, None, world.accepted(asked, document, lambda: world.forget(key)))


def _tags(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """The Tags API: keys match without regard to case and keep the spelling they have."""
    document, sent = world.find(found["scope"]), body_of(asked)
    tags: dict[str, str] = dict(document.get("tags") or {})
    told: Mapping[str, str] = sent.get("properties", {}).get("tags", {})
    if sent.get("operation") == "Replace":
        tags = dict(told)
    for key, value in told.items():
        known = next((name for name in tags if name.lower() == key.lower()), key)
        if sent.get("operation") == "Merge":
            tags[known] = value
        elif sent.get("operation") == "Delete" and value in ("", tags.get(known)):
            tags.pop(known, None)
    if len(tags) > MOST_TAGS:
        raise refused(400, "InvalidTagsCount", f"The number of tags '{len(tags)}' exceeds the maximum of '50'.")
    document["tags"] = tags
    where = f"{document['id']}/providers/Microsoft.Resources/tags/default"
    return Answer(200, {"id": where, "name": "default", "type": "Microsoft.Resources/tags", "properties": {"tags": tags}})


def _permissions(world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    """What the caller may do at a scope; who has no role there gets an empty list."""
    scope = found["scope"]
    if "/providers/" in scope:
        world.find(scope)
    return Answer(200, {"value": world.granted_at(scope)})


def _metrics(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    machine = world.find(found["id"])
    if asked.query.get("metricnames", "").lower() != "percentage cpu":
        raise refused(400, "BadRequest", f"Failed to find metric configuration for metric: {asked.query.get('metricnames')}.")
    cpu = world.cpu.get(str(machine["id"]).lower())
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    stamps = [f"{today - timedelta(days=back):%Y-%m-%dT%H:%M:%SZ}" for back in range(7, 0, -1)]
    # A little weather around the average, which it leaves as it is.
    days = {} if cpu is None else {stamp: round(cpu * (1 + 0.1 * (index - 3) / 3), 4) for index, stamp in enumerate(stamps)}
    return Answer(200, documents.cpu_metric(str(machine["id"]), str(machine["location"]), days))


def _operation(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    due = world.operations.get(found["number"])
    if due is None:
        raise refused(404, "NotFound", f"The entity with name {found['number']} was not found.")
    done = due <= world.clock.now()
    if asked.query.get("monitor"):
        return Answer(200 if done else 202, None)
    told: Document = {"name": found["number"], "status": "Succeeded" if done else "InProgress", "startTime": documents.MADE_AT}
    if done and found["number"] in world.failed:
        told |= {"status": "Failed", "error": world.failed[found["number"]]}
    return Answer(200, told)


def _not_smaller(document: Document, wanted: Mapping[str, Any]) -> None:
    size = (wanted.get("properties") or {}).get("diskSizeGB")
    if str(document["type"]).lower() == DISK and size is not None and size < document["properties"]["diskSizeGB"]:
        raise refused(
            409, "OperationNotAllowed", f"Disk size reduction is not supported. Current size is {document['properties']['diskSizeGB']} GB."
        )


def body_of(asked: Asked) -> Document:
    try:
        return asked.document()
    except ValueError:
        raise refused(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.") from None


def merge(into: Document, sent: Mapping[str, Any]) -> None:
    for key, value in sent.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


ROUTES: tuple[Route, ...] = (
    ("GET", rf"{SUBSCRIPTION}/providers/Microsoft\.Compute/locations/[^/]+/operations/(?P<number>[^/]+)", _operation),
    ("GET", rf"{SUBSCRIPTION}/locations", _locations),
    ("GET", rf"(?P<scope>{SUBSCRIPTION}(?:/resourceGroups/.+)?)/providers/Microsoft\.Authorization/permissions", _permissions),
    ("GET", rf"{SUBSCRIPTION}/providers/(?P<kind>[^/]+/[^/]+)", _list),
    ("GET", rf"(?P<database>{RESOURCE}/databases/[^/]+)/transparentDataEncryption/current", _encryption),
    ("GET", rf"{RESOURCE}/providers/Microsoft\.Insights/metrics", _metrics),
    ("GET", rf"{RESOURCE}/databases", _databases),
    ("GET", RESOURCE, _get),
    ("GET", rf"(?P<id>{RESOURCE.replace('(?P<id>', '(?:')}/databases/[^/]+)", _get),
    ("POST", rf"{RESOURCE}/(?P<action>start|deallocate|powerOff|restart)", _power),
    ("PATCH", r"(?P<scope>/subscriptions/.+)/providers/Microsoft\.Resources/tags/default", _tags),
    ("PATCH", RESOURCE, _patch),
    ("PUT", RESOURCE, _put),
    ("DELETE", RESOURCE, _delete),
)
