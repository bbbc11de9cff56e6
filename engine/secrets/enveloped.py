"""Key stores whose wrapping key never leaves a service: the service wraps a key of one use, and that one wraps the data key. Pure but for the
service and randomness.

So no service ever sees the data key, and what was wrapped is bound to the folder and the data key even where the service binds nothing.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Collection
from typing import Protocol

from engine.errors import WrongKey
from engine.secrets.derive import KEY_BYTES
from engine.secrets.held import seal, unseal
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind

TIMEOUT_S = 10.0


class Service(Protocol):
    """A service that encrypts small things under a key it keeps. Both methods raise SettingsError, WrongKey and CloudError, naming the key."""

    @property
    def place(self) -> str:
        """The key, as people of that service name it."""
        ...

    async def encrypt(self, plain: bytes, context: Context) -> Wrapped:
        """The ciphertext and what else `decrypt` needs, under the newest version of the key."""
        ...

    async def decrypt(self, wrapped: Wrapped, context: Context) -> bytes:
        """What was encrypted, under whichever version."""
        ...


class EnvelopeStore:
    """A key store over a service."""

    def __init__(self, name: KeyKind, service: Service) -> None:
        self.name: KeyKind = name
        self.place = service.place
        self._service = service

    async def ensure(self, *, renew: bool = False) -> None:
        """The key belongs to whoever runs the service; a new version of it is theirs to make."""

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        once = secrets.token_bytes(KEY_BYTES)
        fields = await self._service.encrypt(once, context)
        return {**fields, "sealed": seal(once, data_key, context.bound(self.name))}

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        once = await self._service.decrypt(wrapped, context)
        opened = unseal(once, wrapped.get("sealed", ""), context.bound(self.name)) if len(once) == KEY_BYTES else None
        if opened is None:
            raise WrongKey(
                f"The key {self.place} opened something else than this data key.", hint="Put back the `data.key` that goes with the folder."
            )
        return opened

    async def retire(self, kept: Collection[Wrapped]) -> str:
        del kept
        return ""


def to_text(data: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(data).decode()


def to_bytes(wrapped: Wrapped, field: str) -> bytes:
    """A field's bytes. Raises WrongKey when it is no base64."""
    try:
        return base64.b64decode(wrapped[field], validate=True)
    except (KeyError, ValueError, binascii.Error):
        raise WrongKey(
            f"The data key's field {field!r} is not what was written there.", hint="Put `data.key` back from a backup."
        ) from None
