"""Reads a body whole, within a limit, before anything parses it. Edge (ASGI)."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope


class TooLarge(ValueError):
    """The body goes beyond the limit."""


class GoneAway(ConnectionError):
    """The client hung up before its body was whole."""


async def whole(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body, at most `most` bytes. Raises TooLarge as soon as it is known, GoneAway."""
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise TooLarge
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneAway
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message; afterwards whatever the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
