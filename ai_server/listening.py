"""Listens: the socket, the line that says so, and how long a connection may keep silent. Edge."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import sys

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from ai_server.settings import Settings

FEWEST_CONNECTIONS = 256


class Hasty(H11Protocol):
    """Closes a connection whose next request's headers do not come within `within_s`; uvicorn alone would wait for ever."""

    within_s: float = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._end()
        elif self._deadline is None:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._deadline = self.loop.call_later(self.within_s, self._late)

    def _end(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class Announcing(uvicorn.Server):
    """Says when it listens, in one line that a program can read."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            said = {"ready": True, "port": self._listener.getsockname()[1], "tls": self.config.ssl is not None}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


def serve(app: FastAPI, settings: Settings, tls: ssl.SSLContext | None) -> None:
    """Serves until it is told to stop. Raises OSError when it cannot listen."""
    with listening(settings.host, settings.port) as listener:
        config = uvicorn.Config(
            app,
            http=type("Hasty", (Hasty,), {"within_s": settings.body_timeout_s}),
            ssl_context_factory=(lambda _config, _default: tls) if tls else None,
            # Its own log would print tracebacks, and a traceback's last line may repeat the request.
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            limit_concurrency=max(FEWEST_CONNECTIONS, settings.concurrency * 8),
            timeout_graceful_shutdown=5,
        )
        Announcing(config, listener).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """Raises OSError. The protocol is named because asyncio turns Nagle's delay off (40 ms a reply) for sockets that name it only."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener
