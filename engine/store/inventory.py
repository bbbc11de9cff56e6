"""How much should be there: a count and a sum over all points that any loss, addition or change alters. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Inventory:
    """Of a set of points, each with the mark of its content. Of disjoint sets the inventories add up."""

    count: int = 0
    sum: int = 0

    @classmethod
    def of(cls, points: Iterable[tuple[str, str]]) -> Inventory:
        """From pairs of id and mark."""
        count, total = 0, 0
        for key, mark in points:
            count += 1
            total += int.from_bytes(hashlib.sha256(f"{key} {mark}".encode()).digest(), "big")
        return cls(count, total % _MODULUS)

    def __add__(self, other: Inventory) -> Inventory:
        return Inventory(self.count + other.count, (self.sum + other.sum) % _MODULUS)

    def __sub__(self, other: Inventory) -> Inventory:
        return Inventory(self.count - other.count, (self.sum - other.sum) % _MODULUS)
