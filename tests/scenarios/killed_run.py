"""A process that files, approves and runs a plan, and kills itself with signal 9 at the moment it is told. Edge.

Arguments: the folder, the moment, and `run` or `recover`; moments are `append:N` (right after the N-th journal entry is on the disk), `before:N` or `after:N` (around the
N-th call to the cloud), or `never`. Prints number and hash of every entry it was told is written.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.approvals.desk import Desk, Pressed
from engine.approvals.policy import Decision
from engine.clock import SystemClock
from engine.clouds.operation import Call, Receipt
from engine.estate.memory import MemoryEstate
from engine.execution.executor import Executor, Hands
from engine.execution.plan import Plan
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from engine.settings import ExecutionSettings, Person, PolicySettings
from tests.engine.execution.samples import GRANT_KEY, KEY, plan, step, vm, volume
from tests.scenarios.file_cloud import FileCloud

MONA = Person(id="mona", name="Mona", roles=("manager",))
ONE, TWO, DISK = vm("one"), vm("two"), volume("data")
SETTLES_S = 0.12


def the_plan() -> Plan:
    """Dependent, parallel, repeatable and unrepeatable steps."""
    quick = {"settles_s": SETTLES_S}
    return plan(
        step("s1", ONE, **quick),
        step("s2", ONE, "ec2:ModifyInstanceAttribute", {"instance_type": "t3.small"}, needs=("s1",), **quick),
        step("s3", TWO, **quick),
        step("s4", DISK, "ec2:CreateSnapshot", needs=("s3",), **quick),
        targets=(ONE, TWO, DISK),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    )


def make_executor(journal: Journal, cloud: FileCloud) -> Executor:
    settings = ExecutionSettings(width=2, poll_s=0.02, step_timeout_s=5)
    return Executor(Hands({"aws": cloud}, journal, MemoryEstate([ONE, TWO, DISK]), SystemClock(), settings, GRANT_KEY))


def make_desk(journal: Journal) -> Desk:
    return Desk(journal, SystemClock(), GRANT_KEY, PolicySettings())


class Fate:
    """Counts moments and dies at the one it was told."""

    def __init__(self, moment: str) -> None:
        self._kind, _, number = moment.partition(":")
        self._left = int(number or 0)

    def passes(self, kind: str) -> None:
        if kind == self._kind:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalJournal(Journal):
    """Says what is written, then may die."""

    fate: Fate

    async def append(self, kind: str, body: Mapping[str, Any]) -> Entry:
        entry = await super().append(kind, body)
        sys.stdout.write(f"{entry.sequence} {entry.hash}\n")
        sys.stdout.flush()
        self.fate.passes("append")
        return entry


class MortalCloud(FileCloud):
    """Its caller may die around a call."""

    fate: Fate

    async def perform(self, call: Call) -> Receipt:
        self.fate.passes("before")
        receipt = await super().perform(call)
        self.fate.passes("after")
        return receipt


async def main(folder: Path, moment: str, what: str) -> None:
    fate = Fate(moment)
    journal = await MortalJournal.open(folder / "journal", KEY, SystemClock())
    cloud = MortalCloud(folder / "cloud")
    journal.fate = cloud.fate = fate
    executor, desk = make_executor(journal, cloud), make_desk(journal)
    planned = the_plan()
    if what == "recover":
        await executor.recover()
        return
    await desk.file(planned, Decision(1, ("it touches production",)))
    await desk.click(planned.id, Pressed("approve", MONA, planned.digest))
    await executor.execute(planned, await desk.grant(planned.id))
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
