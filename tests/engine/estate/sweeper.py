"""A program that takes parts into an estate until it is killed; it prints its store's process, then each finished round."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine.estate.estate import Estate
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.engine.estate.samples import parts, resource


async def sweep(home: Path) -> None:
    estate = await Estate.open(home, Keys(bytes(range(32))), EstateSettings(key="file", embeddings="off"))
    sys.stdout.write(f"{estate.store_pid}\n")
    sys.stdout.flush()
    turn = int(sys.argv[2])
    while True:
        turn += 1
        found = [resource(f"web-{turn}-{n}", id=f"arn:aws:ec2:x:1:instance/{n}") for n in range(turn % 40)]
        for part in parts(*found):
            await estate.take_in(part)
        sys.stdout.write(f"{turn}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(sweep(Path(sys.argv[1])))
