"""Conditions, points and records between the contract and Qdrant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qdrant_client import models

from engine.errors import Corrupted
from engine.store.memory import _holds
from engine.store.server import translation
from engine.store.server.translation import (
    MOST_BYTES,
    MOST_POINTS,
    filter_of,
    folded,
    next_page,
    pieces,
    point_of,
    selected,
    stored_of,
    struct_of,
)
from engine.store.store import PAGE, Point, Sparse, every, has

KEY = "00000000-0000-4000-8000-000000000001"
TOKENS = (0, 1, 2)
conditions = st.recursive(
    st.lists(st.sampled_from(TOKENS), max_size=2).map(has),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(every),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda x: {"not": x}),
    ),
    max_leaves=8,
)


@given(conditions, st.frozensets(st.sampled_from(TOKENS)))
def test_folding_changes_no_meaning_and_leaves_nothing_empty(condition, tokens):
    left = folded(condition)
    if isinstance(left, bool):
        assert left is _holds(condition, tokens)
    else:
        assert _holds(left, tokens) is _holds(condition, tokens)
        assert no_empty(left)


def no_empty(condition):
    match condition:
        case {"has": tokens}:
            return bool(tokens)
        case {"not": part}:
            return no_empty(part)
        case {"all": parts} | {"any": parts}:
            return len(parts) > 1 and all(map(no_empty, parts))


@pytest.mark.parametrize("odd", [{}, {"some": []}, {"has": 1}, {"all": [{"has": "x"}]}, {"not": []}, []])
def test_what_is_no_condition_is_refused(odd):
    with pytest.raises(ValueError, match="no condition"):
        folded(odd)


def test_filters_are_qdrants():
    one = models.FieldCondition(key="tokens", match=models.MatchAny(any=[1, 2]))
    other = models.FieldCondition(key="tokens", match=models.MatchAny(any=[2**63 - 1]))
    assert filter_of(has([2, 1])) == models.Filter(must=[one])
    assert filter_of({"not": has([1, 2])}) == models.Filter(must_not=[one])
    assert filter_of({"any": [has([1, 2]), has([2**63 - 1])]}) == models.Filter(should=[one, other])
    nested = every([has([1, 2]), {"not": {"any": [has([1, 2]), has([2**63 - 1])]}}])
    inner = models.Filter(must_not=[models.Filter(should=[one, other])])
    assert filter_of(nested) == models.Filter(must=[one, inner])


def test_keys_are_quoted():
    assert selected(None) == ["data"]
    assert selected(None, tokens=True) == ["data", "tokens"]
    assert selected(["mark", "a.b"], tokens=True) == ['data."mark"', 'data."a.b"', "tokens"]
    assert selected([]) == []


texts = st.text(max_size=5)
numbers = st.floats(-1e3, 1e3, width=32)
points = st.builds(
    Point,
    id=st.uuids().map(str),
    payload=st.dictionaries(texts, texts, max_size=3),
    tokens=st.lists(st.integers(0, 2**63 - 1), max_size=3).map(tuple),
    facets=st.lists(st.integers(0, 2**63 - 1), max_size=3, unique=True).map(tuple),
    grams=st.dictionaries(st.integers(0, 2**32 - 1), numbers, max_size=3).map(lambda made: Sparse(tuple(made), tuple(made.values()))),
    vector=st.lists(numbers, max_size=3).map(tuple),
    order=st.integers(-(2**53), 2**53),
)


@given(points)
def test_a_point_goes_and_comes_back_whole(point):
    struct = struct_of(point)
    sent = models.PointStruct.model_validate_json(struct.model_dump_json())
    record = models.Record(id=sent.id, payload=sent.payload, vector=sent.vector)
    assert point_of("c", record) == point
    stored = stored_of("c", record)
    assert (stored.id, stored.payload, stored.tokens, stored.score) == (point.id, point.payload, point.tokens, 0.0)


def test_a_facet_given_twice_is_sent_once():
    assert struct_of(Point(KEY, {}, facets=(3, 1, 3))).payload["facets"] == [3, 1]


def test_a_score_comes_along():
    found = models.ScoredPoint(id=KEY, version=1, score=0.5, payload={"data": {"a": "b"}})
    assert stored_of("c", found).score == 0.5


ALIEN = [None, {}, {"data": None}, {"data": "x"}, {"data": {"a": 1}}, {"data": ["a"]}, {"color": "red"}]


@pytest.mark.parametrize("payload", ALIEN)
def test_a_point_that_is_not_ours_is_named(payload):
    record = models.Record(id=KEY, payload=payload)
    for read in (stored_of, point_of):
        with pytest.raises(Corrupted, match=f"things/{KEY}") as raised:
            read("things", record)
        assert raised.value.what == f"things/{KEY}"


def test_a_part_of_a_payload_may_be_nothing():
    assert stored_of("c", models.Record(id=KEY, payload={}), whole=False).payload == {}
    assert stored_of("c", models.Record(id=KEY, payload=None), whole=False).payload == {}


def test_an_order_that_is_no_number_is_not_ours():
    with pytest.raises(Corrupted):
        point_of("c", models.Record(id=KEY, payload={"data": {}, "order": "first"}))


@given(st.lists(st.integers(0, 3 * MOST_BYTES // 2), max_size=8), st.integers(0, 200))
def test_pieces_hold_everything_in_turn_and_no_more_than_a_request_carries(sizes, small):
    made = [Point(str(number), {"x": Repeated(size)}) for number, size in enumerate([*sizes, *[1] * small])]
    cut = list(pieces(made))
    assert [point for piece in cut for point in piece] == made
    for piece in cut:
        assert 1 <= len(piece) <= MOST_POINTS
        assert len(piece) == 1 or sum(len(point.payload["x"]) for point in piece) <= MOST_BYTES


class Repeated(str):
    """A text that only says how long it is."""

    __slots__ = ("length",)

    def __new__(cls, length):
        made = super().__new__(cls)
        made.length = length
        return made

    def __len__(self):
        return self.length


def test_text_that_grows_as_json_weighs_more():
    several = [Point(str(n), {"x": "é" * (MOST_BYTES // 10)}) for n in range(4)]
    assert [len(piece) for piece in pieces(several)] == [1, 1, 1, 1]
    assert [len(piece) for piece in pieces([Point(str(n), {"x": "e" * (MOST_BYTES // 10)}) for n in range(4)])] == [4]
    assert list(pieces([])) == []


def test_pages_grow_with_small_records_and_shrink_with_large_ones():
    def record(size):
        return models.Record(id=KEY, payload={"data": {"x": "y" * size}})

    assert next_page([record(10)] * 64) == PAGE
    assert next_page([record(MOST_BYTES // 10)] * 64) == 9
    assert next_page([record(3 * MOST_BYTES)]) == 1
    assert next_page([]) == PAGE
    assert next_page([models.Record(id=KEY, payload=None)]) == PAGE
    assert translation.MOST_BYTES < 32 << 20, "a server's own bound on a request"
