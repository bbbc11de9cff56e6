"""Tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.tokens import clean, phrases, tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stop web-01.", ["Stop", "web-01", "."]),
        ("all dev vms: stop", ["all", "dev", "vms", ":", "stop"]),
        ("priya's vms", ["priya", "'s", "vms"]),
        ("what's up", ["what's", "up"]),
        ("stop 'web-01'", ["stop", "web-01"]),
        ('stop "my web"', ["stop", "my web"]),
        ("stop `web-01`!!!", ["stop", "web-01", "!"]),
        ("env=dev,tier:gold", ["env=dev", ",", "tier:gold"]),
        ("arn:aws:s3:::b/", ["arn:aws:s3:::b/"]),
        ("", []),
    ],
)
def test_words(text, words):
    assert [token.text for token in tokenise(text)] == words


def test_a_quoted_token_says_so():
    assert [token.quoted for token in tokenise('stop "web-01"')] == [False, True]


def test_cleaning_takes_away_what_cannot_be_seen():
    assert clean(" st\u200bop\u202e web\u201901 \ufb01\x00") == "st op  web'01 fi"


def test_phrases_hold_every_run_and_the_halves_of_a_pair():
    assert set(phrases(tokenise("a b k=v"))) == {"a", "b", "a b", "b k=v", "a b k=v", "k=v", "k", "v"}


@given(st.text(max_size=300))
def test_every_token_stands_where_it_says(text):
    cleaned = clean(text)
    for token in tokenise(cleaned):
        assert 0 <= token.start <= token.end <= len(cleaned)
        assert token.quoted or cleaned[token.start : token.end].startswith(token.text[:1])
