"""What Azure's changes over plain ARM refuse to send, and what they send beside what the playbooks show."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.clouds.operation import Call
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from tests.engine.clouds.azure.known import disk, machine, resource, storage

POOL = ("node_pool", "Microsoft.ContainerService/managedClusters/agentPools", "atlas", "aks-atlas-dev")
SCALE = "Microsoft.ContainerService/managedClusters/agentPools/write"
DETACH = "Microsoft.Compute/virtualMachines/attachDetachDataDisks/action"
UNLOCK = "Microsoft.Authorization/locks/delete"
TLS = "Microsoft.Storage/storageAccounts/write:tls"
LOCK = {"type": "Microsoft.Authorization/locks", "location": "global"}


async def changes(sandbox):
    return [call for call in await sandbox.calls() if call["method"] != "GET"]


async def test_a_pool_is_sent_as_it_is_but_for_its_count(sandbox, cloud):
    pool = await cloud.read(resource(*POOL, "batch"))
    await cloud.perform(Call(SCALE, pool, {"count": "5"}, "t"))
    (sent,) = await changes(sandbox)
    body = json.loads(sent["body"])["properties"]
    assert (sent["method"], body["count"], body["vmSize"], body["mode"]) == ("PUT", 5, "Standard_D2s_v5", "User")
    assert "provisioningState" not in body, "nobody sets what a pool only tells"


async def test_a_set_keeps_its_size_when_its_number_changes(sandbox, cloud):
    group = await cloud.read(resource("scaling_group", "Microsoft.Compute/virtualMachineScaleSets", "atlas", "vmss-atlas-dev"))
    await cloud.perform(Call("Microsoft.Compute/virtualMachineScaleSets/write", group, {"capacity": "0"}, "t"))
    (sent,) = await changes(sandbox)
    assert json.loads(sent["body"]) == {"sku": {"capacity": 0, "name": "Standard_B2ms"}}
    assert (await cloud.read(group)).state == "empty"


async def test_what_the_autoscaler_decides_is_not_sent(sandbox, cloud):
    pool = await cloud.read(resource(*POOL, "batch"))
    autoscaled = replace(pool, properties={**pool.properties, "autoscaled": True})
    with pytest.raises(Rejected, match="autoscaler decides"):
        await cloud.perform(Call(SCALE, autoscaled, {"count": "5"}, "t"))
    assert await changes(sandbox) == []


async def test_the_last_node_of_a_system_pool_stays(cloud):
    pool = await cloud.read(resource(*POOL, "system"))
    with pytest.raises(Rejected, match="at least one node"):
        await cloud.perform(Call(SCALE, pool, {"count": "0"}, "t"))


async def test_what_hangs_on_nothing_is_not_detached(sandbox, cloud):
    spool = await cloud.read(disk("disk-mailer-dev-spool", "mailer"))
    with pytest.raises(Rejected, match="attached to nothing"):
        await cloud.perform(Call(DETACH, spool, {}, "t"))
    assert await changes(sandbox) == []


async def test_no_disk_becomes_smaller(cloud):
    spool = await cloud.read(disk("disk-mailer-dev-spool", "mailer"))
    with pytest.raises(Rejected, match="size reduction"):
        await cloud.perform(Call("Microsoft.Compute/disks/write", spool, {"size_gb": "32"}, "t"))


async def test_without_a_lock_there_is_none_to_take_off(sandbox, cloud):
    with pytest.raises(NotFound, match="No lock protects"):
        await cloud.perform(Call(UNLOCK, storage("stnimbusmailerdev", "mailer"), {}, "t"))
    assert await changes(sandbox) == []


@pytest.mark.parametrize("level", ["ReadOnly", "CanNotDelete"])
async def test_locks_that_guard_more_are_left_alone(sandbox, cloud, level):
    account = storage("stnimbusmailerdev", "mailer")
    scope = account.id if level == "ReadOnly" else account.id.partition("/resourceGroups/")[0]
    where = f"{scope}/providers/Microsoft.Authorization/locks/all"
    await sandbox.seed({**LOCK, "id": where, "name": "all", "properties": {"level": level}})
    with pytest.raises(Rejected, match="More protects") as refused:
        await cloud.perform(Call(UNLOCK, account, {}, "t"))
    assert "nothing was changed" in str(refused.value)
    assert await changes(sandbox) == []


async def test_a_locked_machine_is_not_deleted(sandbox, cloud):
    vm = machine("vm-storefront-dev-03", "storefront")
    await cloud.perform(Call("Microsoft.Authorization/locks/write", vm, {"lock_name": "escher_cannot_delete"}, "t"))
    with pytest.raises(Rejected, match="locked"):
        await cloud.perform(Call("Microsoft.Compute/virtualMachines/delete", vm, {}, "t"))


@pytest.mark.parametrize(("before", "sent"), [("TLS1_3", "TLS1_3"), ("TLS1_2", "TLS1_2"), ("TLS1_0", "TLS1_2")])
async def test_an_account_that_asks_for_more_keeps_it(sandbox, cloud, before, sent):
    account = storage("stnimbusmailerdev", "mailer")
    await sandbox.change(account.id, **{"properties/minimumTlsVersion": before})
    await cloud.perform(Call(TLS, await cloud.read(account), {}, "t"))
    assert (await cloud.read(account)).properties["min_tls"] == sent


WRONG = [
    ({"status": 403}, Denied),
    ({"status": 404}, NotFound),
    ({"status": 409}, Rejected),
    ({"status": 429}, Throttled),
    ({"status": 500}, Unreachable),
    ({"drop": "after"}, Unreachable),
    ({"slow_s": 1.0}, Unreachable),
]


@pytest.mark.parametrize(("fault", "error"), WRONG, ids=str)
async def test_a_change_that_goes_wrong_is_not_repeated(sandbox, cloud, fault, error):
    server = resource("database_instance", "Microsoft.DBforPostgreSQL/flexibleServers", "atlas", "psql-atlas-dev")
    name = "Microsoft.DBforPostgreSQL/flexibleServers/stop/action"
    await sandbox.fault(path_regex="psql-atlas-dev/stop", **fault)
    with pytest.raises(error) as caught:
        await cloud.perform(Call(name, server, {}, "t"))
    assert (type(caught.value), caught.value.tried) == (error, name)
    assert len(await sandbox.calls("POST")) == 1
