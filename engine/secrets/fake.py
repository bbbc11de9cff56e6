"""A key store in memory for tests: it keeps the laws of the real ones, and can be away or refuse. Pure but for randomness."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from engine.errors import EscherError
from engine.secrets.derive import KEY_BYTES
from engine.secrets.held import HeldStore
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind


class FakeKeyStore(HeldStore):
    """Wraps under keys of its own. `fails` is raised by every call while it is set; `calls` says what was asked."""

    def __init__(self, name: KeyKind = "vault", place: str = "the fake key", *, made: bool = True) -> None:
        super().__init__(name, _Memory(place, made=made))
        self.fails: EscherError | None = None
        self.calls: list[str] = []

    async def ensure(self, *, renew: bool = False) -> None:
        self._asked("renew" if renew else "ensure")
        await super().ensure(renew=renew)

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        self._asked("wrap")
        return await super().wrap(data_key, context)

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        self._asked("unwrap")
        return await super().unwrap(wrapped, context)

    async def retire(self, kept: Collection[Wrapped]) -> str:
        self._asked("retire")
        return await super().retire(kept)

    def _asked(self, what: str) -> None:
        self.calls.append(what)
        if self.fails is not None:
            raise self.fails


class _Memory:
    def __init__(self, place: str, *, made: bool) -> None:
        self.place = place
        self._text = secrets.token_hex(KEY_BYTES) if made else None

    async def read(self) -> str | None:
        return self._text

    async def write(self, text: str, over: str | None) -> None:
        assert over == self._text
        self._text = text

    async def clear(self) -> str:
        self._text = None
        return ""
