"""One collection in Qdrant Edge, spoken to in plain JSON values. Edge (files; every call holds the GIL, hence the process of its own)."""

from __future__ import annotations

import contextlib
import ctypes
import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from engine.store.edge.records import COUNTED, MEANING, NAME, OLD_INDEXES, ORDER, condition_on, indexes, made, said, stored, wanted, whole
from engine.store.edge.rows import tokens_of
from engine.store.inventory import Inventory

SPEC = "collection.json"
# How points stand in a collection (`records`), kept beside its spec: one that says another was made before and is made over when it is opened.
_MANNER, _THIS_MANNER = "manner", 2
_MOST_FACETS = 100_000
_BIG_PAGE, _PAGE = 5_000, 500
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
            was, manner = _spec_in(folder)
            if was != dict(spec):
                raise SpecChanged(f"{folder.name} was made as {was}, not as {dict(spec)}.")
            self._shard = edge.EdgeShard.load(str(folder), config)
            if manner != _THIS_MANNER:
                self._make_over()
                _keep_spec(folder, self.spec)
            return
        folder.mkdir(parents=True, exist_ok=True)
        _keep_spec(folder, self.spec)
        self._shard = edge.EdgeShard.create(str(folder), config)
        self._index()
        self._shard.flush()

    def _index(self) -> None:
        for key, how in indexes(ordered=self.spec["ordered"]).items():
            self._shard.update(edge.UpdateOperation.create_field_index(key, how))

    def _make_over(self) -> None:
        """Writes every point anew in this manner. May be repeated: interrupted, it begins again at the next start."""
        self._index()
        after: str | None = None
        while True:
            rows, after = self.points(after, _PAGE)
            self.upsert(rows)
            if after is None:
                break
        for key in OLD_INDEXES:
            self._shard.update(edge.UpdateOperation.delete_field_index(key))
        self.optimise()
        self._shard.flush()

    @staticmethod
    def _clean(folder: Path) -> None:
        """Takes away what an interrupted optimisation left; what it was made from is still there."""
        for leftover in (folder / "temp_segments", *folder.glob("segments/*.deleted")):
            shutil.rmtree(leftover, ignore_errors=True)

    def upsert(self, points: Sequence[Sequence[Any]]) -> None:
        """Points as rows (`engine.store.edge.rows`)."""
        self._shard.update(edge.UpdateOperation.upsert_points([made(row, ordered=self.spec["ordered"]) for row in points]))

    def delete(self, ids: Sequence[str]) -> None:
        self._shard.update(edge.UpdateOperation.delete_points(list(ids)))

    def retrieve(self, ids: Sequence[str], keys: list[str] | None) -> list[Any]:
        return [stored(record, keys) for record in self._shard.retrieve(list(ids), with_payload=wanted(keys), with_vector=False)]

    def scroll(
        self, condition: Mapping[str, Any], keys: list[str] | None, after: str | None, limit: int, *, tokens: bool
    ) -> tuple[list[Any], str | None]:
        """A page and where the next begins, None after the last."""
        request = edge.ScrollRequest(offset=after, limit=limit, filter=condition_on(condition), with_payload=wanted(keys, tokens=tokens))
        records, following = self._shard.scroll(request)
        return [stored(record, keys) for record in records], None if following is None else str(following)

    def latest(self, condition: Mapping[str, Any], limit: int, before: int | None) -> list[Any]:
        parts = [condition_on(condition)]
        if before is not None:
            parts.append(edge.FieldCondition(ORDER, range=edge.RangeFloat(lt=before)))
        newest = edge.OrderBy(ORDER, direction=edge.Direction.Desc)
        request = edge.ScrollRequest(limit=limit, filter=edge.Filter(must=parts), with_payload=wanted(None), order_by=newest)
        return [stored(record) for record in self._shard.scroll(request)[0]]

    def points(self, after: str | None, limit: int) -> tuple[list[Any], str | None]:
        """Whole points, as `upsert` takes them."""
        request = edge.ScrollRequest(offset=after, limit=limit, with_payload=True, with_vector=True)
        records, following = self._shard.scroll(request)
        return [whole(record) for record in records], None if following is None else str(following)

    def inventory(self, key: str) -> tuple[int, str]:
        """Count and sum (hexadecimal) over all points."""
        found, after = Inventory(), None
        while True:
            request = edge.ScrollRequest(offset=after, limit=_BIG_PAGE, with_payload=wanted([key]))
            records, after = self._shard.scroll(request)
            found += Inventory.of((str(record.id), str(said(record.payload or {}, None).get(key))) for record in records)
            if after is None:
                return found.count, f"{found.sum:x}"

    def nearest_grams(self, grams: Sequence[Any], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(edge.SparseVector(*grams), NAME, condition, limit)

    def nearest_vector(self, vector: Sequence[float], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(list(vector), MEANING, condition, limit)

    def _nearest(self, vector: Any, using: str, condition: Mapping[str, Any], limit: int) -> list[Any]:
        exact = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)) if using == MEANING else None
        query = edge.Query.Nearest(vector, using=using)
        request = edge.QueryRequest(limit=limit, query=query, filter=condition_on(condition), with_payload=wanted(None), params=exact)
        return [stored(found, None, found.score) for found in self._shard.query(request)]

    def count(self, condition: Mapping[str, Any]) -> int:
        return int(self._shard.count(edge.CountRequest(exact=True, filter=condition_on(condition))))

    def facet(self, condition: Mapping[str, Any]) -> list[tuple[int, int]]:
        request = edge.FacetRequest(COUNTED, limit=_MOST_FACETS, exact=True, filter=condition_on(condition))
        counts = Counter[int]()
        for hit in self._shard.facet(request).hits:
            counts.update(dict.fromkeys(tokens_of(str(hit.value)), hit.count))
        return list(counts.items())

    def known(self, tokens: Sequence[int]) -> list[bool]:
        return [self._bears(token) for token in tokens]

    def _bears(self, token: int) -> bool:
        request = edge.ScrollRequest(limit=1, filter=condition_on({"has": [token]}), with_payload=False)
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


def spec_in(folder: Path) -> dict[str, Any]:
    """The `Collection` that lies in a folder, as JSON without its name."""
    return _spec_in(folder)[0]


def _spec_in(folder: Path) -> tuple[dict[str, Any], int]:
    spec: dict[str, Any] = json.loads((folder / SPEC).read_bytes())
    return spec, int(spec.pop(_MANNER, 1))


def _keep_spec(folder: Path, spec: Mapping[str, Any]) -> None:
    fresh = folder / f"{SPEC}.new"
    fresh.write_text(json.dumps({**spec, _MANNER: _THIS_MANNER}), encoding="utf-8")
    fresh.replace(folder / SPEC)


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
