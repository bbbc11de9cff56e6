"""What Slack delivers, sorted: each kind to the one who knows it, acknowledged in time whatever happens behind. Edge (slack-bolt)."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.platform import Inbox, Message, Retraction
from bot.platforms.slack import modal
from bot.platforms.slack.agent import Agent, started
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.calls import Calls, SlackSecrets, logger
from bot.platforms.slack.delivery import Delivery
from bot.platforms.slack.events import Self, login_of, told
from bot.platforms.slack.manifest import SHORTCUT
from bot.platforms.slack.pressed import login
from bot.platforms.slack.presses import Presses
from bot.platforms.slack.rooms import HOME, Rooms
from bot.platforms.slack.suggesting import Suggesting
from bot.platforms.slack.tasks import Tasks

# Slack waits three seconds for an acknowledgement; writing a message down takes a few milliseconds.
RECORD_S = 2.0
REMEMBERED = 1_000
ANYTHING = re.compile(".*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Behind:
    """Who knows what to do with what Slack delivers."""

    inbox: Inbox
    delivery: Delivery
    presses: Presses
    suggesting: Suggesting
    rooms: Rooms
    asking: Asking
    agent: Agent
    tasks: Tasks
    me: Self


def build_app(behind: Behind, calls: Calls, secrets: SlackSecrets) -> AsyncApp:
    """The bolt application around a running bot. Who the bot is was asked before: no delivery waits for Slack's own API."""
    me = behind.me

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot, bot_token=secrets.bot_token)

    app = AsyncApp(
        name="escher",
        logger=logger,
        # Ours carries the token; bolt's is never used, and would only say that it is not.
        client=AsyncWebClient(base_url=calls.client.base_url, logger=logger),
        authorize=authorize,
        # Socket Mode carries no signatures; over HTTP an empty secret would let anybody in, and is refused at the start.
        signing_secret=secrets.signing_secret,
        attaching_conversation_kwargs_enabled=False,
    )
    listeners = Listeners(behind)
    app.event(ANYTHING, middleware=[listeners.record])(_nothing)
    app.action(ANYTHING)(listeners.press)
    app.view(ANYTHING)(listeners.submit)
    app.options(ANYTHING)(listeners.options)
    app.shortcut(ANYTHING)(listeners.shortcut)
    app.command(ANYTHING)(listeners.command)
    return app


async def _nothing() -> None:
    """An event was recorded before this; bolt acknowledges it now."""


class Listeners:
    """One method for each kind of delivery."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def record(self, body: Mapping[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
        """Writes an event down before it is acknowledged: one that was not is delivered again."""
        work = self._behind.tasks.start(self._event(body))
        await asyncio.wait({work}, timeout=RECORD_S)
        await next_()

    async def press(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        self._behind.tasks.start(self._pressed(body))

    async def submit(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """A modal that was sent."""
        asked = body["view"].get("callback_id") == modal.ASK
        await ack(**await (self._behind.asking.by_shortcut(body) if asked else self._behind.presses.submitted(body)))
        self._behind.rooms.refresh(login(body))

    async def options(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        """Somebody types in a list of a modal."""
        await ack(options=await self._behind.suggesting.options(body))

    async def shortcut(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        if body.get("callback_id") == SHORTCUT and body.get("message"):
            self._behind.tasks.start(self._behind.asking.offered(body))

    async def command(self, ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        self._behind.tasks.start(self._behind.rooms.command(body))

    async def _pressed(self, body: Mapping[str, Any]) -> None:
        await self._behind.presses.pressed(body)
        self._behind.rooms.refresh(login(body))

    async def _event(self, body: Mapping[str, Any]) -> None:
        event, behind = body["event"], self._behind
        if (opened := started(event)) is not None:
            behind.tasks.start(behind.agent.suggest(*opened))
        if event["type"] == "app_home_opened" and event.get("tab", HOME) == HOME:
            behind.rooms.opened(login_of(event, body), event.get("channel", ""))
        said = told(body, behind.me)
        if isinstance(said, Message):
            self._busy(said)
            await behind.inbox.received(said)
        elif isinstance(said, Retraction):
            await behind.inbox.retracted(said)

    def _busy(self, message: Message) -> None:
        """Shows that an answer is coming, once a message: there is no second answer to a second delivery that would take it away."""
        if not message.place.channel.startswith("D") or message.id in self._seen:
            return
        self._seen[message.id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._behind.delivery.outbox.put(message.place, lambda: self._behind.agent.busy(message.place))
