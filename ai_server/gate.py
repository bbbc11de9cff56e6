"""Stands before the routes: who may come in, how many at once, how large a body. Edge (ASGI).

A body is read whole, within a limit and a time, before anything parses it. Each request gets a random id, an answer header and one log line.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ai_server.logs import line
from ai_server.settings import Settings
from ai_server.wire import ErrorReply

Code = Literal["invalid_request", "unsealed", "too_large", "unauthorized", "busy", "internal"]
OPEN_PATHS = frozenset({"/health"})
RETRY_AFTER_S = "1"


def error_response(status: int, code: Code, message: str, *, where: str = "") -> JSONResponse:
    """An `ErrorReply` as a response."""
    headers = {"Retry-After": RETRY_AFTER_S} if code == "busy" else {"WWW-Authenticate": "Bearer"} if code == "unauthorized" else None
    return JSONResponse(ErrorReply(code=code, message=message, field=where[:200]).model_dump(), status_code=status, headers=headers)


class TooLarge(ValueError):
    """The body goes beyond the limit."""


class GoneAway(ConnectionError):
    """The client hung up before its body was whole."""


@dataclass(slots=True)
class Visit:
    """One request on its way through, as the log will tell it. Without an answer it counts as failed."""

    request_id: str
    begun: float
    taken: int = 0
    status: int = 500
    sent: int = 0


@dataclass(slots=True)
class Gate:
    """ASGI middleware. Counts requests from their first header on, so that slow bodies count too."""

    app: ASGIApp
    settings: Settings
    inside: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = Visit(secrets.token_hex(8), time.perf_counter())
        scope.setdefault("state", {})["request_id"] = visit.request_id
        try:
            await self._through(scope, receive, _watched(send, visit), visit)
        except GoneAway:
            visit.status = 499
        finally:
            milliseconds = round((time.perf_counter() - visit.begun) * 1000, 2)
            line("request", request_id=visit.request_id, status=visit.status, bytes_in=visit.taken, bytes_out=visit.sent, ms=milliseconds)

    async def _through(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> None:
        if not self._may_enter(scope):
            await error_response(401, "unauthorized", "This server wants a bearer token.")(scope, receive, send)
            return
        if self.inside >= self.settings.concurrency:
            await error_response(503, "busy", "The server has all it can take; come back in a second.")(scope, receive, send)
            return
        self.inside += 1
        try:
            await self._with_body(scope, receive, send, visit)
        finally:
            self.inside -= 1

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> None:
        try:
            body = await asyncio.wait_for(self._body(scope, receive), self.settings.body_timeout_s)
        except TooLarge:
            text = f"A request may have {self.settings.max_body} bytes."
            await error_response(413, "too_large", text)(scope, receive, send)
            return
        except TimeoutError:
            await error_response(408, "invalid_request", "The body did not come in time.", where="body")(scope, receive, send)
            return
        visit.taken = len(body)
        await self.app(scope, _replayed(body, receive), send)

    def _may_enter(self, scope: Scope) -> bool:
        token = self.settings.token.get_secret_value()
        if not token or scope["path"] in OPEN_PATHS:
            return True
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        return hmac.compare_digest(given.strip().encode(), token.encode()) and scheme.lower() == "bearer"

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > self.settings.max_body:
            raise TooLarge
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise GoneAway
            size += len(message.get("body", b""))
            if size > self.settings.max_body:
                raise TooLarge
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message; afterwards whatever the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _watched(send: Send, visit: Visit) -> Send:
    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            visit.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", visit.request_id.encode())]
        elif message["type"] == "http.response.body":
            visit.sent += len(message.get("body", b""))
        await send(message)

    return watched
