"""What a sweep of the local Google Cloud sees, and the gaps it tells of."""

from __future__ import annotations

import pytest

from deploy.sandbox import estate
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
    assert set(found) == {thing.name for thing in expected}
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
    await sandbox.fault(path_regex=path, **fault)
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
