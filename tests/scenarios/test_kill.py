"""Killed with signal 9 at every boundary of a run: nothing happens twice, nothing is lost, and the next start tells what is true."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.errors import GrantRefused
from engine.execution.history import runs
from engine.execution.machine import StepState
from engine.execution.report import states
from engine.journal.journal import Journal
from engine.journal.verify import verify
from tests.engine.execution.samples import KEY
from tests.scenarios.file_cloud import FileCloud
from tests.scenarios.killed_run import DISK, ONE, TWO, make_desk, make_executor, the_plan

ROOT = Path(__file__).parents[2]
STEPS = len(the_plan().steps)
# filed, asked, approved, used; started; sending and settled for each step; what the snapshot made; finished
ENTRIES = 4 + 1 + 2 * STEPS + 1 + 1
MOMENTS = [f"append:{n}" for n in range(1, ENTRIES + 1)] + [f"{when}:{n}" for n in range(1, STEPS + 1) for when in ("before", "after")]


def run(folder: Path, moment: str, what: str = "run") -> dict[int, str]:
    """Runs the process until it dies; the entries it was told are written."""
    arguments = [sys.executable, "-m", "tests.scenarios.killed_run", str(folder), moment, what]
    made = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == (0 if moment == "never" else -9), made.stderr
    return {int(number): digest for number, digest in (line.split() for line in made.stdout.splitlines())}


@pytest.fixture
def cloud(tmp_path):
    made = FileCloud(tmp_path / "cloud")
    made.start([ONE, TWO, DISK])
    return made


def truth(cloud: FileCloud) -> Counter[tuple[str, str]]:
    return Counter((call["name"], call["operation"]) for call in cloud.calls())


async def reopened(folder: Path, acknowledged: dict[int, str]) -> Journal:
    journal = await Journal.open(folder / "journal", KEY, SystemClock())
    there = {entry.sequence: entry.hash for entry in journal.entries()}
    assert acknowledged.items() <= there.items(), "an acknowledged entry is lost"
    return journal


def told_by_the_cloud(cloud: FileCloud) -> dict[str, bool]:
    happened = truth(cloud)
    planned = the_plan()
    return {step.id: (planned.target(step).name, step.operation) in happened for step in planned.steps}


def test_left_alone_it_runs_to_its_end(tmp_path, cloud):
    assert len(run(tmp_path, "never")) == ENTRIES, "the moments below must be all there are"
    assert len(cloud.calls()) == STEPS


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_there(tmp_path, cloud, moment):
    acknowledged = await asyncio.to_thread(run, tmp_path, moment)
    before = cloud.calls()
    journal = await reopened(tmp_path, acknowledged)
    executor = make_executor(journal, cloud)
    finished_before = any(entry.kind == "run.finished" for entry in journal.entries())
    reports = await executor.recover()
    assert cloud.calls() == before, "recovery changed something"
    assert all(count == 1 for count in truth(cloud).values()), "something was done twice"
    assert len(reports) == int(not finished_before and "run.started" in {entry.kind for entry in journal.entries()})
    for report in [*reports, *(left.report() for left in runs(journal.entries()).values())]:
        assert report.finished_at is not None
        assert {id_: state is StepState.DONE for id_, state in states(report).items()} == told_by_the_cloud(cloud)
        assert all(one.detail for one in report.steps if one.state is not StepState.DONE), "what was not done says why"
    assert await make_executor(journal, cloud).recover() == []
    await never_again(journal, cloud)
    await journal.close()
    assert verify(tmp_path / "journal", KEY).whole


async def never_again(journal: Journal, cloud: FileCloud) -> None:
    """After the restart: an approval that was not used still holds, one that was used does not, and nothing happens twice."""
    desk, planned = make_desk(journal), the_plan()
    filed = desk.find(planned.id)
    if filed is None or filed.request.state == "asked":
        assert cloud.calls() == []
        return
    try:
        grant = await desk.grant(planned.id)
    except GrantRefused:
        assert filed.request.state == "used"
        return
    assert cloud.calls() == []
    report = await make_executor(journal, cloud).execute(planned, grant)
    assert report.succeeded
    assert all(count == 1 for count in truth(cloud).values())


@pytest.mark.parametrize("moment", [f"append:{n}" for n in range(1, STEPS + 2)])
async def test_killed_again_while_recovering(tmp_path, cloud, moment):
    """Recovery itself may be killed; the one after it ends the run, also what the first only began to look at."""
    acknowledged = await asyncio.to_thread(run, tmp_path, "before:1")
    acknowledged |= await asyncio.to_thread(run, tmp_path, moment, "recover")
    journal = await reopened(tmp_path, acknowledged)
    reports = await make_executor(journal, cloud).recover()
    (left,) = runs(journal.entries()).values()
    assert reports == ([] if moment == f"append:{STEPS + 1}" else [reports[0]])
    assert left.finished_at is not None
    assert left.interrupted
    assert {id_: state is StepState.DONE for id_, state in states(left.report()).items()} == told_by_the_cloud(cloud)
    assert cloud.calls() == []
    settled = [entry.body["step"] for entry in journal.entries({"step.settled"})]
    assert len(settled) == len(set(settled)) == STEPS
    await journal.close()
    assert verify(tmp_path / "journal", KEY).whole
