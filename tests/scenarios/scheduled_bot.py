"""A whole bot on local clouds at a time that a test decides; as a process, one whose schedule comes due and that is killed in the middle. Edge.

Arguments: the folder, which holds `accounts.json` and the data folder `home`; the AI server's address; the time, as ISO 8601; the kind of the
journal entry right after which it kills itself with signal 9.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.app import App, opened
from engine.clock import FakeClock
from engine.journal.entry import Entry
from engine.settings import parse
from engine.wiring import Parts
from tests.scenarios.stage import PEOPLE, Recorder, Stage


@dataclass
class Night:
    """A bot that is open; `stage` speaks to it."""

    app: App
    stage: Stage
    clock: FakeClock

    async def tick(self) -> None:
        await self.app.keeper.tick()
        await self.app.keeper.settled()


@contextlib.asynccontextmanager
async def night(folder: Path, advisor_url: str, at: datetime, **settings: Any) -> AsyncIterator[Night]:
    """The bot of a folder at this time, recovered as at every start."""
    facts = {
        "advisor": {"url": advisor_url, "timeout_s": 1.5},
        "estate": {"key": "file", "embeddings": "off"},
        "execution": {"poll_s": 0.05},
        "accounts": json.loads((folder / "accounts.json").read_text()),
        "schedules": {"timezone": "UTC"},
        **settings,
    }
    clock = FakeClock(at)
    made = parse(facts, source="test").model_copy(update={"people": PEOPLE})
    async with opened(folder / "home", made, {}, Parts(clock=clock)) as app:
        platform = Recorder()
        app.conversation.add(platform)
        await app.conversation.recover()
        await app.keeper.begin()
        yield Night(app, Stage(app.engine, app.conversation, platform, {}, clock), clock)


async def main(folder: Path, advisor_url: str, at: str, last: str) -> None:
    async with night(folder, advisor_url, datetime.fromisoformat(at)) as made:
        append = made.app.engine.journal.append

        async def dying(kind: str, body: Mapping[str, Any]) -> Entry:
            entry = await append(kind, body)
            if kind == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return entry

        made.app.engine.journal.append = dying  # type: ignore[method-assign]
        await made.tick()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:5]))
