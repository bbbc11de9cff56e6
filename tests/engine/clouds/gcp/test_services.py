"""The pure mapping of Google Cloud's services, example by example; names, places and ways back."""

from __future__ import annotations

import pytest

from engine.clouds.gcp.catalogue import BY_TYPE, SCANNERS, scanner_for
from engine.clouds.gcp.names import FullName, Project, flag_of, project_path
from engine.clouds.gcp.operations import OPERATIONS
from engine.clouds.gcp.permissions import READING, changing, role
from engine.clouds.gcp.scanners import addresses, clusters, disks, instance_groups, node_pools, sql_backups, subscriptions
from engine.clouds.operation import Inverse, OperationClass
from engine.estate.resource import Resource

PROJECT = Project("p", "p")
LINKS = "https://www.googleapis.com/compute/v1/projects/p"


def thing(**facts) -> Resource:
    return Resource("gcp", "t", "n", "id", "x", "p", "p", "r", "running", facts.pop("tags", {}), facts)


@pytest.mark.parametrize(
    ("text", "collection", "place", "flag"),
    [
        ("//compute.googleapis.com/projects/p/regions/r/disks/d", "disks", ("", "r"), "--region=r"),
        ("//compute.googleapis.com/projects/p/zones/z/disks/d", "disks", ("z", ""), "--zone=z"),
        ("//compute.googleapis.com/projects/p/global/addresses/a", "addresses", ("", ""), "--global"),
        ("//container.googleapis.com/projects/p/locations/l/clusters/c/nodePools/n", "nodePools", ("", "l"), "--location=l"),
        ("//cloudsql.googleapis.com/projects/p/instances/i/backupRuns/1", "backupRuns", ("", ""), "--global"),
        ("//pubsub.googleapis.com/projects/p/subscriptions/s", "subscriptions", ("", ""), "--global"),
    ],
)
def test_full_names_of_all_kinds(text, collection, place, flag):
    where = FullName.parse(text)
    assert (where.collection, (where.zone, where.region)) == (collection, place)
    assert f"//{where.service}.googleapis.com/{where.path}" == text
    assert flag_of(where.path) == flag
    assert scanner_for(where) is not None


def test_what_a_part_is_a_part_of():
    where = FullName.parse("//container.googleapis.com/projects/p/locations/l/clusters/c/nodePools/n")
    assert where.above == "projects/p/locations/l/clusters/c"


def test_what_is_no_link_of_compute():
    with pytest.raises(ValueError, match="no link of Compute"):
        project_path("https://example.com/x")


def test_a_disk_on_two_machines_names_none():
    told = {
        "selfLink": f"{LINKS}/zones/us-east1-b/disks/d",
        "zone": f"{LINKS}/zones/us-east1-b",
        "name": "d",
        "status": "READY",
        "users": [f"{LINKS}/zones/us-east1-b/instances/one", f"{LINKS}/zones/us-east1-b/instances/two"],
    }
    assert "machine" not in disks.disk(PROJECT, told).properties
    one = disks.disk(PROJECT, {**told, "users": told["users"][:1]})
    assert (one.properties["machine"], one.properties["machine_zone"]) == ("one", "us-east1-b")


@pytest.mark.parametrize(("location", "region"), [("europe-west1", "europe-west1"), ("europe-west1-b", "europe-west1")])
def test_where_a_cluster_is(location, region):
    assert clusters.region(location) == region


@pytest.mark.parametrize(
    ("status", "state"), [("RUNNING", "running"), ("RECONCILING", "running"), ("ERROR", "error"), ("STOPPING", "stopping")]
)
def test_states_of_clusters(status, state):
    assert clusters.cluster(PROJECT, {"name": "c", "location": "us-east1", "status": status}).state == state


def test_a_pool_without_instance_groups_has_no_nodes():
    told = {"name": "n", "cluster": {"name": "c", "location": "us-east1"}, "sizes": []}
    seen = node_pools.pool(PROJECT, told)
    assert (seen.properties["count"], seen.properties["nodes"], seen.monthly_cost, seen.state) == (0, 0, 0.0, "unknown")


def test_a_group_is_where_its_link_says():
    told = {
        "name": "g",
        "selfLink": f"{LINKS}/regions/us-east1/instanceGroupManagers/g",
        "region": f"{LINKS}/regions/us-east1",
        "targetSize": 2,
    }
    seen = instance_groups.group(PROJECT, {**told, "status": {"autoscaler": "x"}})
    assert (seen.region, seen.properties["autoscaled"], "zone" in seen.properties) == ("us-east1", True, False)


@pytest.mark.parametrize(
    ("kind", "status", "cost"), [("EXTERNAL", "RESERVED", 7.3), ("EXTERNAL", "IN_USE", 0.0), ("INTERNAL", "RESERVED", 0.0)]
)
def test_what_an_address_costs(kind, status, cost):
    told = {"name": "a", "selfLink": f"{LINKS}/global/addresses/a", "status": status, "addressType": kind}
    assert addresses.address(PROJECT, told).monthly_cost == cost


def test_a_subscription_without_its_topic_is_detached():
    seen = subscriptions.subscription(PROJECT, {"name": "projects/p/subscriptions/s", "topic": "_deleted-topic_"})
    assert seen.properties["detached"] is True


def test_a_backup_is_named_after_its_instance():
    seen = sql_backups.backup(PROJECT, {"instance": "i", "id": "7", "status": "RUNNING"})
    assert (seen.name, seen.state, seen.region) == ("i/7", "pending", "global")


def test_scanners_of_one_type_go_together():
    assert {scanner.kind.native for scanner in BY_TYPE["snapshot"]} == {
        "compute.googleapis.com/Snapshot",
        "sqladmin.googleapis.com/BackupRun",
    }
    assert sum(len(scanners) for scanners in BY_TYPE.values()) == len(SCANNERS)


BACK = [
    ("cloudsql.instances.update:backups", {"backups": True}, None),
    ("cloudsql.instances.update:backups", {"backups": False}, Inverse("cloudsql.instances.update:noBackups")),
    ("cloudsql.instances.update:regional", {"multi_az": False}, Inverse("cloudsql.instances.update:zonal")),
    ("cloudsql.instances.update:tls", {"require_ssl": True}, None),
    ("cloudsql.instances.update:tier", {"tier": "db-f1-micro"}, Inverse("cloudsql.instances.update:tier", {"tier": "db-f1-micro"})),
    ("cloudsql.instances.update:tier", {"tier": ""}, None),
    ("compute.instanceGroupManagers.update", {"target_size": 0}, Inverse("compute.instanceGroupManagers.update", {"size": "0"})),
    ("compute.instances.detachDisk", {"machine": "i", "machine_zone": "z"}, Inverse("compute.instances.attachDisk", {"machine": "i", "machine_zone": "z"})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "facts", "back"), BACK, ids=str)
def test_the_way_back_is_to_where_it_was(name, facts, back):
    assert OPERATIONS[name].inverse(thing(**facts), {}) == back


LABELLED = [name for name in OPERATIONS if name.endswith(":unlabel")]


@pytest.mark.parametrize("off", LABELLED)
def test_labels_go_back_as_they_were(off):
    on = next(name for name, one in OPERATIONS.items() if one.title == "Label" and one.native_types == OPERATIONS[off].native_types)
    labelled = thing(tags={"a": "1"})
    assert OPERATIONS[off].inverse(labelled, {"key": "a"}) == Inverse(on, {"key": "a", "value": "1"})
    assert OPERATIONS[off].inverse(labelled, {"key": "b"}) is None
    assert OPERATIONS[on].inverse(labelled, {"key": "a", "value": "2"}) == Inverse(on, {"key": "a", "value": "1"})
    assert OPERATIONS[on].inverse(labelled, {"key": "b", "value": "2"}) == Inverse(off, {"key": "b"})
    assert OPERATIONS[off].promise == {"tags.$key": ""}
    assert set(changing((off,))) == set(changing((on,)))


def test_there_are_labels_for_everything_that_has_some():
    assert len(LABELLED) == 8


def test_opposites_are_far_apart_in_risk():
    for guards, exposes in (
        ("compute.instances.setDeletionProtection", "compute.instances.setDeletionProtection:off"),
        ("cloudsql.instances.update:protect", "cloudsql.instances.update:unprotect"),
        ("cloudsql.instances.update:backups", "cloudsql.instances.update:noBackups"),
        ("cloudsql.instances.update:tls", "cloudsql.instances.update:plain"),
        ("storage.buckets.update:versioning", "storage.buckets.update:noVersioning"),
    ):
        assert OPERATIONS[guards].kind is (OperationClass.PROTECT if guards.endswith(":tls") else OperationClass.GUARD)
        assert OPERATIONS[exposes].kind is OperationClass.EXPOSE


def test_the_role_reads_every_kind():
    assert {scanner.tried for scanner in SCANNERS} < set(READING)
    assert {"compute.instanceGroupManagers.get", "cloudsql.backupRuns.get", "pubsub.subscriptions.get"} < set(READING)


def test_the_role_holds_what_was_asked_once():
    told = role(["cloudsql.instances.update:tls", "cloudsql.instances.update:label"])["includedPermissions"]
    assert told == [*READING, "cloudsql.instances.get", "cloudsql.instances.update"]
