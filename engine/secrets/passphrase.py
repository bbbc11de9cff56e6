"""A passphrase, stretched by Argon2id. Edge only in that it is slow by design: it runs in a thread."""

from __future__ import annotations

import asyncio

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from engine.errors import SettingsError
from engine.secrets.derive import KEY_BYTES

VARIABLE = "ESCHER_PASSPHRASE"
SHORTEST = 8
_ITERATIONS, _LANES, _MEMORY_KIB = 3, 1, 64 * 1024


class PassphraseStore:
    """Nothing is kept: who has the passphrase has the key. A wrong one shows when the data key does not unwrap."""

    name = "passphrase"

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase

    async def wrapping_key(self, salt: bytes, *, fresh: bool) -> bytes:
        if not self._passphrase:
            raise SettingsError(f"The setting `estate.key: passphrase` needs the environment variable {VARIABLE}.")
        if fresh and len(self._passphrase) < SHORTEST:
            raise SettingsError(f"The passphrase in {VARIABLE} has fewer than {SHORTEST} characters.")
        return await asyncio.to_thread(self._stretched, salt)

    def _stretched(self, salt: bytes) -> bytes:
        recipe = Argon2id(salt=salt, length=KEY_BYTES, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB)
        return recipe.derive(self._passphrase.encode())
