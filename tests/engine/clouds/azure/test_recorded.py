"""The mapping held to answers that the real Azure gave, as others recorded them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.clouds.azure.arm import Account
from engine.clouds.azure.locks import Lock
from engine.clouds.azure.scanners import (
    clusters,
    disks,
    postgres_servers,
    public_addresses,
    snapshots,
    sql_databases,
    storage_accounts,
    virtual_machines,
    web_apps,
)

RECORDED = Path(__file__).parents[4] / ".." / "shared" / "recorded" / "azure"
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")]
LISTS = [
    ("microsoft.compute/virtualmachines", virtual_machines.machine, "compute_instance"),
    ("microsoft.compute/disks", disks.disk, "disk"),
    ("microsoft.compute/snapshots", snapshots.snapshot, "snapshot"),
    ("microsoft.storage/storageaccounts", storage_accounts.storage_account, "object_storage"),
    ("microsoft.network/publicipaddresses", public_addresses.address, "ip_address"),
    ("microsoft.web/sites", web_apps.app, "web_app"),
    ("microsoft.containerservice/managedclusters", clusters.cluster, "kubernetes_cluster"),
    ("microsoft.dbforpostgresql/flexibleservers", postgres_servers.server, "database_instance"),
]


def recorded(tail: str):
    for file in sorted(RECORDED.glob("*.json")):
        for heard in json.loads(file.read_text())["interactions"]:
            path = heard["request"]["uri"].partition("?")[0].lower()
            body = heard["response"]["body"]
            data = body.get("data") if isinstance(body, dict) else None
            if heard["request"]["method"] == "GET" and path.endswith(f"providers/{tail}") and isinstance(data, dict):
                yield from data.get("value", ())


@pytest.mark.parametrize(("tail", "told", "kind"), LISTS)
def test_recorded_lists_are_understood(tail, told, kind):
    every = list(recorded(tail))
    assert every
    for wire in every:
        seen = told(Account("sub", "name"), wire)
        assert (seen.type, seen.id, seen.name) == (kind, wire["id"], wire["name"])
        assert seen.region == wire["location"].lower().replace(" ", "")
        assert seen.tags == (wire.get("tags") or {})


def test_recorded_machines_have_sizes_and_systems():
    for wire in recorded("microsoft.compute/virtualmachines"):
        seen = virtual_machines.machine(Account("sub", "name"), wire)
        assert seen.properties["vm_size"].startswith(("Standard_", "Basic_"))
        assert seen.properties["os"] in ("Linux", "Windows")


def test_recorded_databases_are_understood():
    found = 0
    for file in sorted(RECORDED.glob("Sql*.json")):
        for heard in json.loads(file.read_text())["interactions"]:
            data = heard["response"]["body"].get("data") if isinstance(heard["response"]["body"], dict) else None
            if not heard["request"]["uri"].partition("?")[0].endswith("/databases") or not isinstance(data, dict):
                continue
            for wire in data["value"]:
                seen = sql_databases.database(Account("s", "n"), {**wire, "server": {}, "encryption": {"status": "Enabled"}})
                assert (seen.state, seen.properties["tde"]) == ("online", True)
                assert seen.name.endswith(f"/{wire['name']}")
                found += 1
    assert found


def test_recorded_states_of_services():
    def states(tail, told):
        return {told(Account("sub", "name"), wire).state for wire in recorded(tail)}

    assert states("microsoft.containerservice/managedclusters", clusters.cluster) == {"creating"}
    assert states("microsoft.dbforpostgresql/flexibleservers", postgres_servers.server) == {"running"}
    assert states("microsoft.web/sites", web_apps.app) == {"running"}
    assert states("microsoft.network/publicipaddresses", public_addresses.address) == {"in-use"}


def test_recorded_servers_tell_their_redundancy():
    found = [postgres_servers.server(Account("s", "n"), wire) for wire in recorded("microsoft.dbforpostgresql/flexibleservers")]
    assert {server.properties["multi_az"] for server in found} == {True, False}
    assert {server.properties["public_network_access"] for server in found} == {True, False}


def test_recorded_locks_are_understood():
    found = [Lock.read(wire) for wire in recorded_locks()]
    assert {lock.level for lock in found} == {"CanNotDelete", "ReadOnly"}
    assert all(lock.scope.startswith("/subscriptions/") for lock in found)


def recorded_locks():
    for file in sorted(RECORDED.glob("*Lock*.json")):
        for heard in json.loads(file.read_text())["interactions"]:
            body = heard["response"]["body"]
            data = body.get("data") if isinstance(body, dict) else None
            if "/locks" in heard["request"]["uri"] and isinstance(data, dict):
                yield from data.get("value", [data])


def test_recorded_blobs_say_nothing_of_versions_where_there_are_none():
    (wire,) = recorded_blobs()
    account = {"id": wire["id"].partition("/blobServices")[0], "location": "eastus", "properties": {}}
    seen = storage_accounts.storage_account(Account("s", "n"), {**account, "blobs": wire["properties"]})
    assert seen.properties["versioning"] is False


def recorded_blobs():
    for heard in json.loads((RECORDED / "StorageTest.test_storage_blob_services.json").read_text())["interactions"]:
        if heard["request"]["uri"].partition("?")[0].endswith("blobServices/default"):
            yield heard["response"]["body"]["data"]
