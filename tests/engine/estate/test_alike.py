"""Which name is meant by a mistyped one: slips, parts left out, moved and run together, and numbers that are no slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.estate.alike import alike, slips
from engine.request.slips import FAR, distance

NAMES = st.from_regex(r"[a-z]{2,9}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)


@pytest.mark.parametrize(
    ("said", "meant", "others"),
    [
        # a slip is nearer than a part too many, too few, or another order
        ("prod-audti-db-01", "prod-audit-db-01", ["audit-db-01", "prod-audit-db-02", "db-audit-prod-01"]),
        # a part left out is nearer than another part in its place
        ("checkout-02", "checkout-web-02", ["checkout-01", "billing-02", "checkout-web-12"]),
        ("replay-vol-06", "replay-vol-prod-06", ["replay-db-06", "replay-vol-05"]),
        # parts moved are nearer than others
        ("web checkout 02", "checkout-web-02", ["checkout-web-01", "web-02", "web-search-02"]),
        # of two orders, the one that is kept
        ("catalog-lvie-db-stg-04", "catalog-live-db-stg-04", ["stg-catalog-live-db-04", "db-catalog-live-stg-04"]),
        # the same word twice
        ("ingest-ingset-03", "ingest-ingest-03", ["ingest-03", "ingest-api-03"]),
        # run together and apart
        ("checkoutweb02", "checkout-web-02", ["checkout-web-01", "checkout-02"]),
        ("check out web 02", "checkout-web-02", ["checkout-web-01", "web-02"]),
        # a number is never a slip
        ("web-112", "web-112-a", ["web-113", "web-12"]),
        ("chekout-web-07-x", "checkout-web-07", ["checkout-web-08-x"]),
    ],
)
def test_the_name_that_is_meant_is_the_likest(said, meant, others):
    scores = {name: alike(said, name) for name in (meant, *others)}
    assert all(scores[meant] > scores[name] for name in others), scores


def test_another_number_is_less_alike_than_a_slip_and_still_alike():
    slip, other = alike("chekout-web-01", "checkout-web-01"), alike("web-checkout-07", "checkout-web-01")
    assert slip > 0.9 > other > 0.45
    assert alike("web-7", "7-web") > alike("web-7", "web-8")


@pytest.mark.parametrize("nothing", ["", "---", "!"])
def test_what_has_no_letters_is_like_nothing(nothing):
    assert (alike(nothing, "web"), alike("web", nothing)) == (0.0, 0.0)


@given(NAMES)
def test_a_name_is_itself_whatever_its_case_and_marks(name):
    assert alike(name.upper().replace("-", "_"), name) == 1.0


@given(NAMES, NAMES)
def test_it_is_between_0_and_1_and_1_for_the_same_words_alone(one, other):
    assert 0.0 <= alike(one, other) <= 1.0
    assert (alike(one, other) == 1.0) == (one == other)


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_slips_are_counted_as_the_table_counts_them(one, other):
    """The reference is the textbook's table (`request.slips`), which gives up where the lengths differ by more than two."""
    counted = slips(one, other)
    assert counted == slips(other, one)
    assert counted == distance(one, other) if distance(one, other) < FAR else counted > 2
