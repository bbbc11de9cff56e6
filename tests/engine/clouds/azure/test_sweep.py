"""What a sweep of the local Azure sees, and the gaps it tells of."""

from __future__ import annotations

import pytest

from deploy.sandbox import estate
from engine.clouds.azure.cloud import AzureCloud
from engine.errors import SettingsError
from engine.estate.facts import environment, flags
from engine.estate.resource import GapReason, Swept
from tests.sandboxes import swept


async def test_everything_is_seen_page_after_page(sandbox, cloud):
    found, gaps = await swept(cloud)
    assert gaps == []
    expected = [*estate.AZURE_MACHINES, *estate.AZURE_DISKS, *estate.AZURE_SNAPSHOTS, *estate.AZURE_BUCKETS, *estate.AZURE_DATABASES]
    assert set(found) == {thing.name for thing in expected}
    assert len(await sandbox.calls("GET", "/providers/Microsoft.Compute/virtualMachines")) > 4, "the list has more than one page"


async def test_a_machine_is_told_as_it_is(cloud):
    found, _ = await swept(cloud)
    for machine in estate.AZURE_MACHINES:
        seen = found[machine.name]
        assert (seen.state, seen.region, dict(seen.tags)) == (machine.state, machine.place, dict(machine.tags))
        assert seen.properties == {
            "resource_group": seen.properties["resource_group"],
            "vm_size": machine.size,
            "os": "Windows" if machine.windows else "Linux",
        }
        assert seen.metrics == ({} if machine.cpu is None else {"cpu_avg_7d": pytest.approx(machine.cpu, abs=0.06)})
        assert seen.monthly_cost > 0


async def test_the_idle_the_public_and_the_unencrypted_stand_out(cloud):
    found, _ = await swept(cloud)
    idle = {name for name, resource in found.items() if "idle" in flags(resource)}
    assert idle == {machine.name for machine in estate.AZURE_MACHINES if machine.cpu is not None and machine.cpu < 5}
    assert {"stnimbusstorefront", "stnimbusstorefrontdev", "stnimbustrackerdev"} <= {n for n, r in found.items() if "public" in flags(r)}
    assert "unencrypted" in flags(found["sql-ledger-prod/archive"])
    assert "unattached" in flags(found["disk-ledger-dev-restore"])
    assert environment(found["vm-mailer-prod-02"]) == ("production", "account")


async def test_each_region_is_a_part_the_empty_ones_too(cloud):
    parts = [piece async for piece in cloud.sweep() if isinstance(piece, Swept)]
    assert {(part.account, part.type, part.region) for part in parts} >= {(estate.AZURE_DEV, "disk", "uksouth")}
    assert len({(part.account, part.type, part.region) for part in parts}) == len(parts)


async def test_regions_that_are_not_configured_are_left_alone(sandbox):
    only = AzureCloud([account.model_copy(update={"regions": ("northeurope",)}) for account in sandbox.accounts])
    found, _ = await swept(only)
    await only.close()
    assert {resource.region for resource in found.values()} == {"northeurope"}


REASONS = [
    ({"status": 403}, GapReason.DENIED),
    ({"status": 401}, GapReason.DENIED),
    ({"status": 429}, GapReason.THROTTLED),
    ({"status": 500}, GapReason.UNREACHABLE),
    ({"drop": "before"}, GapReason.UNREACHABLE),
    ({"slow_s": 1.0}, GapReason.TIMED_OUT),
    ({"garbage": True}, GapReason.BROKEN),
]


@pytest.mark.parametrize(("fault", "reason"), REASONS, ids=str)
async def test_what_cannot_be_seen_is_a_gap_and_the_rest_is_seen(sandbox, cloud, fault, reason):
    path = f"{estate.AZURE_DEV}/providers/Microsoft.Compute/disks"
    await sandbox.fault(path_regex=path, count=1, **fault)
    found, gaps = await swept(cloud)
    assert [(gap.account, gap.type, gap.reason, gap.tried) for gap in gaps] == [
        (estate.AZURE_DEV, "disk", reason, "Microsoft.Compute/disks/read")
    ]
    assert "vm-storefront-dev-01" in found
    assert "disk-ledger-dev-data" not in found
    assert "disk-ledger-prod-data" in found


async def test_without_metrics_the_machines_are_seen_and_the_gap_says_so(sandbox, cloud):
    await sandbox.fault(path_regex=f"{estate.AZURE_DEV}.*Insights/metrics", status=403, count=99)
    found, gaps = await swept(cloud)
    assert [(gap.tried, gap.reason, gap.type) for gap in gaps] == [
        ("Microsoft.Insights/metrics/read", GapReason.DENIED, "compute_instance")
    ]
    assert found["vm-storefront-dev-01"].metrics == {}
    assert found["vm-storefront-prod-01"].metrics


async def test_an_answer_of_another_shape_is_a_gap(sandbox, cloud):
    await sandbox.change(
        f"/subscriptions/{estate.AZURE_DEV}/resourcegroups/rg-mailer-dev/providers/microsoft.compute/disks/disk-mailer-dev-spool",
        location=None,
    )
    _, gaps = await swept(cloud)
    assert [(gap.type, gap.reason) for gap in gaps] == [("disk", GapReason.BROKEN)]


async def test_an_account_nobody_configured_and_unknown_credentials(cloud, sandbox):
    strange = AzureCloud([sandbox.accounts[0].model_copy(update={"credentials": "profile:x"})])
    with pytest.raises(SettingsError, match="profile:x"):
        await swept(strange)
    await strange.close()
