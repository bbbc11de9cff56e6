"""What a sweep of the local Azure sees, and the gaps it tells of."""

from __future__ import annotations

import pytest

from deploy.sandbox import estate
from deploy.sandbox import estate_services as data
from engine.clouds.azure.cloud import AzureCloud
from engine.errors import SettingsError
from engine.estate.facts import environment, flags
from engine.estate.resource import GapReason, Swept
from tests.sandboxes import swept


async def test_everything_is_seen_page_after_page(sandbox, cloud):
    found, gaps = await swept(cloud)
    assert gaps == []
    expected = [*estate.AZURE_MACHINES, *estate.AZURE_DISKS, *estate.AZURE_SNAPSHOTS, *estate.AZURE_BUCKETS, *estate.AZURE_DATABASES]
    expected += [*data.AZURE_GROUPS, *data.AZURE_ADDRESSES, *data.AZURE_CLUSTERS, *data.AZURE_APPS, *data.AZURE_SERVERS]
    pools = {f"{cluster.name}/{pool.name}" for cluster in data.AZURE_CLUSTERS for pool in cluster.pools}
    assert set(found) == {thing.name for thing in expected} | pools
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
            "deletion_protection": False,
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


STATES = {
    "vmss-atlas-dev": "running",
    "vmss-atlas-dev-batch": "deallocated",
    "aks-atlas-dev-idle": "stopped",
    "aks-atlas-dev-idle/system": "stopped",
    "func-atlas-dev": "stopped",
    "psql-atlas-dev": "running",
    "psql-atlas-dev-old": "stopped",
    "pip-atlas-prod": "in-use",
}


async def test_services_are_told_as_they_are(cloud):
    found, _ = await swept(cloud)
    assert {name: found[name].state for name in STATES} == STATES
    assert found["vmss-atlas-prod"].properties["capacity"] == 3
    assert (found["aks-atlas-dev/batch"].properties["count"], found["aks-atlas-dev/batch"].region) == (2, "westeurope")
    assert found["aks-atlas-dev/batch"].tags == data.DEV, "a pool without tags has those of its cluster"
    assert found["aks-atlas-prod/system"].properties["autoscaled"] is True
    assert "multi_az" in flags(found["psql-atlas-prod"])
    assert "attached" in flags(found["pip-atlas-prod"])


async def test_locks_protect_what_is_below_them(sandbox, cloud):
    disk = "disk-ledger-dev-restore"
    found, _ = await swept(cloud)
    group = found[disk].id.partition("/providers/")[0]
    lock = {"type": "Microsoft.Authorization/locks", "location": "global", "properties": {"level": "ReadOnly"}}
    await sandbox.seed({**lock, "id": f"{group}/providers/Microsoft.Authorization/locks/frozen", "name": "frozen"})
    found, gaps = await swept(cloud)
    assert gaps == []
    assert {name for name, resource in found.items() if "protected" in flags(resource)} == {
        disk, "disk-ledger-dev-data", "vm-ledger-dev-01", "vm-ledger-dev-02",
    }  # fmt: skip
    assert "lock" not in found[disk].properties, "it is not the disk's own, so Escher takes it not off"


async def test_without_locks_the_resources_are_seen_and_the_gap_says_so(sandbox, cloud):
    await sandbox.fault(path_regex=f"{estate.AZURE_DEV}/providers/Microsoft.Authorization/locks", status=403, count=99)
    found, gaps = await swept(cloud)
    assert {(gap.account, gap.tried, gap.type) for gap in gaps} == {
        (estate.AZURE_DEV, "Microsoft.Authorization/locks/read", type_)
        for type_ in ("compute_instance", "disk", "object_storage", "database_instance")
    }
    assert not {"protected", "unprotected"} & flags(found["vm-storefront-dev-01"])
    assert "unprotected" in flags(found["vm-storefront-prod-01"])
    now = await cloud.read(found["vm-storefront-dev-01"])
    assert "deletion_protection" not in now.properties


async def test_a_type_is_swept_whole_or_not_at_all(sandbox, cloud):
    """Two services hold databases: without the one, nobody may think that those of the other are all."""
    await sandbox.fault(path_regex=f"{estate.AZURE_DEV}/providers/Microsoft.DBforPostgreSQL", status=403)
    parts = [piece async for piece in cloud.sweep()]
    dev = [part for part in parts if part.account == estate.AZURE_DEV and part.type == "database_instance"]
    assert [type(part).__name__ for part in dev] == ["Gap"]
    assert dev[0].tried == "Microsoft.DBforPostgreSQL/flexibleServers/read"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("Microsoft.Compute/virtualMachineScaleSets", "scaling_group"),
        ("Microsoft.Network/publicIPAddresses", "ip_address"),
        ("Microsoft.Web/sites", "web_app"),
        ("aks-atlas-dev/agentPools", "node_pool"),
        ("vmss-atlas-dev/virtualMachines", "scaling_group"),
        ("stnimbusmailerdev/blobServices", "object_storage"),
    ],
)
async def test_each_new_kind_leaves_its_gap(sandbox, cloud, path, kind):
    await sandbox.fault(path_regex=path, status=403)
    _, gaps = await swept(cloud)
    assert [(gap.type, gap.reason) for gap in gaps] == [(kind, GapReason.DENIED)]
