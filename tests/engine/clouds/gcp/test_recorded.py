"""The mapping held to answers that the real Google Cloud gave, as others recorded them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.clouds.gcp import metrics
from engine.clouds.gcp.names import Project
from engine.clouds.gcp.scanners import (
    addresses,
    buckets,
    clusters,
    disks,
    instance_groups,
    instances,
    node_pools,
    snapshots,
    sql_backups,
    sql_instances,
    subscriptions,
)

RECORDED = Path(__file__).parents[4] / ".." / "shared" / "recorded" / "gcp"
pytestmark = [pytest.mark.peer, pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")]
PROJECT = Project("cloud-custodian", "cloud-custodian")


def bodies(pattern: str):
    for file in sorted(RECORDED.glob(pattern)):
        body = json.loads(file.read_text())["body"]
        if isinstance(body, dict) and "error" not in body:
            yield body


def aggregated(collection: str):
    for body in bodies(f"*/get-compute-v1-projects-cloud-custodian-aggregated-{collection}_*.json"):
        for scope in body.get("items", {}).values():
            # One recording was blinded so far that its links lead nowhere.
            yield from (
                found
                for found in scope.get(collection, ())
                if "/zones/" in found.get("zone", "") and found.get("selfLink", "").count("/") > 6
            )


@pytest.mark.parametrize(("collection", "told"), [("instances", instances.instance), ("disks", disks.disk)])
def test_recorded_zonal_lists_are_understood(collection, told):
    every = list(aggregated(collection))
    assert every
    for wire in every:
        seen = told(PROJECT, wire)
        assert seen.name == wire["name"]
        assert seen.properties["zone"].startswith(f"{seen.region}-")
        assert seen.id.endswith(f"/{collection}/{wire['name']}")
        assert seen.tags == wire.get("labels", {})


def test_recorded_states_of_machines_are_known():
    assert {wire["status"] for wire in aggregated("instances")} <= set(instances.STATES)


def test_recorded_snapshots_databases_and_buckets_are_understood():
    told = [
        *(
            snapshots.snapshot(PROJECT, wire)
            for body in bodies("snapshot-*/get-*-global-snapshots_*.json")
            for wire in body.get("items", ())
        ),
        *(
            sql_instances.database(PROJECT, wire)
            for body in bodies("sqlinstance-*/get-sql-*-instances_*.json")
            for wire in body.get("items", ())
        ),
        *(
            buckets.bucket(PROJECT, {**wire, "policy": {}})
            for body in bodies("bucket-*/get-storage-v1-b_*.json")
            for wire in body.get("items", ())
        ),
    ]
    assert {resource.type for resource in told} == {"snapshot", "database_instance", "object_storage"}


def test_a_recorded_stop_of_a_database_reads_as_stopped():
    (body,) = bodies("sqlinstance-stop/get-sql-v1beta4-projects-cloud-custodian-instances-custodiansqltest_1.json")
    assert sql_instances.database(PROJECT, body).state == "stopped"


def test_a_recorded_measurement_is_understood():
    (body,) = bodies("filter-metrics-with-metric-key-as-instance-id/get-v3-*.json")
    assert metrics.by_instance(body["timeSeries"]) == {"127589370984384384": 1.1}


def test_recorded_groups_are_understood():
    wires = [
        wire for body in bodies("test_instance_group_manager_query/get-*-instanceGroupManagers_1.json") for wire in body.get("items", ())
    ]
    assert wires
    for wire in wires:
        seen = instance_groups.group(PROJECT, wire)
        assert seen.properties["target_size"] == wire["targetSize"]
        assert seen.properties["autoscaled"] is True
        assert seen.properties["location_flag"] == f"--zone={seen.properties['zone']}"


def test_recorded_addresses_are_understood():
    regional = [
        wire
        for body in bodies("lb-addresses-query/get-*-aggregated-addresses_1.json")
        for scope in body["items"].values()
        for wire in scope.get("addresses", ())
    ]
    everywhere = [wire for body in bodies("loadbalancer-global-address-labels/get-*-addresses_1.json") for wire in body["items"]]
    told = [addresses.address(PROJECT, wire) for wire in (*regional, *everywhere)]
    assert {(one.region, one.state) for one in told} == {("us-central1", "available"), ("global", "available")}
    assert {one.properties["kind"] for one in told} == {"external", "internal"}
    assert {one.monthly_cost > 0 for one in told if one.properties["kind"] == "internal"} == {False}


def test_recorded_clusters_and_pools_are_understood():
    wires = [
        wire for body in bodies("gke-*/get-v1-projects-cloud-custodian-locations---clusters_1.json") for wire in body.get("clusters", ())
    ]
    assert wires
    for wire in wires:
        seen = clusters.cluster(PROJECT, wire)
        assert (seen.name, seen.tags) == (wire["name"], wire.get("resourceLabels", {}))
        assert seen.id.endswith(f"/locations/{wire['location']}/clusters/{wire['name']}")
        for pool in wire.get("nodePools", ()):
            part = node_pools.pool(PROJECT, {**pool, "cluster": wire, "sizes": [1, 2]})
            assert (part.properties["count"], part.properties["nodes"]) == (2, 3)
            assert part.id == f"{seen.id}/nodePools/{pool['name']}"


def test_recorded_backups_and_subscriptions_are_understood():
    runs = [wire for body in bodies("sql*/get-*-backupRuns_*.json") for wire in body.get("items", ())]
    assert {sql_backups.backup(PROJECT, wire).state for wire in runs} <= {"completed", "pending", "deletion_pending"}
    assert {wire["type"] for wire in runs} >= {"ON_DEMAND"}
    (one,) = bodies("pubsub-subscription-get/get-*.json")
    seen = subscriptions.subscription(PROJECT, one)
    assert (seen.name, seen.properties["topic"], seen.state) == ("custodian", "cloud-builds", "active")
