"""The local Azure's documents held to the official SDK's models, and to answers that the real Azure gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from azure.mgmt.compute import models as compute
from azure.mgmt.sql import models as sql
from azure.mgmt.storage import models as storage

from deploy.sandbox import azure_documents as documents
from deploy.sandbox.azure_estate import documents as everything
from tests.deploy.shapes import strange, unknown_to

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "recorded" / "azure"
recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
MODELS = {
    "Microsoft.Compute/virtualMachines": compute.VirtualMachine,
    "Microsoft.Compute/disks": compute.Disk,
    "Microsoft.Compute/snapshots": compute.Snapshot,
    "Microsoft.Storage/storageAccounts": storage.StorageAccount,
    "Microsoft.Sql/servers": sql.Server,
    "Microsoft.Sql/servers/databases": sql.Database,
}


def ours(kind: str):
    return [{k: v for k, v in d.items() if not k.startswith("_")} for d in everything() if d["type"] == kind]


@pytest.mark.peer
@pytest.mark.parametrize("kind", MODELS)
def test_the_sdk_knows_every_key(kind):
    assert ours(kind)
    for document in ours(kind):
        assert unknown_to(MODELS[kind], document) == []


@pytest.mark.peer
def test_the_sdk_knows_the_instance_view():
    assert unknown_to(compute.VirtualMachineInstanceView, documents.instance_view("running")) == []


def test_the_check_would_see_a_wrong_key():
    assert unknown_to(compute.VirtualMachine, {"name": "x", "properties": {"hardwareProfile": {"vmsize": 1}}}) == [
        "/properties/hardwareProfile/vmsize"
    ]


def recorded(kind: str):
    for file in sorted(RECORDED.glob("*.json")):
        for heard in json.loads(file.read_text())["interactions"]:
            body = heard["response"]["body"]
            data = body.get("data") if isinstance(body, dict) else None
            for one in [data, *(data.get("value") or ())] if isinstance(data, dict) and isinstance(data.get("value", []), list) else []:
                if isinstance(one, dict) and str(one.get("type", "")).lower() == kind.lower():
                    yield one


# What the recordings, older than today's API or blinded, happen not to show, and the SDK's models do.
NOT_RECORDED = {
    "Microsoft.Compute/virtualMachines": {"/properties/timeCreated"},
    "Microsoft.Sql/servers": set(),
    "Microsoft.Sql/servers/databases": {"/tags"},
}


@pytest.mark.peer
@recordings
@pytest.mark.parametrize("kind", MODELS)
def test_the_real_azure_gave_every_key_with_the_same_type(kind):
    theirs = list(recorded(kind))
    assert theirs
    assert {told.partition(":")[0] for told in strange(ours(kind), theirs)} <= NOT_RECORDED.get(kind, set())


@pytest.mark.peer
@recordings
def test_recorded_errors_and_tags_have_our_shape():
    tags = list(recorded("Microsoft.Resources/tags"))
    mine = {"id": "x", "name": "default", "type": "Microsoft.Resources/tags", "properties": {"tags": {"a": "b"}}}
    assert tags
    assert strange([mine], tags) == []
    encryption = list(recorded("Microsoft.Sql/servers/databases/transparentDataEncryption"))
    assert strange([documents.encryption("x", "y", enabled=True)], encryption) == []
