"""Signed requests over HTTP: the other way to Slack's events, for where an address of ours is public. Edge."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms.slack.manifest import PATH
from engine.errors import SettingsError

MOST_BYTES = 1_000_000
GRACE_S = 3


def listen(host: str, port: int) -> socket.socket:
    """Takes the port now, so that a port in use is known at once. Raises SettingsError."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Slack cannot be served at {host}:{port}: {error.strerror}.", hint="Set `slack.port` to a free port."
        ) from None
    listening.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return listening


async def serve(app: AsyncApp, listening: socket.socket) -> None:
    """Serves until cancelled, and closes the socket."""
    server = _Server(
        uvicorn.Config(
            build(app),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            lifespan="off",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        listening.close()


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


class _Server(uvicorn.Server):
    """uvicorn as a guest: signals belong to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
