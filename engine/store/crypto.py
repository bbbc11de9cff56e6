"""Everything of a resource that touches the disk passes here: sealed payloads, blind tokens, hidden grams. Pure (the nonces' randomness aside)."""

from __future__ import annotations

import base64
import binascii
import math
import os
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Corrupted
from engine.secrets.derive import Keys
from engine.store.grams import grams, normalised
from engine.store.keyed import KeyedHash
from engine.store.store import Sparse, Token

_NONCE = 12
_MOST_REMEMBERED = 20_000
_MOST_TOGETHER = 500
_NONE: Mapping[str, int] = {}


class Crypto:
    """The estate's keys at work in one collection. A token is the same for the same field and value, and says neither."""

    def __init__(self, keys: Keys, collection: str) -> None:
        self._collection = collection
        self._keys = keys
        self._cipher = AESGCM(keys.for_("payload"))
        self._field_keys: dict[str, KeyedHash] = {}
        # What was worked out before, by field: most values come again and again.
        self._tokens: dict[str, dict[str, Token]] = {}
        self._tokens_together: dict[tuple[str, ...], dict[tuple[frozenset[str], ...], tuple[Token, ...]]] = {}
        self._gram_key = KeyedHash(keys.for_("ngrams"))
        self._dimensions: dict[str, int] = {}
        # Tuples of numbers, since sets would be looked at each time that memory is collected.
        self._dimensions_of_parts: dict[str, tuple[int, ...]] = {}

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

    def token(self, field: str, value: str) -> Token:
        """The blind index of a value: HMAC-SHA256 with the field's own key, its first 63 bits as a number."""
        known = self._tokens.get(field)
        if known is None or len(known) >= _MOST_REMEMBERED:
            known = self._tokens[field] = {}
        token = known.get(value)
        if token is None:
            token = known[value] = _token(self._field_key(field), value)
        return token

    def tokens(self, field: str, values: Iterable[str]) -> list[Token]:
        """The tokens of several values of one field."""
        known = self._tokens.get(field, _NONE)
        return [known.get(value) or self.token(field, value) for value in values]

    def tokens_together(self, fields: tuple[str, ...], values: tuple[frozenset[str], ...]) -> tuple[Token, ...]:
        """The tokens of what many things have together, looked up at once: `values` are those of each of the fields."""
        known = self._tokens_together.get(fields)
        if known is None or len(known) >= _MOST_TOGETHER:
            known = self._tokens_together[fields] = {}
        tokens = known.get(values)
        if tokens is None:
            tokens = known[values] = tuple(token for field, some in zip(fields, values, strict=True) for token in self.tokens(field, some))
        return tokens

    def own_tokens(self, field: str, values: Iterable[str]) -> list[Token]:
        """The tokens of values that nothing else has: they are not remembered."""
        key = self._field_key(field)
        return [_token(key, value) for value in values]

    def point_id(self, resource_id: str) -> str:
        """Where a resource is kept: a UUID that tells nothing without the key."""
        digits = self._field_key("point").digest(resource_id.encode()).hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"

    def grams(self, name: str) -> Sparse:
        """A name's grams as hidden dimensions, weighted so that long names have no advantage."""
        dimensions = sorted(frozenset[int]().union(*map(self._dimensions_of, normalised(name).split())))
        weight = 1 / math.sqrt(len(dimensions)) if dimensions else 0.0
        return Sparse(tuple(dimensions), (weight,) * len(dimensions))

    def _dimensions_of(self, part: str) -> tuple[int, ...]:
        known = self._dimensions_of_parts.get(part)
        if known is None:
            if len(self._dimensions_of_parts) >= _MOST_REMEMBERED:
                self._dimensions_of_parts.clear()
            known = self._dimensions_of_parts[part] = tuple(map(self._dimension, grams(part)))
        return known

    def _dimension(self, gram: str) -> int:
        known = self._dimensions.get(gram)
        if known is None:
            known = self._dimensions[gram] = int.from_bytes(self._gram_key.digest(gram.encode())[:4], "big")
        return known

    def _field_key(self, field: str) -> KeyedHash:
        if field not in self._field_keys:
            self._field_keys[field] = KeyedHash(self._keys.for_(f"tokens:{field}"))
        return self._field_keys[field]

    def _bound(self, place: str) -> bytes:
        return f"{self._collection}\0{place}".encode()


def _token(key: KeyedHash, value: str) -> Token:
    return int.from_bytes(key.digest(value.encode())[:8], "big") >> 1
