"""Our calls and the local Azure held to Azure's own SDK, which nobody here wrote: it reads what the sandbox says, and asks as we do."""

from __future__ import annotations

import time
from functools import partial

import pytest

from engine.clouds.azure.scanners import disks, scale_sets, snapshots, storage_accounts, virtual_machines
from engine.clouds.operation import Call
from tests.engine.clouds.azure.known import disk, machine, snapshot, storage

pytestmark = pytest.mark.peer
pytest.importorskip("azure.mgmt.compute")
VM = "Microsoft.Compute/virtualMachines"


class Token:
    """Opens nothing but a local cloud."""

    async def get_token(self, *_scopes, **_options):
        from azure.core.credentials import AccessToken

        return AccessToken("sandbox", int(time.time()) + 3600)

    async def close(self):
        return None


@pytest.fixture
def official(sandbox, monkeypatch):
    """Makes one of the SDK's clients that speaks to the sandbox, over the real policies and pollers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def made(client):
        account = sandbox.accounts[1]
        known = machine("x", "x").account
        return client(
            Token(),
            known,
            base_url=sandbox.endpoint,
            credential_scopes=["x/.default"],
            connection_verify=account.ca_file,
            polling_interval=0,
        )

    return made


async def test_the_sdk_lists_what_we_list(official, cloud):
    from azure.mgmt.compute.aio import ComputeManagementClient
    from azure.mgmt.storage.aio import StorageManagementClient

    session = await cloud._session(machine("x", "x").account)
    async with official(ComputeManagementClient) as compute, official(StorageManagementClient) as stores:
        for theirs, module in (
            (compute.virtual_machines.list_all(), virtual_machines),
            (compute.disks.list(), disks),
            (compute.snapshots.list(), snapshots),
            (compute.virtual_machine_scale_sets.list_all(), scale_sets),
            (stores.storage_accounts.list(), storage_accounts),
        ):
            heard = {one.id: one.as_dict() async for one in theirs}
            ours = {wire["id"]: wire for wire in await session.rest_kind(module.KIND.native, module.VERSION)}
            assert heard.keys() == ours.keys() != set()
            for own_id, wire in ours.items():
                assert heard[own_id]["properties"].keys() <= wire["properties"].keys()


async def test_the_sdks_poller_follows_our_operations_to_their_end(official, sandbox, cloud):
    from azure.core.exceptions import HttpResponseError
    from azure.mgmt.compute.aio import ComputeManagementClient

    async with official(ComputeManagementClient) as compute:
        poller = await compute.virtual_machines.begin_start("rg-ledger-dev", "vm-ledger-dev-02", polling_interval=0)
        await poller.result()
        assert poller.status() == "Succeeded"
        stopped = machine("vm-mailer-dev-01", "mailer")
        error = {"code": "AllocationFailed", "message": "There is no room."}
        await sandbox.change(stopped.id, _fails=error)
        poller = await compute.virtual_machines.begin_start("rg-mailer-dev", "vm-mailer-dev-01", polling_interval=0)
        with pytest.raises(HttpResponseError) as heard:
            await poller.result()
        assert heard.value.error.code == "AllocationFailed"
    await sandbox.change(stopped.id, _fails=error)
    call = Call(f"{VM}/start/action", stopped, {}, "t")
    receipt = await cloud.perform(call)
    await sandbox.delay(0)
    while not (said := await cloud.failure(call, receipt)):
        pass
    assert said == f"{heard.value.error.code}: {heard.value.error.message}"


def asked(call):
    return call["method"], call["path"], {name: value for name, value in call["query"].items() if name != "api-version"}, call["body"]


async def test_the_sdk_asks_for_changes_as_we_do(official, sandbox, cloud):
    """Method, path and query of each call that once went through the SDK; the body of those that have one."""
    import json

    from azure.mgmt.compute.aio import ComputeManagementClient

    vm, group, name = machine("vm-storefront-dev-01", "storefront"), "rg-storefront-dev", "vm-storefront-dev-01"
    spool, old = disk("disk-mailer-dev-spool", "mailer"), snapshot("snap-mailer-dev-spool-0202", "mailer")
    async with official(ComputeManagementClient) as compute:
        machines = compute.virtual_machines
        pairs = [
            (f"{VM}/start/action", vm, {}, partial(machines.begin_start, group, name)),
            (f"{VM}/deallocate/action", vm, {}, partial(machines.begin_deallocate, group, name)),
            (f"{VM}/start/action", vm, {}, partial(machines.begin_start, group, name)),
            (f"{VM}/powerOff/action", vm, {}, partial(machines.begin_power_off, group, name)),
            (
                f"{VM}/write",
                vm,
                {"vm_size": "Standard_B1ms"},
                partial(machines.begin_update, group, name, {"properties": {"hardwareProfile": {"vmSize": "Standard_B1ms"}}}),
            ),
            ("Microsoft.Compute/snapshots/delete", old, {}, partial(compute.snapshots.begin_delete, "rg-mailer-dev", old.name)),
            ("Microsoft.Compute/disks/delete", spool, {}, partial(compute.disks.begin_delete, "rg-mailer-dev", spool.name)),
        ]
        for operation, target, arguments, begin in pairs:
            before = len(await sandbox.calls())
            await begin(polling=False)
            await cloud.perform(Call(operation, target, arguments, "t"))
            theirs, ours = (asked(call) for call in (await sandbox.calls())[before:] if call["method"] != "GET")
            assert theirs[:2] == ours[:2]
            assert {key: value for key, value in theirs[2].items() if value != "false"} == ours[2]
            assert json.loads(theirs[3] or "null") == json.loads(ours[3] or "null")


async def test_the_sdk_reads_a_storage_account_that_we_closed(official, cloud):
    from azure.mgmt.storage.aio import StorageManagementClient

    account = storage("stnimbustrackerdev", "tracker")
    await cloud.perform(Call("Microsoft.Storage/storageAccounts/write", account, {"allow_blob_public_access": False}, "t"))
    async with official(StorageManagementClient) as stores:
        assert (await stores.storage_accounts.get_properties("rg-tracker-dev", account.name)).allow_blob_public_access is False


def test_our_versions_are_not_newer_than_the_sdks_and_of_its_kind():
    """The SDK speaks one version for each kind; ours is one that Azure publishes, and no preview."""
    for module in (virtual_machines, disks, snapshots, scale_sets, storage_accounts):
        assert len(module.VERSION) == len("2024-11-01")
        assert module.VERSION <= "2026-09-01"
