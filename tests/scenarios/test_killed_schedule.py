"""Killed with signal 9 at every boundary of a scheduled run: no time runs twice, none is lost, and the next start tells which it was."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from engine.clock import FakeClock
from engine.execution.history import runs
from engine.journal.verify import verify
from engine.wiring import JOURNAL_FOLDER
from tests.engine.execution.samples import vm
from tests.engine.schedules.bench import Bench, bench
from tests.engine.schedules.samples import NOW
from tests.scenarios.file_cloud import FileCloud
from tests.scenarios.killed_schedule import DUE, opened

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
MACHINES = [vm("shop-1", env="production"), vm("shop-2", env="production")]
# fired; filed, asked, used; started; sending and settled for each; finished; told
ENTRIES = 1 + 3 + 1 + 2 * len(MACHINES) + 1 + 1
BEFORE_IT_BEGAN = ["append:1", "append:2", "append:3", "append:4", "unwritten:5"]
WHILE_IT_RAN = [*(f"append:{n}" for n in range(5, ENTRIES)), "before:1", "after:1", "before:2", "after:2"]


@pytest.fixture
async def cloud(tmp_path):
    """A cloud beside a folder in which a schedule stands, approved by a manager, for tonight."""
    made = FileCloud(tmp_path / "cloud")
    made.start(MACHINES)
    async with bench(tmp_path / "home", MACHINES, cloud=made, clock=FakeClock(NOW)) as standing:
        await standing.active()
    return made


def killed(folder: Path, moment: str) -> None:
    arguments = [sys.executable, "-m", "tests.scenarios.killed_schedule", str(folder), moment]
    made = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == (0 if moment == "never" else -9), made.stderr


async def started(made: Bench) -> None:
    """What a start does, in its order."""
    await made.schedules.recover()
    await made.engine.desk.abandon_unbegun({body["plan"]["id"] for body in made.bodies("run.started")})
    await made.engine.executor.recover()
    await made.keeper.begin()
    await made.tick()


def times(cloud: FileCloud) -> Counter[str]:
    return Counter(call["name"] for call in cloud.calls())


async def again(tmp_path: Path, cloud: FileCloud, moment: str) -> tuple[str, Bench]:
    """Killed there and started anew a minute later: what was told of the time."""
    await asyncio.to_thread(killed, tmp_path, moment)
    before = times(cloud)
    async with opened(tmp_path, cloud, timedelta(minutes=1)) as made:
        await started(made)
        told = [body for body in made.bodies("schedule.told") if body["due"] == DUE.isoformat()]
        assert len(told) == 1, "a time is told of once"
        assert len(made.bodies("schedule.fired")) == 1
        assert all(count == 1 for count in times(cloud).values()), "something was done twice"
        (schedule,) = made.schedules.all()
        assert (schedule.next_at, schedule.state) == (DUE + timedelta(days=1), "active")
        assert schedule.standing is not None
        if told[0]["result"] == "missed":
            assert times(cloud) == before == Counter()
        assert all(left.finished_at for left in runs(made.engine.journal.entries()).values())
        assert verify(tmp_path / "home" / JOURNAL_FOLDER, made.engine.keys.for_("journal")).whole
        return told[0]["result"], made


async def test_left_alone_it_runs_to_its_end(tmp_path, cloud):
    await asyncio.to_thread(killed, tmp_path, "never")
    assert times(cloud) == {"shop-1": 1, "shop-2": 1}
    async with opened(tmp_path, cloud, timedelta(minutes=1)) as made:
        entries = list(made.engine.journal.entries())
        first = next(entry.sequence for entry in entries if entry.kind == "schedule.fired")
        assert len(entries) - first + 1 == ENTRIES, "the moments below must be all there are"


async def test_killed_before_it_was_written_down_it_is_made_up_for(tmp_path, cloud):
    result, _ = await again(tmp_path, cloud, "unwritten:1")
    assert result == "ran"
    assert times(cloud) == {"shop-1": 1, "shop-2": 1}


@pytest.mark.parametrize("moment", BEFORE_IT_BEGAN)
async def test_killed_before_the_run_began_the_time_is_missed_and_never_repeated(tmp_path, cloud, moment):
    result, _ = await again(tmp_path, cloud, moment)
    assert result == "missed"


@pytest.mark.parametrize("moment", WHILE_IT_RAN)
async def test_killed_while_it_ran_the_run_is_finished_by_looking(tmp_path, cloud, moment):
    result, _ = await again(tmp_path, cloud, moment)
    assert result == "ran"


@pytest.mark.parametrize("moment", ["append:1", "append:7", "after:1"])
async def test_the_next_night_it_runs_as_ever(tmp_path, cloud, moment):
    await again(tmp_path, cloud, moment)
    left = Counter(one.name for one in cloud.there() if one.state == "running")
    before = times(cloud)
    async with opened(tmp_path, cloud, timedelta(days=1)) as made:
        await started(made)
        (told,) = [body for body in made.bodies("schedule.told") if body["due"] == (DUE + timedelta(days=1)).isoformat()]
        assert told["result"] == ("ran" if left else "nothing")
    assert times(cloud) - before == left
