"""Azure Resource Manager in memory: what it answers to each call, and what that does to the resources. Pure.

Follows the behaviour documented for ARM: 202 with Azure-AsyncOperation and Location for changes to VMs, disks and snapshots, pages with
`nextLink`, case-insensitive paths and tag keys, errors as `{"error": {"code", "message"}}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.sandbox import azure_documents as documents
from deploy.sandbox.wire import Answer, Asked, Clock, Document, Wrong, put

SUBSCRIPTION = r"/subscriptions/(?P<subscription>[^/]+)"
RESOURCE = rf"(?P<id>{SUBSCRIPTION}/resourceGroups/(?P<group>[^/]+)/providers/(?P<kind>[^/]+/[^/]+)/(?P<name>[^/]+))"
VM = "microsoft.compute/virtualmachines"
SNAPSHOT = "microsoft.compute/snapshots"
DISK = "microsoft.compute/disks"
MOST_TAGS = 50
LOCATIONS: tuple[tuple[str, str], ...] = (
    ("westeurope", "West Europe"),
    ("northeurope", "North Europe"),
    ("eastus", "East US"),
    ("uksouth", "UK South"),
)
REFUSALS: Mapping[int, tuple[str, str]] = {
    401: ("InvalidAuthenticationToken", "The access token is invalid."),
    403: (
        "AuthorizationFailed",
        "The client 'escher' does not have authorization to perform this action over the scope, or the scope is invalid.",
    ),
    404: ("ResourceNotFound", "The Resource was not found."),
    409: ("Conflict", "The request conflicts with another operation on the resource."),
    429: ("TooManyRequests", "The request is being throttled as the limit has been reached for the operation type. Try again later."),
    500: ("InternalServerError", "The server encountered an internal error. Please retry the request."),
    503: ("ServerTimeout", "The service is busy. Please retry the request."),
}
# action -> (power while it runs, power when done)
POWER: Mapping[str, tuple[str, str]] = {
    "start": ("starting", "running"),
    "deallocate": ("deallocating", "deallocated"),
    "poweroff": ("stopping", "stopped"),
    "restart": ("starting", "running"),
}


def refused(status: int, code: str, message: str) -> Wrong:
    return Wrong(Answer(status, {"error": {"code": code, "message": message}}))


@dataclass
class AzureWorld:
    """All subscriptions of the local Azure, by lower-case ARM id. `cpu` is each VM's daily average in percent."""

    clock: Clock
    page: int = 20
    resources: dict[str, Document] = field(default_factory=dict)
    power: dict[str, str] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    encrypted: dict[str, bool] = field(default_factory=dict)
    operations: dict[str, float] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        if not asked.headers.get("authorization", "").startswith("Bearer "):
            raise refused(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        if "api-version" not in {key.lower() for key in asked.query}:
            raise refused(
                400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."
            )
        for method, pattern, handle in ROUTES:
            if method == asked.method and (found := re.fullmatch(pattern, asked.path, re.IGNORECASE)):
                return handle(self, asked, found)
        raise refused(404, "InvalidResourceType", f"No resource type is known at {asked.method} {asked.path}.")

    def refusal(self, status: int) -> Answer:
        code, message = REFUSALS.get(status, ("Error", "The request failed."))
        return Answer(status, {"error": {"code": code, "message": message}})

    def seed(self, document: Document) -> str:
        """Beside ARM's own document it takes `_power`, `_cpu` and `_encrypted` for what ARM tells elsewhere."""
        if not {"id", "type", "location"} <= set(document):
            raise ValueError("an Azure resource needs id, type and location")
        key = str(document["id"]).lower()
        kept = {name: value for name, value in document.items() if not name.startswith("_")}
        self.resources[key] = {"name": key.rpartition("/")[2], "properties": {}, **kept}
        if str(document["type"]).lower() == VM:
            self.power[key] = str(document.get("_power", "running"))
        if "_cpu" in document:
            self.cpu[key] = float(document["_cpu"])
        if "_encrypted" in document:
            self.encrypted[key] = bool(document["_encrypted"])
        return key

    def change(self, key: str, change: Mapping[str, Any]) -> bool:
        key = key.lower()
        if key not in self.resources:
            return False
        if change.get("gone"):
            self.forget(key)
            return True
        for path, value in change.items():
            if path in ("_power", "_cpu"):
                store: dict[str, Any] = self.power if path == "_power" else self.cpu
                store[key] = value
            else:
                put(self.resources[key], path, value)
        return True

    def forget(self, key: str) -> None:
        """The resource is no more; a disk that hung on it is free."""
        for store in (self.resources, self.power, self.cpu, self.encrypted):
            store.pop(key, None)
        for document in self.resources.values():
            if str(document.get("managedBy", "")).lower() == key:
                document.pop("managedBy")
                document["properties"]["diskState"] = "Unattached"

    def find(self, resource_id: str) -> Document:
        document = self.resources.get(resource_id.lower())
        if document is None:
            parts = resource_id.strip("/").split("/")
            what = "/".join([parts[5], *parts[6:]]) if len(parts) > 7 else resource_id
            group = parts[3] if len(parts) > 3 else ""
            raise refused(404, "ResourceNotFound", f"The Resource '{what}' under resource group '{group}' was not found.")
        return document

    def accepted(self, asked: Asked, document: Document, effect: Callable[[], None]) -> Mapping[str, str]:
        """Takes a change on; returns the headers by which its caller may follow it."""
        due = self.clock.later(effect)
        number = documents.steady(f"{document['id']} {due}")
        self.operations[number] = due
        subscription = str(document["id"]).split("/")[2]
        where = (
            f"{asked.origin}/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{document['location']}/operations/{number}"
        )
        version = asked.query.get("api-version", "")
        return {
            "Azure-AsyncOperation": f"{where}?api-version={version}",
            "Location": f"{where}?monitor=true&api-version={version}",
            "Retry-After": "1",
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
    return _paged(world, asked, every)


def _databases(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    server = world.find(found["id"])
    prefix = f"{str(server['id']).lower()}/databases/"
    return _paged(world, asked, [document for key, document in sorted(world.resources.items()) if key.startswith(prefix)])


def _paged(world: AzureWorld, asked: Asked, every: list[Document]) -> Answer:
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
    world.power[key] = during if found["action"].lower() != "restart" else "running"

    def done() -> None:
        if key in world.power:
            world.power[key] = after

    return Answer(202, None, world.accepted(asked, machine, done))


def _patch(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """PATCH: sent tags replace the tags as a whole, sent properties are merged."""
    document = world.find(found["id"])
    sent = _sent(asked)
    if "tags" in sent:
        document["tags"] = dict(sent["tags"] or {})
    _merge(document["properties"], sent.get("properties") or {})
    if str(document["type"]).lower() != VM:
        return Answer(200, document)
    document["properties"]["provisioningState"] = "Updating"
    headers = world.accepted(asked, document, lambda: put(document, "properties/provisioningState", "Succeeded"))
    return Answer(200, document, headers)


def _put(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """PUT: makes a snapshot, or replaces a VM's document."""
    sent, key = _sent(asked), found["id"].lower()
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
    if found["kind"].lower() == DISK and document.get("managedBy"):
        owner = str(document["managedBy"])
        raise refused(409, "OperationNotAllowed", f"Disk {document['name']} is attached to VM {owner}.")
    if found["kind"].lower() not in (VM, DISK, SNAPSHOT):
        raise refused(405, "MethodNotAllowed", f"This sandbox deletes no {found['kind']}.")
    document["properties"]["provisioningState"] = "Deleting"
    return Answer(202, None, world.accepted(asked, document, lambda: world.forget(key)))


def _tags(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """The Tags API: keys match without regard to case and keep the spelling they have."""
    document, sent = world.find(found["scope"]), _sent(asked)
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
    return Answer(200, {"name": found["number"], "status": "Succeeded" if done else "InProgress", "startTime": documents.MADE_AT})


def _sent(asked: Asked) -> Document:
    try:
        return asked.document()
    except ValueError:
        raise refused(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.") from None


def _merge(into: Document, sent: Mapping[str, Any]) -> None:
    for key, value in sent.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


Handler = Callable[[AzureWorld, Asked, re.Match[str]], Answer]
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", rf"{SUBSCRIPTION}/providers/Microsoft\.Compute/locations/[^/]+/operations/(?P<number>[^/]+)", _operation),
    ("GET", rf"{SUBSCRIPTION}/locations", _locations),
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
