"""A program that replaces the estate's key while it is swept and asked, until it is killed. Edge.

    python -m tests.engine.estate.renewer HOME

It begins with the samples of `sweeper` and says each stage of the way.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from pathlib import Path

from engine.estate.standing import StandingEstate
from engine.secrets.derive import Keys
from engine.secrets.ring import Ring
from engine.settings import EstateSettings
from tests.engine.estate.samples import resource

OLD, NEW = Keys(bytes(range(32))), Keys(bytes(range(1, 33)))
RING = Ring("", NEW, (OLD,))
SETTINGS = EstateSettings(key="file", embeddings="off")
# Several pages of the way.
EVERY = tuple(resource(f"web-{number}", id=f"arn:{number}", account=str(number % 7)) for number in range(600))


async def run(home: Path) -> None:
    estate = await StandingEstate.open(home, RING, SETTINGS)
    print("open", flush=True)
    changing = asyncio.create_task(_change(estate))
    await estate.rotate(OLD, NEW, lambda done, total: print(done, total, flush=True))
    print("through", flush=True)
    changing.cancel()
    await estate.close()


async def _change(estate: StandingEstate) -> None:
    while True:
        for one in EVERY[::50]:
            await estate.replace(dataclasses.replace(one, state="stopped"))
            await estate.replace(one)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
