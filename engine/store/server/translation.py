"""Between the contract's values and Qdrant's: conditions and filters, points and records, batches that a request can carry. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from qdrant_client import models

from engine.errors import Corrupted
from engine.store.store import PAGE, Condition, Point, Sparse, Stored

# A point's named vectors, and the keys of its payload there: what was sealed, what is filtered by, what is counted, what is sorted by.
MEANING, NAME = "meaning", "name"
DATA, TOKENS, FACETS, ORDER = "data", "tokens", "facets", "order"
WHOLE = [DATA, TOKENS, FACETS, ORDER]
# A server takes requests up to 32 MiB unless told otherwise; small batches also keep the event loop free while they are put into JSON.
MOST_POINTS = 64
MOST_BYTES = 4 << 20
_PER_NUMBER = 20
_PER_POINT = 200


def folded(condition: Condition) -> Condition | bool:
    """The condition without empty parts, or True or False where it does not depend on the point.

    What an empty list of alternatives means differs between servers; none is sent. Raises ValueError for what is no condition.
    """
    match condition:
        case {"has": list(tokens)}:
            return condition if tokens else False
        case {"all": list(parts)}:
            return _joined("all", [folded(part) for part in parts], neutral=True)
        case {"any": list(parts)}:
            return _joined("any", [folded(part) for part in parts], neutral=False)
        case {"not": part}:
            inner = folded(part)
            return not inner if isinstance(inner, bool) else {"not": inner}
    raise ValueError(f"{condition!r} is no condition")


def _joined(word: str, parts: Sequence[Condition | bool], *, neutral: bool) -> Condition | bool:
    left = [part for part in parts if not isinstance(part, bool)]
    if any(part is (not neutral) for part in parts):
        return not neutral
    if not left:
        return neutral
    return left[0] if len(left) == 1 else {word: left}


def filter_of(condition: Condition) -> models.Filter:
    """A folded condition as Qdrant's filter."""
    match condition:
        case {"all": parts}:
            return models.Filter(must=[_clause(part) for part in parts])
        case {"any": parts}:
            return models.Filter(should=[_clause(part) for part in parts])
        case {"not": part}:
            return models.Filter(must_not=[_clause(part)])
    return models.Filter(must=[_clause(condition)])


def _clause(condition: Condition) -> models.FieldCondition | models.Filter:
    if "has" in condition:
        return models.FieldCondition(key=TOKENS, match=models.MatchAny(any=list(condition["has"])))
    return filter_of(condition)


def selected(keys: Sequence[str] | None, *, tokens: bool = False) -> list[str]:
    """The paths of a point's payload that are asked for. A key is quoted: a dot in it is no step."""
    wanted = [DATA] if keys is None else [f'{DATA}."{key}"' for key in keys]
    return [*wanted, TOKENS] if tokens else wanted


def struct_of(point: Point) -> models.PointStruct:
    """A point as it is sent. Vectors it has none of are left out: the server then keeps none."""
    vectors: dict[str, Any] = {}
    if point.vector:
        vectors[MEANING] = list(point.vector)
    if point.grams.indices:
        vectors[NAME] = models.SparseVector(indices=list(point.grams.indices), values=list(point.grams.values))
    payload = {
        DATA: dict(point.payload),
        TOKENS: list(point.tokens),
        FACETS: list(dict.fromkeys(point.facets)),
        ORDER: point.order,
    }
    return models.PointStruct(id=point.id, vector=vectors, payload=payload)


def stored_of(collection: str, record: models.Record | models.ScoredPoint, *, whole: bool = True) -> Stored:
    """What came back; `whole` when all of its payload was asked for. Raises Corrupted naming a point that none of ours wrote."""
    payload = record.payload or {}
    data = payload.get(DATA) if whole else payload.get(DATA, {})
    if not _is_texts(data):
        raise _alien(collection, record.id)
    score = record.score if isinstance(record, models.ScoredPoint) else 0.0
    return Stored(str(record.id), data, float(score), tuple(payload.get(TOKENS, ())))


def point_of(collection: str, record: models.Record) -> Point:
    """A whole point from a record with payload and vectors. Raises Corrupted naming it."""
    payload = record.payload or {}
    data, order = payload.get(DATA), payload.get(ORDER, 0)
    if not _is_texts(data) or not isinstance(order, int):
        raise _alien(collection, record.id)
    vectors: Any = record.vector or {}
    grams = vectors.get(NAME)
    sparse = Sparse(tuple(grams.indices), tuple(grams.values)) if grams is not None else Sparse()
    vector = tuple(vectors.get(MEANING) or ())
    return Point(str(record.id), data, tuple(payload.get(TOKENS, ())), tuple(payload.get(FACETS, ())), sparse, vector, order)


def pieces(points: Iterable[Point]) -> Iterator[list[Point]]:
    """The points in batches of what one request should carry; a point that is larger by itself goes alone."""
    batch: list[Point] = []
    size = 0
    for point in points:
        weight = _weight(point)
        if batch and (len(batch) >= MOST_POINTS or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(point)
        size += weight
    if batch:
        yield batch


def next_page(records: Sequence[models.Record]) -> int:
    """How many records to ask for next, from the size of these: large payloads come in small pages."""
    read = sum(len(text) for record in records for text in _texts(record)) + _PER_POINT * len(records)
    return max(1, min(PAGE, MOST_BYTES * len(records) // read)) if read else PAGE


def _texts(record: models.Record) -> Iterable[str]:
    data = (record.payload or {}).get(DATA)
    return [text for text in data.values() if isinstance(text, str)] if isinstance(data, Mapping) else ()


def _weight(point: Point) -> int:
    numbers = len(point.tokens) + len(point.facets) + 2 * len(point.grams.indices) + len(point.vector)
    return _PER_POINT + _PER_NUMBER * numbers + sum(len(text) * (1 if text.isascii() else 6) for text in point.payload.values())


def _is_texts(data: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(data, dict) and all(isinstance(text, str) for text in data.values())


def _alien(collection: str, key: Any) -> Corrupted:
    what = f"{collection}/{key}"
    return Corrupted(f"{what} is no point that Escher wrote.", what=what, hint="Does something else write into this collection?")
