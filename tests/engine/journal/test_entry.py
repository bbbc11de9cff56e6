"""The chain of entries, as properties."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.journal.entry import GENESIS, Entry, canonical, link

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=6
)
BODIES = st.dictionaries(st.text(max_size=8), JSON, max_size=4)


@settings(max_examples=40)
@given(st.lists(BODIES, min_size=1, max_size=5))
def test_each_entry_follows_the_one_before_and_survives_json(bodies):
    last: Entry | None = None
    for body in bodies:
        entry = link((last.sequence, last.hash) if last else (0, GENESIS), "2026-01-01T00:00:00+00:00", "k", body)
        assert entry.is_true()
        assert entry.follows(last)
        assert Entry.from_json(entry.to_json()) == entry
        last = entry


@pytest.mark.parametrize("change", [{"sequence": 2}, {"at": "x"}, {"kind": "x"}, {"body": {"a": 2}}, {"previous": "1" * 64}])
def test_any_change_makes_an_entry_untrue(change):
    entry = link((0, GENESIS), "t", "k", {"a": 1})
    assert not dataclasses.replace(entry, **change).is_true()


def test_an_entry_of_another_chain_does_not_follow():
    first = link((0, GENESIS), "t", "k", {})
    other = link((0, GENESIS), "t", "k", {"other": True})
    assert not link((1, other.hash), "t", "k", {}).follows(first)
    assert not first.follows(first)


def test_canonical_json_does_not_depend_on_order_and_refuses_nan():
    assert canonical({"b": 1, "a": "ä"}) == canonical({"a": "ä", "b": 1}) == '{"a":"ä","b":1}'.encode()
    with pytest.raises(ValueError):
        canonical(float("nan"))


def test_a_body_hashes_as_what_it_is_read_back_as():
    entry = link((0, GENESIS), "t", "k", {"t": (1, 2)})
    assert entry.body == {"t": [1, 2]}
    assert entry.is_true()
