"""A passphrase, stretched by Argon2id. Edge only in that it is slow by design: it runs in a thread."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from engine.errors import SettingsError, WrongKey
from engine.secrets.derive import KEY_BYTES
from engine.secrets.held import seal, unseal
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind

VARIABLE = "ESCHER_PASSPHRASE"
NEW_VARIABLE = "ESCHER_NEW_PASSPHRASE"
SHORTEST = 8
_SALT_BYTES = 16
_ITERATIONS, _LANES, _MEMORY_KIB = 3, 1, 64 * 1024


class PassphraseStore:
    """Nothing is kept: who has the passphrase has the key. A wrong one shows when the data key does not unwrap."""

    name: KeyKind = "passphrase"

    def __init__(self, passphrase: str, variable: str = VARIABLE) -> None:
        self._passphrase = passphrase
        self._variable = variable
        self.place = f"the passphrase in {variable}"

    async def ensure(self, *, renew: bool = False) -> None:
        del renew  # each wrap has a salt of its own; another passphrase is another store
        if len(self._given()) < SHORTEST:
            raise SettingsError(f"The passphrase in {self._variable} has fewer than {SHORTEST} characters.")

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        salt = os.urandom(_SALT_BYTES)
        key = await asyncio.to_thread(self._stretched, salt)
        return {"salt": salt.hex(), "sealed": seal(key, data_key, context.bound(self.name))}

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        self._given()
        try:
            key = await asyncio.to_thread(self._stretched, bytes.fromhex(wrapped["salt"]))
            opened = unseal(key, wrapped["sealed"], context.bound(self.name))
        except (KeyError, ValueError):
            opened = None
        if opened is None:
            raise WrongKey(f"The data key does not open with {self.place}.", hint="Is it the one this folder was made with?")
        return opened

    async def retire(self, kept: Collection[Wrapped]) -> str:
        del kept
        return ""

    def _given(self) -> str:
        if not self._passphrase:
            raise SettingsError(f"The setting `estate.key: passphrase` needs the environment variable {self._variable}.")
        return self._passphrase

    def _stretched(self, salt: bytes) -> bytes:
        recipe = Argon2id(salt=salt, length=KEY_BYTES, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB)
        return recipe.derive(self._given().encode())
