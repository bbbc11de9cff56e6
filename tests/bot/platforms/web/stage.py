"""Two browsers in front of the web chat, for the conformance suite of the Platform Protocol. Edge."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

import httpx

from bot.cards.card import Action
from bot.platforms.platform import Place
from bot.platforms.web.render import printable
from bot.platforms.web.server import WebPlatform
from tests.bot.platforms.web.fakes import FakeInbox
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.test_render import Tags


class WebStage:
    """What `tests/contracts/test_platform.py` asks for. What somebody sees is the channel they speak in, and their own."""

    me, other = "lena", "omar.h"

    def __init__(self, running: Served) -> None:
        self._running = running
        self._browsers: dict[str, httpx.AsyncClient] = {}

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> WebStage:
        """A stage that lasts as long as the stack."""
        stage = cls(await stack.enter_async_context(served()))
        people = ((stage.me, "lena"), (stage.other, "omar"))
        stage._browsers = {login: await stack.enter_async_context(stage._running.browser(person)) for login, person in people}
        return stage

    @property
    def platform(self) -> WebPlatform:
        return self._running.platform

    @property
    def inbox(self) -> FakeInbox:
        return self._running.inbox

    async def say(self, text: str) -> Place:
        await self._browsers[self.me].post("/say", data={"channel": "general", "text": text, "login": self.other})
        await self.inbox.answered()
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        return await self._click(place, verb, subject, {"field.login": self.other})

    async def fill(self, place: Place, action: Action, fields: Mapping[str, Sequence[str]]) -> str:
        return await self._click(place, action.verb, action.subject, {f"field.{name}": values for name, values in fields.items()})

    async def _click(self, place: Place, verb: str, subject: str, fields: Mapping[str, str | Sequence[str]]) -> str:
        forged = {"login": self.other, "person": "omar", "id": "k-forged", "guest": "0"}
        pressed = {"verb": verb, "subject": subject, "channel": place.channel, "thread": place.thread, **forged, **fields}
        return Tags((await self._browsers[self.me].post("/click", data=pressed)).text).text

    async def seen(self, login: str) -> str:
        return "".join([(await self._browsers[login].get(path)).text for path in ("/c/general", f"/c/@{login}")])

    async def fall(self) -> None:
        await self._running.stop()

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        assert printable(text) in Tags(seen).text
        assert Tags(seen).tags == Tags(plain).tags
        assert [name for name, _ in Tags(seen).attributes] == [name for name, _ in Tags(plain).attributes]
        assert not set("\x1b\u202e") & set(html.unescape(seen))
