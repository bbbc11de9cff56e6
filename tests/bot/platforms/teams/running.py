"""A Teams platform that runs in this event loop, with the stand-in service before it and a scripted inbox behind it. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.platforms.platform import Place
from bot.platforms.teams.platform import TeamsPlatform
from engine.settings import TeamsSettings
from tests.bot.platforms.teams.service import APP_ID, LENA, OMAR, SECRET, TENANT, TeamsService, teams_service
from tests.bot.platforms.web.fakes import FakeInbox

LOGINS = (LENA.login, OMAR.login)


@dataclass
class FakePosts:
    """Posts in memory; handed to a second platform they are what survives a restart."""

    kept: dict[tuple[Place, str], str] = field(default_factory=dict)

    def find(self, place: Place, subject: str) -> str:
        return self.kept.get((place, subject), "")

    async def keep(self, place: Place, subject: str, reference: str) -> None:
        self.kept[place, subject] = reference


@dataclass
class Served:
    """A running platform with what stands before and behind it."""

    platform: TeamsPlatform
    inbox: FakeInbox
    service: TeamsService
    posts: FakePosts
    serving: asyncio.Task[None]

    async def settled(self) -> None:
        """Waits until all that was said is answered, and all that was shown has arrived."""
        await self.inbox.answered()
        await self.platform.settled()

    async def stop(self) -> None:
        """Ends it as the bot would, and waits until it has ended."""
        self.serving.cancel()
        with suppress(asyncio.CancelledError):
            await self.serving


def settings_for(service: TeamsService, **more: object) -> TeamsSettings:
    """Settings that make the stand-in service be Teams."""
    base = {
        "app_id": APP_ID,
        "tenant": TENANT,
        "port": 0,
        "login_url": f"http://127.0.0.1:{service.port}",
        "metadata_url": service.metadata_url,
        "service_urls": (service.url,),
    }
    return TeamsSettings.model_validate(base | more)


@asynccontextmanager
async def served_by(
    service: TeamsService,
    posts: FakePosts | None = None,
    logins: Callable[[], Sequence[str]] = lambda: LOGINS,
    inbox: FakeInbox | None = None,
) -> AsyncIterator[Served]:
    """A platform in front of a service that runs already, until the block ends."""
    inbox, posts = inbox or FakeInbox(), posts or FakePosts()
    platform = TeamsPlatform(settings_for(service), SECRET, posts, logins)
    inbox.platform = platform
    service.bot_url = f"http://127.0.0.1:{platform.open()}/api/messages"
    running = Served(platform, inbox, service, posts, asyncio.create_task(platform.run(inbox)))
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def served(logins: Callable[[], Sequence[str]] = lambda: LOGINS, inbox: FakeInbox | None = None) -> AsyncIterator[Served]:
    """Service and platform until the block ends."""
    async with teams_service() as service, served_by(service, logins=logins, inbox=inbox) as running:
        yield running
