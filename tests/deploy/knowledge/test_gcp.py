"""Commands are made of discovery documents and gcloud's tree; a gcloud form is there only where gcloud has it."""

from __future__ import annotations

import pytest

from deploy.knowledge.gcloud_forms import beta_kept, by_declaration, form, kebab
from deploy.knowledge.gcp import access, commands, own_access, permission

KNOWN = frozenset(
    (
        "gcloud compute instances set-machine-type",
        "gcloud compute instances create",
        "gcloud compute instances describe",
        "gcloud compute instances update",
        "gcloud compute instance-groups managed resize",
        "gcloud compute networks subnets update",
        "gcloud compute disks snapshot",
        "gcloud secrets versions add",
        "gcloud secrets create",
        "gcloud kms keys versions destroy",
        "gcloud spanner databases create",
        "gcloud logging sinks list",
        "gcloud redis instances failover",
    )
)


@pytest.mark.parametrize(
    ("operation", "api", "command"),
    [
        ("compute.instances.setMachineType", "compute", "gcloud compute instances set-machine-type"),
        ("compute.instances.insert", "compute", "gcloud compute instances create"),
        ("compute.instances.get", "compute", "gcloud compute instances describe"),
        ("compute.instances.setLabels", "compute", "gcloud compute instances update"),
        ("compute.instances.setScheduling", "compute", ""),
        ("compute.regionInstanceGroupManagers.resize", "compute", "gcloud compute instance-groups managed resize"),
        ("compute.subnetworks.patch", "compute", "gcloud compute networks subnets update"),
        ("compute.disks.createSnapshot", "compute", "gcloud compute disks snapshot"),
        ("secretmanager.projects.secrets.addVersion", "secretmanager", "gcloud secrets versions add"),
        ("secretmanager.projects.secrets.create", "secretmanager", "gcloud secrets create"),
        ("cloudkms.projects.locations.keyRings.cryptoKeys.cryptoKeyVersions.destroy", "cloudkms", "gcloud kms keys versions destroy"),
        ("spanner.projects.instances.databases.create", "spanner", "gcloud spanner databases create"),
        ("logging.projects.sinks.list", "logging", "gcloud logging sinks list"),
        ("logging.folders.sinks.list", "logging", ""),
        ("redis.projects.locations.instances.failover", "redis", "gcloud redis instances failover"),
        ("bigquery.datasets.get", "bigquery", ""),
        ("sql.users.update", "sqladmin", ""),
    ],
)
def test_form(operation, api, command):
    assert form(operation, api, {}, KNOWN) == command


def test_a_declaration_is_sure():
    declared = {"gcloud redis instances failover": ("redis.x.instances", ""), "gcloud compute instances create": ("compute.instances", "")}
    assert by_declaration(declared, KNOWN) == {"compute.instances.create": "gcloud compute instances create"}
    assert by_declaration({"gcloud redis instances failover": ("r.i", "failover")}, KNOWN) == {
        "r.i.failover": "gcloud redis instances failover"
    }
    assert by_declaration({"gcloud gone create": ("x.y", "")}, KNOWN) == {}
    assert form("r.i.failover", "r", {"r.i.failover": "gcloud x"}, KNOWN) == "gcloud x"


def test_names():
    assert kebab("setIamPolicy") == "set-iam-policy"
    assert kebab("getDBRole") == "get-db-role"


def test_a_beta_is_kept_where_nothing_else_is():
    assert beta_kept("compute addresses update", KNOWN)
    assert not beta_kept("compute instances create", KNOWN)
    assert beta_kept("sql instances patch", frozenset({"gcloud sql instances patch"}))
    assert not beta_kept("games dance", KNOWN)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("compute.instances.insert", "compute.instances.create"),
        ("compute.regionInstanceGroupManagers.resize", "compute.instanceGroupManagers.update"),
        ("compute.instanceGroupManagers.delete", "compute.instanceGroupManagers.delete"),
        ("compute.instances.aggregatedList", "compute.instances.list"),
        ("sql.instances.patch", "cloudsql.instances.update"),
        ("sql.backupRuns.insert", "cloudsql.backupRuns.create"),
        ("storage.buckets.patch", "storage.buckets.update"),
        ("container.projects.locations.clusters.setResourceLabels", "container.clusters.update"),
        ("container.projects.locations.clusters.nodePools.setSize", "container.clusters.update"),
        ("container.projects.zones.clusters.get", "container.clusters.get"),
        ("run.projects.locations.services.patch", "run.services.update"),
        ("pubsub.projects.subscriptions.seek", "pubsub.subscriptions.consume"),
        ("cloudresourcemanager.projects.get", "resourcemanager.projects.get"),
        ("x.get", "x.get"),
    ],
)
def test_permission(operation, name):
    assert permission(operation) == name


@pytest.mark.parametrize(
    ("method", "http", "level"),
    [
        ("get", "GET", "read"),
        ("list", "GET", "list"),
        ("aggregatedList", "GET", "list"),
        ("stop", "POST", "write"),
        ("query", "POST", "write"),
        ("getIamPolicy", "POST", "read"),
        ("setIamPolicy", "POST", "permissions"),
        ("setLabels", "POST", "tagging"),
        ("delete", "DELETE", "write"),
    ],
)
def test_level_of_a_method(method, http, level):
    assert access({"method": method, "http": http}) == level


@pytest.mark.parametrize(
    ("command", "level"),
    [
        ("gcloud projects add-iam-policy-binding", "permissions"),
        ("gcloud compute instances add-labels", "tagging"),
        ("gcloud compute instances list", "list"),
        ("gcloud logging read", "read"),
        ("gcloud container clusters get-credentials", "unknown"),
        ("gcloud app deploy", "write"),
        ("gcloud compute ssh", "unknown"),
    ],
)
def test_level_of_a_command(command, level):
    assert own_access(command) == level


def parameter(name, **more):
    return {"name": name, "kind": "text", "required": True, "choices": [], "meaning": "", **more}


def flag(name, option, **more):
    return {**parameter(name), "option": option, "aliases": [], "required": False, **more}


def method(operation, api, **more):
    base = {"operation": operation, "api": api, "method": operation.rpartition(".")[2], "http": "POST", "summary": "Does.", "detail": "D."}
    return {**base, "fields": [parameter("zone")], **more}


def typed(command, **more):
    return {"command": command, "summary": f"{command}.", "detail": "More.", "fields": [], "required": [], **more}


def test_a_method_and_its_command_are_one():
    document = {
        "declared": {},
        "methods": [
            method("compute.instances.stop", "compute"),
            method("compute.instances.frobnicate", "compute", summary=""),
            method("aiplatform.projects.locations.x.operations.list", "aiplatform"),
        ],
        "commands": [
            typed(
                "gcloud compute instances stop",
                fields=[flag("names", "", required=True), flag("zone", "--zone"), flag("size", "--size", choices=[1])],
                required=["--size"],
            ),
            typed("gcloud compute ssh", detail="gcloud compute ssh."),
            typed("gcloud beta compute addresses update"),
            typed("gcloud info list"),
            typed("gcloud alpha x y"),
            typed("gcloud sql connect"),
            typed("gcloud nothing known"),
        ],
    }
    found = {one.operation: one for one in commands(document)}
    assert set(found) == {
        "compute.instances.stop",
        "compute.instances.frobnicate",
        "gcloud compute ssh",
        "gcloud beta compute addresses update",
        "gcloud sql connect",
        "gcloud nothing known",
    }
    stop = found["compute.instances.stop"]
    assert stop.command == "gcloud compute instances stop"
    assert stop.detail == "gcloud compute instances stop. D."
    assert [(one.name, one.side, one.required) for one in stop.fields] == [
        ("zone", "api", True),
        ("names", "cli", True),
        ("zone", "cli", False),
        ("size", "cli", True),
    ]
    assert found["compute.instances.frobnicate"].command == ""
    assert found["gcloud compute ssh"].detail == ""
    services = {name: one.service for name, one in found.items()}
    assert services["gcloud beta compute addresses update"] == "compute"
    assert services["gcloud sql connect"] == "sql"
    assert services["gcloud nothing known"] == "nothing"
