"""A web chat that runs in this event loop for the length of a test. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx

from bot.platforms.web.server import WebConfig, WebPlatform
from engine.settings import Person
from tests.bot.platforms.web.fakes import FakeInbox, FakeOffice

PEOPLE: Sequence[Person] = (
    Person(id="lena", name="Lena Vogt", roles=("executor",), logins={"web": "lena"}),
    Person(id="omar", name="Omar Haddad", roles=("manager", "executor"), logins={"web": "omar.h"}),
    Person(id="sam", name="Sam Only-Slack", logins={"slack": "T1/U2"}),
)


@dataclass
class Served:
    """A running platform with what stands behind it."""

    platform: WebPlatform
    inbox: FakeInbox
    office: FakeOffice
    serving: asyncio.Task[None]

    async def stop(self) -> None:
        """Ends it as the bot would, and waits until it has ended."""
        self.serving.cancel()
        with suppress(asyncio.CancelledError):
            await self.serving

    @asynccontextmanager
    async def browser(self, person: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A client with this person's cookie, and the token of their pages as a header."""
        async with httpx.AsyncClient(base_url=self.platform.address, timeout=10, verify=False) as client:
            if person:
                answer = await client.get(self.platform.login_link(person), follow_redirects=True)
                client.headers["X-Escher-Token"] = token(answer.text)
            yield client


def token(page: str) -> str:
    """The token that stands in a page."""
    return page.split('name="token" value="')[1].split('"', maxsplit=1)[0]


@asynccontextmanager
async def served(config: WebConfig | None = None, office: FakeOffice | None = None) -> AsyncIterator[Served]:
    """Serves until the block ends."""
    inbox, office = FakeInbox(), office or FakeOffice()
    platform = WebPlatform(config or WebConfig(PEOPLE, port=0), office)
    inbox.platform = platform
    platform.open()
    running = Served(platform, inbox, office, asyncio.create_task(platform.run(inbox)))
    try:
        yield running
    finally:
        await running.stop()
