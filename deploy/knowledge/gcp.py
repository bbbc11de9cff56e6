"""Makes commands of Google's discovery documents and gcloud's tree. Pure.

A method and the command that calls it are one Command: the API's parameters and the flags side by side. What gcloud does in its own way
(`gcloud compute instances add-labels`) stands beside them, known by its command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ai_server.knowledge.commands.command import Access, Command, Field
from deploy.knowledge.access import CHANGING, verb_of, words_of
from deploy.knowledge.gcloud_forms import GROUPS, PLACES, by_declaration, form

Row = Mapping[str, Any]
SKIPPED_GROUPS = frozenset(
    {
        "alpha",
        "preview",
        "cheat-sheet",
        "components",
        "emulators",
        "feedback",
        "help",
        "info",
        "init",
        "meta",
        "survey",
        "topic",
        "version",
    }
)
"""Of gcloud: what is about the CLI itself, or not generally available."""
IAM_SERVICE = {"sql": "cloudsql", "cloudresourcemanager": "resourcemanager", "bigtableadmin": "bigtable"}
IAM_VERB = {"insert": "create", "patch": "update", "aggregatedList": "list"}
IAM_EXACT: dict[str, str] = {
    "container.projects.locations.clusters.create": "container.clusters.create",
    "container.projects.locations.clusters.delete": "container.clusters.delete",
    "container.projects.locations.clusters.get": "container.clusters.get",
    "container.projects.locations.clusters.list": "container.clusters.list",
    "pubsub.projects.subscriptions.acknowledge": "pubsub.subscriptions.consume",
    "pubsub.projects.subscriptions.modifyAckDeadline": "pubsub.subscriptions.consume",
    "pubsub.projects.subscriptions.modifyPushConfig": "pubsub.subscriptions.update",
    "pubsub.projects.subscriptions.pull": "pubsub.subscriptions.consume",
    "pubsub.projects.subscriptions.seek": "pubsub.subscriptions.consume",
    "secretmanager.projects.secrets.addVersion": "secretmanager.versions.add",
    "sql.backupRuns.insert": "cloudsql.backupRuns.create",
    "sql.instances.startReplica": "cloudsql.instances.update",
    "sql.instances.stopReplica": "cloudsql.instances.update",
    "storage.buckets.lockRetentionPolicy": "storage.buckets.update",
}
UPDATING = frozenset({"compute.instanceGroupManagers", "compute.regionInstanceGroupManagers"})
"""Collections whose every change is checked as an update."""
AGREED = ("get", "list", "create", "insert", "delete", "aggregatedList", "getIamPolicy", "setIamPolicy")
OVER_POST = frozenset(
    {"getIamPolicy", "testIamPermissions", "search", "lookup", "batchGet", "list", "fetch", "runQuery", "runAggregationQuery", "validate"}
)
"""Methods that read although they are posted."""
_READING_TEXT = "describe get list read search tail show validate wait lookup verify"
READING = frozenset(_READING_TEXT.split())
TO_DISK = frozenset({"get-credentials", "get-login-config"})


def commands(document: Mapping[str, Any]) -> tuple[Command, ...]:
    """Methods in order of operation, then gcloud's own commands. `document` as `read_gcp` writes it."""
    typed = {row["command"]: row for row in document["commands"] if row["command"].split()[1] not in SKIPPED_GROUPS}
    declared = by_declaration({command: (one[0], one[1]) for command, one in document["declared"].items()}, typed.keys())
    methods: dict[str, Row] = {row["operation"]: row for row in document["methods"] if _kept(row)}
    general = frozenset(command for command in typed if not command.startswith("gcloud beta "))
    forms = {operation: form(operation, row["api"], declared, general) for operation, row in sorted(methods.items())}
    called = set(forms.values())
    found = [_method(methods[operation], typed.get(command)) for operation, command in forms.items()]
    return (*found, *(_own(row) for command, row in sorted(typed.items()) if command not in called))


def _kept(row: Row) -> bool:
    """Vertex AI repeats its five operations of long-running work under each of its hundred collections."""
    return not (
        row["api"] == "aiplatform" and ".operations." in row["operation"] and not row["operation"].endswith("locations.operations.get")
    )


def _method(row: Row, typed: Row | None) -> Command:
    operation = row["operation"]
    return Command(
        cloud="gcp",
        operation=operation,
        command=typed["command"] if typed else "",
        service=operation.split(".")[0],
        summary=row["summary"] or (typed["summary"] if typed else ""),
        access=access(row),
        fields=(*_parameters(row["fields"]), *(_flags(typed) if typed else ())),
        detail=" ".join(filter(None, (typed["summary"] if typed else "", row["detail"]))),
        permissions=(permission(operation),),
    )


def _own(row: Row) -> Command:
    command = row["command"]
    return Command(
        cloud="gcp",
        operation=command,
        command=command,
        service=_service(command),
        summary=row["summary"],
        access=own_access(command),
        fields=tuple(_flags(row)),
        detail="" if row["detail"] == row["summary"] else row["detail"],
    )


def _service(command: str) -> str:
    """The API that a group of gcloud's belongs to, by the longest group that fits; else the group."""
    words = command.removeprefix("gcloud ").removeprefix("beta ")
    fitting = [(len(group), api) for api, group in GROUPS.items() if words.startswith(group + " ")]
    found = max(fitting)[1] if fitting else words.split()[0]
    return "sql" if found == "sqladmin" else found


def access(row: Row) -> Access:
    """By the HTTP method: a GET reads. Posted methods read only where they are known to."""
    method: str = row["method"]
    if row["http"] == "GET":
        return "list" if words_of(method)[-1] == "list" or method == "list" else "read"
    if method in OVER_POST:
        return "read"
    if method == "setIamPolicy":
        return "permissions"
    return "tagging" if method in ("setLabels", "setResourceLabels") else "write"


def own_access(command: str) -> Access:
    """Of a command of gcloud's own, by its last word."""
    last = command.rpartition(" ")[2]
    if last.endswith("iam-policy-binding") or last == "set-iam-policy":
        return "permissions"
    if last.endswith("-labels"):
        return "tagging"
    verb = verb_of(last)
    if verb in READING and last not in TO_DISK:
        return "list" if verb == "list" else "read"
    return "write" if verb in CHANGING else "unknown"


def permission(operation: str) -> str:
    """What a method is checked as; where Google's naming is not followed, a table says it."""
    if operation in IAM_EXACT:
        return IAM_EXACT[operation]
    service, *middle, method = operation.split(".")
    if service == "container" and "clusters" in middle:
        return "container.clusters.update" if method not in AGREED or "nodePools" in middle else f"container.clusters.{method}"
    kept = [part for part in middle if part not in PLACES] or middle[-1:]
    collection = kept[-1] if kept else ""
    if service == "compute" and collection.startswith("region") and collection[6:7].isupper():
        collection = collection[6].lower() + collection[7:]
    verb = "update" if f"{service}.{'.'.join(middle)}" in UPDATING and method not in AGREED else IAM_VERB.get(method, method)
    return ".".join(filter(None, (IAM_SERVICE.get(service, service), collection, verb)))


def _parameters(rows: Iterable[Row]) -> Iterator[Field]:
    for one in rows:
        yield Field(
            name=one["name"],
            kind=one["kind"],
            required=one["required"],
            choices=tuple(one["choices"]),
            meaning=one["meaning"],
            side="api",
        )


def _flags(row: Row) -> Iterator[Field]:
    """What the API must be told, gcloud may know from its configuration: a flag is required only where gcloud says so."""
    required = set(row["required"])
    for one in row["fields"]:
        yield Field(
            name=one["name"],
            kind=one["kind"],
            required=one["option"] in required if one["option"] else one["required"],
            option=one["option"],
            choices=tuple(str(choice) for choice in one["choices"]),
            meaning=one["meaning"],
            side="cli",
            aliases=tuple(one["aliases"]),
        )
