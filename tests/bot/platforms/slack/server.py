"""A small Slack on loopback: it keeps messages, enforces what Slack documents, fails on request, and delivers signed events. Edge.

It mirrors docs.slack.dev: answers are `{"ok": …, "error": …}`, limits are `429` with `Retry-After`, arguments come form-encoded with JSON in
them, blocks and views are held to Block Kit's limits, triggers work once, ephemeral messages are seen by one person and cannot be updated, and
what a bot posts where it is no member is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.platforms.slack.limits import Breach, check_message, check_view

TEAM, BOT, BOT_ID, CHANNEL, AWAY = "T0SHOP", "U0BOT", "B0BOT", "C0OPS", "C0AWAY"
LENA, OMAR = "U0LENA", "U0OMAR"
SIGNING_SECRET = "a-signing-secret-of-a-test"
TOKEN, APP_TOKEN = "xoxb-of-a-test", "xapp-of-a-test"
SCOPES = "app_mentions:read,assistant:write,channels:read,chat:write,commands,files:write,groups:read,im:history,im:write,users:read"
STRUCTURES = frozenset({"blocks", "view", "files", "prompts"})


class Problem(Exception):
    """A call is answered with `ok: false` and this word."""


@dataclass
class Trouble:
    """What happens to a call instead of, or after, being done: a status, an error word, or silence."""

    status: int = 200
    error: str = ""
    after: str = ""  # Retry-After
    done: bool = False  # the call takes effect before it fails


@dataclass
class SlackServer:
    """One workspace with a bot. `calls` are all calls so far; `troubles` are consumed one a call, by method."""

    app_port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=lambda: {LENA: {"name": "lena"}, OMAR: {"name": "omar"}})
    channels: dict[str, set[str]] = field(default_factory=lambda: {CHANNEL: {BOT, LENA, OMAR}, AWAY: {LENA, OMAR}})
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ephemerals: list[dict[str, Any]] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    scopes: str = SCOPES
    triggers: set[str] = field(default_factory=set)
    responses: list[dict[str, Any]] = field(default_factory=list)
    base: str = ""
    runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self._numbers = count(1)

    # What the bot calls.

    async def api(self, request: web.Request) -> web.Response:
        """One call of the Web API."""
        method = request.match_info["method"]
        arguments = {name: _decoded(name, str(value)) for name, value in (await request.post()).items()}
        self.calls.append((method, arguments))
        waiting = self.troubles.get(method)
        trouble = waiting.pop(0) if waiting else None
        if trouble is not None and not trouble.done:
            return _troubled(trouble)
        answer = self._answer(method, arguments, request.headers.get("Authorization", ""))
        if trouble is not None:
            return _troubled(trouble)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    def _answer(self, method: str, arguments: dict[str, Any], authorization: str) -> dict[str, Any]:
        if authorization.removeprefix("Bearer ") not in (TOKEN, APP_TOKEN):
            return {"ok": False, "error": "invalid_auth"}
        route: Callable[[dict[str, Any]], dict[str, Any]] | None = getattr(self, "_" + method.replace(".", "_"), None)
        if route is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True} | route(arguments)
        except Problem as problem:
            return {"ok": False, "error": str(problem)}

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"team": "Shop", "team_id": TEAM, "user": "escher", "user_id": BOT, "bot_id": BOT_ID}

    def _chat_postMessage(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        message = self._posted(asked)
        self.messages.setdefault(asked["channel"], []).append(message)
        return {"channel": asked["channel"], "ts": message["ts"], "message": message}

    def _chat_postEphemeral(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        if asked["user"] not in self.channels.get(asked["channel"], ()):
            raise Problem("user_not_in_channel")
        message = self._posted(asked) | {"user": asked["user"], "channel": asked["channel"]}
        self.ephemerals.append(message)
        return {"message_ts": message["ts"]}

    def _chat_update(self, asked: dict[str, Any]) -> dict[str, Any]:
        message = next((one for one in self.messages.get(asked["channel"], ()) if one["ts"] == asked["ts"]), None)
        if message is None or message.get("bot_id") != BOT_ID:
            raise Problem("message_not_found" if message is None else "cant_update_message")
        _checked_message(asked)
        message |= {"blocks": asked["blocks"], "text": asked["text"], "edited": {"user": BOT, "ts": self.stamp()}}
        return {"channel": asked["channel"], "ts": asked["ts"]}

    def _posted(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["channel"] not in self.channels:
            raise Problem("channel_not_found")
        if BOT not in self.channels[asked["channel"]]:
            raise Problem("not_in_channel")
        _checked_message(asked)
        thread = {"thread_ts": asked["thread_ts"]} if asked.get("thread_ts") else {}
        return {"type": "message", "ts": self.stamp(), "bot_id": BOT_ID, "blocks": asked["blocks"], "text": asked["text"], **thread}

    def _conversations_replies(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = [one for one in self._readable(asked["channel"]) if asked["ts"] in (one["ts"], one.get("thread_ts"))]
        return {"messages": found, "has_more": False}

    def _conversations_history(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"messages": [one for one in self._readable(asked["channel"]) if "thread_ts" not in one], "has_more": False}

    def _readable(self, channel: str) -> list[dict[str, Any]]:
        """The messages of a channel that the bot's scopes let it read."""
        if ("im:history" if channel.startswith("D") else "channels:history") not in self.scopes.split(","):
            raise Problem("missing_scope")
        return self.messages.get(channel, [])

    def _conversations_open(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["users"] not in self.users:
            raise Problem("user_not_found")
        channel = f"D0{asked['users']}"
        self.channels.setdefault(channel, {BOT, asked["users"]})
        return {"channel": {"id": channel}}

    def _users_conversations(self, _: dict[str, Any]) -> dict[str, Any]:
        there = [{"id": channel, "name": channel.lower()} for channel, members in self.channels.items() if BOT in members]
        return {"channels": there, "response_metadata": {"next_cursor": ""}}

    def _users_info(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["user"] not in self.users:
            raise Problem("user_not_found")
        return {"user": {"id": asked["user"], "team_id": TEAM} | self.users[asked["user"]]}

    def _views_open(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._consume(asked["trigger_id"])
        return self._viewed(asked["view"], self.stamp())

    def _views_push(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._consume(asked["trigger_id"])
        return self._viewed(asked["view"], self.stamp())

    def _views_update(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["view_id"] not in self.views:
            raise Problem("not_found")
        return self._viewed(asked["view"], asked["view_id"])

    def _views_publish(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.homes[asked["user_id"]] = _checked_view(asked["view"]) | {"id": f"V{asked['user_id']}", "hash": self.stamp()}
        return {"view": self.homes[asked["user_id"]]}

    def _viewed(self, view: dict[str, Any], name: str) -> dict[str, Any]:
        self.views[name] = _checked_view(view) | {"id": name, "hash": self.stamp(), "state": {"values": {}}}
        return {"view": self.views[name]}

    def _consume(self, trigger: str) -> None:
        if trigger not in self.triggers:
            raise Problem("expired_trigger_id")
        self.triggers.discard(trigger)

    def _files_getUploadURLExternal(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        name = f"F{next(self._numbers)}"
        self.files[name] = {"name": asked["filename"], "length": int(asked["length"])}
        return {"upload_url": f"{self.base}/upload/{name}", "file_id": name}

    def _files_completeUploadExternal(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        for one in asked["files"]:
            if "content" not in self.files.get(one["id"], {}):
                raise Problem("file_not_found")
            self.files[one["id"]] |= {"channel": asked.get("channel_id"), "thread": asked.get("thread_ts", "")}
        return {"files": asked["files"]}

    def _assistant_threads_setStatus(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return {}

    def _assistant_threads_setSuggestedPrompts(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return {}

    def _apps_connections_open(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.base.replace("http", "ws") + "/socket"}

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file."""
        if waiting := self.troubles.get("upload"):
            return _troubled(waiting.pop(0))
        one, content = self.files[request.match_info["name"]], await request.read()
        if len(content) != one["length"]:
            return web.Response(status=400)
        one["content"] = content.decode()
        return web.Response(text=f"OK - {len(content)}")

    async def response(self, request: web.Request) -> web.Response:
        """A message to a response_url."""
        if waiting := self.troubles.get("response_url"):
            return _troubled(waiting.pop(0))
        told = await request.json()
        _checked_message(told)
        self.responses.append(told | {"user": request.match_info["user"]})
        return web.Response(text="ok")

    # What people do.

    def stamp(self) -> str:
        """The next message's stamp."""
        return f"{int(time.time())}.{next(self._numbers):06}"

    def trigger(self) -> str:
        name = f"trigger.{next(self._numbers)}"
        self.triggers.add(name)
        return name

    def written(self, text: str, user: str = LENA, channel: str = CHANNEL, thread: str = "") -> dict[str, Any]:
        """A message of a person, and the envelope of the event that tells of it."""
        stamp = self.stamp()
        message = {"type": "message", "user": user, "text": text, "ts": stamp, "team": TEAM} | ({"thread_ts": thread} if thread else {})
        self.messages.setdefault(channel, []).append(message)
        kind = {"type": "message", "channel_type": "im"} if channel.startswith("D") else {"type": "app_mention"}
        return self.envelope(message | kind | {"channel": channel, "event_ts": stamp})

    def envelope(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": "event_callback", "team_id": TEAM, "api_app_id": "A0", "event_id": f"Ev{next(self._numbers)}", "event": dict(event)}

    def pressed(self, message: Mapping[str, Any], action: Mapping[str, Any], user: str = LENA, team: str = TEAM) -> dict[str, Any]:
        """The payload of a button on a message."""
        ephemeral = "user" in message
        channel = message.get("channel") or next(name for name, there in self.messages.items() if message in there)
        thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": ephemeral} | thread
        return {
            "type": "block_actions", "user": {"id": user, "team_id": team}, "team": {"id": team}, "trigger_id": self.trigger(),
            "container": container, "channel": {"id": channel}, "actions": [dict(action) | {"action_ts": self.stamp()}],
            "response_url": f"{self.base}/respond/{user}",
        } | ({} if ephemeral else {"message": dict(message)})  # fmt: skip

    def pressed_in_view(self, view: Mapping[str, Any], action: Mapping[str, Any], user: str = LENA) -> dict[str, Any]:
        """The payload of a button in a modal or a home."""
        return {
            "type": "block_actions", "user": {"id": user, "team_id": TEAM}, "team": {"id": TEAM}, "trigger_id": self.trigger(),
            "container": {"type": "view", "view_id": view["id"]}, "view": dict(view), "actions": [dict(action) | {"action_ts": self.stamp()}],
        }  # fmt: skip

    def submitted(self, view: Mapping[str, Any], values: Mapping[str, Any], user: str = LENA) -> dict[str, Any]:
        """The payload of a modal that was sent."""
        filled = dict(view) | {"state": {"values": values}}
        return {
            "type": "view_submission",
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": self.trigger(),
            "view": filled,
        }

    def commanded(self, text: str, user: str = LENA, channel: str = CHANNEL) -> dict[str, str]:
        """The form of a slash command."""
        return {
            "command": "/escher", "text": text, "team_id": TEAM, "user_id": user, "user_name": user.lower(), "channel_id": channel,
            "response_url": f"{self.base}/respond/{user}", "trigger_id": self.trigger(), "api_app_id": "A0",
        }  # fmt: skip

    async def deliver(self, told: Mapping[str, Any], *, at: float | None = None, secret: str = SIGNING_SECRET) -> tuple[int, str]:
        """Sends an event, a payload or a command as Slack does, signed; the bot's status and answer."""
        if "event" in told:
            body, kind = json.dumps(told), "application/json"
        else:
            body, kind = urlencode({"payload": json.dumps(told)} if "type" in told else dict(told)), "application/x-www-form-urlencoded"
        return await self.post(body.encode(), kind, at=at, secret=secret)

    async def post(self, body: bytes, kind: str, *, at: float | None = None, secret: str = SIGNING_SECRET) -> tuple[int, str]:
        moment = str(int(time.time() if at is None else at))
        signature = "v0=" + hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"content-type": kind, "x-slack-request-timestamp": moment, "x-slack-signature": signature}
        url = f"http://127.0.0.1:{self.app_port}/slack/events"
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def fall(self) -> None:
        """Stops answering; the port is closed."""
        assert self.runner is not None
        await self.runner.cleanup()

    def called(self, method: str) -> Sequence[dict[str, Any]]:
        """The arguments of every call of a method."""
        return [arguments for name, arguments in self.calls if name == method]


def _decoded(name: str, value: str) -> Any:
    """Structures travel as JSON inside the form."""
    return json.loads(value) if name in STRUCTURES else value


def _troubled(trouble: Trouble) -> web.Response:
    headers = {"Retry-After": trouble.after} if trouble.after else {}
    if trouble.error:
        return web.json_response({"ok": False, "error": trouble.error}, status=trouble.status, headers=headers)
    return web.Response(status=trouble.status, headers=headers, text="<html>trouble</html>", content_type="text/html")


def _checked_message(asked: Mapping[str, Any]) -> None:
    try:
        check_message(asked["blocks"], asked["text"])
    except Breach as breach:
        raise Problem("invalid_blocks") from breach


def _checked_view(view: dict[str, Any]) -> dict[str, Any]:
    try:
        check_view(view)
    except Breach as breach:
        raise Problem("invalid_arguments") from breach
    return view


@asynccontextmanager
async def slack_server() -> AsyncIterator[SlackServer]:
    """A running workspace, until the block ends."""
    server = SlackServer()
    app = web.Application()
    app.router.add_post("/api/{method}", server.api)
    app.router.add_post("/upload/{name}", server.upload)
    app.router.add_post("/respond/{user}", server.response)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.runner = runner
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
