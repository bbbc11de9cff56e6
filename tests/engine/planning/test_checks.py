"""Permissions are asked for once, kept for a while, and never waited for long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.clock import FakeClock
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.fake import FakeCloud
from engine.errors import Throttled
from engine.planning.checks import KEPT, KEPT_OTHERWISE, LATE, Checks
from tests.engine.execution.samples import NOW, step, vm

ONE, TWO, ELSEWHERE = vm("one"), vm("two"), vm("three", account="999900001111")
ALL = {one.id: one for one in (ONE, TWO, ELSEWHERE)}
STOP = "ec2:StopInstances"


class Broken(FakeCloud):
    """A cloud whose leaf breaks its promise and raises."""

    async def allowed(self, account, operation, targets):
        raise RuntimeError("loop closed")


@pytest.fixture
def cloud() -> FakeCloud:
    return FakeCloud(ALL.values(), OPERATIONS)


@pytest.fixture
async def checks(cloud):
    made = Checks({"aws": cloud}, FakeClock(NOW), patience_s=0.05)
    yield made
    await made.close()


def stops(*targets):
    return tuple(step(f"s{number}", one) for number, one in enumerate(targets))


async def test_one_question_for_an_account_and_operation(checks, cloud):
    steps = (*stops(ONE, TWO, ELSEWHERE), step("t", ONE, "ec2:CreateTags", {"key": "a", "value": "b"}))
    found = await checks.of(steps, ALL)
    assert sorted(cloud.asked) == [("444455556666", "ec2:CreateTags", 1), ("444455556666", STOP, 2), ("999900001111", STOP, 1)]
    assert {(one.operation, one.account, one.verdict) for one in found} == {
        ("ec2:CreateTags", "444455556666", "allowed"),
        (STOP, "444455556666", "allowed"),
        (STOP, "999900001111", "allowed"),
    }
    assert await checks.of((), ALL) == ()


async def test_an_answer_is_kept_by_the_engines_clock(cloud):
    clock = FakeClock(NOW)
    checks = Checks({"aws": cloud}, clock)
    for _ in range(2):
        assert (await checks.of(stops(ONE, TWO), ALL))[0].verdict == "allowed"
    (fewer,) = await checks.of(stops(TWO), ALL)
    assert (fewer.verdict, fewer.targets, len(cloud.asked)) == ("allowed", (TWO.id,), 1), "a yes for more is a yes for fewer"
    clock.advance((KEPT + timedelta(seconds=1)).total_seconds())
    await checks.of(stops(ONE, TWO), ALL)
    assert len(cloud.asked) == 2


async def test_a_no_is_kept_shorter_and_for_the_same_question_only(cloud):
    clock = FakeClock(NOW)
    checks = Checks({"aws": cloud}, clock)
    cloud.deny(STOP, TWO.id)
    (said,) = await checks.of(stops(ONE, TWO), ALL)
    assert (said.verdict, said.targets, said.missing) == ("denied", (TWO.id,), (STOP,))
    assert (await checks.of(stops(ONE), ALL))[0].verdict == "allowed"
    await checks.of(stops(ONE, TWO), ALL)
    assert len(cloud.asked) == 2
    clock.advance((KEPT_OTHERWISE + timedelta(seconds=1)).total_seconds())
    await checks.of(stops(ONE, TWO), ALL)
    assert len(cloud.asked) == 3


async def test_a_late_answer_is_there_the_next_time(checks, cloud):
    cloud.answers.clear()
    (late,) = await checks.of(stops(ONE), ALL)
    assert (late.verdict, late.why, late.targets) == ("unknown", LATE, (ONE.id,))
    again = asyncio.create_task(checks.of(stops(ONE), ALL))
    await asyncio.sleep(0)
    cloud.answers.set()
    assert (await again)[0].verdict == "allowed"
    assert (await checks.of(stops(ONE), ALL))[0].verdict == "allowed"
    assert len(cloud.asked) == 1


async def test_what_a_cloud_cannot_tell_is_unknown(checks, cloud):
    cloud.fail("allowed", Throttled("Slowly."))
    assert [(one.verdict, one.why) for one in await checks.of(stops(ONE), ALL)] == [("unknown", "Slowly.")]


async def test_a_leaf_that_breaks_fails_no_plan():
    checks = Checks({"aws": Broken(ALL.values(), OPERATIONS)}, FakeClock(NOW))
    for _ in range(2):
        (said,) = await checks.of(stops(ONE), ALL)
        assert (said.verdict, said.why) == ("unknown", "Asking broke off: RuntimeError: loop closed.")


async def test_closing_stops_the_questions(checks, cloud):
    cloud.answers.clear()
    asking = asyncio.create_task(checks.of(stops(ONE), ALL))
    await asyncio.sleep(0)
    await checks.close()
    assert (await asking)[0].verdict == "unknown"
    await checks.close()


async def test_the_last_answer_is_told_when_the_cloud_is_late(cloud):
    clock = FakeClock(NOW)
    checks = Checks({"aws": cloud}, clock, patience_s=0.05)
    cloud.deny(STOP, ONE.id)
    await checks.of(stops(ONE), ALL)
    clock.advance((KEPT + timedelta(seconds=1)).total_seconds())
    cloud.answers.clear()
    (late,) = await checks.of(stops(ONE), ALL)
    assert (late.verdict, late.targets) == ("unknown", (ONE.id,))
    assert late.why == f"{LATE} At 12:00 UTC on 20 November it said: denied (ec2:StopInstances is not granted.)."
    cloud.answers.set()
    await checks.close()


async def test_a_denial_of_the_whole_account_is_told_when_the_cloud_does_not_say(checks, cloud):
    known = {"denied_actions": [STOP], "actions_known_since": "2026-11-20T09:00:00+00:00"}
    targets = {**ALL, ONE.id: replace(ONE, properties={**ONE.properties, **known})}
    cloud.fail("allowed", Throttled("Slowly."))
    (said,) = await checks.of(stops(ONE, TWO), targets)
    assert (said.verdict, said.targets, said.missing) == ("denied", (ONE.id,), (STOP,))
    assert said.why == "ec2:StopInstances is not granted. So the account says since 2026-11-20T09:00:00+00:00."


async def test_a_denial_of_the_whole_account_is_told_when_the_cloud_is_late(cloud):
    checks = Checks({"aws": cloud}, FakeClock(NOW), patience_s=0.01)
    targets = {ONE.id: replace(ONE, properties={**ONE.properties, "denied_actions": [STOP]})}
    cloud.answers.clear()
    assert [one.verdict for one in await checks.of(stops(ONE), targets)] == ["denied"]
    cloud.answers.set()
    await checks.close()
