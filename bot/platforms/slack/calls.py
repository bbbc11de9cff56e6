"""Calls to Slack's Web API, with what can go wrong as the outbox understands it. Edge."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.card import File
from bot.platforms.outbox import Faulty, Refusal, TooMany

TIMEOUT_S = 15
# What Slack says when it is not our fault and may pass.
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited"})
LIMITED = frozenset({"ratelimited", "rate_limited"})
USUAL_PAUSE_S = 30.0
_SECRET = re.compile(r"(xox[a-z]-|xapp-|ticket=)[\w.%-]+")
logger = logging.getLogger("escher.slack.library")


@dataclass(frozen=True, slots=True)
class SlackSecrets:
    """The three secrets of a Slack app. `app_token` is for Socket Mode, `signing_secret` for requests over HTTP."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)


def discreet(record: logging.LogRecord) -> bool:
    """A filter for what the library logs: no token, no ticket, and no stack for a connection it will try again."""
    record.msg, record.args = _SECRET.sub(r"\1…", record.getMessage()), ()
    if record.msg.startswith("Failed to"):
        record.exc_info = None
    return True


class Calls:
    """One bot's access to the Web API. Calls are made once: whoever may repeat one does so knowingly."""

    def __init__(self, api_url: str, token: str) -> None:
        self._session: aiohttp.ClientSession | None = None
        # Below a warning the library writes down what people wrote.
        logger.setLevel(logging.WARNING)
        logger.addFilter(discreet)
        self.client = AsyncWebClient(token=token, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=logger)

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer to a call. Raises TooMany, Faulty or Refusal."""
        answer, _ = await self.call_with_headers(method, **arguments)
        return answer

    async def call_with_headers(self, method: str, **arguments: Any) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The answer and its headers. Raises TooMany, Faulty or Refusal."""
        self.client.session = self._open()
        form = {name: _encoded(value) for name, value in arguments.items() if value is not None}
        try:
            response = await self.client.api_call(method, data=form)
        except SlackApiError as error:
            raise _understood(method, error) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise Faulty(f"{method}: {type(error).__name__}") from error
        data = response.data
        return (data if isinstance(data, dict) else {}), response.headers

    async def upload(self, file: File, channel: str, thread: str) -> None:
        """Puts a file into a thread or a direct message. Raises TooMany, Faulty or Refusal."""
        content = file.text.encode("utf-8", "replace")
        if not content:
            return
        ticket = await self.call("files.getUploadURLExternal", filename=file.name, length=len(content))
        try:
            async with self._open().post(ticket["upload_url"], data=content) as answer:
                if answer.status >= 400:
                    raise Faulty(f"upload of {file.name}: {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Faulty(f"upload of {file.name}: {type(error).__name__}") from error
        place = {"channel_id": channel, "thread_ts": thread or None}
        await self.call("files.completeUploadExternal", files=[{"id": ticket["file_id"], "title": file.name}], **place)

    async def answer(self, response_url: str, message: Mapping[str, Any]) -> None:
        """Posts to a response_url, which Slack gives with a command. Raises TooMany, Faulty or Refusal."""
        try:
            async with self._open().post(response_url, json=dict(message)) as answer:
                status, retry = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Faulty(f"response_url: {type(error).__name__}") from error
        if status == 429:
            raise TooMany(_seconds(retry))
        if status >= 500:
            raise Faulty(f"response_url: {status}")
        if status >= 400:
            raise Refusal(f"response_url: {status}")

    async def close(self) -> None:
        """Ends the connections. Idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None
            self.client.session = None
            await asyncio.sleep(0)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self._session


def _encoded(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _understood(method: str, error: SlackApiError) -> TooMany | Faulty | Refusal:
    response = error.response
    # Where the body is no JSON, the library hands over the connection's own response.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in LIMITED:
        return TooMany(_seconds(response.headers.get("Retry-After", "")))
    if status >= 500 or code in PASSING or not code:
        return Faulty(f"{method}: {status} {code}".strip())
    return Refusal(code)


def _seconds(header: str) -> float:
    try:
        return max(float(header), 0.1)
    except ValueError:
        return USUAL_PAUSE_S
