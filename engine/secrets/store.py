"""Where the key that wraps the data key comes from. Pure (a Protocol).

The estate and the journal are encrypted with subkeys of one random **data key**. It lies in ESCHER_HOME, wrapped by a **wrapping key** that a
key store gives. Changing the store, or its key, re-wraps the data key and re-encrypts nothing.
"""

from __future__ import annotations

from typing import Protocol


class KeyStore(Protocol):
    """A keeper of wrapping keys."""

    @property
    def name(self) -> str:
        """How the settings call it: `file`, `keychain`, `passphrase`."""
        ...

    async def wrapping_key(self, salt: bytes, *, fresh: bool) -> bytes:
        """32 bytes, the same for the same salt.

        `fresh` says that nothing is wrapped yet, so that a missing secret may be made up. Without it a missing secret raises WrongKey:
        a made-up one could never open what is there. Raises SettingsError when the store cannot be used here.
        """
        ...
