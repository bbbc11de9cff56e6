"""How a collection is made on a server, and what is seen of one that was made otherwise."""

from __future__ import annotations

import pytest
from qdrant_client import models

from engine.store.server import shape
from engine.store.store import Collection

FULL = Collection("full", vector=384, grams=True, ordered=True)
BARE = Collection("bare")


def info(collection, *, without=(), **changed):
    """What a server says of a collection that was made so."""
    made = {**shape.made_as(collection, 2, 3), **changed}
    params = models.CollectionParams(vectors=made["vectors_config"], sparse_vectors=made["sparse_vectors_config"])
    hnsw = models.HnswConfig(m=16, ef_construct=100, full_scan_threshold=10_000)
    config = models.CollectionConfig(
        params=params,
        hnsw_config=hnsw.model_copy(update={"m": made["hnsw_config"].m if made["hnsw_config"] else 16}),
        optimizer_config=models.OptimizersConfig(
            deleted_threshold=0.2, vacuum_min_vector_number=1, default_segment_number=1, flush_interval_sec=5
        ),
    )
    schema = {key: models.PayloadIndexInfo(data_type="integer", points=0) for key in shape.indexes(collection) if key not in without}
    return models.CollectionInfo(
        status="green", optimizer_status="ok", segments_count=1, config=config, payload_schema=schema, points_count=0
    )


def test_vectors_are_searched_flat_over_copies_in_memory():
    made = shape.made_as(FULL, 2, 3)
    dense = made["vectors_config"]["meaning"]
    assert (dense.size, dense.distance, dense.hnsw_config.m, dense.on_disk) == (384, models.Distance.COSINE, 0, True)
    assert (dense.quantization_config.scalar.type, dense.quantization_config.scalar.always_ram) == (models.ScalarType.INT8, True)
    assert made["sparse_vectors_config"]["name"].modifier == models.Modifier.IDF
    assert made["on_disk_payload"] is True
    assert (shape.FLAT_SEARCH.quantization.rescore, shape.FLAT_SEARCH.quantization.oversampling) == (True, 2.0)


@pytest.mark.parametrize(("replicas", "confirm"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_most_copies_confirm_a_write(replicas, confirm):
    made = shape.made_as(FULL, 6, replicas)
    assert (made["shard_number"], made["replication_factor"], made["write_consistency_factor"]) == (6, replicas, confirm)


def test_tokens_and_facets_are_looked_up_and_orders_compared():
    assert {key: (index.lookup, index.range) for key, index in shape.indexes(FULL).items()} == {
        "tokens": (True, False),
        "facets": (True, False),
        "order": (False, True),
    }
    assert shape.indexes(BARE).keys() == {"tokens", "facets"}
    assert shape.made_as(BARE, 1, 1)["vectors_config"] == {}


@pytest.mark.parametrize("collection", [FULL, BARE, Collection("sorted", ordered=True), Collection("named", grams=True)])
def test_what_was_made_is_recognised(collection):
    found = info(collection)
    assert shape.as_collection(collection.name, found) == collection
    assert shape.unlike(found, collection) == ""
    assert shape.slower(found) == []
    assert shape.missing_indexes(found, collection) == {}
    assert shape.is_ours(found)


def test_what_is_otherwise_is_said():
    assert "384 numbers, not 4" in shape.unlike(info(FULL), Collection("full", vector=4, grams=True))
    assert "0 numbers, not 4" in shape.unlike(info(BARE), Collection("bare", vector=4))
    assert "no name grams" in shape.unlike(info(BARE), Collection("bare", grams=True))
    assert shape.missing_indexes(info(FULL, without=("facets",)), FULL) == {"facets": shape.indexes(FULL)["facets"]}
    assert not shape.is_ours(info(FULL, without=("tokens",)))
    unnamed = info(FULL, vectors_config=models.VectorParams(size=384, distance="Cosine"))
    assert "0 numbers, not 384" in shape.unlike(unnamed, FULL)


def test_what_is_dearer_is_said():
    plain = {"meaning": models.VectorParams(size=384, distance="Cosine")}
    assert shape.slower(info(FULL, vectors_config=plain)) == ["keeps no int8 copies of its vectors"]
    graphs = shape.slower(info(FULL, vectors_config=plain, hnsw_config=None))
    assert [text.split(" (")[0] for text in graphs] == ["builds a graph of its vectors", "keeps no int8 copies of its vectors"]
    own = {"meaning": shape.made_as(FULL, 1, 1)["vectors_config"]["meaning"].model_copy(update={"hnsw_config": models.HnswConfigDiff(m=8)})}
    assert len(shape.slower(info(FULL, vectors_config=own))) == 1
    (unweighed,) = shape.slower(info(FULL, sparse_vectors_config={"name": models.SparseVectorParams()}))
    assert "rarity" in unweighed
