"""Google Cloud in memory: Compute, Cloud SQL, Storage and Monitoring behind one door. Pure.

Follows the behaviour documented for the REST APIs: changes answer with an operation, labels change only against their fingerprint, a
`requestId` seen before gives the operation it gave then, errors as `{"error": {"code", "message", "errors": [...]}}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from deploy.sandbox import gcp_documents as documents
from deploy.sandbox.gcp_sql_documents import sql_operation
from deploy.sandbox.wire import Answer, Asked, Clock, Document, Wrong, put

REASONS: Mapping[int, tuple[str, str]] = {
    400: ("invalid", "Invalid request."),
    401: ("authError", "Request had invalid authentication credentials."),
    403: ("forbidden", "Required permission is missing for this resource."),
    404: ("notFound", "The resource was not found."),
    409: ("alreadyExists", "The resource already exists."),
    412: ("conditionNotMet", "Supplied fingerprint does not match current metadata fingerprint."),
    429: ("rateLimitExceeded", "Rate Limit Exceeded"),
    500: ("backendError", "Internal error. Please try again or contact Google Support."),
    503: ("backendError", "Service is currently unavailable."),
}
SQL_KINDS: Mapping[str, str] = {"restart": "RESTART", "failover": "FAILOVER"}
COMPUTE_PREFIX = "/compute/v1/"


def refusal(status: int, message: str = "", reason: str = "") -> Answer:
    known, text = REASONS.get(status, ("error", "The request failed."))
    reason, message = reason or known, message or text
    return Answer(
        status, {"error": {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}}
    )


def refused(status: int, message: str = "", reason: str = "") -> Wrong:
    return Wrong(refusal(status, message, reason))


def disabled(service: str) -> Answer:
    """What every API says in a project that has not enabled it."""
    message = f"{service} API has not been used in project 123456789123 before or it is disabled. Enable it and retry."
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED", "domain": "googleapis.com"}
    details = [{**info, "metadata": {"service": f"{service}.googleapis.com", "consumer": "projects/123456789123"}}]
    return Answer(403, {"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED", "details": details}})


@dataclass
class GcpWorld:
    """All projects of the local Google Cloud.

    `resources` goes by path: `projects/P/zones/Z/instances/N`, `projects/P/global/snapshots/N`, `sql/P/N`,
    `backups/P/instances/N/backupRuns/ID`, `b/NAME`, `projects/P/locations/L/clusters/C`, `projects/P/subscriptions/S`.
    `switched_off` are the beginnings of paths whose API a project has not enabled, `missing_zones` what Kubernetes Engine cannot read there.
    `failing` are the errors with which the next change of a resource, once taken on, ends; `failed` those of operations that did.
    `withheld` are the permissions that the caller lacks, by `projects/P` or a resource's path; they are told, not enforced.
    """

    clock: Clock
    routes: tuple[Route, ...]
    page: int = 20
    resources: dict[str, Document] = field(default_factory=dict)
    policies: dict[str, Document] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    operations: dict[str, tuple[Document, float]] = field(default_factory=dict)
    seen: dict[str, Document] = field(default_factory=dict)
    failing: dict[str, Document] = field(default_factory=dict)
    failed: dict[str, Document] = field(default_factory=dict)
    withheld: dict[str, frozenset[str]] = field(default_factory=dict)
    switched_off: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing_zones: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        for project, prefixes in self.switched_off.items():
            if asked.path.startswith(prefixes) and f"/{project}/" in asked.path:
                raise Wrong(disabled(asked.path.split("/")[1]))
        for method, pattern, handle in self.routes:
            if method == asked.method and (found := re.fullmatch(pattern, asked.path)):
                return handle(self, asked, found)
        raise refused(404, f"The requested URL {asked.path} was not found on this server.")

    def refusal(self, status: int) -> Answer:
        return refusal(status)

    def seed(self, document: Document) -> str:
        """Beside the API's own document it takes `_cpu`, for a bucket `_project` and `_public`, and `_key` for what does not tell its path."""
        kept = {name: value for name, value in document.items() if not name.startswith("_")}
        key = str(document.get("_key") or "") or _key(kept)
        self.resources[key] = kept
        if "_cpu" in document:
            self.cpu[key] = float(document["_cpu"])
        if kept.get("kind") == "storage#bucket":
            self.owners[key] = str(document["_project"])
            self.policies[key] = documents.bucket_policy(str(kept["name"]), self.owners[key], public=bool(document.get("_public")))
        return key

    def change(self, key: str, change: Mapping[str, Any]) -> bool:
        if ordered := self._ordered(key, change):
            return ordered
        if key not in self.resources:
            return False
        if "_fails" in change:
            self.failing[str(self.resources[key].get("selfLink"))] = change["_fails"]
            return True
        if change.get("gone"):
            self.forget(key)
            return True
        for path, value in change.items():
            if path == "_cpu":
                self.cpu[key] = float(value)
            else:
                put(self.resources[key], path, value)
        if "labels" in self.resources[key]:
            self.resources[key]["labelFingerprint"] = documents.fingerprint(self.resources[key]["labels"])
        return True

    def _ordered(self, key: str, change: Mapping[str, Any]) -> bool:
        """What a test orders of a project rather than of a resource."""
        if "_withheld" in change:
            self.withheld[key] = frozenset(change["_withheld"])
        if "_switched_off" in change:
            self.switched_off[key] = tuple(change["_switched_off"])
        if "_missing_zones" in change:
            self.missing_zones[key] = tuple(change["_missing_zones"])
        return any(name in change for name in ("_withheld", "_switched_off", "_missing_zones"))

    def forget(self, key: str) -> None:
        """The resource is no more, and uses no disk any longer."""
        gone = self.resources.pop(key, {})
        for store in (self.policies, self.owners, self.cpu):
            store.pop(key, None)
        for document in self.resources.values():
            if gone.get("selfLink") in document.get("users", ()):
                document["users"] = [user for user in document["users"] if user != gone["selfLink"]] or None
                put(document, "users", document["users"])

    def find(self, key: str) -> Document:
        if key not in self.resources:
            raise refused(404, f"The resource '{key}' was not found")
        return self.resources[key]

    def tested(self, key: str, project: str, wanted: list[str]) -> Document:
        """Those of the permissions that the caller has there; what a resource does not say for itself, its project says."""
        lacking = self.withheld.get(key, self.withheld.get(f"projects/{project}", frozenset()))
        kept = [name for name in wanted if name not in lacking]
        return {"permissions": kept} if kept else {}

    def run(self, asked: Asked, document: Document, effect: Callable[[], None], given_up: Callable[[], None] = lambda: None) -> Answer:
        """Takes a change on and answers with its operation; a repeated `requestId` changes nothing.

        `given_up` is what a change that fails leaves.
        """
        request = asked.query.get("requestId", "")
        if request and request in self.seen:
            return Answer(200, self.seen[request])
        name = f"operation-{documents.number(f'{asked.path} {len(self.operations)}')}"
        error = self.failing.pop(str(document.get("selfLink")), None)
        due = self.clock.later(effect if error is None else given_up)
        if error is not None:
            self.failed[name] = error
        if document["kind"] == "sql#instance":
            kind = SQL_KINDS.get(asked.path.rpartition("/")[2], "DELETE" if asked.method == "DELETE" else "UPDATE")
            running = sql_operation(str(document["project"]), str(document["name"]), kind, name)
        else:
            kind = "delete" if asked.method == "DELETE" else asked.path.rpartition("/")[2]
            running = documents.operation(str(document["selfLink"]), kind, name)
        self.operations[name] = (running, due)
        if request:
            self.seen[request] = running
        return Answer(200, running)

    def progress(self, name: str) -> Document:
        if name not in self.operations:
            raise refused(404, f"The resource 'operations/{name}' was not found")
        running, due = self.operations[name]
        if due > self.clock.now():
            return running
        return {**running, "status": "DONE", **({"progress": 100} if "progress" in running else {}), **self.failed.get(name, {})}

    def paged(self, asked: Asked, every: list[Document]) -> tuple[list[Document], Document]:
        """One page, and what tells the caller of the next."""
        start = int(asked.query.get("pageToken") or 0)
        size = min(self.page, int(asked.query.get("maxResults") or self.page))
        more = {"nextPageToken": str(start + size)} if start + size < len(every) else {}
        return every[start : start + size], more


def _key(document: Document) -> str:
    """The path a document is found under. Raises ValueError."""
    kind, link = str(document.get("kind", "")), str(document.get("selfLink", ""))
    if kind.startswith("compute#") and COMPUTE_PREFIX in link:
        return link.partition(COMPUTE_PREFIX)[2]
    if kind == "sql#instance":
        return f"sql/{document['project']}/{document['name']}"
    if kind == "sql#backupRun" and "/projects/" in link:
        return f"backups/{link.partition('/projects/')[2]}"
    if kind == "storage#bucket":
        return f"b/{document['name']}"
    raise ValueError(f"no resource of Google Cloud is known by kind {kind!r} and link {urlsplit(link).path!r}")


Handler = Callable[[GcpWorld, Asked, re.Match[str]], Answer]
Route = tuple[str, str, Handler]
