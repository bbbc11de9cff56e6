"""A program that writes a journal until it is killed, and prints the number of every acknowledged entry."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine.clock import SystemClock
from engine.journal.journal import Journal


async def write(folder: Path, key: bytes) -> None:
    journal = await Journal.open(folder, key, SystemClock(), segment_bytes=4096)

    async def one(number: int) -> None:
        entry = await journal.append("tick", {"number": number, "padding": "x" * (number % 97)})
        sys.stdout.write(f"{entry.sequence} {entry.hash}\n")
        sys.stdout.flush()

    number = 0
    while True:
        await asyncio.gather(*(one(number + i) for i in range(5)))
        number += 5


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), bytes.fromhex(sys.argv[2])))
