"""What a sweep of the local Google Cloud sees, and the gaps it tells of."""

from __future__ import annotations

import pytest

from deploy.sandbox import estate
from deploy.sandbox import estate_services as data
from deploy.sandbox.gcp_service_documents import pool_groups
from engine.clouds.gcp.cloud import GcpCloud
from engine.errors import SettingsError
from engine.estate.facts import flags
from engine.estate.resource import GapReason, Swept
from tests.sandboxes import swept

STATES = {"running": "running", "TERMINATED": "stopped"}


async def test_everything_is_seen_page_after_page(sandbox, cloud):
    found, gaps = await swept(cloud)
    assert gaps == []
    expected = [*estate.GCP_MACHINES, *estate.GCP_DISKS, *estate.GCP_SNAPSHOTS, *estate.GCP_BUCKETS, *estate.GCP_DATABASES]
    expected += [*data.GCP_GROUPS, *data.GCP_ADDRESSES, *data.GCP_CLUSTERS, *data.GCP_SUBSCRIPTIONS]
    pools = [(cluster, pool) for cluster in data.GCP_CLUSTERS for pool in cluster.pools]
    more = {"atlas-lab-shared", "storefront-pg-lab/1774539607722", *(f"{cluster.name}/{pool.name}" for cluster, pool in pools)}
    more |= {group.name for cluster, pool in pools for group in pool_groups(cluster, pool)}
    assert set(found) == {thing.name for thing in expected} | more
    assert len(await sandbox.calls("GET", "/aggregated/instances")) > 2, "the list has more than one page"


async def test_a_machine_is_told_as_it_is(cloud):
    found, _ = await swept(cloud)
    for machine in estate.GCP_MACHINES:
        seen = found[machine.name]
        assert (seen.state, seen.region, dict(seen.tags)) == (STATES[machine.state], machine.place[:-2], dict(machine.tags))
        assert seen.id == f"//compute.googleapis.com/projects/{machine.account}/zones/{machine.place}/instances/{machine.name}"
        assert seen.properties["machine_type"] == machine.size
        assert seen.properties["external_ip"] is machine.public
        assert seen.metrics == ({} if machine.cpu is None else {"cpu_avg_7d": machine.cpu})
        assert seen.monthly_cost > 0


async def test_the_idle_the_public_and_the_stopped_stand_out(cloud):
    found, _ = await swept(cloud)
    idle = {name for name, resource in found.items() if "idle" in flags(resource)}
    assert idle == {machine.name for machine in estate.GCP_MACHINES if machine.cpu is not None and machine.cpu < 5}
    public = {bucket.name for bucket in estate.GCP_BUCKETS if bucket.public}
    assert {name for name, r in found.items() if r.type == "object_storage" and "public" in flags(r)} == public
    assert found["ledger-pg-lab"].state == "stopped"
    assert "no_backups" in flags(found["tracker-mysql-prod"])


async def test_each_region_is_a_part_the_empty_ones_too(cloud):
    parts = [piece async for piece in cloud.sweep() if isinstance(piece, Swept)]
    assert {(part.account, part.type, part.region) for part in parts} >= {(estate.GCP_LAB, "disk", "asia-east1")}
    assert len({(part.account, part.type, part.region) for part in parts}) == len(parts)


async def test_regions_that_are_not_configured_are_left_alone(sandbox):
    only = GcpCloud([account.model_copy(update={"regions": ("us-central1",)}) for account in sandbox.accounts])
    found, _ = await swept(only)
    await only.close()
    assert {resource.region for resource in found.values()} == {"us-central1", "global", "us", "eu"}


REASONS = [
    ({"status": 403}, GapReason.DENIED),
    ({"status": 401}, GapReason.DENIED),
    ({"status": 429}, GapReason.THROTTLED),
    ({"status": 500}, GapReason.UNREACHABLE),
    ({"drop": "before"}, GapReason.UNREACHABLE),
    ({"slow_s": 1.0}, GapReason.TIMED_OUT),
    ({"garbage": True}, GapReason.BROKEN),
]


PARTS = [
    (f"{estate.GCP_LAB}/aggregated/disks", "disk", "compute.disks.list"),
    (f"/sql/v1beta4/projects/{estate.GCP_LAB}/instances", "database_instance", "cloudsql.instances.list"),
]


# Two ways lead to Google, the compute client and plain REST: each must understand each fault.
@pytest.mark.parametrize(("fault", "reason"), REASONS, ids=str)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[1])
async def test_what_cannot_be_seen_is_a_gap_and_the_rest_is_seen(sandbox, cloud, part, fault, reason):
    path, kind, tried = part
    await sandbox.fault(path_regex=f"{path}$", **fault)
    found, gaps = await swept(cloud)
    assert [(gap.account, gap.type, gap.reason, gap.tried) for gap in gaps] == [(estate.GCP_LAB, kind, reason, tried)]
    assert "storefront-lab-1" in found
    assert not {name for name, r in found.items() if (r.type, r.account) == (kind, estate.GCP_LAB)}
    assert {name for name, r in found.items() if (r.type, r.account) == (kind, estate.GCP_PROD)}


async def test_without_metrics_the_machines_are_seen_and_the_gap_says_so(sandbox, cloud):
    await sandbox.fault(path_regex=f"{estate.GCP_LAB}/timeSeries", status=403)
    found, gaps = await swept(cloud)
    assert [(gap.tried, gap.reason, gap.type) for gap in gaps] == [("monitoring.timeSeries.list", GapReason.DENIED, "compute_instance")]
    assert found["storefront-lab-1"].metrics == {}
    assert found["storefront-prod-1"].metrics


async def test_unknown_credentials(sandbox):
    strange = GcpCloud([sandbox.accounts[0].model_copy(update={"credentials": "profile:x"})])
    with pytest.raises(SettingsError, match="profile:x"):
        await swept(strange)
    await strange.close()


async def test_services_are_told_as_they_are(cloud):
    found, _ = await swept(cloud)
    assert (found["atlas-prod-web"].region, found["atlas-prod-web"].properties["target_size"]) == ("europe-west1", 3)
    assert found["atlas-lab-web"].properties["location_flag"] == "--zone=europe-west1-b"
    assert found["atlas-prod-front"].region == "global"
    assert "attached" in flags(found["atlas-prod-front"])
    pool = found["atlas-prod/default-pool"]
    assert (pool.properties["count"], pool.properties["nodes"], pool.properties["autoscaled"]) == (1, 3, True)
    assert (found["atlas-lab"].region, found["atlas-lab"].state) == ("europe-west1", "running")
    assert found["atlas-lab-events-worker"].properties["topic"] == "atlas-lab-events"
    assert found["storefront-pg-lab/1774539607722"].state == "completed"


async def test_a_disk_in_two_zones_is_seen_and_read_again(cloud):
    found, _ = await swept(cloud)
    disk = found["atlas-lab-shared"]
    assert (disk.region, disk.properties["zones"]) == ("europe-west1", ["europe-west1-b", "europe-west1-c"])
    assert "zone" not in disk.properties
    assert await cloud.read(disk) == disk


async def test_a_disk_knows_the_one_machine_it_hangs_on(cloud):
    found, _ = await swept(cloud)
    facts = found["tracker-lab-scratch"].properties
    assert (facts["machine"], facts["machine_zone"]) == ("tracker-lab-1", "us-central1-a")


async def test_a_switched_off_api_hides_nothing_of_others_and_says_so(sandbox, cloud):
    """Cloud SQL's backups are snapshots like those of disks; where its API is off, the disks' are seen all the same."""
    await sandbox.change(f"projects/{estate.GCP_LAB}", _switched_off=["/sql/"])
    found, gaps = await swept(cloud)
    assert {(gap.type, gap.tried) for gap in gaps} == {
        ("snapshot", "cloudsql.backupRuns.list"),
        ("database_instance", "cloudsql.instances.list"),
    }
    assert "mailer-lab-spool-0202" in found
    assert "is disabled" in gaps[0].detail


async def test_zones_that_kubernetes_engine_left_out_make_a_gap(sandbox, cloud):
    await sandbox.change(f"projects/{estate.GCP_LAB}", _missing_zones=["europe-west1-b"])
    _, gaps = await swept(cloud)
    assert {(gap.type, gap.reason, gap.account) for gap in gaps} == {
        (type_, GapReason.UNREACHABLE, estate.GCP_LAB) for type_ in ("kubernetes_cluster", "node_pool")
    }
    assert "could not read europe-west1-b" in gaps[0].detail


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("aggregated/instanceGroupManagers", "scaling_group"),
        ("aggregated/addresses", "ip_address"),
        ("/v1/projects/[^/]+/subscriptions", "queue"),
        ("instances/-/backupRuns", "snapshot"),
    ],
)
async def test_each_new_kind_leaves_its_gap(sandbox, cloud, path, kind):
    await sandbox.fault(path_regex=path, status=403)
    _, gaps = await swept(cloud)
    assert [(gap.type, gap.reason) for gap in gaps] == [(kind, GapReason.DENIED)]
