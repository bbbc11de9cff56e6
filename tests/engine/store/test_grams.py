"""Names as bags of letters: what is alike, and what decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.grams import grams, likeness, normalised, ranked


def test_grams_of_a_name():
    assert normalised("Checkout-Web_01") == "checkout web 01"
    assert normalised("Zürich") == "zurich"
    assert grams("ab") == {"^a", "ab", "b$", "^ab", "ab$"}
    assert grams("") == frozenset()


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_even_handed_and_between_0_and_1(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1.0000001
    assert likeness(one, one) == pytest.approx(1 if grams(one) else 0)


def test_the_rarer_gram_decides():
    names = {str(n): grams(f"web-{n:02d}") for n in range(20)} | {"db": grams("web-ledger")}
    assert ranked("web ledgr", names)[0][0] == "db"
    assert ranked("zzz", names) == []
