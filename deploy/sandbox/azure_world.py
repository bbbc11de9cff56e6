"""Azure Resource Manager in memory: the resources, and what is under way with them. What it answers to each call stands in `azure_routes.py`. Pure.

Follows the behaviour documented for ARM: 202 with Azure-AsyncOperation and Location for changes to VMs, disks and snapshots, pages with
`nextLink`, case-insensitive paths and tag keys, errors as `{"error": {"code", "message"}}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.sandbox import azure_documents as documents
from deploy.sandbox.wire import Answer, Asked, Clock, Document, Wrong, put

VM = "microsoft.compute/virtualmachines"
POWERED = frozenset({VM, "microsoft.compute/virtualmachinescalesets"})
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


def refused(status: int, code: str, message: str) -> Wrong:
    return Wrong(Answer(status, {"error": {"code": code, "message": message}}))


@dataclass
class AzureWorld:
    """All subscriptions of the local Azure, by lower-case ARM id. `cpu` is each VM's daily average in percent.

    `failing` are the errors with which the next change of a resource, once taken on, ends; `failed` those of operations that did.
    `granted` are the caller's roles by the beginning of the ids they hold for, `/` for everything; they are told, not enforced.
    """

    clock: Clock
    routes: tuple[Route, ...]
    page: int = 20
    resources: dict[str, Document] = field(default_factory=dict)
    power: dict[str, str] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    encrypted: dict[str, bool] = field(default_factory=dict)
    operations: dict[str, float] = field(default_factory=dict)
    failing: dict[str, Document] = field(default_factory=dict)
    failed: dict[str, Document] = field(default_factory=dict)
    granted: dict[str, list[Document]] = field(default_factory=lambda: {"/": [documents.permission("*")]})

    def answer(self, asked: Asked) -> Answer:
        if not asked.headers.get("authorization", "").startswith("Bearer "):
            raise refused(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        if "api-version" not in {key.lower() for key in asked.query}:
            raise refused(
                400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests."
            )
        for method, pattern, handle in self.routes:
            if method == asked.method and (found := re.fullmatch(pattern, asked.path, re.IGNORECASE)):
                return handle(self, asked, found)
        raise refused(404, "InvalidResourceType", f"No resource type is known at {asked.method} {asked.path}.")

    def refusal(self, status: int) -> Answer:
        code, message = REFUSALS.get(status, ("Error", "The request failed."))
        return Answer(status, {"error": {"code": code, "message": message}})

    def seed(self, document: Document) -> str:
        """Beside ARM's own document it takes `_power`, `_cpu` and `_encrypted` for what ARM tells elsewhere."""
        # What is a part of another resource stands where that does, and need not say so.
        child = str(document.get("type", "")).count("/") > 1
        if not {"id", "type", *(() if child else ("location",))} <= set(document):
            raise ValueError("an Azure resource needs id, type and location")
        key = str(document["id"]).lower()
        kept = {name: value for name, value in document.items() if not name.startswith("_")}
        self.resources[key] = {"name": key.rpartition("/")[2], "properties": {}, **kept}
        if str(document["type"]).lower() in POWERED:
            self.power[key] = str(document.get("_power", "running"))
        if "_cpu" in document:
            self.cpu[key] = float(document["_cpu"])
        if "_encrypted" in document:
            self.encrypted[key] = bool(document["_encrypted"])
        return key

    def change(self, key: str, change: Mapping[str, Any]) -> bool:
        key = key.lower()
        if "_granted" in change:
            self.granted[key] = [documents.permission(*told["actions"], without=told.get("notActions", ())) for told in change["_granted"]]
            return True
        if key not in self.resources:
            return False
        if "_fails" in change:
            self.failing[key] = change["_fails"]
            return True
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

    def granted_at(self, scope: str) -> list[Document]:
        """The roles that hold at a scope: its own and those of everything above it."""
        return [told for above, its in self.granted.items() if f"{scope.lower()}/".startswith(f"{above.rstrip('/')}/") for told in its]

    def guarded(self, resource_id: str) -> None:
        """Raises the refusal of a deletion that a lock forbids, on the resource or on anything above it."""
        mark = "/providers/microsoft.authorization/locks/"
        scopes = [key.rpartition(mark)[0] for key in self.resources if mark in key]
        if held := [scope for scope in scopes if f"{resource_id.lower()}/".startswith(f"{scope}/")]:
            message = f"The scope '{resource_id}' cannot perform delete operation because following scope(s) are locked: '{held[0]}'."
            raise refused(409, "ScopeLocked", f"{message} Please remove the lock and try again.")

    def find(self, resource_id: str) -> Document:
        document = self.resources.get(resource_id.lower())
        if document is None:
            parts = resource_id.strip("/").split("/")
            what = "/".join([parts[5], *parts[6:]]) if len(parts) > 7 else resource_id
            group = parts[3] if len(parts) > 3 else ""
            raise refused(404, "ResourceNotFound", f"The Resource '{what}' under resource group '{group}' was not found.")
        return document

    def accepted(
        self, asked: Asked, document: Document, effect: Callable[[], None], given_up: Callable[[], None] = lambda: None
    ) -> Mapping[str, str]:
        """Takes a change on; returns the headers by which its caller may follow it. `given_up` is what a change that fails leaves."""
        error = self.failing.pop(str(document["id"]).lower(), None)
        due = self.clock.later(effect if error is None else given_up)
        number = documents.steady(f"{document['id']} {due}")
        self.operations[number] = due
        if error is not None:
            self.failed[number] = error
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


Handler = Callable[[AzureWorld, Asked, re.Match[str]], Answer]
Route = tuple[str, str, Handler]
