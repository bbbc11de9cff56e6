"""The laws of `engine/clouds/cloud.py`, held over every cloud and the fake."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.clouds.cloud import Cloud
from engine.clouds.operation import Arguments, Call, Operation, OperationClass, Receipt
from engine.errors import NotFound, Rejected, Unreachable
from engine.estate.resource import Gap, GapReason, Resource, Swept
from engine.execution.promise import missing
from tests.contracts.subject import Subject

WITHIN_S = 10.0


async def there(cloud: Cloud, resource: Resource) -> Resource:
    found = await cloud.read(resource)
    assert found is not None
    return found


async def settled(cloud: Cloud, resource: Resource, operation: Operation, arguments: Arguments) -> Resource:
    """Looks until the promise is kept."""
    async with asyncio.timeout(WITHIN_S):
        while missing(operation.promise, arguments, found := await there(cloud, resource)):
            await asyncio.sleep(0.02)
    return found


async def gone(cloud: Cloud, resource: Resource) -> None:
    async with asyncio.timeout(WITHIN_S):
        while await cloud.read(resource) is not None:
            await asyncio.sleep(0.02)


async def swept(cloud: Cloud) -> tuple[list[Swept], list[Gap]]:
    pieces = [piece async for piece in cloud.sweep()]
    return [p for p in pieces if isinstance(p, Swept)], [p for p in pieces if isinstance(p, Gap)]


def never_there(resource: Resource) -> Resource:
    """A resource of the same kind under an id that nothing has."""
    head, _, tail = resource.id.rpartition("-") if "-" in resource.id.rpartition("/")[2] else resource.id.rpartition("/")
    mark = resource.id[len(head)]
    return replace(resource, id=f"{head}{mark}{'0' * max(len(tail), 4)}")


def test_every_operation_knows_its_way_back_or_says_there_is_none(subject: Subject):
    operations = subject.cloud.operations
    assert operations is subject.cloud.operations or operations == subject.cloud.operations
    for name, operation in operations.items():
        assert operation.name == name
        assert operation.cloud == subject.cloud.name
        assert operation.promise
        assert operation.inverse or operation.no_way_back
        assert operation.kind is not OperationClass.READ
        assert operation.settles_s > 0


async def test_a_sweep_gives_each_resource_once_in_its_part(subject: Subject):
    parts, gaps = await swept(subject.cloud)
    assert gaps == []
    found = [resource for part in parts for resource in part.resources]
    assert len({(p.account, p.region, p.type) for p in parts}) == len(parts)
    assert len({resource.id for resource in found}) == len(found)
    assert {subject.machine.id, subject.disk.id} <= {resource.id for resource in found}
    for part in parts:
        assert part.cloud == subject.cloud.name
        assert all((r.account, r.region, r.type) == (part.account, part.region, part.type) for r in part.resources)


async def test_a_sweep_may_be_left_and_run_again_and_next_to_another(subject: Subject):
    walk = subject.cloud.sweep()
    await anext(walk)
    await walk.aclose()  # type: ignore[attr-defined]
    one, other = await asyncio.gather(swept(subject.cloud), swept(subject.cloud))
    ids = [{r.id for part in parts for r in part.resources} for parts, _ in (one, other)]
    assert ids[0] == ids[1] >= {subject.machine.id}


async def test_a_read_sees_what_the_sweep_saw(subject: Subject):
    parts, _ = await swept(subject.cloud)
    for part in parts:
        for resource in part.resources:
            assert await subject.cloud.read(resource) == resource


async def test_a_read_carries_load_and_cost_over(subject: Subject):
    known = replace(await there(subject.cloud, subject.machine), metrics={"cpu_avg_7d": 3.5}, monthly_cost=41.0)
    assert await there(subject.cloud, known) == known


async def test_what_never_was_is_none_and_cannot_be_changed(subject: Subject):
    nothing = never_there(await there(subject.cloud, subject.machine))
    assert await subject.cloud.read(nothing) is None
    with pytest.raises(NotFound):
        await subject.cloud.perform(Call(subject.names.stop, nothing, {}, "token"))


async def test_an_unknown_operation_is_rejected(subject: Subject):
    with pytest.raises(Rejected):
        await subject.cloud.perform(Call("moon:LandInstances", subject.machine, {}, "token"))


async def test_stop_keeps_its_promise_and_leads_back(subject: Subject):
    before = await there(subject.cloud, subject.machine)
    operation = subject.cloud.operations[subject.names.stop]
    assert operation.inverse
    back = operation.inverse(before, {})
    assert back
    await subject.cloud.perform(Call(operation.name, before, {}, "token-1"))
    stopped = await settled(subject.cloud, before, operation, {})
    assert stopped.state != before.state
    await subject.cloud.perform(Call(back.operation, stopped, back.arguments, "token-2"))
    again = await settled(subject.cloud, before, subject.cloud.operations[back.operation], back.arguments)
    assert again.state == before.state


@pytest.mark.parametrize("key", ["env", "brand-new"])
async def test_a_tag_leads_back_to_what_was_there(subject: Subject, key: str):
    before = await there(subject.cloud, subject.machine)
    operation = subject.cloud.operations[subject.names.tag]
    arguments = {"key": key, "value": "changed"}
    assert operation.inverse
    back = operation.inverse(before, arguments)
    assert back
    await subject.cloud.perform(Call(operation.name, before, arguments, "token-1"))
    changed = await settled(subject.cloud, before, operation, arguments)
    assert changed.tags == {**before.tags, key: "changed"}
    await subject.cloud.perform(Call(back.operation, changed, back.arguments, "token-2"))
    again = await settled(subject.cloud, before, subject.cloud.operations[back.operation], back.arguments)
    assert again.tags == before.tags


async def test_a_snapshot_comes_to_be_and_does_not_touch_the_disk(subject: Subject):
    before = await there(subject.cloud, subject.disk)
    operation = subject.cloud.operations[subject.names.snapshot]
    call = Call(operation.name, before, {}, "token-snapshot")
    receipt = await subject.cloud.perform(call)
    assert receipt.produced
    async with asyncio.timeout(WITHIN_S):
        while missing(operation.promise, {}, before, await subject.cloud.produced(call, receipt)):
            await asyncio.sleep(0.02)
    snapshot = await there(subject.cloud, replace(before, id=receipt.produced))
    assert (snapshot.id, snapshot.type) == (receipt.produced, "snapshot")
    assert await there(subject.cloud, before) == before


async def test_what_produces_nothing_has_produced_nothing(subject: Subject):
    call = Call(subject.names.stop, subject.machine, {}, "token")
    assert await subject.cloud.produced(call, Receipt()) is None


async def test_what_is_deleted_is_gone(subject: Subject):
    before = await there(subject.cloud, subject.disk)
    await subject.cloud.perform(Call(subject.names.delete_disk, before, {}, "token"))
    await gone(subject.cloud, before)
    parts, _ = await swept(subject.cloud)
    assert before.id not in {r.id for part in parts for r in part.resources}
    with pytest.raises(NotFound):
        await subject.cloud.perform(Call(subject.names.delete_disk, before, {}, "token"))


async def test_reads_at_once_are_all_answered(subject: Subject):
    wanted = [subject.machine, subject.disk, never_there(subject.machine)] * 20
    found = await asyncio.gather(*(subject.cloud.read(resource) for resource in wanted))
    assert [resource.id if resource else None for resource in found] == [subject.machine.id, subject.disk.id, None] * 20


async def test_with_nobody_there_a_sweep_says_so_and_a_change_is_unreachable(subject: Subject):
    parts, gaps = await swept(subject.away)
    assert not any(part.resources for part in parts)
    assert {gap.reason for gap in gaps} == {GapReason.UNREACHABLE}
    assert all(gap.tried and gap.detail and gap.cloud == subject.cloud.name for gap in gaps)
    with pytest.raises(Unreachable):
        await subject.away.read(subject.machine)
    with pytest.raises(Unreachable):
        await subject.away.perform(Call(subject.names.stop, subject.machine, {}, "token"))


async def test_whether_a_change_is_permitted_is_told_and_nothing_changes(subject: Subject):
    before = await there(subject.cloud, subject.machine)
    check = await subject.cloud.allowed(before.account, subject.names.stop, (before,))
    assert (check.operation, check.account, check.targets) == (subject.names.stop, before.account, (before.id,))
    assert check.verdict == subject.permitted
    assert (check.verdict == "allowed") == (check.why == "")
    assert (check.verdict == "denied") == bool(check.missing)
    assert await there(subject.cloud, subject.machine) == before


async def test_what_cannot_be_told_of_permissions_is_unknown_with_its_reason(subject: Subject):
    strange = await subject.cloud.allowed(subject.machine.account, "moon:LandInstances", (subject.machine,))
    assert (strange.verdict, strange.missing) == ("unknown", ())
    assert "moon:LandInstances" in strange.why
    silent = await subject.away.allowed(subject.machine.account, subject.names.stop, (subject.machine,))
    assert (silent.verdict, silent.targets) == ("unknown", (subject.machine.id,))
    assert silent.why
    elsewhere = await subject.cloud.allowed("nobody-has-this", subject.names.stop, (subject.machine,))
    assert elsewhere.verdict in ("unknown", subject.permitted)


async def test_closing_twice_is_closing_once(subject: Subject):
    await subject.cloud.read(subject.machine)
    await subject.cloud.close()
    await subject.cloud.close()
