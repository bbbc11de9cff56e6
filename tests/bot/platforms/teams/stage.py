"""Two people of one tenant in a Teams channel, for the conformance suite of the Platform Protocol. Edge."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

from bot.platforms.platform import Place
from bot.platforms.teams.escape import printable
from bot.platforms.teams.platform import TeamsPlatform
from tests.bot.platforms.teams.running import Served, served
from tests.bot.platforms.teams.service import LENA, OMAR, Json, execute, texts
from tests.bot.platforms.web.fakes import FakeInbox

CHANNEL = "19:channel@thread.tacv2"


class TeamsStage:
    """What `tests/contracts/test_platform.py` asks for. Lena speaks in a channel; what she and Omar see includes their personal chats.

    `press` presses whatever button has that verb in Lena's view, or a made-up one, and forges in the payload what a client could forge.
    """

    def __init__(self, running: Served) -> None:
        self._running = running

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> TeamsStage:
        """A stage that lasts as long as the stack."""
        return cls(await stack.enter_async_context(served()))

    @property
    def platform(self) -> TeamsPlatform:
        return self._running.platform

    @property
    def inbox(self) -> FakeInbox:
        return self._running.inbox

    @property
    def me(self) -> str:
        return LENA.login

    @property
    def other(self) -> str:
        return OMAR.login

    async def say(self, text: str) -> Place:
        """A message of Lena's; each begins a thread of the channel."""
        service = self._running.service
        sent = service.said(LENA, CHANNEL, text)
        answer = await service.deliver(sent)
        assert answer.status_code == 200
        await self._running.settled()
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        await self._running.settled()
        carried = {"escher": {"verb": verb, "subject": subject, "login": self.other}, "login": self.other, "id": "k-forged"}
        action = {"type": "Action.Execute", "verb": verb, "data": carried}
        answer = await self._running.service.invoke(LENA, CHANNEL, "adaptiveCard/action", execute(action), thread=place.thread)
        await self._running.settled()
        said = answer.json()
        return said["value"] if isinstance(said["value"], str) else texts(said["value"])

    async def seen(self, login: str) -> str:
        await self._running.settled()
        who = next(one for one in self._running.service.people if one.login == login)
        return "\n".join(texts(card) for card in await self._running.service.sees(who))

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        """The text stands there as text; nothing of it is where Teams reads Markdown, and no message carries a mention."""
        assert printable(text).replace("{{", "{\u2060{").replace("\n", " ") in seen.replace("\n", " ")
        assert not set("\x1b\u202e") & set(seen)
        for chat in self._running.service.chats.values():
            for message in chat.messages.values():
                assert "entities" not in message
                assert not any(text in one for one in _markdown(message))
                assert not {one["type"] for one in _actions(message)} - {"Action.Execute", "Action.Submit"}
        assert printable(text) not in plain


def _markdown(part: object) -> list[str]:
    """Every text that Teams reads Markdown in: all but text runs."""
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") in ("TextBlock", "message") and "text" in part else []
        facts = [part[key] for key in ("title", "value") if isinstance(part.get(key), str) and "type" not in part]
        return own + facts + [one for inner in part.values() for one in _markdown(inner)]
    return [one for inner in part for one in _markdown(inner)] if isinstance(part, list) else []


def _actions(part: object) -> list[Json]:
    """Everything in a message that can be pressed."""
    if isinstance(part, dict):
        own = [part] if str(part.get("type", "")).startswith("Action.") else []
        return own + [one for inner in part.values() for one in _actions(inner)]
    return [one for inner in part for one in _actions(inner)] if isinstance(part, list) else []


def dumped(card: Json) -> str:
    """A card as its golden file holds it."""
    return json.dumps(card, indent=2, ensure_ascii=False) + "\n"
