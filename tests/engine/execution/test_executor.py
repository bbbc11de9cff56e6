"""What the executor does to a cloud, and above all what it does not."""

from __future__ import annotations

import asyncio
import resource as limits
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.clock import FakeClock, SystemClock
from engine.clouds.fake import FakeCloud
from engine.errors import Denied, DiskFull, Drifted, GrantRefused, NotFound, Refused, Rejected, SettingsError, Throttled, Unreachable
from engine.execution.history import runs
from engine.execution.machine import StepState
from engine.execution.report import Report, states
from engine.journal.verify import segments
from engine.settings import ExecutionSettings
from tests.engine.execution.samples import NOW, Bench, bench, database, granted, plan, step, stopping, vm, volume

ONE, TWO, THREE = vm("one"), vm("two"), vm("three")
DONE, FAILED, SKIPPED, CANCELLED = StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED


async def settled(made: Bench, *about: str) -> dict[str, str]:
    found = {one.name: await made.estate.get(one.id) for one in (ONE, TWO, THREE)}
    return {name: one.state for name, one in found.items() if one is not None and (not about or name in about)}


def detail(report: Report, number: int = 0) -> str:
    return report.steps[number].detail


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


# --- what is refused before anything is touched


async def test_another_world_is_refused_saying_what_changed(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    made.cloud.change(ONE.id, state="stopped")
    made.cloud.remove(TWO.id)
    planned = stopping(ONE, TWO)
    with pytest.raises(Drifted) as drifted:
        await made.executor.execute(planned, granted(planned))
    assert drifted.value.changes == ("one was running and is now stopped", "two is gone")
    assert "Nothing was touched" in str(drifted.value)
    assert (made.cloud.performed, made.kinds()) == ([], [])


@pytest.mark.parametrize("error", [Denied("403"), Throttled("429"), Unreachable("500"), SettingsError("No account 4444 is configured.")])
async def test_a_world_that_cannot_be_looked_at_is_refused_as_a_sentence(tmp_path, error):
    made = await bench(tmp_path, [ONE, TWO])
    made.cloud.fail("read", error)  # type: ignore[arg-type]
    planned = stopping(ONE, TWO)
    with pytest.raises((Refused, SettingsError), match=str(error)):
        await made.executor.execute(planned, granted(planned))
    assert (made.cloud.performed, made.kinds()) == ([], [])


async def test_a_grant_runs_once_even_after_a_restart(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = stopping(ONE)
    await made.executor.execute(planned, granted(planned))
    made.cloud.change(ONE.id, state="running")
    for executor in (made.executor, made.restarted()):
        with pytest.raises(GrantRefused, match="used already"):
            await executor.execute(planned, granted(planned))
    assert len(made.cloud.performed) == 1


async def test_one_grant_redeemed_many_times_at_once_runs_once(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = stopping(ONE)
    tried = await asyncio.gather(*(made.executor.execute(planned, granted(planned)) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Report) for one in tried) == 1
    assert sum(isinstance(one, GrantRefused) for one in tried) == 4
    assert len(made.cloud.performed) == 1


async def test_no_true_grant_no_run(tmp_path):
    made = await bench(tmp_path, [ONE, TWO])
    planned = stopping(ONE)
    for grant in (replace(granted(planned), seal=""), granted(stopping(ONE, TWO)), granted(stopping(TWO))):
        with pytest.raises(GrantRefused):
            await made.executor.execute(planned, grant)
    assert isinstance(made.clock, FakeClock)
    made.clock.advance(3600)
    with pytest.raises(GrantRefused, match="expired"):
        await made.executor.execute(planned, granted(planned))
    assert (made.cloud.performed, made.kinds()) == ([], [])


async def test_an_operation_that_is_no_longer_known_is_refused(tmp_path):
    made = await bench(tmp_path, [ONE])
    planned = plan(replace(step("s1", ONE), operation="ec2:Gone"), targets=[ONE])
    with pytest.raises(Refused, match="ec2:Gone is not an operation Escher knows"):
        await made.executor.execute(planned, granted(planned))


async def test_an_undo_runs_once_also_when_granted_twice_at_once(tmp_path):
    made = await bench(tmp_path, [ONE])
    first = stopping(ONE)
    report = await made.executor.execute(first, granted(first))
    off = vm("one", "stopped")
    back = [plan(step("u1", off, "ec2:StartInstances"), targets=[off], undoes=report.id, id=f"plan-u{n}") for n in range(3)]
    tried = await asyncio.gather(
        *(made.executor.execute(one, granted(one, f"grant-u{n}")) for n, one in enumerate(back)), return_exceptions=True
    )
    assert sum(isinstance(one, Report) for one in tried) == 1
    assert [operation for _, operation in made.sent()] == ["ec2:StopInstances", "ec2:StartInstances"]
    assert runs(made.journal.entries())[report.id].undone_by
    with pytest.raises(Refused, match="undone already"):
        await made.restarted().execute(back[0], granted(back[0], "grant-u9"))


async def test_an_undo_that_did_nothing_may_be_asked_for_again(tmp_path):
    made = await bench(tmp_path, [ONE])
    first = stopping(ONE)
    report = await made.executor.execute(first, granted(first))
    off = vm("one", "stopped")
    back = [plan(step("u1", off, "ec2:StartInstances"), targets=[off], undoes=report.id, id=f"plan-u{n}") for n in range(3)]
    made.cloud.fail("ec2:StartInstances", Denied("no"))
    assert not (await made.executor.execute(back[0], granted(back[0], "g0"))).done
    assert not runs(made.journal.entries())[report.id].undone_by
    assert (await made.executor.execute(back[1], granted(back[1], "g1"))).succeeded
    with pytest.raises(Refused, match="undone already"):
        await made.executor.execute(back[2], granted(back[2], "g2"))


# --- while it runs


async def test_stop_cancels_what_has_not_begun(tmp_path):
    made = await bench(tmp_path, [ONE, TWO], width=1)
    made.cloud.settles_after_reads = 5
    ids: list[str] = []

    def watch(report: Report) -> None:
        if report.steps[0].state is StepState.SETTLING and not ids:
            ids.append(report.id)
            assert made.executor.under_way()[0].id == report.id
            assert made.executor.cancel(report.id, "mona")

    planned = stopping(ONE, TWO)
    report = await made.executor.execute(planned, granted(planned), watch)
    assert states(report) == {"s1.1": DONE, "s1.2": CANCELLED}
    assert detail(report, 1) == "stopped by mona"
    assert made.sent() == [("one", "ec2:StopInstances")]
    assert not made.executor.cancel(ids[0], "mona")
    assert made.executor.under_way() == ()


@contextmanager
def full_disk(folder) -> Iterator[None]:
    """No file of this process may grow beyond the journal's present size."""
    before = limits.getrlimit(limits.RLIMIT_FSIZE)
    size = max((path.stat().st_size for path in segments(folder)), default=0)
    limits.setrlimit(limits.RLIMIT_FSIZE, (size + 16, before[1]))
    try:
        yield
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, before)


async def test_a_full_disk_before_the_run_touches_nothing(tmp_path):
    made = await bench(tmp_path, [ONE])
    await made.journal.append("before", {})
    planned = stopping(ONE)
    with full_disk(tmp_path), pytest.raises(DiskFull):
        await made.executor.execute(planned, granted(planned))
    assert (made.cloud.performed, made.kinds()) == ([], ["before"])


async def test_a_disk_that_fills_up_in_the_middle_stops_the_run_and_recovery_tells_the_truth(tmp_path):
    made = await bench(tmp_path, [ONE, TWO, THREE], width=1)
    filled = full_disk(tmp_path)

    class Filling(FakeCloud):
        async def perform(self, call):
            filled.__enter__()
            return await super().perform(call)

    made.cloud.__class__ = Filling
    planned = stopping(ONE, TWO, THREE)
    try:
        with pytest.raises(DiskFull):
            await made.executor.execute(planned, granted(planned))
    finally:
        filled.__exit__(None, None, None)
    assert made.sent() == [("one", "ec2:StopInstances")], "what cannot be written down is not sent"
    assert made.kinds() == ["run.started", "step.sending"]
    made.cloud.__class__ = FakeCloud
    (report,) = await made.restarted().recover()
    assert states(report) == {"s1.1": DONE, "s1.2": CANCELLED, "s1.3": CANCELLED}
    assert len(made.cloud.performed) == 1


async def test_a_disk_that_is_full_for_a_moment_begins_nothing_new_and_is_told(tmp_path):
    made = await bench(tmp_path, [ONE, TWO], width=1)
    filled, seen = full_disk(tmp_path), list[StepState]()

    def watch(report: Report) -> None:
        seen.append(report.steps[0].state)
        if len(seen) == 1:
            filled.__enter__()
        elif len(seen) == 2:
            filled.__exit__(None, None, None)

    planned = stopping(ONE, TWO)
    with pytest.raises(DiskFull):
        await made.executor.execute(planned, granted(planned), watch)
    assert seen[0] is StepState.SENDING
    assert made.cloud.performed == []
    assert "run.finished" not in made.kinds(), "the next start looks at it once more"
    assert "step.sending" not in made.kinds()


# --- after a kill


async def test_recovery_looks_and_never_sends(tmp_path):
    made = await bench(tmp_path, [ONE, TWO, THREE, vm("four")])
    planned = plan(
        step("s1", ONE), step("s2", TWO), step("s3", THREE), step("s4", vm("four"), needs=("s3",)), targets=[ONE, TWO, THREE, vm("four")]
    )
    at = NOW.isoformat()
    from engine.execution.plan import to_json

    await made.journal.append("run.started", {"run": "run-1", "plan": to_json(planned), "grant": "g", "approved_by": ["mona"], "at": at})
    for id_ in ("s1", "s2", "s3"):
        await made.journal.append("step.sending", {"run": "run-1", "step": id_, "attempt": 1})
    settled_body = {"run": "run-1", "step": "s1", "attempt": 1, "state": "done", "detail": "", "request_id": "", "produced": ""}
    await made.journal.append("step.settled", settled_body)
    made.cloud.change(TWO.id, state="stopped")
    executor = made.restarted()
    (report,) = await executor.recover()
    assert report.interrupted
    assert states(report) == {"s1": DONE, "s2": DONE, "s3": FAILED, "s4": CANCELLED}
    assert "looked at the cloud: state is running" in detail(report, 2)
    assert made.cloud.performed == []
    assert made.kinds()[-1] == "run.finished"
    assert await made.restarted().recover() == []
    with pytest.raises(GrantRefused, match="used already"):
        await executor.execute(planned, granted(planned, "g"))


async def test_recovery_finds_what_was_made_and_the_way_back_to_it(tmp_path):
    disk = volume("data")
    made = await bench(tmp_path, [disk])
    planned = plan(step("s1", disk, "ec2:CreateSnapshot"), targets=[disk])
    made.cloud.hold(disk.id)
    run = asyncio.create_task(made.executor.execute(planned, granted(planned)))
    while "step.accepted" not in made.kinds():
        await asyncio.sleep(0)
    run.cancel()  # as a kill would: nothing after this is written
    await asyncio.gather(run, return_exceptions=True)
    made.cloud.release(disk.id)
    (report,) = await made.restarted().recover()
    assert report.succeeded
    assert report.steps[0].produced
    assert report.undoable


def test_settings_of_a_run_are_bounded():
    with pytest.raises(ValueError, match="less than or equal to 64"):
        ExecutionSettings(width=100)
