"""What the engine asks of a vector store: the narrow seam under all six collections. Pure (a Protocol and values).

The store sees ciphertext and tokens. It is Qdrant Edge in a process of its own, or a Qdrant server; both are held to one suite,
`tests/contracts/test_store*.py`, and so is the one in memory that tests use.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.store.inventory import Inventory

# A payload holds text only; what is filtered on are the point's tokens, facets and order.
Payload = Mapping[str, str]
# A blind token: the first 63 bits of an HMAC. Equal for equal field and value, and says neither. As a number it costs an index little.
Token = int
# A condition is JSON: {"all": […]}, {"any": […]}, {"not": …}, or {"has": [tokens]}: one of these tokens is among the point's.
Condition = Mapping[str, Any]

PAGE = 500


def has(tokens: Iterable[Token]) -> Condition:
    """The point bears one of these tokens; with none given, nothing does."""
    return {"has": sorted(tokens)}


def every(parts: Iterable[Condition]) -> Condition:
    return {"all": list(parts)}


@dataclass(frozen=True, slots=True)
class Collection:
    """What a collection's points have beside payload and tokens: a vector of this length (0 for none), grams, an order."""

    name: str
    vector: int = 0
    grams: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: dimension numbers below 2**32, each once, and their weights."""

    indices: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """What is kept.

    `id` is a UUID; `tokens` are what it can be filtered by, `facets` the ones among them that are counted; `order` is a number
    below 2**53 that `latest` sorts by (0 where the collection has no order); `vector` is empty where there is none, or not yet.
    """

    id: str
    payload: Payload
    tokens: tuple[Token, ...] = ()
    facets: tuple[Token, ...] = ()
    grams: Sparse = Sparse()
    vector: tuple[float, ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """What comes back; `score` is 0 where nothing was scored, `tokens` are empty unless they were asked for."""

    id: str
    payload: Payload = field(default_factory=dict)
    score: float = 0.0
    tokens: tuple[Token, ...] = ()


class Store(Protocol):
    """Collections of points. One has to be ensured, each time the store was opened, before it is spoken of.

    Laws: `upsert` and `delete` may be repeated; what they did is on the disk after `flush`, and a crash before loses whole calls only.
    An upsert replaces the whole point. Reading may be repeated. All raise StoreError when the store is away (the next call tries anew),
    Corrupted naming the file or point when what is there is not what was written, DiskFull. An unknown collection is a KeyError.
    """

    async def ensure(self, collection: Collection) -> bool:
        """Opens a collection, made empty where there is none; whether it was there. May be repeated.

        Raises StoreError when it is there with a vector of another length, Corrupted when its files cannot be read.
        """
        ...

    async def collections(self) -> list[Collection]:
        """All that are there, by name, whether they were ensured or not: what a move to another store takes along."""
        ...

    async def remove(self, collection: str) -> None:
        """Takes a collection away with all it holds; one that is not there is no error."""
        ...

    async def upsert(self, collection: str, points: Sequence[Point]) -> None: ...

    async def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Ids that are not there are no error."""
        ...

    async def retrieve(self, collection: str, ids: Sequence[str], keys: Sequence[str] | None = None) -> list[Stored]:
        """Those of the points that are there, in any order; only these keys of the payload when given."""
        ...

    def scroll(
        self, collection: str, condition: Condition, keys: Sequence[str] | None = None, *, tokens: bool = False, after: str = ""
    ) -> AsyncIterator[Stored]:
        """The points for which the condition holds, by id, those after the id `after` when it is given.

        Only these keys of the payload when given, with their tokens when asked.
        """
        ...

    def points(self, collection: str) -> AsyncIterator[Point]:
        """Every point whole, by id, as `upsert` took it: for moving a collection elsewhere. A vector may come back of length one."""
        ...

    async def latest(self, collection: str, condition: Condition, limit: int, before: int | None = None) -> list[Stored]:
        """The points with the highest order for which the condition holds, highest first; with `before`, those of a lower order than it."""
        ...

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        """The best by shared grams, weighted by rarity, best first."""
        ...

    async def nearest_vector(self, collection: str, vector: Sequence[float], condition: Condition, limit: int) -> list[Stored]:
        """The best by cosine, which is the score, best first; points without a vector are never among them."""
        ...

    async def count(self, collection: str, condition: Condition) -> int: ...

    async def facet(self, collection: str, condition: Condition) -> Mapping[Token, int]:
        """How many points bear each facet."""
        ...

    async def known(self, collection: str, tokens: Sequence[Token]) -> list[bool]:
        """For each token, whether any point bears it."""
        ...

    async def inventory(self, collection: str, key: str) -> Inventory:
        """Of all points, with the mark that stands under `key` of the payload."""
        ...

    async def flush(self, collection: str) -> None: ...

    async def optimise(self, collection: str) -> None:
        """Tidies up after many changes; may take seconds, in which others get their turn."""
        ...

    async def close(self) -> None:
        """Lets go of the store. Idempotent."""
        ...
