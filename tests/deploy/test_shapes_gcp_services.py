"""The local Google Cloud's groups, addresses, clusters and subscriptions held to the official SDK's messages, and to answers that the real one gave."""

from __future__ import annotations

import pytest
from google.cloud import compute_v1

from deploy.sandbox import gcp_service_documents as documents
from deploy.sandbox import gcp_sql_documents as sql
from deploy.sandbox.gcp import world
from deploy.sandbox.gcp_service_estate import documents as everything
from deploy.sandbox.gcp_world import disabled
from deploy.sandbox.wire import Asked, Clock
from tests.deploy.shapes import strange
from tests.deploy.test_shapes_gcp import recorded, recordings, strictly

MESSAGES = {
    "compute#instanceGroupManager": compute_v1.InstanceGroupManager,
    "compute#address": compute_v1.Address,
    "compute#disk": compute_v1.Disk,
}
PROJECT = "nimbus-lab-072"


def ours(kind: str):
    return [{k: v for k, v in d.items() if not k.startswith("_")} for d in everything() if d.get("kind") == kind]


def clusters():
    return [{k: v for k, v in d.items() if not k.startswith("_")} for d in everything() if "nodePools" in d]


@pytest.mark.peer
@pytest.mark.parametrize("kind", MESSAGES)
def test_the_sdk_knows_every_key_and_type(kind):
    assert ours(kind)
    for document in ours(kind):
        strictly(MESSAGES[kind], document)


@pytest.mark.peer
def test_the_sdk_knows_the_aggregated_lists():
    made = world(Clock(lambda: 0.0))
    lists = {"addresses": compute_v1.AddressAggregatedList, "instanceGroupManagers": compute_v1.InstanceGroupManagerAggregatedList}
    for collection, message in {**lists, "disks": compute_v1.DiskAggregatedList}.items():
        strictly(message, made.answer(Asked("GET", f"/compute/v1/projects/{PROJECT}/aggregated/{collection}")).body)


@pytest.mark.peer
def test_the_sdk_knows_a_regional_operation():
    made = world(Clock(lambda: 0.0))
    path = f"/compute/v1/projects/{PROJECT}/regions/europe-west1/disks/atlas-lab-shared/resize"
    operation = made.answer(Asked("POST", path, body=b'{"sizeGb": "200"}')).body
    strictly(compute_v1.Operation, operation)
    assert operation["region"].endswith("/regions/europe-west1")


@pytest.mark.peer
@recordings
def test_the_real_compute_gave_every_key_of_groups_and_addresses():
    groups = list(recorded("test_instance_group_manager_query/get-*-instanceGroupManagers_1.json", "items"))
    assert groups
    assert {told.partition(":")[0] for told in strange(ours("compute#instanceGroupManager"), groups)} <= {"/region"}
    addresses = list(recorded("loadbalancer-global-address-labels/get-*-addresses_1.json", "items"))
    regional = [
        one for body in recorded("lb-addresses-query/get-*_1.json") for scope in body["items"].values() for one in scope["addresses"]
    ]
    assert {told.partition(":")[0] for told in strange(ours("compute#address"), [*addresses, *regional])} <= {"/users", "/users[]"}


@pytest.mark.peer
@recordings
def test_the_real_kubernetes_engine_gave_every_key():
    theirs = list(recorded("gke-*/get-v1-projects-cloud-custodian-locations---clusters_1.json", "clusters"))
    assert theirs
    # Autoscaling of a pool is switched off in all that were recorded.
    allowed = {f"/nodePools[]/autoscaling/{key}" for key in ("enabled", "minNodeCount", "maxNodeCount")}
    mine = [{**document, "resourceLabels": {}} for document in clusters()]  # its keys are free
    assert {told.partition(":")[0] for told in strange(mine, theirs)} <= allowed
    operations = list(recorded("gke-cluster-zonal-*/post-*.json"))
    assert strange([documents.cluster_operation(clusters()[0], "UPDATE_CLUSTER", "n")], operations) == []


@pytest.mark.peer
@recordings
def test_the_real_pubsub_and_the_real_backups_have_our_shape():
    subscriptions = list(recorded("pubsub-subscription-*/get-*-subscriptions*.json", "subscriptions"))
    subscriptions += [*recorded("pubsub-subscription-get/get-*.json"), *recorded("pubsub-subscription-labels/*subscriptions-c7n*.json")]
    mine = documents.subscription("p", "s", "t", {"a": "b"})
    assert strange([mine], subscriptions) == []
    runs = list(recorded("sql*/get-*-backupRuns_*.json", "items"))
    assert strange(ours("sql#backupRun"), runs) in ([], ["/description: ['text']"])


@pytest.mark.peer
@recordings
def test_the_real_cloud_says_of_a_switched_off_api_what_ours_says():
    import json

    from tests.deploy.test_shapes_gcp import RECORDED

    theirs = [json.loads(file.read_text())["body"] for file in RECORDED.glob("spanner-api-disabled/*.json")]
    assert strange([disabled("sqladmin").body], theirs) == []


def test_a_backup_says_which_instance_it_is_of():
    (run,) = ours("sql#backupRun")
    assert run["selfLink"].startswith(f"{sql.BASE}/{PROJECT}/instances/{run['instance']}/backupRuns/")
