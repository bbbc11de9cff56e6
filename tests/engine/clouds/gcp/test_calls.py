"""Every change of Google Cloud over the local one: what it does, and what comes out when it goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from engine.clouds.gcp.operations import OPERATIONS
from engine.clouds.operation import Call
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.execution.promise import missing
from tests.engine.clouds.gcp.known import bucket, database, disk, machine, snapshot
from tests.sandboxes import until

RUNNING = machine("storefront-lab-1", "europe-west1-b")
STOPPED = machine("ledger-lab-2", "europe-west1-c")
SPOOL = disk("mailer-lab-spool", "us-central1-b")
CHANGES = [
    ("compute.instances.start", STOPPED, {}),
    ("compute.instances.stop", RUNNING, {}),
    ("compute.instances.setMachineType", STOPPED, {"machine_type": "e2-small"}),
    ("compute.instances.setLabels", RUNNING, {"key": "env", "value": "dev"}),
    ("compute.instances.setLabels", RUNNING, {"key": "fresh", "value": "yes"}),
    ("compute.instances.setLabels", RUNNING, {"key": "owner", "value": ""}),
    ("compute.disks.setLabels", SPOOL, {"key": "keep", "value": "true"}),
    ("compute.snapshots.setLabels", snapshot("mailer-lab-spool-0202"), {"key": "keep", "value": "true"}),
    ("storage.buckets.update", bucket("nimbus-lab-072-storefront"), {"public_access_prevention": "enforced"}),
    ("cloudsql.instances.update", database("storefront-pg-lab"), {}),
    ("cloudsql.instances.update:start", database("ledger-pg-lab"), {}),
    ("cloudsql.instances.restart", database("storefront-pg-lab"), {}),
    ("compute.instances.reset", RUNNING, {}),
    ("compute.instances.delete", RUNNING, {}),
    ("compute.snapshots.delete", snapshot("mailer-lab-spool-0202"), {}),
    ("compute.disks.delete", SPOOL, {}),
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
    assert len([call for call in await sandbox.calls() if call["method"] != "GET"]) == 1


@pytest.mark.parametrize(("name", "known", "arguments"), [change for change in CHANGES if OPERATIONS[change[0]].inverse])
async def test_the_way_back_leads_back(cloud, name, known, arguments):
    before = await cloud.read(known)
    back = OPERATIONS[name].inverse(before, arguments)
    await cloud.perform(Call(name, before, arguments, "there"))
    changed = await until(cloud, before, lambda now: not missing(OPERATIONS[name].promise, arguments, now))
    await cloud.perform(Call(back.operation, changed, back.arguments, "back"))
    again = await until(cloud, before, lambda now: not missing(OPERATIONS[back.operation].promise, back.arguments, now))
    assert (again.state, again.tags, again.properties) == (before.state, before.tags, before.properties)


async def test_the_same_call_twice_is_one_change(cloud):
    spool = await cloud.read(SPOOL)
    call = Call("compute.disks.createSnapshot", spool, {}, "token")
    first, second = await cloud.perform(call), await cloud.perform(call)
    assert (first.request_id, first.produced) == (second.request_id, second.produced)


async def test_a_named_snapshot_is_never_taken_for_another(cloud):
    spool = await cloud.read(SPOOL)
    await cloud.perform(Call("compute.disks.createSnapshot", spool, {"snapshot_name": "before"}, "one"))
    with pytest.raises(Rejected, match="already exists"):
        await cloud.perform(Call("compute.disks.createSnapshot", spool, {"snapshot_name": "before"}, "two"))


async def test_labels_that_changed_meanwhile_are_not_written_over(sandbox, cloud):
    """Two writers at once: one of them is refused by the fingerprint, and no label of the other is lost."""
    await sandbox.delay(0)
    calls = [Call("compute.instances.setLabels", RUNNING, {"key": key, "value": "x"}, key) for key in ("one", "two", "three", "four")]
    results = await asyncio.gather(*(cloud.perform(call) for call in calls), return_exceptions=True)
    written = {call.arguments["key"] for call, result in zip(calls, results, strict=True) if not isinstance(result, Exception)}
    assert all(isinstance(result, Rejected) for result in results if isinstance(result, Exception))
    assert written
    now = await cloud.read(RUNNING)
    assert {"env", "app", "owner", *written} <= set(now.tags)


async def test_a_label_google_would_not_take_is_rejected(cloud):
    with pytest.raises(Rejected, match="lower case"):
        await cloud.perform(Call("compute.instances.setLabels", RUNNING, {"key": "env", "value": "Not Lower"}, "t"))


async def test_what_protects_never_opens(sandbox, cloud):
    arguments = {"public_access_prevention": "inherited"}
    with pytest.raises(Rejected, match="only sets"):
        await cloud.perform(Call("storage.buckets.update", bucket("nimbus-lab-072-storefront"), arguments, "token"))
    assert await sandbox.calls("PATCH") == []


async def test_what_google_refuses_is_rejected_with_its_words(cloud):
    with pytest.raises(Rejected, match="already being used") as refused:
        await cloud.perform(Call("compute.disks.delete", disk("tracker-lab-scratch", "us-central1-a"), {}, "token"))
    assert refused.value.code == "resourceInUseByAnotherResource"
    assert "http://" not in refused.value.message


WRONG = [
    ({"status": 401}, Denied),
    ({"status": 403}, Denied),
    ({"status": 404}, NotFound),
    ({"status": 409}, Rejected),
    ({"status": 412}, Rejected),
    ({"status": 429, "retry_after": 11}, Throttled),
    ({"status": 500}, Unreachable),
    ({"status": 503}, Unreachable),
    ({"drop": "before"}, Unreachable),
    ({"drop": "after"}, Unreachable),
    ({"slow_s": 1.0}, Unreachable),
    ({"garbage": True}, Unreachable),
]


CHANGED = [("compute.instances.delete", RUNNING, "DELETE"), ("cloudsql.instances.update:start", database("ledger-pg-lab"), "PATCH")]


@pytest.mark.parametrize(("fault", "error"), WRONG, ids=str)
@pytest.mark.parametrize("change", CHANGED, ids=lambda change: change[0])
async def test_a_change_that_goes_wrong_is_not_repeated(sandbox, cloud, change, fault, error):
    name, known, method = change
    await sandbox.fault(path_regex=known.name, method=method, **fault)
    with pytest.raises(error) as caught:
        await cloud.perform(Call(name, known, {}, "token"))
    assert type(caught.value) is error
    assert caught.value.tried == name
    assert len(await sandbox.calls(method)) == 1
    if error is Throttled:
        assert caught.value.retry_after == 11
