"""The local Google Cloud's documents held to the official SDK's messages, and to answers that the real one gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import compute_v1, storage
from google.protobuf import json_format

from deploy.sandbox import gcp_documents as documents
from deploy.sandbox.gcp_estate import documents as everything
from deploy.sandbox.gcp_sql_documents import sql_operation
from tests.deploy.shapes import strange

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "recorded" / "gcp"
recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
MESSAGES = {"compute#instance": compute_v1.Instance, "compute#disk": compute_v1.Disk, "compute#snapshot": compute_v1.Snapshot}


def ours(kind: str):
    return [{k: v for k, v in d.items() if not k.startswith("_")} for d in everything() if d["kind"] == kind]


def strictly(message, document):
    """Raises for a key the message does not know, and for a value of another type."""
    return json_format.ParseDict(document, message.pb(message()), ignore_unknown_fields=False)


@pytest.mark.peer
@pytest.mark.parametrize("kind", MESSAGES)
def test_the_sdk_knows_every_key_and_type(kind):
    assert ours(kind)
    for document in ours(kind):
        strictly(MESSAGES[kind], document)


@pytest.mark.peer
def test_the_sdk_knows_operations_regions_and_lists(gcp_answers):
    strictly(compute_v1.Operation, documents.operation(ours("compute#instance")[0]["selfLink"], "stop", "operation-1"))
    strictly(compute_v1.InstanceAggregatedList, gcp_answers["/compute/v1/projects/nimbus-prod-318/aggregated/instances"])
    strictly(compute_v1.DiskAggregatedList, gcp_answers["/compute/v1/projects/nimbus-prod-318/aggregated/disks"])
    strictly(compute_v1.SnapshotList, gcp_answers["/compute/v1/projects/nimbus-prod-318/global/snapshots"])
    strictly(compute_v1.RegionList, gcp_answers["/compute/v1/projects/nimbus-prod-318/regions"])


@pytest.fixture
def gcp_answers():
    from deploy.sandbox.gcp import world
    from deploy.sandbox.wire import Asked, Clock

    made = world(Clock(lambda: 0.0))

    class Answers:
        def __getitem__(self, path):
            return made.answer(Asked("GET", path)).body

    return Answers()


@pytest.mark.peer
def test_the_sdk_knows_the_answers_about_permissions():
    from deploy.sandbox.gcp import world
    from deploy.sandbox.wire import Asked, Clock

    made, body = world(Clock(lambda: 0.0)), b'{"permissions": ["compute.disks.delete"]}'
    strictly(compute_v1.TestPermissionsRequest, json.loads(body))
    path = "/compute/v1/projects/nimbus-lab-072/zones/us-central1-b/disks/mailer-lab-spool/testIamPermissions"
    strictly(compute_v1.TestPermissionsResponse, made.answer(Asked("POST", path, body=body)).body)


@pytest.mark.peer
async def test_googles_own_storage_client_reads_our_permissions(gcp):
    import asyncio

    def tested():
        with storage.Client("nimbus-lab-072", AnonymousCredentials(), client_options={"api_endpoint": gcp.endpoint}) as client:
            return client.bucket("nimbus-lab-072-storefront").test_iam_permissions(["storage.buckets.get", "storage.buckets.update"])

    assert await asyncio.to_thread(tested) == ["storage.buckets.get", "storage.buckets.update"]


def test_the_check_would_see_a_wrong_key():
    with pytest.raises(json_format.ParseError):
        strictly(compute_v1.Instance, {"name": "x", "machinetype": "y"})


def recorded(pattern: str, key: str = ""):
    for file in sorted(RECORDED.glob(pattern)):
        body = json.loads(file.read_text())["body"]
        if isinstance(body, dict) and "error" not in body:
            yield from body.get(key, ()) if key else [body]


@pytest.mark.peer
@recordings
def test_the_real_cloud_sql_gave_every_key_with_the_same_type():
    theirs = [*recorded("sqlinstance-*/get-sql-*-instances_*.json", "items"), *recorded("sqlinstance-*/get-sql-*-instances-*_1.json")]
    # Shown in the API's reference, and by none of the recorded instances.
    allowed = {"/settings/userLabels", "/settings/ipConfiguration/requireSsl"}
    assert {told.partition(":")[0] for told in strange(ours("sql#instance"), theirs)} <= allowed
    operations = list(recorded("sqlinstance-*/patch-sql-*.json"))
    assert strange([sql_operation("p", "i", "UPDATE", "n")], operations) == []


@pytest.mark.peer
@recordings
def test_the_real_storage_gave_every_key_with_the_same_type():
    theirs = [*recorded("bucket-*/get-storage-v1-b_*.json", "items"), *recorded("bucket-get-resource/get-storage-v1-b-*.json")]
    allowed = {
        "/labels",
        "/locationType",
        "/iamConfiguration/uniformBucketLevelAccess",
        "/iamConfiguration/uniformBucketLevelAccess/enabled",
    }
    allowed |= {"/iamConfiguration/publicAccessPrevention"}
    assert {told.partition(":")[0] for told in strange(ours("storage#bucket"), theirs)} <= allowed


@pytest.mark.peer
@recordings
def test_the_real_monitoring_gave_every_key_with_the_same_type():
    theirs = list(recorded("filter-metrics-with-metric-key-as-instance-id/get-v3-*.json", "timeSeries"))
    mine = documents.cpu_series({"name": "i", "id": "1", "zone": "z/a"}, "p", 4.0, "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z")
    assert strange([mine], theirs) == []


@pytest.mark.peer
@recordings
def test_the_real_compute_refuses_in_our_shape():
    from deploy.sandbox.gcp_world import refusal

    theirs = [json.loads(file.read_text())["body"] for file in RECORDED.glob("dns-managed-zone-set-key-specs-error/patch-*.json")]
    assert strange([refusal(409).body], theirs) == []


@pytest.mark.peer
async def test_googles_own_storage_client_reads_our_buckets(gcp):
    import asyncio

    def names():
        with storage.Client("nimbus-lab-072", AnonymousCredentials(), client_options={"api_endpoint": gcp.endpoint}) as client:
            policy = client.bucket("nimbus-lab-072-storefront").get_iam_policy()
            return {bucket.name for bucket in client.list_buckets()}, set(policy["roles/storage.objectViewer"])

    found, members = await asyncio.to_thread(names)
    assert found == {"nimbus-lab-072-storefront", "nimbus-lab-072-mailer", "nimbus-lab-072-tracker-scratch"}
    assert members == {"allUsers"}
