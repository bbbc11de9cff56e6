"""Everything of a resource that touches the disk passes here: sealed payloads, blind tokens, hidden grams. Pure (the nonces' randomness aside)."""

from __future__ import annotations

import base64
import binascii
import hmac
import math
import os
import uuid
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Corrupted
from engine.estate.grams import grams
from engine.estate.store import Sparse
from engine.secrets.derive import Keys

_NONCE = 12
_TOKEN_BYTES = 12
_MOST_REMEMBERED = 50_000


class Crypto:
    """The estate's keys at work in one collection. A token is the same for the same field and value, and says neither."""

    def __init__(self, keys: Keys, collection: str) -> None:
        self._collection = collection
        self._keys = keys
        self._cipher = AESGCM(keys.for_("payload"))
        self._field_keys: dict[str, bytes] = {}
        self._tokens: dict[tuple[str, str], str] = {}
        self._gram_key = keys.for_("ngrams")
        self._dimensions: dict[str, int] = {}

    def seal(self, place: str, plain: bytes) -> str:
        """Ciphertext as text, bound to the collection and the place (a point's id)."""
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, self._bound(place))).decode()

    def open(self, place: str, sealed: object) -> bytes:
        """What was sealed for this place. Raises Corrupted naming it."""
        try:
            data = base64.b64decode(str(sealed), validate=True)
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], self._bound(place))
        except (InvalidTag, ValueError, binascii.Error):
            what = f"{self._collection}/{place}"
            raise Corrupted(f"{what} is not what was written there.", what=what, hint="Scan again to write it anew.") from None

    def token(self, field: str, value: str) -> str:
        """The blind index of a value: HMAC-SHA256 with the field's own key, cut to 96 bits."""
        known = self._tokens.get((field, value))
        if known is None:
            if len(self._tokens) >= _MOST_REMEMBERED:
                self._tokens.clear()
            digest = hmac.digest(self._field_key(field), value.encode(), "sha256")[:_TOKEN_BYTES]
            known = self._tokens[field, value] = base64.urlsafe_b64encode(digest).decode()
        return known

    def tokens(self, field: str, values: Iterable[str]) -> list[str]:
        return [self.token(field, value) for value in values]

    def point_id(self, resource_id: str) -> str:
        """Where a resource is kept: a UUID that tells nothing without the key."""
        return str(uuid.UUID(bytes=hmac.digest(self._field_key("point"), resource_id.encode(), "sha256")[:16]))

    def grams(self, name: str) -> Sparse:
        """A name's grams as hidden dimensions, weighted so that long names have no advantage."""
        dimensions = sorted({self._dimension(gram) for gram in grams(name)})
        weight = 1 / math.sqrt(len(dimensions)) if dimensions else 0.0
        return Sparse(tuple(dimensions), (weight,) * len(dimensions))

    def _dimension(self, gram: str) -> int:
        known = self._dimensions.get(gram)
        if known is None:
            digest = hmac.digest(self._gram_key, gram.encode(), "sha256")
            known = self._dimensions[gram] = int.from_bytes(digest[:4], "big")
        return known

    def _field_key(self, field: str) -> bytes:
        if field not in self._field_keys:
            self._field_keys[field] = self._keys.for_(f"tokens:{field}")
        return self._field_keys[field]

    def _bound(self, place: str) -> bytes:
        return f"{self._collection}\0{place}".encode()
