"""The local Azure's scale sets, apps, clusters, servers and locks held to the official SDK's models, and to answers that the real Azure gave.

There are no recordings of scale sets and of node pools as resources of their own: the former are held to the SDK's models, the latter to the
pools that recorded clusters tell of.
"""

from __future__ import annotations

import pytest
from azure.mgmt.compute import models as compute

from deploy.sandbox import azure_service_documents as documents
from deploy.sandbox.azure_documents import storage_account
from deploy.sandbox.azure_service_estate import documents as everything
from tests.deploy.shapes import strange, unknown_to
from tests.deploy.test_shapes_azure import RECORDED, recorded, recordings

SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets"
# What the recordings, older than today's API or blinded, happen not to show, and the documents of the REST API do.
NOT_RECORDED = {
    "Microsoft.Network/publicIPAddresses": {"/properties/ipAddress", "/tags"},
    "Microsoft.Web/sites": {"/tags"},
    "Microsoft.ContainerService/managedClusters": {
        "/tags",
        "/properties/powerState",
        "/properties/powerState/code",
        "/properties/agentPoolProfiles[]/powerState",
        "/properties/agentPoolProfiles[]/powerState/code",
        "/properties/agentPoolProfiles[]/mode",
        "/properties/agentPoolProfiles[]/enableAutoScaling",
        "/properties/agentPoolProfiles[]/minCount",
        "/properties/agentPoolProfiles[]/maxCount",
    },
    "Microsoft.DBforPostgreSQL/flexibleServers": set(),
}


def ours(kind: str):
    return [{k: v for k, v in d.items() if not k.startswith("_")} for d in everything() if d["type"] == kind]


@pytest.mark.peer
def test_the_sdk_knows_every_key_of_scale_sets_and_their_machines():
    assert ours(SCALE_SET)
    for document in ours(SCALE_SET):
        assert unknown_to(compute.VirtualMachineScaleSet, document) == []
        assert unknown_to(compute.VirtualMachineScaleSetVM, documents.scale_set_machine(document, 0, "running")) == []


@pytest.mark.peer
def test_the_sdk_knows_how_disks_are_attached_and_detached():
    sent = {"dataDisksToDetach": [{"diskId": "x"}], "dataDisksToAttach": [{"diskId": "y"}]}
    assert unknown_to(compute.AttachDetachDataDisksRequest, sent) == []


@pytest.mark.peer
@recordings
@pytest.mark.parametrize("kind", NOT_RECORDED)
def test_the_real_azure_gave_every_key_with_the_same_type(kind):
    theirs = list(recorded(kind))
    assert theirs
    assert {told.partition(":")[0] for told in strange(ours(kind), theirs)} <= NOT_RECORDED[kind]


@pytest.mark.peer
@recordings
def test_a_pool_tells_what_the_recorded_clusters_tell_of_theirs():
    (cluster,) = recorded("Microsoft.ContainerService/managedClusters")
    pools = ours("Microsoft.ContainerService/managedClusters/agentPools")
    newer = {"/powerState", "/powerState/code", "/mode", "/enableAutoScaling", "/minCount", "/maxCount"}
    assert pools
    found = strange([pool["properties"] for pool in pools], cluster["properties"]["agentPoolProfiles"])
    assert {told.partition(":")[0] for told in found} <= newer


@pytest.mark.peer
@recordings
def test_locks_and_blob_services_have_the_recorded_shape():
    locks = list(recorded("Microsoft.Authorization/locks"))
    assert locks
    assert strange([documents.lock("/subscriptions/s", "x", {"level": "CanNotDelete", "notes": "n"})], locks) == []
    blobs = list(recorded("Microsoft.Storage/storageAccounts/blobServices"))
    account = storage_account(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a", "x", {}, public=False, tls="TLS1_2"
    )
    mine = documents.blob_services(account)
    assert strange([mine], blobs) == []


@recordings
def test_there_are_no_recordings_of_scale_sets():
    """Should there be some day, they belong into the table above."""
    assert RECORDED.is_dir()
    assert list(recorded(SCALE_SET)) == []
