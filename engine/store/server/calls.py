"""One call to a server: asked again where that may help, and told in the engine's words where it does not. Edge (network)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from engine.errors import StoreError
from engine.store.server.refusals import FAILURES, Server, passing, told

T = TypeVar("T")
Pause = Callable[[float], Awaitable[None]]
# How long to wait before the second try and the third, in seconds, where the server does not say.
_PAUSES = (0.1, 0.5)


class Calls:
    """Everything asked here may be asked again: the store's contract says so of all it has."""

    def __init__(self, server: Server, pause: Pause = asyncio.sleep) -> None:
        self.server = server
        self._pause = pause
        self._closed = False

    async def ask(self, doing: str, call: Callable[..., Awaitable[T]], *args: Any, **arguments: Any) -> T:
        """What the call gives. Raises StoreError, DiskFull."""
        for pause in _PAUSES:
            self._check_open()
            try:
                return await call(*args, **arguments)
            except FAILURES as error:
                wait = passing(error)
                if wait is None:
                    raise told(error, self.server, doing) from error
            await self._pause(wait or pause)
        self._check_open()
        try:
            return await call(*args, **arguments)
        except FAILURES as error:
            raise told(error, self.server, doing) from error

    def close(self) -> None:
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("The store is closed.")
