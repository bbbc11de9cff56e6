"""A program that sweeps again and again until it is killed.

It opens the estate, sweeps once and compares what is there with what it saw, says so, then goes on with one round after another.

    python -m tests.engine.estate.sweeper HOME ROUND
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from engine.estate.estate import Estate
from engine.estate.resource import Resource, Swept
from engine.estate.where import EVERYTHING
from tests.engine.estate.opening import opened
from tests.engine.estate.samples import parts, resource

ACCOUNTS = 5


def seen(turn: int) -> list[Resource]:
    """What is there in this round: some come and go, some change, most stay."""
    return [
        resource(
            f"web-{n}", id=f"arn:aws:ec2:x:1:instance/{n}", account=str(n % ACCOUNTS), state="stopped" if (n + turn) % 7 == 0 else "running"
        )
        for n in range(60 + turn * 11 % 40)
        if (n + turn) % 5
    ]


async def sweep(estate: Estate, turn: int) -> None:
    """One round; what nobody saw any more is swept too."""
    found = {part.account: part for part in parts(*seen(turn))}
    empty = [Swept("aws", str(n), "us-east-1", "compute_instance", ()) for n in range(ACCOUNTS)]
    await asyncio.gather(*(estate.take_in(found.get(part.account, part)) for part in empty))


async def is_right(estate: Estate, turn: int) -> bool:
    """Whether exactly what the round saw is there, whole."""
    expected = sorted(seen(turn), key=lambda known: known.id)
    return await estate.select(EVERYTHING) == expected and await estate.verify() == len(expected)


async def run(home: Path, turn: int) -> None:
    async with opened(home) as estate:
        say(estate.healed or "whole")
        await sweep(estate, turn)
        say("right" if await is_right(estate, turn) else "wrong")
        say(str(estate.store_pid))
        while True:
            turn += 1
            await sweep(estate, turn)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
