"""What became of a change that Azure took on: its own words where it failed, silence where it did not or nobody knows."""

from __future__ import annotations

import pytest

from engine.clouds.azure.following import verdict
from engine.clouds.operation import Call, Receipt
from tests.engine.clouds.azure.known import machine
from tests.sandboxes import until

VM = "Microsoft.Compute/virtualMachines"
STOPPED = machine("vm-ledger-dev-02", "ledger")
START = Call(f"{VM}/start/action", STOPPED, {}, "t")
FULL = {"code": "AllocationFailed", "message": "Allocation failed. We do not have sufficient capacity for the requested VM size."}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": "Failed", "error": FULL}, f"{FULL['code']}: {FULL['message']}"),
        ({"status": "failed", "error": {"code": "Conflict"}}, "Conflict"),
        ({"status": "Canceled"}, "Canceled"),
        ({"status": "InProgress"}, ""),
        ({"status": "Succeeded"}, ""),
        ({"id": "/subscriptions/s", "name": "a resource"}, ""),
        ({}, ""),
    ],
)
def test_only_a_failed_operation_has_words(answer, words):
    assert verdict(answer) == words


async def test_a_change_that_fails_after_it_was_accepted_says_why(sandbox, cloud):
    await sandbox.change(STOPPED.id, _fails=FULL)
    before = await cloud.read(STOPPED)
    receipt = await cloud.perform(START)
    assert receipt.said == "accepted"
    await until(cloud, STOPPED, lambda now: now.state == before.state)
    assert await cloud.failure(START, receipt) == f"{FULL['code']}: {FULL['message']}"


async def test_a_change_that_works_says_nothing(cloud):
    receipt = await cloud.perform(START)
    assert receipt.follow
    assert await cloud.failure(START, receipt) == ""
    await until(cloud, STOPPED, lambda now: now.state == "running")
    assert await cloud.failure(START, receipt) == ""


async def test_what_cannot_be_followed_says_nothing(sandbox, cloud):
    assert await cloud.failure(START, Receipt()) == ""
    receipt = await cloud.perform(START)
    await sandbox.fault(path_regex="/operations/", status=500)
    assert await cloud.failure(START, receipt) == ""


async def test_a_token_goes_to_no_other_host(sandbox, cloud):
    before = len(await sandbox.calls())
    for elsewhere in ("https://evil.example/operations/1", "http://127.0.0.1/x", "https://127.0.0.1:1/x", "//evil.example/x"):
        assert await cloud.failure(START, Receipt(follow=elsewhere)) == ""
    assert len([call for call in (await sandbox.calls())[before:] if "evil" in call["path"]]) == 0


@pytest.mark.parametrize(("state", "back"), [("stopped", "powerOff"), ("deallocated", "deallocate")])
async def test_undoing_a_start_leads_back_to_the_state_before(sandbox, cloud, state, back):
    await sandbox.change(STOPPED.id, _power=state)
    before = await cloud.read(STOPPED)
    assert before.state == state
    inverse = cloud.operations[START.operation].inverse(before, {})
    assert inverse.operation == f"{VM}/{back}/action"
    await cloud.perform(START)
    started = await until(cloud, before, lambda now: now.state == "running")
    await cloud.perform(Call(inverse.operation, started, {}, "back"))
    assert (await until(cloud, before, lambda now: now.state == state)).properties == before.properties


async def test_a_denied_fact_of_one_account_is_a_gap_of_that_alone(sandbox, cloud):
    from tests.sandboxes import swept

    await sandbox.fault(path_regex="stnimbusmailerdev/blobServices", status=403)
    found, gaps = await swept(cloud)
    assert [(gap.type, gap.tried) for gap in gaps] == [("object_storage", "Microsoft.Storage/storageAccounts/blobServices/read")]
    assert "stnimbusmailerdev" in gaps[0].detail
    assert "versioning" not in found["stnimbusmailerdev"].properties
    assert "versioning" in found["stnimbustrackerdev"].properties


async def test_a_snapshot_whose_answer_was_lost_is_found(sandbox, cloud):
    from tests.engine.clouds.azure.known import disk

    call = Call("Microsoft.Compute/snapshots/write", await cloud.read(disk("disk-mailer-dev-spool", "mailer")), {}, "token")
    assert await cloud.produced(call, Receipt()) is None
    receipt = await cloud.perform(call)
    assert await cloud.produced(call, Receipt()) == await cloud.produced(call, receipt)
