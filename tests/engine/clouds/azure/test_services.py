"""The pure mapping of Azure's services, example by example; and the ways back of their operations."""

from __future__ import annotations

import pytest

from engine.clouds.azure.arm import Account, ArmId
from engine.clouds.azure.catalogue import BY_TYPE, SCANNERS
from engine.clouds.azure.operations import OPERATIONS
from engine.clouds.azure.permissions import READING, changing, role
from engine.clouds.azure.scanners import (
    clusters,
    disks,
    node_pools,
    postgres_servers,
    public_addresses,
    scale_sets,
    storage_accounts,
    web_apps,
)
from engine.clouds.operation import Inverse, OperationClass
from engine.estate.resource import Resource

ACCOUNT = Account("s", "n")
GROUP = "/subscriptions/s/resourceGroups/g/providers"


def thing(**facts) -> Resource:
    return Resource("azure", "t", "n", "id", "x", "s", "s", "r", facts.pop("state", "running"), facts.pop("tags", {}), facts)


@pytest.mark.parametrize(
    ("powers", "state"),
    [
        ([], "empty"),
        (["running", "deallocated"], "running"),
        (["deallocated", "deallocated"], "deallocated"),
        (["stopped", "deallocated"], "stopped"),
        (["pending", "stopped"], "pending"),
        (["stopping", "deallocated"], "stopping"),
        (["unknown", "deallocated"], "unknown"),
    ],
)
def test_a_set_is_as_its_machines_are(powers, state):
    assert scale_sets.state(powers) == state


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"provisioningState": "Succeeded", "powerState": {"code": "Stopped"}}, "stopped"),
        ({"provisioningState": "Scaling", "powerState": {"code": "Running"}}, "running"),
        ({"provisioningState": "Starting", "powerState": {"code": "Stopped"}}, "starting"),
        ({"provisioningState": "Failed", "powerState": {"code": "Running"}}, "failed"),
        ({"provisioningState": "Succeeded"}, "running"),
        ({}, "running"),
    ],
)
def test_states_of_clusters(told, state):
    assert clusters.state(told) == state


def test_a_pool_is_named_after_its_cluster_and_costs_its_nodes():
    wire = {
        "id": f"{GROUP}/Microsoft.ContainerService/managedClusters/c/agentPools/p",
        "location": "West Europe",
        "properties": {"count": 2, "vmSize": "Standard_B2ms", "mode": "User"},
    }
    seen = node_pools.pool(ACCOUNT, wire)
    assert (seen.name, seen.region, seen.properties["cluster"], seen.properties["pool"]) == ("c/p", "westeurope", "c", "p")
    assert (seen.properties["autoscaled"], seen.monthly_cost) == (False, 140.2)


@pytest.mark.parametrize(
    ("properties", "attached"),
    [({"ipConfiguration": {"id": "/x"}}, True), ({"natGateway": {"id": "/y"}}, True), ({"ipConfiguration": None}, False), ({}, False)],
)
def test_addresses_in_use(properties, attached):
    wire = {"id": f"{GROUP}/Microsoft.Network/publicIPAddresses/a", "location": "eastus", "properties": properties}
    seen = public_addresses.address(ACCOUNT, wire)
    assert (seen.properties["attached"], seen.state, seen.monthly_cost) == (attached, "in-use" if attached else "available", 0.0)


def test_a_server_between_states_is_named_by_what_it_does():
    wire = {"id": f"{GROUP}/Microsoft.DBforPostgreSQL/flexibleServers/p", "location": "eastus", "properties": {"state": "Stopping"}}
    assert postgres_servers.server(ACCOUNT, wire).state == "stopping"


def test_an_app_tells_its_kind():
    wire = {"id": f"{GROUP}/Microsoft.Web/sites/a", "location": "eastus", "kind": "functionapp", "properties": {"state": "Stopped"}}
    assert (web_apps.app(ACCOUNT, wire).state, web_apps.app(ACCOUNT, wire).properties["kind"]) == ("stopped", "functionapp")


def test_an_account_without_blobs_says_nothing_of_versions():
    wire = {"id": f"{GROUP}/Microsoft.Storage/storageAccounts/a", "location": "eastus", "kind": "FileStorage", "properties": {}}
    assert "versioning" not in storage_accounts.storage_account(ACCOUNT, wire).properties


def test_a_disk_names_its_machine():
    machine = f"{GROUP}/Microsoft.Compute/virtualMachines/vm"
    wire = {"id": f"{GROUP}/Microsoft.Compute/disks/d", "location": "eastus", "managedBy": machine, "properties": {}}
    facts = disks.disk(ACCOUNT, wire).properties
    assert (facts["machine_group"], facts["machine"]) == ("g", "vm")


def test_a_nested_id_has_a_path_and_something_above_it():
    where = ArmId.parse(f"{GROUP}/Microsoft.Sql/servers/a/databases/b")
    assert where.path == f"{GROUP}/Microsoft.Sql/servers/a/databases/b"
    assert where.above().path == f"{GROUP}/Microsoft.Sql/servers/a"


def test_scanners_of_one_type_go_together():
    assert {scanner.kind.native for scanner in BY_TYPE["database_instance"]} == {
        "Microsoft.Sql/servers/databases",
        "Microsoft.DBforPostgreSQL/flexibleServers",
    }
    assert sum(len(scanners) for scanners in BY_TYPE.values()) == len(SCANNERS)


BACK = [
    ("Microsoft.Storage/storageAccounts/write:tls", {"https_only": True, "min_tls": "TLS1_2"}, None),
    ("Microsoft.Storage/storageAccounts/write:tls", {"https_only": True, "min_tls": "TLS1_3"}, None),
    (
        "Microsoft.Storage/storageAccounts/write:tls",
        {"https_only": False, "min_tls": "TLS1_0"},
        Inverse("Microsoft.Storage/storageAccounts/write:plain", {"https_only": False, "min_tls": "TLS1_0"}),
    ),
    ("Microsoft.Sql/servers/databases/transparentDataEncryption/write", {"tde": True}, None),
    (
        "Microsoft.Sql/servers/databases/transparentDataEncryption/write",
        {"tde": False},
        Inverse("Microsoft.Sql/servers/databases/transparentDataEncryption/write:disable"),
    ),
    ("Microsoft.Authorization/locks/delete", {"lock": "keep"}, Inverse("Microsoft.Authorization/locks/write", {"lock_name": "keep"})),
    ("Microsoft.Authorization/locks/delete", {}, None),
    ("Microsoft.Compute/virtualMachineScaleSets/write", {"capacity": 0}, Inverse("Microsoft.Compute/virtualMachineScaleSets/write", {"capacity": "0"})),
    ("Microsoft.Compute/virtualMachineScaleSets/write", {}, None),
    (
        "Microsoft.Sql/servers/databases/write:zones",
        {"multi_az": False},
        Inverse("Microsoft.Sql/servers/databases/write:zones", {"zone_redundant": False}),
    ),
    (
        "Microsoft.Compute/virtualMachines/attachDetachDataDisks/action",
        {"machine_group": "g", "machine": "vm"},
        Inverse("Microsoft.Compute/virtualMachines/attachDetachDataDisks/action:attach", {"machine_group": "g", "machine": "vm"}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "facts", "back"), BACK, ids=str)
def test_the_way_back_is_to_where_it_was(name, facts, back):
    assert OPERATIONS[name].inverse(thing(**facts), {}) == back


def test_a_tag_goes_back_under_the_key_it_had():
    found = thing(tags={"Owner": "ines"})
    assert OPERATIONS["Microsoft.Resources/tags/delete"].inverse(found, {"key": "owner"}) == Inverse(
        "Microsoft.Resources/tags/write", {"key": "Owner", "value": "ines"}
    )
    assert OPERATIONS["Microsoft.Resources/tags/delete"].inverse(found, {"key": "team"}) is None


def test_a_set_that_did_not_run_is_not_started_again():
    stop = OPERATIONS["Microsoft.Compute/virtualMachineScaleSets/deallocate/action"]
    assert stop.inverse(thing(state="stopped"), {}) is None
    assert stop.inverse(thing(state="running"), {}) == Inverse("Microsoft.Compute/virtualMachineScaleSets/start/action")


def test_opposites_are_far_apart_in_risk_and_need_the_same_permission():
    pairs = [
        ("Microsoft.Storage/storageAccounts/write:tls", "Microsoft.Storage/storageAccounts/write:plain"),
        ("Microsoft.Storage/storageAccounts/blobServices/write", "Microsoft.Storage/storageAccounts/blobServices/write:suspend"),
        (
            "Microsoft.Sql/servers/databases/transparentDataEncryption/write",
            "Microsoft.Sql/servers/databases/transparentDataEncryption/write:disable",
        ),
        ("Microsoft.Authorization/locks/write", "Microsoft.Authorization/locks/delete"),
    ]
    for guards, exposes in pairs:
        assert OPERATIONS[guards].kind is (OperationClass.PROTECT if guards.endswith(":tls") else OperationClass.GUARD)
        assert OPERATIONS[exposes].kind is OperationClass.EXPOSE
    assert changing(["Microsoft.Storage/storageAccounts/write:tls"]) == ("Microsoft.Storage/storageAccounts/write",)


def test_the_role_reads_every_kind_and_their_locks():
    assert {scanner.tried for scanner in SCANNERS} < set(READING)
    assert {"Microsoft.Authorization/locks/read", "Microsoft.Storage/storageAccounts/blobServices/read"} < set(READING)


def test_the_role_of_a_subscription_reads_checks_and_changes_what_was_asked():
    told = role("s", ["Microsoft.Storage/storageAccounts/write:tls"])
    assert told["Actions"][-1] == "Microsoft.Storage/storageAccounts/write"
    assert {"Microsoft.Authorization/locks/read", "Microsoft.Authorization/permissions/read"} < set(told["Actions"])
    assert "Microsoft.Authorization/permissions/read" not in role("s")["Actions"], "who changes nothing checks nothing"
    assert told["AssignableScopes"] == ["/subscriptions/s"]


def test_access_that_nobody_knows_is_not_given_back():
    assert OPERATIONS["Microsoft.Storage/storageAccounts/write"].inverse(thing(), {}) is None
