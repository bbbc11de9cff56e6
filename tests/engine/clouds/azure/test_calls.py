"""Every change of Azure over the local Azure: what it does, and what comes out when it goes wrong."""

from __future__ import annotations

import pytest

from engine.clouds.azure.operations import OPERATIONS
from engine.clouds.operation import Call
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.execution.promise import missing
from tests.engine.clouds.azure.known import disk, machine, snapshot, storage
from tests.sandboxes import until

VM = "Microsoft.Compute/virtualMachines"
CHANGES = [
    (f"{VM}/start/action", machine("vm-ledger-dev-02", "ledger"), {}),
    (f"{VM}/start/action", machine("vm-mailer-dev-01", "mailer"), {}),
    (f"{VM}/deallocate/action", machine("vm-tracker-dev-01", "tracker"), {}),
    (f"{VM}/deallocate/action", machine("vm-mailer-dev-01", "mailer"), {}),
    (f"{VM}/restart/action", machine("vm-storefront-dev-01", "storefront"), {}),
    (f"{VM}/write", machine("vm-storefront-dev-02", "storefront"), {"vm_size": "Standard_B1ms"}),
    (f"{VM}/delete", machine("vm-storefront-dev-03", "storefront"), {}),
    ("Microsoft.Resources/tags/write", machine("vm-storefront-dev-03", "storefront"), {"key": "env", "value": "dev & more"}),
    ("Microsoft.Resources/tags/delete", machine("vm-storefront-dev-01", "storefront"), {"key": "owner"}),
    ("Microsoft.Compute/snapshots/delete", snapshot("snap-mailer-dev-spool-0202", "mailer"), {}),
    ("Microsoft.Compute/disks/delete", disk("disk-ledger-dev-restore", "ledger"), {}),
    ("Microsoft.Storage/storageAccounts/write", storage("stnimbustrackerdev", "tracker"), {"allow_blob_public_access": False}),
    ("Microsoft.Storage/storageAccounts/write:public", storage("stnimbusmailerdev", "mailer"), {}),
]


@pytest.mark.parametrize(("name", "known", "arguments"), CHANGES, ids=lambda value: getattr(value, "name", None) or str(value)[:60])
async def test_a_change_is_sent_once_and_keeps_its_promise(sandbox, cloud, name, known, arguments):
    before = await cloud.read(known)
    operation = OPERATIONS[name]
    assert not operation.states or before.state in operation.states
    receipt = await cloud.perform(Call(name, before, arguments, "token"))
    assert receipt.request_id
    after = await until(cloud, before, lambda now: not missing(operation.promise, arguments, now))
    assert after is None or after.id == before.id
    heard = await sandbox.calls()
    assert len([call for call in heard if call["method"] != "GET"]) == 1


@pytest.mark.parametrize(("name", "known", "arguments"), [change for change in CHANGES if OPERATIONS[change[0]].inverse][:8])
async def test_the_way_back_leads_back(cloud, name, known, arguments):
    before = await cloud.read(known)
    back = OPERATIONS[name].inverse(before, arguments)
    if back is None:
        assert OPERATIONS[name].no_way_back
        return
    await cloud.perform(Call(name, before, arguments, "there"))
    changed = await until(cloud, before, lambda now: not missing(OPERATIONS[name].promise, arguments, now))
    await cloud.perform(Call(back.operation, changed, back.arguments, "back"))
    again = await until(cloud, before, lambda now: not missing(OPERATIONS[back.operation].promise, back.arguments, now))
    assert (again.tags, again.properties) == (before.tags, before.properties)


async def test_a_named_snapshot_is_never_taken_for_another(cloud):
    spool = await cloud.read(disk("disk-mailer-dev-spool", "mailer"))
    call = Call("Microsoft.Compute/snapshots/write", spool, {"snapshot_name": "before-cleaning"}, "token")
    receipt = await cloud.perform(call)
    await until(cloud, snapshot("before-cleaning", "mailer"), lambda now: now is not None and now.state == "completed")
    assert receipt.produced.endswith("/snapshots/before-cleaning")
    with pytest.raises(Rejected, match="exists already"):
        await cloud.perform(call)


async def test_an_unnamed_snapshot_sent_twice_is_one(sandbox, cloud):
    spool = await cloud.read(disk("disk-mailer-dev-spool", "mailer"))
    call = Call("Microsoft.Compute/snapshots/write", spool, {}, "token")
    first, second = await cloud.perform(call), await cloud.perform(call)
    assert first.produced == second.produced
    assert len(await sandbox.calls("PUT")) == 1


async def test_what_protects_never_opens(sandbox, cloud):
    account = await cloud.read(storage("stnimbusmailerdev", "mailer"))
    with pytest.raises(Rejected, match="only closes"):
        await cloud.perform(Call("Microsoft.Storage/storageAccounts/write", account, {"allow_blob_public_access": True}, "token"))
    assert await sandbox.calls("PATCH") == []


async def test_what_azure_refuses_is_rejected_with_its_words(cloud):
    attached = await cloud.read(disk("disk-ledger-dev-data", "ledger"))
    with pytest.raises(Rejected, match="attached to VM") as refused:
        await cloud.perform(Call("Microsoft.Compute/disks/delete", attached, {}, "token"))
    assert refused.value.code == "OperationNotAllowed"
    assert refused.value.tried == "Microsoft.Compute/disks/delete"


WRONG = [
    ({"status": 401}, Denied),
    ({"status": 403}, Denied),
    ({"status": 404}, NotFound),
    ({"status": 409}, Rejected),
    ({"status": 429, "retry_after": 11}, Throttled),
    ({"status": 500}, Unreachable),
    ({"status": 503}, Unreachable),
    ({"drop": "before"}, Unreachable),
    ({"drop": "after"}, Unreachable),
    ({"slow_s": 1.0}, Unreachable),
]


@pytest.mark.parametrize(("fault", "error"), WRONG, ids=str)
@pytest.mark.parametrize("name", [f"{VM}/restart/action", f"{VM}/delete"])
async def test_a_change_that_goes_wrong_is_not_repeated(sandbox, cloud, name, fault, error):
    known = machine("vm-storefront-dev-01", "storefront")
    method = "DELETE" if name.endswith("delete") else "POST"
    await sandbox.fault(path_regex="vm-storefront-dev-01", method=method, **fault)
    with pytest.raises(error) as caught:
        await cloud.perform(Call(name, known, {}, "token"))
    assert type(caught.value) is error
    assert caught.value.tried == name
    assert len(await sandbox.calls(method)) == 1
    if error is Throttled:
        assert caught.value.retry_after == 11


async def test_garbage_instead_of_a_resource_is_no_answer(sandbox, cloud):
    await sandbox.fault(path_regex="vm-storefront-dev-01", garbage=True)
    with pytest.raises(Unreachable, match="makes no sense"):
        await cloud.read(machine("vm-storefront-dev-01", "storefront"))
