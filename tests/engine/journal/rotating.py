"""What is killed: a journal that is sealed anew under another data key while it takes entries. Edge (writes what it was told)."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

from engine.clock import FakeClock
from engine.journal.journal import Journal
from engine.secrets.derive import Keys

OLD, NEW = Keys(b"o" * 32), Keys(b"n" * 32)
SEGMENT = 700


def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


async def opened(folder: Path, keys: Keys, *older: Keys) -> Journal:
    return await Journal.open(
        folder / "journal", keys.for_("journal"), clock(), older=[one.for_("journal") for one in older], segment_bytes=SEGMENT
    )


async def act(folder: Path) -> None:
    journal = await opened(folder, OLD)
    told = os.open(folder / "told", os.O_WRONLY | os.O_CREAT, 0o600)

    async def one(number: int) -> None:
        entry = await journal.append("during", {"n": number})
        os.write(told, f"{entry.sequence} {entry.hash}\n".encode())

    rotating = asyncio.create_task(journal.rotate(OLD, NEW, lambda _done, _total: None))
    for number in range(3):
        await one(number)
    await rotating
    await one(3)
    await journal.close()
