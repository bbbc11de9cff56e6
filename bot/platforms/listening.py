"""An application served on a port of this machine: the port is taken early, uvicorn is a guest of the bot's loop. Edge (sockets)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from engine.errors import SettingsError

GRACE_S = 3


class Guest(uvicorn.Server):
    """uvicorn as a guest: signals belong to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def take(host: str, port: int, setting: str) -> socket.socket:
    """A socket bound to the address now, so that a port in use is known at once; port 0 takes a free one. Raises SettingsError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off only where the protocol is named: 40 ms on every answer otherwise.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise SettingsError(f"{host}:{port} cannot be listened to: {error.strerror}.", hint=f"Set `{setting}` to a free port.") from None
    taken.setblocking(False)  # noqa: FBT003 - the socket's own signature
    return taken


async def serve(app: ASGIApp, taken: socket.socket, ending: Callable[[], None] = lambda: None) -> None:
    """Serves until cancelled, then closes the socket; `ending` is called first and lets go of whoever waits for an answer without end."""
    # Logs go where the bot's go; nothing of a proxy is believed.
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Guest(config)
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        await asyncio.shield(serving)
    finally:
        ending()
        server.should_exit = True
        await serving
        taken.close()
