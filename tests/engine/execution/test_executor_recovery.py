"""What the executor does when it is stopped, when the disk is full, and after a kill."""

from __future__ import annotations

import asyncio
import resource as limits
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.clouds.fake import FakeCloud
from engine.errors import DiskFull, GrantRefused
from engine.execution.machine import StepState
from engine.execution.report import Report, states
from engine.journal.verify import segments
from tests.engine.execution.samples import NOW, bench, granted, plan, step, stopping, vm, volume
from tests.engine.execution.told import CANCELLED, DONE, FAILED, ONE, THREE, TWO, detail

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
