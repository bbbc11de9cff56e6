"""Points as rows: what goes in comes out."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.store.edge.rows import point, row
from engine.store.store import Point, Sparse

tokens = st.lists(st.integers(0, 2**63 - 1), max_size=5).map(tuple)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
sparse = st.lists(st.tuples(st.integers(0, 2**32 - 1), floats), max_size=5).map(
    lambda pairs: Sparse(tuple(index for index, _ in pairs), tuple(value for _, value in pairs))
)
points = st.builds(
    Point,
    id=st.uuids().map(str),
    payload=st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=3),
    tokens=tokens,
    facets=tokens,
    grams=sparse,
    vector=st.lists(floats, max_size=4).map(tuple),
    order=st.integers(-(2**53), 2**53),
)


@given(points)
def test_a_point_comes_back_from_its_row_through_json(known):
    assert point(json.loads(json.dumps(row(known)))) == known


def test_a_row_of_a_resource_is_little_more_than_half_the_size_of_its_numbers_in_words():
    known = Point("p", {}, tuple(range(2**62, 2**62 + 40)), (), Sparse(tuple(range(2**31, 2**31 + 40)), (0.15811388300841897,) * 40))
    words = json.dumps([list(known.tokens), list(known.grams.indices), list(known.grams.values)])
    assert len(json.dumps(row(known))) < len(words) * 0.55
