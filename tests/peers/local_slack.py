"""A local Slack nobody here wrote (local-slack, at LOCAL_SLACK), started for a test and driven by its control routes. Edge (a process).

It speaks Socket Mode and signed events, keeps what is posted, and hands out triggers and response addresses. It knows no limits, no 429, no
guests and no teams in events, and takes any token: those are tested against `tests/bot/platforms/slack/server.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

BINARY = os.environ.get("LOCAL_SLACK", "")
TEAM, BOT, CHANNEL, EMPTY = "T0SHOP", "U0BOT", "C0OPS", "C0EMPTY"
LENA, OMAR = "U0LENA", "U0OMAR"
SIGNING_SECRET = "a-signing-secret-of-a-test"


def config(request_url: str = "") -> dict[str, Any]:
    """A workspace with two people, a channel with the bot in it and one without."""
    app = {
        "appId": "A0ESCHER",
        "botUserId": BOT,
        "botName": "escher",
        "signingSecret": SIGNING_SECRET,
        "mode": "events" if request_url else "socket",
    }
    channels = [{"id": CHANNEL, "name": "ops", "members": [BOT, LENA, OMAR]}, {"id": EMPTY, "name": "empty", "members": [LENA, OMAR]}]
    return {
        "workspace": {"name": "Shop", "domain": "shop", "teamId": TEAM},
        "apps": [app | ({"requestUrl": request_url} if request_url else {})],
        "users": [{"id": LENA, "name": "lena"}, {"id": OMAR, "name": "omar"}],
        "channels": channels,
    }


class LocalSlack:
    """The running program. `views` are the modals that stand open, outermost first; `homes` the published homes by person."""

    def __init__(self, folder: Path, port: int, request_url: str = "") -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.base}/api/"
        self.port = port
        self.views: list[dict[str, Any]] = []
        self.homes: dict[str, dict[str, Any]] = {}
        self.errors: dict[str, str] = {}
        self._config = folder / "slack.yaml"
        self._config.write_text(yaml.safe_dump(config(request_url)), encoding="utf-8")
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._listening: asyncio.Task[None] | None = None
        self._ui: aiohttp.ClientWebSocketResponse | None = None

    async def start(self) -> None:
        """Starts the program and its user's window, and waits until it answers."""
        arguments = ("--config", str(self._config), "--port", str(self.port), "--base-host", "127.0.0.1")
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(BINARY, *arguments, stdout=quiet, stderr=quiet)
        self._session = aiohttp.ClientSession(base_url=self.base)
        await eventually(self._answers)
        self._ui = await self._session.ws_connect("/ui")
        self._listening = asyncio.create_task(self._listen(self._ui))

    async def stop(self) -> None:
        """Kills the program, as a cut would. What it held is gone."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._ui is not None:
            await self._ui.close()
        if self._session is not None:
            await self._session.close()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def say(self, text: str, *, user: str = LENA, channel: str = CHANNEL, thread: str = "") -> str:
        """Somebody writes; the message's stamp."""
        told = {"channel": channel, "user": user, "text": text} | ({"thread_ts": thread} if thread else {})
        return str((await self._control("message", told))["message"]["ts"])

    async def edit(self, stamp: str, text: str, *, user: str = LENA, channel: str = CHANNEL) -> None:
        await self._control("edit-message", {"channel": channel, "ts": stamp, "user": user, "text": text})

    async def delete(self, stamp: str, *, user: str = LENA, channel: str = CHANNEL) -> None:
        await self._control("delete-message", {"channel": channel, "ts": stamp, "user": user})

    async def press(self, message: Mapping[str, Any], label: str, *, user: str = LENA) -> None:
        """Somebody presses the button with this label."""
        found = button(message["blocks"], label)
        await self._control("interact", {"channel": message["channel"], "messageTs": message["ts"], "user": user, "action": found})

    async def command(self, text: str, *, user: str = LENA, channel: str = CHANNEL) -> None:
        await self._control("command", {"channel": channel, "user": user, "command": "/escher", "text": text})

    async def open_home(self, user: str = LENA) -> None:
        await self._control("open-home", {"user": user})

    async def submit(self, values: Mapping[str, Mapping[str, Any]], user: str = LENA) -> None:
        """Somebody sends the uppermost modal."""
        assert self._ui is not None
        await self._ui.send_json({"t": "view_submit", "user": user, "values": values})

    async def messages(self, channel: str = CHANNEL) -> Sequence[dict[str, Any]]:
        assert self._session is not None
        async with self._session.get(f"/_control/messages/{channel}") as answer:
            return list((await answer.json())["messages"])

    async def log(self) -> Sequence[dict[str, Any]]:
        assert self._session is not None
        async with self._session.get("/_control/log") as answer:
            return list((await answer.json())["log"])

    async def bots(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """What the bot has in a channel, oldest first."""
        return [message for message in await self.messages(channel) if message.get("bot_id")]

    async def direct_channel(self, user: str = LENA) -> str:
        """The direct message of the bot with somebody."""
        assert self._session is not None
        async with self._session.post("/api/conversations.open", json={"users": user}) as answer:
            return str((await answer.json())["channel"]["id"])

    async def _answers(self) -> bool:
        assert self._session is not None
        try:
            async with self._session.get("/_control/state") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def _control(self, route: str, told: Mapping[str, Any]) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.post(f"/_control/{route}", json=dict(told)) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def _listen(self, ui: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ui:
            told = json.loads(message.data)
            if told["t"] == "view":
                self.views = told["stack"]
            elif told["t"] == "home":
                self.homes[told["user"]] = told["view"]
            elif told["t"] == "view_errors":
                self.errors = told["errors"]


def button(blocks: Sequence[Mapping[str, Any]], label: str) -> Mapping[str, Any]:
    """The button with this label."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return next(element for row in rows for element in row if element["text"]["text"] == label)


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def eventually(true: Callable[[], Awaitable[Any]], within_s: float = 20.0) -> Any:
    """Waits until something is true, and returns it."""
    async with asyncio.timeout(within_s):
        while not (found := await true()):
            await asyncio.sleep(0.05)
        return found


@asynccontextmanager
async def local_slack(folder: Path, request_url: str = "") -> AsyncIterator[LocalSlack]:
    """A running workspace, until the block ends."""
    peer = LocalSlack(folder, free_port(), request_url)
    try:
        await peer.start()
        yield peer
    finally:
        await peer.stop()
