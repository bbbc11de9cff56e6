"""Kill -9 while collections are made, again and again: what opens afterwards is what the journal says."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.journal.journal import Journal
from engine.store.memory import MemoryStore
from tests.engine.collections.killed_library import opened
from tests.engine.collections.stage import KEYS, answered, changed, finished, library, points, received, sending, settled, started

ROOT = Path(__file__).parents[3]
KILLS = 6


@pytest.mark.slow
async def test_a_kill_at_any_moment_loses_and_doubles_nothing(tmp_path):
    journal = await Journal.open(tmp_path / "journal", KEYS.for_("journal"), SystemClock())
    for number in range(40):
        run = f"run-{number}"
        day = (received(f"stop web-{number}", number=number), answered("Done.", number=number), started(run, f"web-{number}", "db"), sending(run),
               settled(run), sending(run, 1), settled(run, 1, "failed"), changed((f"i-{number}", "state", "a", "b")), finished(run))  # fmt: skip
        await asyncio.gather(*(journal.append(kind, body) for kind, body in day))
    async with library(tmp_path / "memory", journal, MemoryStore()) as made:
        expected = told(await points(made))
    await journal.close()
    seed = random.Random(7)
    for _ in range(KILLS):
        await asyncio.to_thread(kill_soon, tmp_path, seed.uniform(0.05, 0.8))
    async with opened(tmp_path) as made:
        await made._tick()
        assert made.healed == ""
        assert told(await points(made)) == expected
        assert (await made.status()).strange == 0


def told(found):
    """What stands under each id, with its tokens and its order."""
    return {place: (record, sorted(point.tokens), point.order) for place, (point, record) in found.items()}


def kill_soon(folder: Path, seconds: float) -> None:
    words = [sys.executable, "-m", "tests.engine.collections.killed_library", str(folder)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
