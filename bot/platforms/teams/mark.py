"""Escher's mark, the cube that cannot be, as PNG bytes in the two sizes that Teams wants. Pure.

The shapes are those of `web/static/escher.svg`, on a grid of 32.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache

Colour = tuple[int, int, int, int]
Shape = tuple[tuple[float, float], ...]
NOTHING: Colour = (0, 0, 0, 0)
WHITE: Colour = (255, 255, 255, 255)
GRID = 32
# Samples a pixel and direction, so that edges are smooth.
FINE = 2

CUBE: Shape = ((16, 5), (26, 11), (26, 21), (16, 27), (6, 21), (6, 11))
LID: Shape = ((16, 5), (26, 11), (16, 17), (6, 11))
RIGHT: Shape = ((16, 17), (26, 11), (26, 21), (16, 27))
DOOR: Shape = ((11, 14), (16, 17), (16, 27), (11, 24))
GROUND: Shape = ((0, 0), (GRID, 0), (GRID, GRID), (0, GRID))
COLOURED: Sequence[tuple[Shape, Colour]] = (
    (GROUND, (45, 79, 199, 255)),
    (CUBE, (223, 231, 255, 255)),
    (LID, WHITE),
    (RIGHT, (142, 166, 245, 255)),
    (DOOR, (85, 116, 222, 255)),
)
# An outline: the cube in white, with what lies in shadow cut out.
INNER: Shape = ((17.5, 17.9), (24.5, 13.7), (24.5, 20.2), (17.5, 24.4))
OUTLINED: Sequence[tuple[Shape, Colour]] = ((CUBE, WHITE), (INNER, NOTHING), (DOOR, NOTHING))


@cache
def color_icon() -> bytes:
    """192 by 192 pixels, in colour."""
    return _png(192, COLOURED)


@cache
def outline_icon() -> bytes:
    """32 by 32 pixels, white on nothing."""
    return _png(32, OUTLINED)


def _png(size: int, shapes: Sequence[tuple[Shape, Colour]]) -> bytes:
    rows = b"".join(b"\0" + b"".join(bytes(_pixel(column, row, size, shapes)) for column in range(size)) for row in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pixel(column: int, row: int, size: int, shapes: Sequence[tuple[Shape, Colour]]) -> Colour:
    """The colour of a pixel: the samples that hit something, averaged; how many hit is how solid it is."""
    step = GRID / size / FINE
    spots = [((column * FINE + i + 0.5) * step, (row * FINE + j + 0.5) * step) for i in range(FINE) for j in range(FINE)]
    hit = [colour for colour in (_colour(x, y, shapes) for x, y in spots) if colour[3]]
    if not hit:
        return NOTHING
    red, green, blue = (sum(colour[part] for colour in hit) // len(hit) for part in range(3))
    return red, green, blue, 255 * len(hit) // len(spots)


def _colour(x: float, y: float, shapes: Sequence[tuple[Shape, Colour]]) -> Colour:
    """The colour of the topmost shape at a spot."""
    return next((colour for shape, colour in reversed(shapes) if _inside(x, y, shape)), NOTHING)


def _inside(x: float, y: float, shape: Shape) -> bool:
    """Whether a line from the spot to the right leaves the shape an odd number of times."""
    crossed = False
    for (ax, ay), (bx, by) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossed = not crossed
    return crossed
