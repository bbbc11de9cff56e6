"""A whole bot on chat platforms nobody here wrote: real engine, AI server and journal, over clouds that keep what was changed. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App, chat_platforms, opened
from bot.platforms.platform import Platform
from engine.clouds.fake import FakeCloud
from engine.estate.memory import MemoryEstate
from engine.estate.resource import CloudName, Resource
from engine.settings import parse
from engine.wiring import Parts
from tests.peers.local_slack import LENA, OMAR, TEAM, LocalSlack
from tests.scenarios.stage import ESTATE, fake_clouds

TENANT, LENA_AAD, OMAR_AAD = (
    "00000000-0000-0000-0000-0000000000001",
    "00000000-0000-0000-0000-00000000000a",
    "00000000-0000-0000-0000-00000000000b",
)


@dataclass(frozen=True)
class WholeBot:
    """The app and its fake clouds; `restart` is what a kill and a new start amount to for everything but the clouds."""

    app: App
    clouds: Mapping[CloudName, FakeCloud]
    platforms: Sequence[Platform]

    def sent(self) -> list[tuple[str, str]]:
        """Name and operation of every change that left to any cloud."""
        return [(call.resource.name, call.operation) for cloud in self.clouds.values() for call in cloud.performed]

    def journal(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [entry.body for entry in self.app.engine.journal.entries(set(kinds))]


def settings_for(slack: LocalSlack | None = None, *, through: str = "", **more: Any) -> dict[str, Any]:
    """Lena may ask, Omar approves; both are on Slack and on Teams. `through` is the address of a proxy in front of Slack."""
    people = [
        {"id": "lena", "name": "Lena", "roles": ["executor"], "logins": {"slack": f"{TEAM}/{LENA}", "teams": f"{TENANT}/{LENA_AAD}"}},
        {"id": "omar", "name": "Omar", "roles": ["manager"], "logins": {"slack": f"{TEAM}/{OMAR}", "teams": f"{TENANT}/{OMAR_AAD}"}},
    ]
    chosen = (
        {"slack": {"api_url": f"{through}/api/" if through else slack.api_url, "bot_token": "env:BOT", "app_token": "env:APP"}}
        if slack
        else {}
    )
    quick = {"poll_s": 0.01, "step_timeout_s": 5}
    return {"people": people, "estate": {"key": "file"}, "execution": quick, "policy": {"remind_minutes": 0}, **chosen, **more}


@asynccontextmanager
async def whole_bot(
    home: Path, settings: Mapping[str, Any], *, resources: Sequence[Resource] = ESTATE, clouds: Mapping[CloudName, FakeCloud] | None = None
) -> AsyncIterator[WholeBot]:
    """A bot that runs on its platforms until the block ends; `clouds` outlive it where they are given."""
    known = clouds if clouds is not None else fake_clouds(resources)
    parts = Parts(estate=MemoryEstate(resources), clouds=known)
    env = {"BOT": "xoxb-test", "APP": "xapp-test", "SIGN": "a-signing-secret-of-a-test"}
    async with opened(home, parse(settings, source="test"), env, parts) as app:
        platforms = await chat_platforms(app, env)
        await app.conversation.recover()
        tasks = [asyncio.create_task(one.run(app.conversation)) for one in platforms]
        tasks.append(asyncio.create_task(app.notices.run()))
        try:
            yield WholeBot(app, known, platforms)
            await app.conversation.settled()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
