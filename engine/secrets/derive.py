"""Subkeys: one for each purpose, so that no key is used for two things. Pure."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
ID_DIGITS = 8


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """32 bytes that only `key` gives for this purpose (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"escher:" + purpose.encode()).derive(key)


def id_of(key: bytes) -> str:
    """Eight hex digits that tell keys apart and tell nothing of them."""
    return derive(key, "id").hex()[:ID_DIGITS]


class Keys:
    """The subkeys of one data key. Prints without showing it."""

    __slots__ = ("_data_key", "id")

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes, not {len(data_key)}")
        self._data_key = data_key
        self.id = id_of(data_key)

    def for_(self, purpose: str) -> bytes:
        """The subkey for `journal`, `payload`, `tokens:<field>`, `ngrams`, `rotation`, …"""
        return derive(self._data_key, purpose)

    def __repr__(self) -> str:
        return f"Keys({self.id} …)"
