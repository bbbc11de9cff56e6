"""How a collection is made on a server, and what of it is otherwise on one that is there already. Pure.

Flat search over int8 copies that stay in memory, rescored with the full vectors: exact in what it finds, and nothing to build. Payloads and
full vectors lie on the disk; tokens and facets have an index for look-ups, the order one for ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_client import models

from engine.store.server.translation import FACETS, MEANING, NAME, ORDER, TOKENS
from engine.store.store import Collection

_LOOKED_UP = models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=True, range=False)
_IN_RANGES = models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=False, range=True)
FLAT_SEARCH = models.SearchParams(quantization=models.QuantizationSearchParams(rescore=True, oversampling=2.0))


def made_as(collection: Collection, shards: int, replicas: int) -> dict[str, Any]:
    """The arguments of `create_collection`. A write is confirmed by most replicas, so that most of them asked always know it."""
    return {
        "vectors_config": {MEANING: _dense(collection.vector)} if collection.vector else {},
        "sparse_vectors_config": {NAME: models.SparseVectorParams(modifier=models.Modifier.IDF)} if collection.grams else None,
        "hnsw_config": models.HnswConfigDiff(m=0),
        "on_disk_payload": True,
        "shard_number": shards,
        "replication_factor": replicas,
        "write_consistency_factor": replicas // 2 + 1,
    }


def _dense(length: int) -> models.VectorParams:
    in_memory = models.ScalarQuantizationConfig(type=models.ScalarType.INT8, quantile=0.99, always_ram=True)
    return models.VectorParams(
        size=length,
        distance=models.Distance.COSINE,
        hnsw_config=models.HnswConfigDiff(m=0),
        quantization_config=models.ScalarQuantization(scalar=in_memory),
        on_disk=True,
    )


def indexes(collection: Collection) -> Mapping[str, models.IntegerIndexParams]:
    """The payload indexes a collection needs, by key."""
    return {TOKENS: _LOOKED_UP, FACETS: _LOOKED_UP} | ({ORDER: _IN_RANGES} if collection.ordered else {})


def missing_indexes(info: models.CollectionInfo, collection: Collection) -> dict[str, models.IntegerIndexParams]:
    return {key: made for key, made in indexes(collection).items() if key not in info.payload_schema}


def vector_length(info: models.CollectionInfo) -> int:
    """Of the dense vectors; 0 where it has none of ours."""
    found = _dense_of(info)
    return found.size if found else 0


def has_grams(info: models.CollectionInfo) -> bool:
    return NAME in (info.config.params.sparse_vectors or {})


def as_collection(name: str, info: models.CollectionInfo) -> Collection:
    """What was asked for when it was made."""
    return Collection(name, vector_length(info), has_grams(info), ORDER in info.payload_schema)


def is_ours(info: models.CollectionInfo) -> bool:
    return {TOKENS, FACETS} <= info.payload_schema.keys()


def unlike(info: models.CollectionInfo, collection: Collection) -> str:
    """Why a collection that is there cannot serve; "" when it can."""
    length = vector_length(info)
    if length != collection.vector:
        return f"holds vectors of {length} numbers, not {collection.vector}"
    if collection.grams and not has_grams(info):
        return "holds no name grams"
    return ""


def slower(info: models.CollectionInfo) -> list[str]:
    """What was made otherwise than Escher makes it: right answers, and dearer ones."""
    params, found = info.config.params, []
    dense = _dense_of(info)
    if dense is not None:
        own = dense.hnsw_config.m if dense.hnsw_config else None
        if (info.config.hnsw_config.m if own is None else own) != 0:
            found.append("builds a graph of its vectors (hnsw m is not 0)")
        if dense.quantization_config is None and info.config.quantization_config is None:
            found.append("keeps no int8 copies of its vectors")
    sparse = (params.sparse_vectors or {}).get(NAME)
    if sparse is not None and sparse.modifier != models.Modifier.IDF:
        found.append("does not weigh grams by rarity (modifier is not idf): names are found less well")
    return found


def _dense_of(info: models.CollectionInfo) -> models.VectorParams | None:
    vectors = info.config.params.vectors
    return vectors.get(MEANING) if isinstance(vectors, dict) else None
