"""`python -m deploy.sandbox.aws_filling ENDPOINT`: fills a running local AWS with the demo's company. Edge."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from deploy.sandbox.aws import accounts, estate
from deploy.sandbox.aws_seeding import Seeding
from engine.clouds.aws.session import Sessions


async def fill(endpoint: str) -> None:
    """Everything of `aws_estate.yaml`, in the accounts it names."""
    rows = estate()
    there = accounts(rows, endpoint)
    sessions = Sessions(there)
    try:
        await Seeding(there, sessions, datetime.now(UTC)).run(rows)
    finally:
        await sessions.close()


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[1]))
