"""A process whose schedule comes due, and that kills itself with signal 9 at the moment it is told. Edge.

Arguments: the folder, and the moment: `unwritten:N` (before the N-th journal entry is written), `append:N` (right after it is on the disk),
`before:N` or `after:N` (around the N-th call to the cloud), or `never`. Entries are counted from the time that comes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.clock import FakeClock
from engine.clouds.operation import Call, Receipt
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from tests.engine.schedules.bench import Bench, bench
from tests.engine.schedules.samples import NOW
from tests.scenarios.file_cloud import FileCloud
from tests.scenarios.killed_run import Fate

DUE = NOW.replace(hour=20)


class MortalCloud(FileCloud):
    """Its caller may die around a call."""

    fate: Fate

    async def perform(self, call: Call) -> Receipt:
        self.fate.passes("before")
        receipt = await super().perform(call)
        self.fate.passes("after")
        return receipt


def opened(folder: Path, cloud: FileCloud, late: timedelta) -> Any:
    """The engine of a folder, so long after its schedule was due."""
    return bench(folder / "home", cloud.there(), cloud=cloud, clock=FakeClock(DUE + late))


def mortal(journal: Journal, fate: Fate) -> None:
    """Has the process die around an entry."""
    append = journal.append

    async def dying(kind: str, body: Mapping[str, Any]) -> Entry:
        fate.passes("unwritten")
        entry = await append(kind, body)
        fate.passes("append")
        return entry

    journal.append = dying  # type: ignore[method-assign]


async def main(folder: Path, moment: str) -> None:
    fate = Fate(moment)
    cloud = MortalCloud(folder / "cloud")
    cloud.fate = fate
    made: Bench
    async with opened(folder, cloud, timedelta(0)) as made:
        mortal(made.engine.journal, fate)
        await made.tick()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
