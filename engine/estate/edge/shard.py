"""One collection in Qdrant Edge, spoken to in plain JSON values. Edge (files; every call holds the GIL, hence the process of its own)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from engine.estate.inventory import Inventory
from engine.estate.store import FACETS, TOKENS

MEANING, NAME = "meaning", "name"
_MOST_FACETS = 100_000
_BIG_PAGE = 5_000
_THREADS = 2


class Shard:
    """An open collection. Qdrant's errors are bare `Exception`s and end the process: its owner sees that and starts another."""

    def __init__(self, folder: Path, size: int) -> None:
        self._clean(folder)
        config = _config(size)
        if (folder / "segments").exists():
            self._shard = edge.EdgeShard.load(str(folder), config)
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._shard = edge.EdgeShard.create(str(folder), config)
        for key in (TOKENS, FACETS):
            self._shard.update(edge.UpdateOperation.create_field_index(key, edge.PayloadSchemaType.Keyword))
        self._shard.flush()

    @staticmethod
    def _clean(folder: Path) -> None:
        """Takes away what an interrupted optimisation left; what it was made from is still there."""
        for leftover in (folder / "temp_segments", *folder.glob("segments/*.deleted")):
            shutil.rmtree(leftover, ignore_errors=True)

    def upsert(self, points: Sequence[Mapping[str, Any]], vectors: Mapping[str, Sequence[float]]) -> None:
        """Points as `{"id", "payload", "grams": [indices, values], "text"}`; `vectors` by text."""
        self._shard.update(edge.UpdateOperation.upsert_points([_point(point, vectors) for point in points]))

    def delete(self, ids: Sequence[str]) -> None:
        self._shard.update(edge.UpdateOperation.delete_points(list(ids)))

    def retrieve(self, ids: Sequence[str]) -> list[Any]:
        return [_record(record) for record in self._shard.retrieve(list(ids), with_payload=True, with_vector=False)]

    def scroll(self, condition: Mapping[str, Any], keys: list[str] | None, after: str | None, limit: int) -> tuple[list[Any], str | None]:
        """A page and where the next begins, None after the last."""
        request = edge.ScrollRequest(offset=after, limit=limit, filter=_filter(condition), with_payload=True if keys is None else keys)
        records, following = self._shard.scroll(request)
        return [_record(record) for record in records], None if following is None else str(following)

    def inventory(self, key: str) -> tuple[int, str]:
        """Count and sum (hexadecimal) over all points."""
        whole, after = Inventory(), None
        while True:
            records, after = self._shard.scroll(edge.ScrollRequest(offset=after, limit=_BIG_PAGE, with_payload=[key]))
            whole += Inventory.of((str(record.id), str((record.payload or {}).get(key))) for record in records)
            if after is None:
                return whole.count, f"{whole.sum:x}"

    def nearest_grams(self, grams: Sequence[Any], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(edge.SparseVector(*grams), NAME, condition, limit)

    def nearest_vector(self, vector: Sequence[float], condition: Mapping[str, Any], limit: int) -> list[Any]:
        return self._nearest(list(vector), MEANING, condition, limit)

    def _nearest(self, vector: Any, using: str, condition: Mapping[str, Any], limit: int) -> list[Any]:
        exact = edge.SearchParams(quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)) if using == MEANING else None
        query = edge.Query.Nearest(vector, using=using)
        request = edge.QueryRequest(limit=limit, query=query, filter=_filter(condition), with_payload=True, params=exact)
        return [[str(found.id), found.payload or {}, found.score] for found in self._shard.query(request)]

    def count(self, condition: Mapping[str, Any]) -> int:
        return int(self._shard.count(edge.CountRequest(exact=True, filter=_filter(condition))))

    def facet(self, condition: Mapping[str, Any]) -> dict[str, int]:
        request = edge.FacetRequest(FACETS, limit=_MOST_FACETS, exact=True, filter=_filter(condition))
        return {str(hit.value): hit.count for hit in self._shard.facet(request).hits}

    def known(self, tokens: Sequence[str]) -> list[bool]:
        return [self._bears(token) for token in tokens]

    def _bears(self, token: str) -> bool:
        request = edge.ScrollRequest(limit=1, filter=_filter({"has": [token]}), with_payload=False)
        return bool(self._shard.scroll(request)[0])

    def flush(self) -> None:
        self._shard.flush()

    def optimise(self) -> None:
        self._shard.optimize()

    def close(self) -> None:
        self._shard.close()


def _config(size: int) -> Any:
    """Flat search with int8 copies in memory, rescored: exact in what it finds, and built in no time."""
    quantised = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, quantile=0.99, memory=edge.Memory.Pinned)
    return edge.EdgeConfig(
        vectors={MEANING: edge.EdgeVectorParams(size=size, distance=edge.Distance.Cosine)},
        sparse_vectors={NAME: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000),
        quantization_config=quantised,
        max_search_threads=_THREADS,
    )


def _point(point: Mapping[str, Any], vectors: Mapping[str, Sequence[float]]) -> Any:
    indices, values = point["grams"]
    named: dict[str, Any] = {NAME: edge.SparseVector(indices, values)}
    if (vector := vectors.get(point["text"])) is not None:
        named[MEANING] = list(vector)
    return edge.Point(point["id"], named, point["payload"])


def _record(record: Any) -> list[Any]:
    return [str(record.id), record.payload or {}, 0.0]


def _filter(condition: Mapping[str, Any]) -> Any:
    """A condition of `engine.estate.store` as Qdrant's. Raises ValueError for any other."""
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
