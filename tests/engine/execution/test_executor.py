"""What the executor does to a cloud, and above all what it does not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.clock import SystemClock
from engine.clouds.fake import FakeCloud
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.execution.history import runs
from engine.execution.machine import StepState
from engine.execution.report import Report, states
from engine.settings import ExecutionSettings
from tests.engine.execution.samples import bench, database, granted, plan, step, stopping, vm, volume
from tests.engine.execution.told import DONE, FAILED, ONE, SKIPPED, TWO, detail, settled


async def test_steps_run_are_read_back_and_written_down(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    planned = stopping(ONE, TWO)
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert report.approved_by == ("mona",)
    assert sorted(made.sent()) == [("one", "ec2:StopInstances"), ("two", "ec2:StopInstances")]
    assert await settled(made, "one", "two") == {"one": "stopped", "two": "stopped"}
    assert (made.kinds()[0], made.kinds()[-1]) == ("run.started", "run.finished")
    assert sorted(made.kinds()[1:-1]) == ["step.sending"] * 2 + ["step.settled"] * 2
    told = runs(made.journal.entries())[report.id].report()
    assert (told.plan, states(told), told.succeeded) == (planned, {"s1.1": DONE, "s1.2": DONE}, True)


async def test_sending_is_on_the_disk_before_the_call_leaves(tmp_path):
    made = await bench(tmp_path, [ONE])
    seen: list[list[str]] = []

    class Watching(FakeCloud):
        async def perform(self, call):
            seen.append(made.kinds())
            return await super().perform(call)

    made.cloud.__class__ = Watching
    planned = stopping(ONE)
    await made.executor.execute(planned, granted(planned))
    assert seen == [["run.started", "step.sending"]]


async def test_dependent_steps_wait_for_the_effect_of_the_first(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.settles_after_reads = 3
    size = {"instance_type": "t3.small"}
    planned = plan(
        step("s1", ONE),
        step("s2", ONE, "ec2:ModifyInstanceAttribute", size, needs=("s1",)),
        step("s3", ONE, "ec2:StartInstances", needs=("s2",)),
        targets=[ONE],
    )
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert [operation for _, operation in made.sent()] == ["ec2:StopInstances", "ec2:ModifyInstanceAttribute", "ec2:StartInstances"]
    found = await made.estate.get(ONE.id)
    assert found is not None
    assert (found.state, found.properties["instance_type"]) == ("running", "t3.small")


@pytest.mark.parametrize("width", [1, 3])
async def test_no_more_are_under_way_than_the_width(tmp_path, width):
    many = [vm(f"n{n}") for n in range(8)]
    made = await bench(tmp_path, many, width=width)
    made.cloud.settles_after_reads = 2
    most = 0

    def watch(report: Report) -> None:
        nonlocal most
        most = max(most, sum(one.state in (StepState.SENDING, StepState.SETTLING) for one in report.steps))

    planned = stopping(*many)
    report = await made.executor.execute(planned, granted(planned), watch)
    assert report.succeeded
    assert most == width


async def test_one_failure_leaves_the_others_alone_and_skips_what_needs_it(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    made.cloud.fail(ONE.id, Denied("You are not authorized.", tried="ec2:StopInstances"))
    planned = plan(
        step("s1", ONE), step("s2", ONE, "ec2:CreateTags", {"key": "a", "value": "b"}, needs=("s1",)), step("s3", TWO), targets=[ONE, TWO]
    )
    report = await made.executor.execute(planned, granted(planned))
    assert states(report) == {"s1": FAILED, "s2": SKIPPED, "s3": DONE}
    assert detail(report) == "You are not authorized."
    assert len(made.cloud.performed) == 2


@pytest.mark.parametrize("error", [Denied("no"), NotFound("no"), Rejected("no")])
async def test_a_no_is_never_asked_again(tmp_path, error):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, error, times=9)
    planned = plan(step("s1", ONE, retries=3), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert states(report) == {"s1": FAILED}
    assert len(made.cloud.performed) == 1


async def test_throttled_is_sent_again_where_that_is_harmless(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, Throttled("slow down"), times=2)
    planned = plan(step("s1", ONE, retries=2), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert [entry.body["attempt"] for entry in made.entries("step.sending")] == [1, 2, 3]
    assert len({call.token for call in made.cloud.performed}) == 1, "a repeat carries the same token"


async def test_throttled_is_not_sent_again_otherwise(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, Throttled("slow down"))
    planned = plan(step("s1", ONE, "ec2:RebootInstances", retries=0), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert (states(report), detail(report), len(made.cloud.performed)) == ({"s1": FAILED}, "slow down", 1)


async def test_a_lost_answer_is_looked_into_and_not_repeated_when_it_happened(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, Unreachable("connection reset"), happened=True)
    planned = plan(step("s1", ONE, retries=3), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert len(made.cloud.performed) == 1


@pytest.mark.parametrize("retries", [0, 1])
async def test_a_lost_answer_to_what_did_not_happen_is_told_or_repeated_where_allowed(tmp_path, retries):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, Unreachable("connection reset"))
    planned = plan(step("s1", ONE, retries=retries), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert len(made.cloud.performed) == 1 + retries
    assert report.succeeded == bool(retries)
    if not retries:
        assert detail(report) == "connection reset; looked at the cloud: state is running, not yet stopped"


@pytest.mark.parametrize("happened", [True, False])
async def test_a_lost_answer_to_a_restart_is_never_called_done(tmp_path, happened):
    """A restarted machine runs, and so does one that was not: looking cannot tell."""
    made = await bench(tmp_path, [ONE])
    made.cloud.fail(ONE.id, Unreachable("connection reset"), happened=happened)
    planned = plan(step("s1", ONE, "ec2:RebootInstances"), targets=[ONE])
    report = await made.executor.execute(planned, granted(planned))
    assert states(report) == {"s1": FAILED}
    assert "looks the same whether this happened or not" in detail(report)
    assert len(made.cloud.performed) == 1


async def test_a_start_after_a_stop_can_be_told_by_looking(tmp_path):
    main = database("main")
    made = await bench(tmp_path, [main])
    made.cloud.fail("rds:StartDBInstance", Unreachable("connection reset"), happened=True)
    planned = plan(step("s1", main, "rds:StopDBInstance"), step("s2", main, "rds:StartDBInstance", needs=("s1",)), targets=[main])
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded


async def test_no_answer_in_time_is_looked_into(tmp_path):
    made = await bench(tmp_path, [ONE], clock=SystemClock())
    answered = asyncio.Event()

    class Silent(FakeCloud):
        async def perform(self, call):
            await super().perform(call)
            await answered.wait()

    made.cloud.__class__ = Silent
    later = SystemClock().now() + timedelta(hours=1)
    planned = plan(step("s1", ONE, timeout_s=0.05), targets=[ONE], expires_at=later)
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert len(made.cloud.performed) == 1


async def test_an_effect_that_never_shows_is_told_as_that(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.hold(ONE.id)
    planned = stopping(ONE)
    report = await made.executor.execute(planned, granted(planned))
    assert states(report) == {"s1.1": FAILED}
    assert detail(report) == "accepted, but state is running, not yet stopped after 5 s"


async def test_a_read_back_that_fails_is_read_again(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.fail("ec2:StopInstances", Unreachable("lost"), happened=True)
    planned = stopping(ONE)
    made.cloud.settles_after_reads = 0
    grant = granted(planned)

    def watch(report: Report) -> None:
        if report.steps[0].state is StepState.LOOKING and not armed:
            armed.append(1)
            made.cloud.fail("read", Throttled("slow down"), times=3)

    armed: list[int] = []
    assert (await made.executor.execute(planned, grant, watch)).succeeded
    assert armed


async def test_a_fault_of_ours_in_a_call_is_looked_into(tmp_path):
    made = await bench(tmp_path, [ONE])

    class Broken(FakeCloud):
        async def perform(self, call):
            await super().perform(call)
            raise KeyError("InstanceId")

    made.cloud.__class__ = Broken
    planned = stopping(ONE)
    assert (await made.executor.execute(planned, granted(planned))).succeeded


async def test_what_is_made_is_known_and_what_is_gone_is_done(tmp_path):
    disk, old = volume("data"), volume("old")
    made = await bench(tmp_path, [disk, old])
    planned = plan(step("s1", disk, "ec2:CreateSnapshot"), step("s2", old, "ec2:DeleteVolume"), targets=[disk, old])
    report = await made.executor.execute(planned, granted(planned))
    assert report.succeeded
    assert report.steps[0].produced == made.entries("step.accepted")[0].body["produced"]
    assert runs(made.journal.entries())[report.id].report().steps[0].produced == report.steps[0].produced


def test_settings_of_a_run_are_bounded():
    with pytest.raises(ValueError, match="less than or equal to 64"):
        ExecutionSettings(width=100)


async def test_a_change_that_the_cloud_gives_up_is_told_at_once_with_its_words(tmp_path):
    made = await bench(tmp_path, [ONE])
    made.cloud.hold(ONE.id)
    made.cloud.failures[ONE.id] = "AllocationFailed: There is no room."
    planned = stopping(ONE)
    began = made.clock.now()
    report = await made.executor.execute(planned, granted(planned))
    assert states(report) == {"s1.1": FAILED}
    assert detail(report) == (
        "accepted, but state is running, not yet stopped; the cloud gave it up after it had accepted it: AllocationFailed: There is no room."
    )
    assert made.clock.now() == began, "nobody waited for what would not come"
