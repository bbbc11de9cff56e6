"""Key stores that hold the wrapping key as text somewhere: how it wraps, how it is renewed. Pure but for the shelf it lies on, and nonces.

The text is a list of hexadecimal keys, newest last: while the data key goes from one to the next, both are there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Corrupted, WrongKey
from engine.secrets.derive import KEY_BYTES, derive, id_of
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind

_SALT_BYTES, _NONCE_BYTES = 16, 12


class Shelf(Protocol):
    """Where the text lies."""

    @property
    def place(self) -> str:
        """Named for people: `the key file /…/key`."""
        ...

    async def read(self) -> str | None:
        """The text, None where nothing is. Raises SettingsError, CloudError."""
        ...

    async def write(self, text: str, over: str | None) -> None:
        """Puts the text in place of `over`, whole or not at all. Raises SettingsError, CloudError, DiskFull."""
        ...

    async def clear(self) -> str:
        """Removes the text. What people must still do, or ""."""
        ...


class HeldStore:
    """A key store over a shelf."""

    def __init__(self, name: KeyKind, shelf: Shelf) -> None:
        self.name: KeyKind = name
        self.place = shelf.place
        self._shelf = shelf

    async def ensure(self, *, renew: bool = False) -> None:
        text = await self._shelf.read()
        if text is None:
            await self._shelf.write(_said([secrets.token_bytes(KEY_BYTES)]), None)
        elif renew:
            await self._shelf.write(_said([*self._heard(text), secrets.token_bytes(KEY_BYTES)]), text)
        else:
            self._heard(text)

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        newest = (await self._keys())[-1]
        salt = os.urandom(_SALT_BYTES)
        sealed = seal(derive(newest, "wrap", salt), data_key, context.bound(self.name))
        return {"by": id_of(newest), "salt": salt.hex(), "sealed": sealed}

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        keys = await self._keys()
        by = wrapped.get("by")
        try:
            salt = bytes.fromhex(wrapped["salt"])
        except (KeyError, ValueError):
            keys, salt = [], b""
        for key in keys:
            # A file of format 1 does not say which key it was: there was but one.
            if by in (None, id_of(key)):
                opened = unseal(derive(key, "wrap", salt), wrapped.get("sealed", ""), context.bound(self.name))
                if opened is not None:
                    return opened
        raise WrongKey(f"The data key does not open with {self.place}.", hint="Is it the one this folder was made with?")

    async def retire(self, kept: Collection[Wrapped]) -> str:
        text = await self._shelf.read()
        if text is None:
            return ""
        needed = {wrapped.get("by") for wrapped in kept}
        keys = self._heard(text)
        left = [key for key in keys if id_of(key) in needed]
        if not left:
            return await self._shelf.clear()
        if len(left) < len(keys):
            await self._shelf.write(_said(left), text)
        return ""

    async def _keys(self) -> list[bytes]:
        text = await self._shelf.read()
        if text is None:
            raise WrongKey(f"There is no key in {self.place}: it is gone, or was never made.", hint="Put it back from where you keep it.")
        return self._heard(text)

    def _heard(self, text: str) -> list[bytes]:
        try:
            keys = [bytes.fromhex(word) for word in text.split()]
        except ValueError:
            keys = []
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise Corrupted(f"What stands in {self.place} is not a key.", what=self.place, hint="Put it back from where you keep it.")
        return keys


def seal(key: bytes, data_key: bytes, bound: bytes) -> str:
    """AES-256-GCM under `key`, bound to `bound`, as hex."""
    nonce = os.urandom(_NONCE_BYTES)
    return (nonce + AESGCM(key).encrypt(nonce, data_key, bound)).hex()


def unseal(key: bytes, sealed: str, bound: bytes) -> bytes | None:
    """What was sealed, None when it was not sealed so."""
    try:
        data = bytes.fromhex(sealed)
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None


def _said(keys: Sequence[bytes]) -> str:
    return "".join(f"{key.hex()}\n" for key in keys)
