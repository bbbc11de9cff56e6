"""How far words and names are from each other by slips of the finger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.slips import FAR, between_names, distance

NAMES = st.from_regex(r"[a-z]{2,9}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("stop", "stop", 0), ("stpo", "stop", 1), ("sop", "stop", 1), ("stoop", "stop", 1), ("step", "stop", 1), ("stop", "start", 3), ("a", "abcd", FAR)],
)  # fmt: skip
def test_letters_dropped_added_changed_and_swapped(one, other, far):
    assert distance(one, other) == far


@pytest.mark.parametrize(
    ("said", "name", "slips"),
    [
        ("checkout-web-01", "Checkout_Web_01", 0),
        ("checkoutweb01", "checkout-web-01", 0),
        ("chekout-web-01", "checkout-web-01", 1),
        ("chekuot-seach-01", "checkout-search-01", 3),
        ("ledgr-db", "ledger-db", 1),
        # what tells one thing from its neighbour is more than a slip
        ("checkout-web-02", "checkout-web-01", FAR),
        ("web-1-1", "web-11", FAR),
        ("app-deb", "app-dev", FAR),
        ("app-dev", "app-prod", FAR),
        ("web-checkout-01", "checkout-web-01", FAR),
        ("checkout-01", "checkout-web-01", FAR),
        ("checkout-web-01-old", "checkout-web-01", FAR),
        ("billing", "bxllxng-y", FAR),
        ("", "", FAR),
        ("---", "web", FAR),
    ],
)
def test_only_slips_are_slips(said, name, slips):
    assert between_names(said, name) == slips


@given(NAMES)
def test_a_name_is_itself_whatever_its_case_and_marks(name):
    assert between_names(name.upper().replace("-", "_"), name) == 0


@given(NAMES, NAMES)
def test_it_is_the_same_both_ways(one, other):
    assert between_names(one, other) == between_names(other, one)


@given(NAMES, NAMES)
def test_numbers_are_never_looked_past(one, other):
    if between_names(one, other) < FAR:
        assert [digit for digit in one if digit.isdigit()] == [digit for digit in other if digit.isdigit()]
