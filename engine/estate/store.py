"""What the engine asks of a vector store: the narrow seam under the estate and the other collections. Pure (a Protocol and values).

The store sees ciphertext and tokens. It could be Qdrant Edge in a process of its own, or a Qdrant server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.estate.inventory import Inventory

# A payload holds text, and lists of tokens under the keys that are indexed.
Payload = Mapping[str, Any]
# A condition is JSON: {"all": […]}, {"any": […]}, {"not": …}, or {"has": [tokens]}: one of these tokens is among the point's.
Condition = Mapping[str, Any]

TOKENS = "tokens"
FACETS = "facets"
PAGE = 500


def has(tokens: Iterable[str]) -> Condition:
    """The point bears one of these tokens; with none given, nothing does."""
    return {"has": sorted(tokens)}


def every(parts: Iterable[Condition]) -> Condition:
    return {"all": list(parts)}


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: dimension numbers below 2**32, each once, and their weights."""

    indices: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """What is kept: an id (a UUID), a payload, the name's grams, and a text whose meaning is embedded (none when empty)."""

    id: str
    payload: Payload
    grams: Sparse = Sparse()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What comes back; `score` is 0 where nothing was scored."""

    id: str
    payload: Payload = field(default_factory=dict)
    score: float = 0.0


class Store(Protocol):
    """Collections of points.

    Laws: `upsert` and `delete` may be repeated; what they did is on the disk after `flush`, and a crash before loses whole calls only.
    Reading may be repeated. All raise StoreError when the store is away; the next call finds it started anew.
    """

    async def upsert(self, collection: str, points: Sequence[Point]) -> None: ...

    async def delete(self, collection: str, ids: Sequence[str]) -> None: ...

    async def retrieve(self, collection: str, ids: Sequence[str]) -> list[Stored]:
        """Those of the points that are there, in any order."""
        ...

    def scroll(self, collection: str, condition: Condition, keys: Sequence[str] | None = None) -> AsyncIterator[Stored]:
        """All points for which the condition holds, by id; only these keys of the payload when given."""
        ...

    async def first(self, collection: str, condition: Condition) -> Stored | None:
        """Any one point for which the condition holds."""
        ...

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        """The best by shared grams, weighted by rarity."""
        ...

    async def nearest_text(self, collection: str, text: str, condition: Condition, limit: int) -> list[Stored]:
        """The best by meaning, scored by cosine; empty when there is no model."""
        ...

    async def count(self, collection: str, condition: Condition) -> int: ...

    async def facet(self, collection: str, condition: Condition) -> Mapping[str, int]:
        """How many points bear each token of the facets key."""
        ...

    async def known(self, collection: str, tokens: Sequence[str]) -> list[bool]:
        """For each token, whether any point bears it."""
        ...

    async def inventory(self, collection: str, key: str) -> Inventory:
        """Of all points, with the mark that stands under `key` of the payload."""
        ...

    async def flush(self, collection: str) -> None: ...

    async def optimise(self, collection: str) -> None:
        """Tidies up after many changes; may take seconds."""
        ...

    async def close(self) -> None: ...
