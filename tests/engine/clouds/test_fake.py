"""The fake cloud answers as a test tells it to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.fake import FakeCloud
from engine.clouds.operation import Call
from engine.errors import Rejected, Throttled, Unreachable
from engine.estate.resource import Gap, GapReason, Resource, Swept

INSTANCE = Resource(
    *("aws", "compute_instance", "AWS::EC2::Instance", "arn:aws:ec2:us-east-1:1:instance/i-1", "web"),
    *("1", "prod", "us-east-1", "running"),
    tags={"env": "prod"},
    properties={"instance_type": "t3.micro"},
)


def stop(resource: Resource = INSTANCE) -> Call:
    return Call("ec2:StopInstances", resource, {}, "t")


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud([INSTANCE], OPERATIONS)


async def state(cloud: FakeCloud) -> str | None:
    found = await cloud.read(INSTANCE)
    return found.state if found else None


async def test_what_is_held_settles_when_released(cloud):
    cloud.hold(INSTANCE.id)
    await cloud.perform(stop())
    assert await state(cloud) == "running"
    cloud.release(INSTANCE.id)
    assert await state(cloud) == "stopped"


async def test_an_effect_may_need_some_reads(cloud):
    cloud.settles_after_reads = 2
    await cloud.perform(stop())
    assert [await state(cloud) for _ in range(3)] == ["running", "running", "stopped"]


async def test_faults_come_as_often_as_asked_for_and_change_nothing(cloud):
    cloud.fail("ec2:StopInstances", Throttled("slowly"), times=2)
    for _ in range(2):
        with pytest.raises(Throttled):
            await cloud.perform(stop())
    assert await state(cloud) == "running"
    await cloud.perform(stop())
    assert await state(cloud) == "stopped"
    assert len(cloud.performed) == 3


async def test_a_lost_answer_may_hide_a_change_that_happened(cloud):
    cloud.fail(INSTANCE.id, Unreachable("silence"), happened=True)
    with pytest.raises(Unreachable):
        await cloud.perform(stop())
    assert await state(cloud) == "stopped"


async def test_reads_fail_by_name_too(cloud):
    cloud.fail(f"read:{INSTANCE.id}", Unreachable("silence"))
    cloud.fail("read", Throttled("slowly"))
    with pytest.raises(Throttled):
        await cloud.read(INSTANCE)
    with pytest.raises(Unreachable):
        await cloud.read(INSTANCE)
    assert await state(cloud) == "running"


async def test_the_world_may_change_behind_the_back(cloud):
    cloud.change(INSTANCE.id, state="stopped", tags={"owner": "ines"})
    found = await cloud.read(INSTANCE)
    assert found == replace(INSTANCE, state="stopped", tags={"env": "prod", "owner": "ines"})
    cloud.remove(INSTANCE.id)
    assert await cloud.read(INSTANCE) is None
    cloud.add(INSTANCE)
    assert await cloud.read(INSTANCE) == INSTANCE


async def test_a_wrong_state_is_rejected_unless_repeating_is_harmless(cloud):
    cloud.change(INSTANCE.id, state="stopped")
    await cloud.perform(stop())
    with pytest.raises(Rejected, match="web is stopped"):
        await cloud.perform(Call("ec2:RebootInstances", INSTANCE, {}, "t"))


async def test_gaps_are_part_of_the_sweep(cloud):
    gap = Gap("aws", "1", "prod", "us-east-1", "disk", GapReason.DENIED, "ec2:DescribeVolumes", "no")
    cloud.gaps.append(gap)
    assert [piece async for piece in cloud.sweep()] == [Swept("aws", "1", "us-east-1", "compute_instance", (INSTANCE,)), gap]
