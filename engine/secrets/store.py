"""Who wraps the data key. Pure (a Protocol and its words).

The estate and the journal are encrypted with subkeys of one random **data key**. It lies in ESCHER_HOME, wrapped by a **key store** under a
**wrapping key** that only the store has. Changing the store, or its key, wraps the data key anew and re-encrypts nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.settings import KeyKind

PURPOSE = "escher data key"
# What a store made of a data key: fields of plain text, kept in `data.key`, of no use without the store.
Wrapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What a wrapped key is bound to: the data folder and the data key, by id. It opens for no other. Both are empty in a file of format 1."""

    folder: str = ""
    key: str = ""

    def pairs(self) -> dict[str, str]:
        """For services that take pairs, and show them in their own log of who opened what."""
        return {"purpose": PURPOSE, "folder": self.folder, "key": self.key}

    def bound(self, store: str) -> bytes:
        """For ciphers that take bytes; `store` is the key store's name."""
        parts = (PURPOSE, store, self.folder, self.key) if self.folder else (PURPOSE, store)
        return "\0".join(parts).encode()


class KeyStore(Protocol):
    """A keeper of wrapping keys.

    Laws: what `wrap` returned opens with the same wrapping key and the same context, and with no other; what was changed does not open; no
    error, name or wrapped field shows a key. Each method may be repeated.
    """

    @property
    def name(self) -> KeyKind:
        """How the settings call it: `file`, `keychain`, `passphrase`, `vault`, …"""
        ...

    @property
    def place(self) -> str:
        """Where the wrapping key is, for people: a path, an ARN, a URL. Two stores of one name and place use the same key."""
        ...

    async def ensure(self, *, renew: bool = False) -> None:
        """Sees to it that `wrap` has a key: makes one where none is and the store is one that makes its own.

        `renew` makes another beside it, which the wraps that follow use; what older ones wrapped still opens. A service whose keys belong
        to somebody else makes none: there, `wrap` always uses the newest version. Raises SettingsError, CloudError, Corrupted, DiskFull.
        """
        ...

    async def wrap(self, data_key: bytes, context: Context) -> Wrapped:
        """The data key under the newest wrapping key. Raises SettingsError, CloudError, WrongKey where there is no wrapping key, Corrupted."""
        ...

    async def unwrap(self, wrapped: Wrapped, context: Context) -> bytes:
        """What was wrapped. Raises WrongKey, SettingsError, CloudError (denied, gone, away), Corrupted. Never makes a key up."""
        ...

    async def retire(self, kept: Collection[Wrapped]) -> str:
        """Forgets the wrapping keys that none of `kept` needs, as far as they are the store's to forget. What people must still do, or ""."""
        ...
