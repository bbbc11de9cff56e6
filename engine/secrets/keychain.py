"""The operating system's keychain: macOS Keychain, Windows Credential Locker, Secret Service. Edge (talks to it through `keyring`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import keyring
import keyring.errors

from engine.errors import SettingsError
from engine.secrets.held import HeldStore

SERVICE = "escher"
_INSTEAD = "Set `estate.key: passphrase` and ESCHER_PASSPHRASE, or `estate.key: file`."
_T = TypeVar("_T")


class Backend(Protocol):
    """The calls used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class KeychainStore(HeldStore):
    """One entry for each data folder, named by its path. `backend` is the system's own unless given."""

    def __init__(self, home: Path, backend: Backend | None = None) -> None:
        super().__init__("keychain", KeychainEntry(str(home.resolve()), backend))


class KeychainEntry:
    """The shelf: one password of the keychain."""

    def __init__(self, entry: str, backend: Backend | None) -> None:
        self._entry = entry
        self._backend = backend
        self.place = f"the keychain's entry {SERVICE!r} for {entry}"

    async def read(self) -> str | None:
        return await self._asked(lambda backend: backend.get_password(SERVICE, self._entry))

    async def write(self, text: str, over: str | None) -> None:
        del over
        # Some keychains take one line only; keys are told apart by any white space.
        await self._asked(lambda backend: backend.set_password(SERVICE, self._entry, " ".join(text.split())))

    async def clear(self) -> str:
        await self._asked(lambda backend: backend.delete_password(SERVICE, self._entry))
        return ""

    async def _asked(self, call: Callable[[Backend], _T]) -> _T:
        """One call, in a thread: a keychain may wait for its owner to unlock it. Raises SettingsError."""
        try:
            return await asyncio.to_thread(lambda: call(self._backend or keyring.get_keyring()))
        except keyring.errors.NoKeyringError:
            raise SettingsError("This machine has no keychain that Escher could use (`estate.key: keychain`).", hint=_INSTEAD) from None
        except keyring.errors.KeyringError as error:
            raise SettingsError(
                f"The keychain did not answer: {error or type(error).__name__}.", hint=f"Unlock it and repeat. {_INSTEAD}"
            ) from None
