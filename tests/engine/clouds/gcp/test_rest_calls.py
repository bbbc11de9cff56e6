"""What Google Cloud's changes over plain REST refuse to send, and what they send beside what the playbooks show."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from deploy.sandbox.estate import GCP_LAB
from engine.clouds.gcp.requests.sending import with_label
from engine.clouds.operation import Call
from engine.errors import NotFound, Rejected
from engine.estate.resource import Resource
from tests.engine.clouds.gcp.known import bucket, database, disk
from tests.sandboxes import until

SCRATCH = disk("tracker-lab-scratch", "us-central1-a")
DETACH = "compute.instances.detachDisk"


def known(where: str) -> Resource:
    return Resource("gcp", "t", "n", where, where.rpartition("/")[2], GCP_LAB, GCP_LAB, "europe-west1", "unknown")


GROUP = known(f"//compute.googleapis.com/projects/{GCP_LAB}/zones/europe-west1-b/instanceGroupManagers/atlas-lab-web")
CLUSTER = known(f"//container.googleapis.com/projects/{GCP_LAB}/locations/europe-west1-b/clusters/atlas-lab")
POOL = known(f"{CLUSTER.id}/nodePools/default-pool")
QUEUE = known(f"//pubsub.googleapis.com/projects/{GCP_LAB}/subscriptions/atlas-lab-events-worker")
REGIONAL = known(f"//compute.googleapis.com/projects/{GCP_LAB}/regions/europe-west1/disks/atlas-lab-shared")


async def changes(sandbox):
    return [call for call in await sandbox.calls() if call["method"] != "GET"]


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [
        ({"key": "a", "value": "2"}, {"a": "2", "b": "1"}),
        ({"key": "c", "value": "2"}, {"a": "1", "b": "1", "c": "2"}),
        ({"key": "a", "value": ""}, {"b": "1"}),
        ({"key": "a"}, {"b": "1"}),
        ({"key": "c"}, {"a": "1", "b": "1"}),
    ],
)
def test_one_label_changes_and_the_rest_stays(arguments, labels):
    assert with_label({"a": "1", "b": "1"}, Call("x", SCRATCH, arguments, "t")) == labels


@pytest.mark.parametrize(("one", "name"), [(GROUP, "compute.instanceGroupManagers.update"), (POOL, "container.clusters.update")])
async def test_what_an_autoscaler_decides_is_not_sent(sandbox, cloud, one, name):
    now = await cloud.read(one)
    autoscaled = replace(now, properties={**now.properties, "autoscaled": True})
    with pytest.raises(Rejected, match="autoscaler decides"):
        await cloud.perform(Call(name, autoscaled, {"size": "3", "count": "3"}, "t"))
    assert await changes(sandbox) == []


async def test_a_disk_on_nothing_or_on_two_machines_is_not_detached(sandbox, cloud):
    now = await cloud.read(SCRATCH)
    for users in ([], [*now.properties["attached_to"], "x"]):
        with pytest.raises(Rejected, match=f"attached to {len(users)} instances"):
            await cloud.perform(Call(DETACH, replace(now, properties={**now.properties, "attached_to": users}), {}, "t"))
    assert await changes(sandbox) == []


async def test_a_boot_disk_stays_with_its_machine(sandbox, cloud):
    machine = f"https://www.googleapis.com/compute/v1/projects/{GCP_LAB}/zones/us-central1-a/instances/tracker-lab-1"
    boot = replace(disk("tracker-lab-1", "us-central1-a"), properties={"attached_to": [machine]})
    with pytest.raises(Rejected, match="boot disk of tracker-lab-1"):
        await cloud.perform(Call(DETACH, boot, {}, "t"))
    other = replace(disk("mailer-lab-spool", "us-central1-a"), properties={"attached_to": [machine]})
    with pytest.raises(NotFound, match="has no disk mailer-lab-spool"):
        await cloud.perform(Call(DETACH, other, {}, "t"))
    assert await changes(sandbox) == []


async def test_a_disk_in_two_zones_is_changed_in_its_region(sandbox, cloud):
    now = await cloud.read(REGIONAL)
    await cloud.perform(Call("compute.disks.setLabels", now, {"key": "team", "value": "pay"}, "t"))
    receipt = await cloud.perform(Call("compute.disks.createSnapshot", now, {"snapshot_name": "before"}, "t"))
    assert receipt.produced.endswith("/global/snapshots/before")
    await until(cloud, REGIONAL, lambda found: found.tags.get("team") == "pay")
    assert {call["path"].partition("/disks/")[0].rpartition("/")[2] for call in await changes(sandbox)} == {"europe-west1"}


async def test_no_disk_becomes_smaller(cloud):
    with pytest.raises(Rejected, match="must be larger"):
        await cloud.perform(Call("compute.disks.resize", await cloud.read(REGIONAL), {"size_gb": "100"}, "t"))


async def test_two_who_label_a_database_at_once_lose_nothing(sandbox, cloud):
    await sandbox.delay(0)
    one = database("mailer-mysql-lab")
    calls = [Call("cloudsql.instances.update:label", one, {"key": key, "value": "x"}, key) for key in ("one", "two", "three")]
    results = await asyncio.gather(*(cloud.perform(call) for call in calls), return_exceptions=True)
    written = {call.arguments["key"] for call, result in zip(calls, results, strict=True) if not isinstance(result, Exception)}
    assert all(isinstance(result, Rejected) for result in results if isinstance(result, Exception))
    assert written
    assert written <= set((await cloud.read(one)).tags)


async def test_a_database_that_asks_for_more_than_tls_is_left_alone(sandbox, cloud):
    one = await cloud.read(database("storefront-pg-lab"))
    with pytest.raises(Rejected, match="refuses plain connections already"):
        await cloud.perform(Call("cloudsql.instances.update:tls", one, {}, "t"))
    assert await changes(sandbox) == []


async def test_a_backup_whose_operation_says_no_id_is_found_by_its_words(sandbox, cloud):
    one = await cloud.read(database("storefront-pg-lab"))
    first = await cloud.perform(Call("cloudsql.backupRuns.create", one, {}, "t"))
    assert first.produced.rpartition("/")[2].isdigit()
    made = await until(cloud, known(first.produced), lambda found: found is not None and found.state == "completed")
    assert made.properties["source"] == "storefront-pg-lab"
    assert await cloud.produced(Call("cloudsql.backupRuns.create", one, {}, "t"), first) == "completed"


async def test_a_final_backup_is_asked_for_when_a_database_goes(sandbox, cloud):
    await cloud.perform(Call("cloudsql.instances.delete", database("storefront-pg-lab"), {}, "t"))
    (sent,) = await changes(sandbox)
    assert sent["query"] == {"enableFinalBackup": "true", "finalBackupTtlDays": "30"}


async def test_failing_over_wants_a_standby(cloud):
    with pytest.raises(Rejected, match="high availability"):
        await cloud.perform(Call("cloudsql.instances.failover", database("storefront-pg-lab"), {}, "t"))


async def test_a_purge_seeks_to_this_moment_and_no_later(sandbox, cloud):
    receipt = await cloud.perform(Call("pubsub.subscriptions.consume:purge", QUEUE, {}, "t"))
    (sent,) = await changes(sandbox)
    assert json.loads(sent["body"]) == {"time": receipt.request_id}


async def test_bucket_labels_are_merged_one_by_one(sandbox, cloud):
    one = bucket(f"{GCP_LAB}-mailer")
    await cloud.perform(Call("storage.buckets.update:unlabel", one, {"key": "owner"}, "t"))
    (sent,) = await changes(sandbox)
    assert json.loads(sent["body"]) == {"labels": {"owner": None}}
    assert set((await cloud.read(one)).tags) == {"stage", "app"}
