"""Microsoft's Agents Playground as a peer: a Teams that nobody here wrote, driven without a browser. Edge.

The environment's `AGENTS_PLAYGROUND` names the unpacked npm package `@microsoft/m365agentsplayground`; its licence allows evaluation, so it is
no dependency of ours. It sends no token, speaks of one tenant with made-up people, and tells what stands in a conversation over the socket
that its own browser page reads.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import uuid
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

FOLDER = os.environ.get("AGENTS_PLAYGROUND", "")
NODE = shutil.which("node")
MISSING = not FOLDER or NODE is None or not (Path(FOLDER) / "cli.js").exists()
CARD = "application/vnd.microsoft.card.adaptive"
PATIENCE_S = 30.0
Json = dict[str, Any]


class Playground:
    """A running playground. `messages` is what its page would show, by conversation and message id."""

    def __init__(self, session: aiohttp.ClientSession, url: str, config: Json) -> None:
        self._session = session
        self.url = url
        self.service_url = f"{url}/_connector"
        self.tenant: str = config["tenantId"]
        self.bot: Json = config["bot"]
        self.me: Json = config["currentUser"]
        self.others: list[Json] = config["users"]
        self.personal: str = config["personalChat"]["id"]
        self.group: str = config["groupChats"][0]["id"]
        self.channel: str = config["teams"][0]["channels"][0]["id"]
        self.messages: dict[str, dict[str, Json]] = {}

    def login(self, user: Json) -> str:
        """A user as the bot knows them."""
        return f"{self.tenant}/{user['aadObjectId']}"

    async def say(self, chat: str, text: str, *, mention: bool = False) -> str:
        """A message by the one person who can write here; returns the id of the conversation it landed in."""
        tag = f"<at>{self.bot['name']}</at>"
        said: Json = {"text": f"{tag} {text}" if mention else text, "textFormat": "plain", "from": {"id": self.me["id"]}}
        if mention:
            said["mentions"] = [{"mentioned": {"id": self.bot["id"]}, "text": tag}]
        answer = await self._post(f"/_conversation/v1/conversations/{chat}/messages", said)
        return str(answer.get("postConversationId") or chat)

    async def execute(self, chat: str, message: str, button: Json, who: Json) -> Json:
        """Presses an Action.Execute and returns what the bot answered."""
        action = {key: button[key] for key in ("type", "verb", "data")}
        value = {"action": action, "trigger": "manual"}
        return await self._post("/_conversation/v1/invoke", {"name": "adaptiveCard/action", "value": value, **_where(chat, message, who)})

    async def submit(self, chat: str, message: str, data: Json, who: Json) -> None:
        """Presses an Action.Submit."""
        await self._post("/_conversation/v1/submit", {"value": data, **_where(chat, message, who)})

    async def send(self, chat: str, who: Json, kind: str, **more: Any) -> None:
        """Sends the bot an activity of our own making; what the bot answers is not told."""
        activity = {
            "type": kind,
            "id": str(uuid.uuid4()),
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": who["id"], "name": who["name"], "aadObjectId": who["aadObjectId"]},
            "recipient": self.bot,
            "conversation": {"id": chat, "conversationType": "personal", "tenantId": self.tenant},
            "channelData": {"tenant": {"id": self.tenant}},
        }
        await self._post("/_internal/v1/customActivities", activity | more)

    async def until(self, wanted: Callable[[], Any]) -> Any:
        """Waits until something is true, and returns it."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := wanted()):
                await asyncio.sleep(0.05)
        return found

    async def card(self, chat: str, having: str) -> tuple[str, Json]:
        """The first message of a conversation whose card says this, and the card."""
        return await self.until(lambda: next(((number, card) for number, card in self._cards(chat) if having in str(card)), None))

    def _cards(self, chat: str) -> list[tuple[str, Json]]:
        standing = self.messages.get(chat, {})
        return [(number, one["content"]) for number, said in standing.items() for one in said["attachments"] if one["contentType"] == CARD]

    async def listen(self, stream: aiohttp.ClientWebSocketResponse) -> None:
        """Keeps `messages` as the page would."""
        async for event in stream:
            told = event.json()
            message = told.get("message")
            if message:
                chat = message.get("postConversationId") or told["actionConversationId"]
                for where in {chat, told["actionConversationId"]}:
                    self.messages.setdefault(where, {})[message["messageId"]] = message

    async def _post(self, path: str, body: Json) -> Json:
        async with self._session.post(f"{self.url}{path}", json=body) as answer:
            text = await answer.text()
            assert answer.status == 200, f"{path}: {answer.status} {text}"
            return (await answer.json()) if text else {}


def _where(chat: str, message: str, who: Json) -> Json:
    return {"conversation": {"id": chat}, "replyToId": message, "from": {"id": who["id"]}}


@asynccontextmanager
async def playground(bot_port: int) -> AsyncIterator[Playground]:
    """A playground that talks to the bot at this port, until the block ends."""
    assert NODE is not None
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{port}"
        said = ("-e", f"http://127.0.0.1:{bot_port}/api/messages", "-c", "msteams", "-p", str(port), "--disable-telemetry")
        said = (*said, "--service-url", f"{url}/_connector")
        quiet = {
            "APPLICATION_INSIGHTS_NO_STATSBEAT": "1",
            "TEAMSAPPTESTER_BROWSER": "none",
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(Path(folder) / "playground.log"),
            "HOME": folder,
        }
        cli = str(Path(FOLDER) / "cli.js")
        process = await asyncio.create_subprocess_exec(
            NODE, cli, *said, cwd=folder, env=os.environ | quiet, stdout=DEVNULL, stderr=DEVNULL, stdin=DEVNULL
        )
        try:
            async with aiohttp.ClientSession() as session, _connected(session, url) as peer:
                yield peer
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def _connected(session: aiohttp.ClientSession, url: str) -> AsyncIterator[Playground]:
    peer = Playground(session, url, await _config(session, url))
    async with session.ws_connect(f"{url}/_ws_conversation/v1/conversations/stream") as stream:
        listening = asyncio.create_task(peer.listen(stream))
        try:
            yield peer
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _config(session: aiohttp.ClientSession, url: str) -> Json:
    """What the playground speaks of, as soon as it is up."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with session.get(f"{url}/_internal/v1/testConfig") as answer:
                    return (await answer.json())["config"]
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
