"""Killed in the middle of a sweep, again and again: the estate opens, and is right after the next sweep."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.estate.where import EVERYTHING, is_
from tests.engine.estate.opening import filled, opened
from tests.engine.estate.samples import ALL, WEB_1
from tests.engine.estate.sweeper import is_right, sweep

ROOT = Path(__file__).parents[3]
KILLS = 20


def is_gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def killed_while_sweeping(home: Path, turn: int, after_s: float, *, store_too: bool) -> list[str]:
    """What the sweeper said before it was killed: how the estate opened, and whether its first round was right."""
    command = [sys.executable, "-m", "tests.engine.estate.sweeper", str(home), str(turn)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(3)]
        store = int(said.pop())
        time.sleep(after_s)
        if store_too:
            os.kill(store, signal.SIGKILL)
        process.kill()
    assert is_gone(store)
    return said


async def test_killed_twenty_times_it_opens_whole_and_the_next_sweep_makes_it_right(tmp_path):
    chance = random.Random(5)
    for turn in range(KILLS):
        how = {"after_s": chance.uniform(0.0, 0.25), "store_too": bool(turn % 2)}
        said = await asyncio.to_thread(lambda turn=turn, how=how: killed_while_sweeping(tmp_path, 100 * turn, **how))
        assert said == ["whole", "right"], (turn, how)
    async with opened(tmp_path) as estate:
        assert estate.healed == ""
        await sweep(estate, 7)
        assert await is_right(estate, 7)


async def test_the_store_killed_twenty_times_is_right_after_the_next_sweep(tmp_path):
    chance = random.Random(6)
    failed = 0
    async with opened(tmp_path) as estate:
        whole_s = await timed(sweep(estate, 1))
        for turn in range(KILLS):
            sweeping = asyncio.create_task(sweep(estate, 2 * turn))
            await asyncio.sleep(chance.uniform(0.0, whole_s))
            with contextlib.suppress(TypeError):  # it has no process between two
                os.kill(estate.store_pid, signal.SIGKILL)
            try:
                await sweeping
            except StoreError:
                failed += 1
            await until_it_answers(estate)
            whole_s = await timed(sweep(estate, 2 * turn + 1))
            assert await is_right(estate, 2 * turn + 1), turn
    assert failed > 0, "no kill came in the middle"
    async with opened(tmp_path) as estate:
        assert estate.healed == ""
        assert await is_right(estate, 2 * KILLS - 1)


async def timed(work):
    began = time.monotonic()
    await work
    return time.monotonic() - began


async def until_it_answers(estate):
    """The first question after its end may be told so; from then on it answers."""
    with contextlib.suppress(StoreError):
        await estate.count(EVERYTHING)
    await estate.count(EVERYTHING)


async def test_a_dead_store_is_said_once_and_started_anew(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        os.kill(estate.store_pid, signal.SIGKILL)
        with pytest.raises(StoreError, match="ended"):
            await estate.get(WEB_1.id)
        assert await estate.get(WEB_1.id) == WEB_1
        assert await estate.count(is_("cloud", "aws")) == 4


async def test_whoever_stops_waiting_does_not_end_the_store(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        process = estate.store_pid
        for _ in range(5):
            asking = asyncio.create_task(estate.stats())
            await asyncio.sleep(0.001)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
            assert await estate.get(WEB_1.id) == WEB_1
        assert estate.store_pid == process


async def test_what_an_interrupted_optimisation_left_is_cleaned(tmp_path):
    await filled(tmp_path)
    collection = tmp_path / "estate" / "cloud_estate"
    # As after a kill: the files' hashes are not known.
    (tmp_path / "estate" / "files").unlink()
    leftovers = [collection / "temp_segments" / "half", collection / "segments" / "1234.deleted"]
    for leftover in leftovers:
        leftover.mkdir(parents=True)
        (leftover / "data").write_text("half")
    async with opened(tmp_path) as estate:
        assert estate.healed == ""
        assert await estate.count(EVERYTHING) == len(ALL)
    assert not any(leftover.exists() for leftover in leftovers)
