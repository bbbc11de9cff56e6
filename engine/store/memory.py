"""The store in dictionaries: the public fake at the seam, held to the same suite as the real ones. Pure (no I/O)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

from engine.errors import StoreError
from engine.store.grams import rarity
from engine.store.inventory import Inventory
from engine.store.store import Collection, Condition, Point, Sparse, Stored, Token


class MemoryStore:
    """A `Store` that keeps nothing after the program ends."""

    def __init__(self) -> None:
        self._points: dict[str, dict[str, Point]] = {}
        self._made: dict[str, Collection] = {}

    async def ensure(self, collection: Collection) -> bool:
        there = collection.name in self._points
        made = self._made.setdefault(collection.name, collection)
        if made.vector != collection.vector:
            raise StoreError(f"{collection.name} holds vectors of {made.vector} numbers, not {collection.vector}.")
        self._points.setdefault(collection.name, {})
        return there

    async def collections(self) -> list[Collection]:
        return [self._made[name] for name in sorted(self._made)]

    async def remove(self, collection: str) -> None:
        self._points.pop(collection, None)
        self._made.pop(collection, None)

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        self._points[collection].update({point.id: point for point in points})

    async def delete(self, collection: str, ids: Sequence[str]) -> None:
        there = self._points[collection]
        for key in ids:
            there.pop(key, None)

    async def retrieve(self, collection: str, ids: Sequence[str], keys: Sequence[str] | None = None) -> list[Stored]:
        there = self._points[collection]
        return [_stored(there[key], keys) for key in ids if key in there]

    async def scroll(
        self, collection: str, condition: Condition, keys: Sequence[str] | None = None, *, tokens: bool = False, after: str = ""
    ) -> AsyncIterator[Stored]:
        for point in sorted(self._where(collection, condition), key=lambda point: point.id):
            if point.id > after:
                yield _stored(point, keys, tokens=tokens)

    async def points(self, collection: str) -> AsyncIterator[Point]:
        for _, point in sorted(self._points[collection].items()):
            yield point

    async def latest(self, collection: str, condition: Condition, limit: int, before: int | None = None) -> list[Stored]:
        found = [point for point in self._where(collection, condition) if before is None or point.order < before]
        return [_stored(point) for point in sorted(found, key=lambda point: -point.order)[:limit]]

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        everything = self._points[collection].values()
        bearers = Counter(index for point in everything for index in point.grams.indices)
        wanted = {index: value * rarity(bearers[index], len(everything)) for index, value in zip(grams.indices, grams.values, strict=True)}

        def score(point: Point) -> float:
            return sum(wanted.get(index, 0.0) * value for index, value in zip(point.grams.indices, point.grams.values, strict=True))

        return _best(self._where(collection, condition), score, limit, above=0.0)

    async def nearest_vector(self, collection: str, vector: Sequence[float], condition: Condition, limit: int) -> list[Stored]:
        having = [point for point in self._where(collection, condition) if point.vector]
        return _best(having, lambda point: _cosine(point.vector, vector), limit, above=-2.0)

    async def count(self, collection: str, condition: Condition) -> int:
        return len(self._where(collection, condition))

    async def facet(self, collection: str, condition: Condition) -> Mapping[Token, int]:
        return Counter(token for point in self._where(collection, condition) for token in set(point.facets))

    async def known(self, collection: str, tokens: Sequence[Token]) -> list[bool]:
        there = {token for point in self._points[collection].values() for token in point.tokens}
        return [token in there for token in tokens]

    async def inventory(self, collection: str, key: str) -> Inventory:
        return Inventory.of((point.id, str(point.payload.get(key))) for point in self._points[collection].values())

    async def flush(self, collection: str) -> None:
        self._points[collection]

    async def optimise(self, collection: str) -> None:
        self._points[collection]

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _where(self, collection: str, condition: Condition) -> list[Point]:
        return [point for point in self._points[collection].values() if _holds(condition, frozenset(point.tokens))]


def _holds(condition: Condition, tokens: frozenset[Token]) -> bool:
    match condition:
        case {"has": list(wanted)}:
            return not tokens.isdisjoint(wanted)
        case {"all": list(parts)}:
            return all(_holds(part, tokens) for part in parts)
        case {"any": list(parts)}:
            return any(_holds(part, tokens) for part in parts)
        case {"not": part}:
            return not _holds(part, tokens)
    raise ValueError(f"{condition!r} is no condition")


def _best(points: Iterable[Point], score: Callable[[Point], float], limit: int, *, above: float) -> list[Stored]:
    scored = [(score(point), point) for point in points]
    ranked = sorted((pair for pair in scored if pair[0] > above), key=lambda pair: (-pair[0], pair[1].id))
    return [Stored(point.id, point.payload, value) for value, point in ranked[:limit]]


def _stored(point: Point, keys: Sequence[str] | None = None, *, tokens: bool = False) -> Stored:
    payload = point.payload if keys is None else {key: point.payload[key] for key in keys if key in point.payload}
    return Stored(point.id, payload, 0.0, point.tokens if tokens else ())


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    length = math.sqrt(sum(x * x for x in one)) * math.sqrt(sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0
