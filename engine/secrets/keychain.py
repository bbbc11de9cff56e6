"""The operating system's keychain: macOS Keychain, Windows Credential Locker, Secret Service. Edge (talks to it through `keyring`)."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Protocol

import keyring
import keyring.errors

from engine.errors import SettingsError, WrongKey
from engine.secrets.derive import KEY_BYTES, derive

SERVICE = "escher"
_INSTEAD = "Set `estate.key: passphrase` and ESCHER_PASSPHRASE, or `estate.key: file`."


class Backend(Protocol):
    """The two calls used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...


class KeychainStore:
    """One entry for each data folder, named by its path. `backend` is the system's own unless given."""

    name = "keychain"

    def __init__(self, home: Path, backend: Backend | None = None) -> None:
        self._entry = str(home.resolve())
        self._backend = backend

    async def wrapping_key(self, salt: bytes, *, fresh: bool) -> bytes:
        return derive(await asyncio.to_thread(self._secret, fresh=fresh), "wrap", salt)

    def _secret(self, *, fresh: bool) -> bytes:
        backend: Backend = self._backend or keyring.get_keyring()
        try:
            found = backend.get_password(SERVICE, self._entry)
            if found is None and fresh:
                found = secrets.token_hex(KEY_BYTES)
                backend.set_password(SERVICE, self._entry, found)
        except keyring.errors.NoKeyringError:
            raise SettingsError("This machine has no keychain that Escher could use (`estate.key: keychain`).", hint=_INSTEAD) from None
        except keyring.errors.KeyringError as error:
            raise SettingsError(
                f"The keychain did not answer: {error or type(error).__name__}.", hint=f"Unlock it and repeat. {_INSTEAD}"
            ) from None
        if found is None:
            raise WrongKey(f"The keychain holds no key for {self._entry}.", hint="Was the folder moved, or made by another user?")
        try:
            return bytes.fromhex(found)
        except ValueError:
            raise WrongKey(f"The keychain's entry {SERVICE!r} for {self._entry} is not a key.") from None
