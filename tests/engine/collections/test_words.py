"""Words, and what counts as said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.collections.words import fit, words

WORD = st.text("abcdefghij", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stop mailer-web_01, stop!", ("stop", "mailer", "web", "01")),
        ("Größe ÄNDERN", ("grösse", "ändern")),
        ("база данных №7", ("база", "данных", "no7")),
        ("10.0.0.1", ("10", "0", "1")),
        ("", ()),
        ("—…!", ()),
    ],
)
def test_words_are_folded_and_stand_once(text, found):
    assert words(text) == found


@given(st.lists(WORD, min_size=1, max_size=5), st.lists(WORD, max_size=10))
def test_what_is_said_fits_wholly_and_what_is_strange_not_at_all(asked, more):
    assert fit(asked, [*more, *asked]) == 1
    assert fit([*asked, "zzzzz"], [*more, *asked]) == 0


@given(st.lists(WORD, min_size=1, max_size=3), st.lists(WORD, max_size=5))
def test_a_fit_is_between_none_and_whole(asked, said):
    assert 0 <= fit(asked, said) <= 1


@pytest.mark.parametrize(("asked", "said", "fits"), [("mail", "mailer", True), ("checkuot", "checkout", True), ("ma", "mx", False)])
def test_beginnings_and_slips_fit_a_little(asked, said, fits):
    assert (0 < fit([asked], [said]) < 1) is fits


def test_nothing_asked_fits_nothing():
    assert fit([], ["a"]) == 0
