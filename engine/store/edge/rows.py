"""Points as rows between the engine and the store's process: many numbers go as the text of their bytes, which both sides read fast. Pure."""

from __future__ import annotations

import struct
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from typing import Any

from engine.store.store import Point, Sparse

# What `struct` calls unsigned numbers of 64 and of 32 bits, and floats of 32, which is all that the store keeps of a float.
_TOKENS, _DIMENSIONS, _WEIGHTS = ("Q", 8), ("I", 4), ("f", 4)


def row(point: Point) -> list[Any]:
    """`[id, payload, tokens, facets, dimensions, weights, vector, order]`."""
    return [
        point.id,
        dict(point.payload),
        _packed(_TOKENS, point.tokens),
        _packed(_TOKENS, point.facets),
        _packed(_DIMENSIONS, point.grams.indices),
        _packed(_WEIGHTS, point.grams.values),
        _packed(_WEIGHTS, point.vector),
        point.order,
    ]


def point(row: Sequence[Any]) -> Point:
    """What `row` made a row of; its floats have lost what does not go into 32 bits."""
    key, payload, tokens, facets, dimensions, weights, vector, order = row
    grams = Sparse(_unpacked(_DIMENSIONS, dimensions), _unpacked(_WEIGHTS, weights))
    return Point(key, payload, _unpacked(_TOKENS, tokens), _unpacked(_TOKENS, facets), grams, _unpacked(_WEIGHTS, vector), order)


def _packed(kind: tuple[str, int], numbers: Sequence[float]) -> str:
    code, _ = kind
    return b2a_base64(struct.pack(f"<{len(numbers)}{code}", *numbers), newline=False).decode() if numbers else ""


def _unpacked(kind: tuple[str, int], text: str) -> tuple[Any, ...]:
    code, size = kind
    data = a2b_base64(text)
    return struct.unpack(f"<{len(data) // size}{code}", data)
