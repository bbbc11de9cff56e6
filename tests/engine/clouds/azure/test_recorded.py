"""The mapping held to answers that the real Azure gave, as others recorded them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.clouds.azure.arm import Account
from engine.clouds.azure.scanners import disks, snapshots, sql_databases, storage_accounts, virtual_machines

RECORDED = Path(__file__).parents[4] / ".." / "shared" / "recorded" / "azure"
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")]
LISTS = [
    ("microsoft.compute/virtualmachines", virtual_machines.machine, "compute_instance"),
    ("microsoft.compute/disks", disks.disk, "disk"),
    ("microsoft.compute/snapshots", snapshots.snapshot, "snapshot"),
    ("microsoft.storage/storageaccounts", storage_accounts.storage_account, "object_storage"),
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
        assert seen.region == wire["location"]
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
