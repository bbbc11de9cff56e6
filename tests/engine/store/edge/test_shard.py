"""A collection that an earlier version made, each token a number by itself, is made over when it is opened, and interrupted there begins again."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import qdrant_edge as edge

from engine.store.edge.records import condition_on
from engine.store.edge.rows import row, tokens_of
from engine.store.edge.shard import SPEC, Shard, SpecChanged, spec_in
from engine.store.store import Collection, Point, Sparse, every, has

UID = "00000000-0000-4000-8000-00000000000{}"
COLLECTION = {key: value for key, value in asdict(Collection("", vector=2, grams=True, ordered=True)).items() if key != "name"}
POINTS = [
    Point(UID.format(n), {"sealed": f"c{n}", "mark": "m"}, (1, 2**63 - n), (1, n + 10), Sparse((n,), (0.5,)), (1.0, 0.0), n)
    for n in range(1, 6)
]
ALL = every(())


def of_old(folder):
    """A collection as version 1 of the manner left it."""
    folder.mkdir()
    (folder / SPEC).write_text(json.dumps(COLLECTION), encoding="utf-8")
    config = edge.EdgeConfig(
        vectors={"meaning": edge.EdgeVectorParams(size=2, distance=edge.Distance.Cosine)},
        sparse_vectors={"name": edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
    )
    shard = edge.EdgeShard.create(str(folder), config)
    for key in ("tokens", "facets"):
        shard.update(edge.UpdateOperation.create_field_index(key, edge.IntegerIndexParams(lookup=True, range=False)))
    shard.update(edge.UpdateOperation.create_field_index("order", edge.IntegerIndexParams(lookup=False, range=True)))
    made = []
    for one in POINTS:
        named = {"name": edge.SparseVector(list(one.grams.indices), list(one.grams.values)), "meaning": list(one.vector)}
        kept = {"data": one.payload, "tokens": list(one.tokens), "facets": list(one.facets), "order": one.order}
        made.append(edge.Point(one.id, named, kept))
    shard.update(edge.UpdateOperation.upsert_points(made))
    shard.flush()
    shard.close()


def assert_as_given(shard):
    rows, after = shard.points(None, 100)
    assert after is None
    assert rows == [row(one) for one in POINTS]
    assert shard.count(has([1])) == 5
    assert shard.known([2**63 - 3, 2**63 - 9]) == [True, False]
    assert dict(shard.facet(ALL)) == {1: 5, 11: 1, 12: 1, 13: 1, 14: 1, 15: 1}
    assert [found[1] for found in shard.latest(ALL, 2, None)] == [POINTS[4].payload, POINTS[3].payload]
    assert [found[0] for found in shard.nearest_grams([[3], [1.0]], ALL, 1)] == [UID.format(3)]
    assert len(shard.nearest_vector([1.0, 0.0], ALL, 9)) == 5
    page, _ = shard.scroll(has([2**63 - 2]), ["mark"], None, 9, tokens=True)
    assert page == [[UID.format(2), {"mark": "m"}, 0.0, POINTS[1].tokens]]


def test_a_collection_of_the_old_manner_is_made_over(tmp_path):
    of_old(tmp_path / "c")
    for _ in range(2):
        shard = Shard(tmp_path / "c", COLLECTION)
        assert_as_given(shard)
        shard.close()
    assert spec_in(tmp_path / "c") == COLLECTION
    assert json.loads((tmp_path / "c" / SPEC).read_bytes())["manner"] == 2


def test_a_making_over_that_was_interrupted_is_done_at_the_next_start(tmp_path, monkeypatch):
    of_old(tmp_path / "c")
    of_both = edge.EdgeShard.load(str(tmp_path / "c"))
    of_both.update(edge.UpdateOperation.delete_points([POINTS[0].id]))
    of_both.close()
    # Some stand in the new manner already, and the spec still says the old one.
    shard = Shard(tmp_path / "c", COLLECTION)
    shard.upsert([row(POINTS[0])])
    shard.close()
    (tmp_path / "c" / SPEC).write_text(json.dumps(COLLECTION), encoding="utf-8")
    again = Shard(tmp_path / "c", COLLECTION)
    assert_as_given(again)
    again.close()


def test_of_another_make_it_is_refused_and_left_as_it_is(tmp_path):
    of_old(tmp_path / "c")
    with pytest.raises(SpecChanged, match="c was made as"):
        Shard(tmp_path / "c", {**COLLECTION, "vector": 3})
    assert json.loads((tmp_path / "c" / SPEC).read_bytes()) == COLLECTION


def test_what_is_no_condition_is_refused():
    with pytest.raises(ValueError, match="no condition"):
        condition_on({"has": 3})
    with pytest.raises(ValueError, match="non-hexadecimal"):
        tokens_of("no words")
