"""Points as rows between the engine and the store's process: many numbers go as the text of their bytes, which both sides read fast. Pure.

Tokens go as words of 16 hexadecimal digits, as which the store keeps and finds them; other numbers in base64.
"""

from __future__ import annotations

import struct
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import Any

from engine.store.store import Point, Sparse, Token

# What `struct` calls unsigned numbers of 32 bits, and floats of 32, which is all that the store keeps of a float.
_DIMENSIONS, _WEIGHTS = "I", "f"
_TOKEN_BYTES, _NUMBER_BYTES = 8, 4


def row(point: Point) -> list[Any]:
    """`[id, payload, tokens, facets, dimensions, weights, vector, order]`."""
    return [
        point.id,
        dict(point.payload),
        words(point.tokens),
        words(point.facets),
        _packed(_DIMENSIONS, point.grams.indices),
        _packed(_WEIGHTS, point.grams.values),
        _packed(_WEIGHTS, point.vector),
        point.order,
    ]


def point(row: Sequence[Any]) -> Point:
    """What `row` made a row of; its floats have lost what does not go into 32 bits."""
    key, payload, tokens, facets, dimensions, weights, vector, order = row
    grams = Sparse(tuple(dimensions_of(dimensions)), tuple(weights_of(weights)))
    return Point(key, payload, tokens_of(tokens), tokens_of(facets), grams, tuple(weights_of(vector)), order)


def words(tokens: Sequence[Token]) -> str:
    """Tokens as words, one blank between two."""
    return struct.pack(f">{len(tokens)}Q", *tokens).hex(" ", _TOKEN_BYTES)


def tokens_of(words: str) -> tuple[Token, ...]:
    """The tokens that `words` made words of. Raises ValueError."""
    data = bytes.fromhex(words)
    return struct.unpack(f">{len(data) // _TOKEN_BYTES}Q", data)


def dimensions_of(text: str) -> list[int]:
    """A row's dimensions as numbers."""
    return _unpacked(_DIMENSIONS, text)


def weights_of(text: str) -> list[float]:
    """A row's weights, or its vector, as numbers."""
    return _unpacked(_WEIGHTS, text)


def _packed(kind: str, numbers: Sequence[float]) -> str:
    return b2a_base64(struct.pack(f"<{len(numbers)}{kind}", *numbers), newline=False).decode() if numbers else ""


def _unpacked(kind: str, text: str) -> list[Any]:
    data = a2b_base64(text)
    return list(struct.unpack(f"<{len(data) // _NUMBER_BYTES}{kind}", data))
