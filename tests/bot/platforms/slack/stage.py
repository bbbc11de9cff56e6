"""Slack on the contract suite's stage: two people in a channel of a small Slack, and what each of them sees. Edge.

What a person sees is drawn as Slack's client draws it: rich text and plain text letter by letter, markup where Slack reads markup.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from bot.cards.card import Action
from bot.platforms.platform import Message, Place
from bot.platforms.slack.calls import SlackSecrets
from bot.platforms.slack.mrkdwn import harmless
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.pressed import read
from engine.clock import Clock
from engine.settings import SlackSettings
from tests.bot.platforms.slack.fakes import FakePosts
from tests.bot.platforms.slack.server import APP_TOKEN, BOT, LENA, OMAR, SIGNING_SECRET, TEAM, TOKEN, SlackServer, slack_server
from tests.bot.platforms.web.fakes import FakeInbox

READABLE = ("text", "elements", "element", "label", "options", "description")
SECRETS = SlackSecrets(TOKEN, APP_TOKEN, SIGNING_SECRET)


class SlackStage:
    """Lena and Omar in #ops, Escher behind signed requests."""

    me, other = f"{TEAM}/{LENA}", f"{TEAM}/{OMAR}"

    def __init__(self, platform: SlackPlatform, inbox: FakeInbox, server: SlackServer) -> None:
        self.platform, self.inbox, self.server = platform, inbox, server

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> SlackStage:
        """The stage, until the stack is closed."""
        return await stack.enter_async_context(slack_stage())

    async def say(self, text: str) -> Place:
        """Lena mentions Escher in the channel."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        status, _ = await self.server.deliver(self.server.written(f"<@{BOT}> {escaped}"))
        assert status == 200
        await self.inbox.answered()
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        """Lena presses a button in the thread; what is new on her screen."""
        await self.settled()
        here = [message for message in self.server.messages.get(place.channel, ()) if message.get("thread_ts") == place.thread]
        message, action = next((one, button) for one in reversed(here) for button in buttons(one) if means(button, verb, subject))
        ephemerals, views = len(self.server.ephemerals), set(self.server.views)
        status, _ = await self.server.deliver(self.server.pressed(message, action))
        assert status == 200
        await self.settled()
        new = [drawn(one) for one in self.server.ephemerals[ephemerals:] if one["user"] == LENA]
        return "\n".join([*new, *(drawn(view) for name, view in self.server.views.items() if name not in views)])

    async def fill(self, place: Place, action: Action, fields: Mapping[str, Sequence[str]]) -> str:
        """Lena presses a button that opens a form, fills it in and sends it; what stands in the modal then, or is whispered."""
        before = set(self.server.views)
        await self.press(place, action.verb, action.subject)
        view = next(view for name, view in self.server.views.items() if name not in before)
        ephemerals = len(self.server.ephemerals)
        status, answer = await self.server.deliver(self.server.submitted(view, values(view, fields)))
        assert status == 200
        await self.settled()
        told = json.loads(answer or "{}")
        shown = [drawn(told["view"])] if told.get("response_action") == "update" else []
        return "\n".join([*shown, *(drawn(one) for one in self.server.ephemerals[ephemerals:] if one["user"] == LENA)])

    async def edit(self, message: Message, text: str) -> None:
        """Lena changes a message: a workspace with `message.channels` is told so."""
        before, after = self._written(message), {"text": f"<@{BOT}> {text}", "edited": {"user": LENA, "ts": self.server.stamp()}}
        event = {"type": "message", "subtype": "message_changed", "channel": message.place.channel, "channel_type": "channel"}
        await self.server.deliver(self.server.envelope(event | {"message": before | after, "previous_message": dict(before)}))
        before |= after
        await self.settled()

    async def delete(self, message: Message) -> None:
        """Lena deletes a message."""
        gone = self._written(message)
        self.server.messages[message.place.channel].remove(gone)
        event = {"type": "message", "subtype": "message_deleted", "channel": message.place.channel, "channel_type": "channel"}
        await self.server.deliver(self.server.envelope(event | {"deleted_ts": gone["ts"], "previous_message": gone}))
        await self.settled()

    def _written(self, message: Message) -> dict[str, Any]:
        channel, _, stamp = message.about.partition(":")
        return next(one for one in self.server.messages[channel] if one["ts"] == stamp)

    async def seen(self, login: str) -> str:
        """The conversations this person is in, as they see them."""
        await self.settled()
        user = login.partition("/")[2]
        mine = [channel for channel, members in self.server.channels.items() if user in members]
        public = [(message["ts"], drawn(message)) for channel in mine for message in self.server.messages.get(channel, ())]
        private = [(one["ts"], f"Only you can see this\n{drawn(one)}") for one in self.server.ephemerals if one["user"] == user]
        files = [(self.server.stamp(), f"file {one['name']}") for one in self.server.files.values() if one.get("channel") in mine]
        return "\n".join(text for _, text in sorted([*public, *private, *files], key=lambda shown: float(shown[0])))

    async def fall(self) -> None:
        """Slack goes away."""
        await self.server.fall()

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        assert harmless(text) in seen
        assert re.findall("⟦[^⟧]*⟧", seen) == re.findall("⟦[^⟧]*⟧", plain)
        assert not set("\x1b\u202e\x07\r") & set(seen)

    async def settled(self) -> None:
        """Waits until everything was answered and posted."""
        await self.inbox.answered()
        await self.platform.settled()


def buttons(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The buttons on a message or a view."""
    for block in message.get("blocks", ()):
        if block["type"] == "actions":
            yield from block["elements"]


def means(button: Mapping[str, Any], verb: str, subject: str) -> bool:
    press = read(button["value"])
    return press is not None and (press.verb, press.subject) == (verb, subject)


def values(view: Mapping[str, Any], fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What Slack sends of a modal filled in so."""
    return {
        block["block_id"]: {block["element"]["action_id"]: _state(block["element"], fields.get(block["element"]["action_id"], ()))}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _state(element: Mapping[str, Any], chosen: Sequence[str]) -> dict[str, Any]:
    options = [*element.get("options", ()), *(option for group in element.get("option_groups", ()) for option in group["options"])]
    picked = [option for option in options if option["value"] in chosen]
    match element["type"]:
        case "plain_text_input":
            return {"type": element["type"], "value": chosen[0] if chosen else None}
        case "checkboxes" | "multi_static_select":
            return {"type": element["type"], "selected_options": picked}
        case kind:
            return {"type": kind, "selected_option": picked[0] if picked else None}


def drawn(node: Any) -> str:
    """A message or a view as the client draws it; what is more than letters stands in double brackets."""
    if isinstance(node, Mapping) and "blocks" in node:
        return "\n".join(drawn(block) for block in node["blocks"])
    if isinstance(node, Mapping) and isinstance(node.get("text"), str):
        return _marked_up(node["text"]) if node.get("type") in ("mrkdwn", "message") else str(node["text"])
    if isinstance(node, Mapping) and node.get("type") in ("emoji", "user", "broadcast", "channel", "link", "usergroup"):
        return f"⟦{node['type']} {node.get('name', '')}⟧"
    if isinstance(node, Mapping):
        apart = "\n" if node.get("type") in ("rich_text", "rich_text_list", "actions") else ""
        inside = [
            apart.join(map(drawn, value)) if isinstance(value, list) else drawn(value) for key, value in node.items() if key in READABLE
        ]
        return "".join(inside) if node.get("type") == "rich_text_section" else "\n".join(part for part in inside if part)
    if isinstance(node, Sequence) and not isinstance(node, str):
        return "".join(drawn(one) for one in node)
    return ""


def _marked_up(text: str) -> str:
    """Slack's markup: everything in angle brackets is a reference, entities are letters."""
    marked = re.sub(r"<[^>]+>", "⟦reference⟧", text)
    return marked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@asynccontextmanager
async def slack_stage(
    settings: SlackSettings | None = None, clock: Clock | None = None, posts: FakePosts | None = None
) -> AsyncIterator[SlackStage]:
    """The stage, until the block ends."""
    async with slack_server() as server:
        asked = (settings or SlackSettings()).model_copy(update={"mode": "http", "port": 0, "api_url": f"{server.base}/api/"})
        platform, inbox = SlackPlatform(asked, SECRETS, posts or FakePosts(), clock), FakeInbox()
        inbox.platform, server.app_port = platform, platform.port
        running = asyncio.create_task(platform.run(inbox))
        try:
            await _listening(server.app_port, running)
            yield SlackStage(platform, inbox, server)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def _listening(port: int, running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(10):
        while not running.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                await writer.wait_closed()
                return
    running.result()
