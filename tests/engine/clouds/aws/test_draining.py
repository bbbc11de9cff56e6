"""Instances out of their target groups, on a real moto server: what a drain that breaks off leaves, and what a read asks for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import pytest_asyncio

from engine.clouds.aws.allowed import subject
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.session import Patience
from engine.clouds.aws.tables.load_balancers import DRAIN
from engine.errors import Rejected, Unreachable
from tests.engine.clouds.aws.makers import call, seen
from tests.engine.clouds.aws.service_makers import ServiceMaker


@pytest_asyncio.fixture
async def make(sandbox):
    maker = ServiceMaker(sandbox.accounts[2])
    yield maker
    await maker.close()


def through(faults, sandbox) -> AwsCloud:
    account = sandbox.accounts[2].model_copy(update={"endpoint": faults.endpoint})
    return AwsCloud([account], patience=Patience(read_attempts=1))


async def test_a_drain_that_stops_half_way_is_looked_at_and_not_taken_for_undone(faults, sandbox, make):
    cloud = through(faults, sandbox)
    served = await seen(cloud, await make.served_instance())
    first, second = served.properties["target_groups"]
    gone = replace(served, properties={**served.properties, "target_groups": [first, second.replace("targetgroup/", "targetgroup/no-")]})
    with pytest.raises(Unreachable, match="was accepted for 1 of 2, and then not") as caught:
        await cloud.perform(call("elasticloadbalancing:DeregisterTargets", gone))
    assert caught.value.code == "TargetGroupNotFound"
    assert (await seen(cloud, gone)).properties["target_health"] == "drained", "a group that is gone sends nothing"
    assert (await seen(cloud, served)).properties["target_health"] == "healthy", "the other group still does"
    await cloud.close()


async def test_who_may_not_look_at_targets_knows_what_was_known(faults, sandbox, make):
    cloud = through(faults, sandbox)
    served = await seen(cloud, await make.served_instance())
    faults.answer("DescribeTargetHealth", 403, "AccessDenied")
    assert (await seen(cloud, served)).properties["target_health"] == "healthy"
    faults.answer("DescribeTargetHealth", 503, "ServiceUnavailable")
    with pytest.raises(Unreachable):
        await cloud.read(served)
    await cloud.close()


async def test_many_reads_ask_each_target_group_once(faults, sandbox, make):
    cloud = through(faults, sandbox)
    served = await make.served_instance()
    faults.seen.clear()
    found = await asyncio.gather(*(cloud.read(served) for _ in range(30)))
    assert {one.properties["target_health"] for one in found} == {"healthy"}
    assert faults.seen["DescribeTargetHealth"] == 2
    await cloud.close()


async def test_without_a_known_group_nothing_is_drained(cloud, make):
    with pytest.raises(Rejected, match="in no target group that is known"):
        await cloud.perform(call("elasticloadbalancing:DeregisterTargets", await make.instance()))


async def test_iam_is_asked_about_the_target_group_and_about_everything_else_as_ever(make):
    served = await make.served_instance()
    assert subject(DRAIN, served) == served.properties["target_groups"][0].rpartition(":")[0]
    assert subject("ec2:StopInstances", served) == subject(DRAIN, replace(served, properties={})) == served.id
