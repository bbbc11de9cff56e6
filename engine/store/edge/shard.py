"""One collection in Qdrant Edge, spoken to in plain JSON values. Edge (files; every call holds the GIL, hence the process of its own)."""

from __future__ import annotations

import contextlib
import ctypes
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from engine.store.edge.rows import point, row
from engine.store.inventory import Inventory
from engine.store.store import Point, Sparse

MEANING, NAME = "meaning", "name"
# The keys of a point's payload in Qdrant: what was sealed, what is filtered by, what is counted, what is sorted by.
DATA, TOKENS, FACETS, ORDER = "data", "tokens", "facets", "order"
SPEC = "collection.json"
_MOST_FACETS = 100_000
_BIG_PAGE = 5_000
_THREADS = 2
# Grams of some 15,000 names make a segment full; it is then packed into one that is read from the disk, which takes a second and no more than
# its own size in memory. Few and large ones would be read a little faster, and packing one would keep everybody waiting for many seconds.
_FULL_KB, _LARGEST_KB, _SEGMENTS = 5_000, 7_000, 20


class SpecChanged(Exception):
    """The collection is there and of another make than asked for."""


class Shard:
    """An open collection. Qdrant's errors are bare `Exception`s and end the process: its owner sees that and starts another."""

    def __init__(self, folder: Path, spec: Mapping[str, Any]) -> None:
        """`spec` is a `Collection` as JSON. Raises SpecChanged."""
        self.spec = dict(spec)
        self._clean(folder)
        config = _config(spec)
        if (folder / "segments").exists():
            was = json.loads((folder / SPEC).read_bytes())
            if was != dict(spec):
                raise SpecChanged(f"{folder.name} was made as {was}, not as {dict(spec)}.")
            self._shard = edge.EdgeShard.load(str(folder), config)
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SPEC).write_text(json.dumps(spec), encoding="utf-8")
        self._shard = edge.EdgeShard.create(str(folder), config)
        looked_up = edge.IntegerIndexParams(lookup=True, range=False)
        for key in (TOKENS, FACETS):
            self._shard.update(edge.UpdateOperation.create_field_index(key, looked_up))
        if spec["ordered"]:
            self._shard.update(edge.UpdateOperation.create_field_index(ORDER, edge.IntegerIndexParams(lookup=False, range=True)))
        self._shard.flush()

    @staticmethod
    def _clean(folder: Path) -> None:
        """Takes away what an interrupted optimisation left; what it was made from is still there."""
        for leftover in (folder / "temp_segments", *folder.glob("segments/*.deleted")):
            shutil.rmtree(leftover, ignore_errors=True)

    def upsert(self, points: Sequence[Sequence[Any]]) -> None:
        """Points as rows (`engine.store.edge.rows`)."""
        self._shard.update(edge.UpdateOperation.upsert_points([_point(row, ordered=self.spec["ordered"]) for row in points]))

    def delete(self, ids: Sequence[str]) -> None:
        self._shard.update(edge.UpdateOperation.delete_points(list(ids)))

    def retrieve(self, ids: Sequence[str], keys: list[str] | None) -> list[Any]:
        return [_record(record) for record in self._shard.retrieve(list(ids), with_payload=_wanted(keys), with_vector=False)]

    def scroll(
        self, condition: Mapping[str, Any], keys: list[str] | None, after: str | None, limit: int, *, tokens: bool
    ) -> tuple[list[Any], str | None]:
        """A page and where the next begins, None after the last."""
        request = edge.ScrollRequest(offset=after, limit=limit, filter=_filter(condition), with_payload=_wanted(keys, tokens=tokens))
        records, following = self._shard.scroll(request)
        return [_record(record) for record in records], None if following is None else str(following)

    def latest(self, condition: Mapping[str, Any], limit: int, before: int | None) -> list[Any]:
        parts = [_filter(condition)]
        if before is not None:
            parts.append(edge.FieldCondition(ORDER, range=edge.RangeFloat(lt=before)))
        newest = edge.OrderBy(ORDER, direction=edge.Direction.Desc)
        request = edge.ScrollRequest(limit=limit, filter=edge.Filter(must=parts), with_payload=_wanted(None), order_by=newest)
        return [_record(record) for record in self._shard.scroll(request)[0]]

    def points(self, after: str | None, limit: int) -> tuple[list[Any], str | None]:
        """Whole points, as `upsert` takes them."""
        request = edge.ScrollRequest(offset=after, limit=limit, with_payload=True, with_vector=True)
        records, following = self._shard.scroll(request)
        return [_whole(record) for record in records], None if following is None else str(following)

    def inventory(self, key: str) -> tuple[int, str]:
        """Count and sum (hexadecimal) over all points."""
        whole, after = Inventory(), None
        while True:
            request = edge.ScrollRequest(offset=after, limit=_BIG_PAGE, with_payload=_wanted([key]))
            records, after = self._shard.scroll(request)
            whole += Inventory.of((str(record.id), str((record.payload or {}).get(DATA, {}).get(key))) for record in records)
            if after is None:
                return whole.count, f"{whole.sum:x}"

    def nearest_grams(self, grams: Sequence[Any], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(edge.SparseVector(*grams), NAME, condition, limit)

    def nearest_vector(self, vector: Sequence[float], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(list(vector), MEANING, condition, limit)

    def _nearest(self, vector: Any, using: str, condition: Mapping[str, Any], limit: int) -> list[Any]:
        exact = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)) if using == MEANING else None
        query = edge.Query.Nearest(vector, using=using)
        request = edge.QueryRequest(limit=limit, query=query, filter=_filter(condition), with_payload=[DATA], params=exact)
        return [[str(found.id), (found.payload or {}).get(DATA, {}), found.score] for found in self._shard.query(request)]

    def count(self, condition: Mapping[str, Any]) -> int:
        return int(self._shard.count(edge.CountRequest(exact=True, filter=_filter(condition))))

    def facet(self, condition: Mapping[str, Any]) -> list[tuple[int, int]]:
        request = edge.FacetRequest(FACETS, limit=_MOST_FACETS, exact=True, filter=_filter(condition))
        return [(int(hit.value), hit.count) for hit in self._shard.facet(request).hits]

    def known(self, tokens: Sequence[int]) -> list[bool]:
        return [self._bears(token) for token in tokens]

    def _bears(self, token: int) -> bool:
        request = edge.ScrollRequest(limit=1, filter=_filter({"has": [token]}), with_payload=False)
        return bool(self._shard.scroll(request)[0])

    def flush(self) -> None:
        self._shard.flush()

    def optimise(self) -> None:
        """Nobody is answered meanwhile; it takes about a second for each segment that has become full."""
        if self._shard.optimize():
            self._shard.flush()
            _give_back()

    def close(self) -> None:
        self._shard.close()


def _give_back() -> None:
    """Returns what was freed to the system, where its allocator would keep it for later: half of all memory after a segment was made."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _config(spec: Mapping[str, Any]) -> Any:
    """Flat search with int8 copies in memory, rescored: exact in what it finds, and built in no time. Payloads stay on the disk."""
    quantised = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, quantile=0.99, memory=edge.Memory.Pinned)
    vectors = {MEANING: edge.EdgeVectorParams(size=spec["vector"], distance=edge.Distance.Cosine)} if spec["vector"] else {}
    # It makes nothing without any vectors: a collection that has none is given grams, and no point bears any.
    sparse = {NAME: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)} if spec["grams"] or not spec["vector"] else {}
    return edge.EdgeConfig(
        vectors=vectors,
        sparse_vectors=sparse,
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000),
        quantization_config=quantised if spec["vector"] else None,
        on_disk_payload=True,
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=_FULL_KB, max_segment_size=_LARGEST_KB, default_segment_number=_SEGMENTS)
        if spec["grams"]
        else None,
        max_search_threads=_THREADS,
    )


def _point(row: Sequence[Any], *, ordered: bool) -> Any:
    made = point(row)
    named: dict[str, Any] = {}
    if made.grams.indices:
        named[NAME] = edge.SparseVector(list(made.grams.indices), list(made.grams.values))
    if made.vector:
        named[MEANING] = list(made.vector)
    payload: dict[str, Any] = {DATA: made.payload, TOKENS: list(made.tokens)}
    # What is not there need not be kept nor looked at, each time.
    if made.facets:
        payload[FACETS] = list(made.facets)
    if made.order or ordered:
        payload[ORDER] = made.order
    return edge.Point(made.id, named, payload)


def _wanted(keys: list[str] | None, *, tokens: bool = False) -> list[str]:
    # Quoted, a key may hold dots and spaces.
    wanted = [DATA] if keys is None else [f'{DATA}."{key}"' for key in keys]
    return [*wanted, TOKENS] if tokens else wanted


def _record(record: Any) -> list[Any]:
    payload = record.payload or {}
    return [str(record.id), payload.get(DATA, {}), 0.0, payload.get(TOKENS, [])]


def _whole(record: Any) -> list[Any]:
    payload, vectors = record.payload or {}, record.vector or {}
    grams, vector = vectors.get(NAME), vectors.get(MEANING, ())
    sparse = Sparse() if grams is None else Sparse(tuple(grams.indices), tuple(grams.values))
    tokens, facets = payload.get(TOKENS, ()), payload.get(FACETS, ())
    return row(Point(str(record.id), payload.get(DATA, {}), tuple(tokens), tuple(facets), sparse, tuple(vector), payload.get(ORDER, 0)))


def _filter(condition: Mapping[str, Any]) -> Any:
    """A condition of `engine.store.store` as Qdrant's. Raises ValueError for any other."""
    match condition:
        case {"has": list(tokens)}:
            return edge.Filter(must=[edge.FieldCondition(TOKENS, match=edge.MatchAny(tokens))])
        case {"all": list(parts)}:
            return edge.Filter(must=[_filter(part) for part in parts])
        case {"any": []}:
            return _filter({"has": []})
        case {"any": list(parts)}:
            return edge.Filter(should=[_filter(part) for part in parts])
        case {"not": part}:
            return edge.Filter(must_not=[_filter(part)])
    raise ValueError(f"{condition!r} is no condition")
