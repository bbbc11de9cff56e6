"""What became of a change that Google took on: its own words where it failed, silence where it did not or nobody knows."""

from __future__ import annotations

import pytest

from engine.clouds.operation import Call, Receipt
from engine.estate.resource import GapReason
from tests.engine.clouds.gcp.known import bucket, database, disk, machine
from tests.sandboxes import swept, until

STOPPED = machine("ledger-lab-2", "europe-west1-c")
START = Call("compute.instances.start", STOPPED, {}, "t")
FULL = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "The zone does not have enough resources available."}
FAILS = {"error": {"errors": [FULL]}, "httpErrorStatusCode": 503, "httpErrorMessage": "SERVICE UNAVAILABLE"}


async def test_a_change_that_fails_after_it_was_accepted_says_why(sandbox, cloud):
    await sandbox.change(STOPPED.id.partition(".com/")[2], _fails=FAILS)
    receipt = await cloud.perform(START)
    await until(cloud, STOPPED, lambda now: now.state == "stopped")
    assert await cloud.failure(START, receipt) == f"{FULL['code']}: {FULL['message']}"


@pytest.mark.parametrize(
    "call",
    [
        START,
        Call("compute.snapshots.delete", disk("x", "z"), {}, "t"),
        Call("cloudsql.instances.update:start", database("ledger-pg-lab"), {}, "t"),
    ],
    ids=lambda call: call.operation,
)
async def test_a_change_that_works_says_nothing_and_is_followed_where_it_stands(sandbox, cloud, call):
    if call.operation == "compute.snapshots.delete":
        from tests.engine.clouds.gcp.known import snapshot

        call = Call(call.operation, snapshot("mailer-lab-spool-0202"), {}, "t")
    receipt = await cloud.perform(call)
    assert await cloud.failure(call, receipt) == ""
    asked = await sandbox.calls("GET", f"/operations/{receipt.request_id}")
    assert len(asked) == 1, "the operation was found under the path that the receipt names"


async def test_what_cannot_be_followed_says_nothing(sandbox, cloud):
    assert await cloud.failure(START, Receipt()) == ""
    receipt = await cloud.perform(START)
    for fault in ({"status": 500}, {"status": 404}, {"garbage": True}, {"drop": "after"}):
        await sandbox.fault(path_regex="/operations/", **fault)
        assert await cloud.failure(START, receipt) == ""


async def test_a_denied_policy_is_a_gap_of_that_bucket_alone(sandbox, cloud):
    await sandbox.fault(path_regex="nimbus-lab-072-storefront/iam", status=403)
    found, gaps = await swept(cloud)
    assert [(gap.type, gap.tried, gap.reason) for gap in gaps] == [("object_storage", "storage.buckets.getIamPolicy", GapReason.DENIED)]
    assert "nimbus-lab-072-storefront" in gaps[0].detail
    assert "public" not in found["nimbus-lab-072-storefront"].properties
    assert found["nimbus-lab-072-mailer"].properties["public"] is False


async def test_many_denied_policies_are_one_gap_and_any_other_silence_is_one_of_all(sandbox, cloud):
    await sandbox.fault(path_regex="nimbus-lab-072-.*/iam", status=403, count=3)
    _, gaps = await swept(cloud)
    assert len(gaps) == 1
    assert "And 2 more." in gaps[0].detail
    await sandbox.fault(path_regex="nimbus-lab-072-mailer/iam", status=500)
    found, gaps = await swept(cloud)
    assert [(gap.type, gap.reason) for gap in gaps] == [("object_storage", GapReason.UNREACHABLE)]
    assert "nimbus-lab-072-storefront" not in found


async def test_a_bucket_with_a_denied_policy_is_read_all_the_same(sandbox, cloud):
    await sandbox.fault(path_regex="nimbus-lab-072-storefront/iam", status=403)
    assert "public" not in (await cloud.read(bucket("nimbus-lab-072-storefront"))).properties


async def test_what_a_lost_answer_made_is_found(cloud):
    spool = await cloud.read(disk("mailer-lab-spool", "us-central1-b"))
    one = await cloud.read(database("storefront-pg-lab"))
    for call in (Call("compute.disks.createSnapshot", spool, {}, "t"), Call("cloudsql.backupRuns.create", one, {}, "t")):
        assert await cloud.produced(call, Receipt()) is None
        await cloud.perform(call)
        assert await cloud.produced(call, Receipt()) in ("pending", "creating", "completed")
