"""Signed requests over HTTP: the other way to Slack's events, for where an address of ours is public. Edge."""

from __future__ import annotations

import socket

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms import listening
from bot.platforms.slack.manifest import PATH

MOST_BYTES = 1_000_000


def listen(host: str, port: int) -> socket.socket:
    """Takes the port now, so that a port in use is known at once. Raises SettingsError."""
    return listening.take(host, port, "slack.port")


async def serve(app: AsyncApp, taken: socket.socket) -> None:
    """Serves until cancelled, and closes the socket."""
    await listening.serve(build(app), taken)


def build(app: AsyncApp) -> Starlette:
    """The one route. Bolt checks the signature and its age before anything else sees a request."""

    async def events(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return PlainTextResponse("Too large.", status_code=413)
        try:
            asked = to_async_bolt_request(request, body)
        except ValueError:
            return PlainTextResponse("Not understood.", status_code=400)
        return to_starlette_response(await app.async_dispatch(asked))

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


async def _read(request: Request) -> bytes | None:
    """The body; None when it is larger than anything Slack sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
