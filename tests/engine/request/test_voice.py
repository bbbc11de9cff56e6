"""Sentences put into one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.spans import tag
from engine.request.tokens import clean, tokenise
from engine.request.voice import mistyped, voiced
from tests.engine.request.reading_room import KNOWN, LEXICON


def spans(text: str):
    return voiced(tag(tokenise(clean(text)), LEXICON, KNOWN), LEXICON)


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("turn the dev boxes off", ["stop"]),
        ("would you mind turning the dev boxes back on", ["start"]),
        ("turn off and on", ["stop"]),
        ("please have web-01 shut down", ["stop"]),
        ("web-01 needs restarting", ["restart"]),
        ("web-01 must be deleted", ["delete"]),
        ("web-01 has been stopped", []),
        ("we have web-01 stopped", []),
        ("stopping web-01", []),
        ("stop restarting web-01", []),
        ("which vms should be stopped", []),
        ("stop web-01 but don't restart web-02", ["stop"]),
    ],
)
def test_wishes(text, actions):
    assert [span.value for span in spans(text) if span.kind == "action"] == actions


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("stpo web-01", "stop"),
        ("restrt web-01", "restart"),
        ("terminat web-01", "terminate"),
        ("make web-01 public", ""),
        ("xyz web-01", ""),
        ("stpo", ""),
    ],
)
def test_typing_mistakes_in_verbs(text, verb):
    assert mistyped(spans(text), LEXICON) == verb


@given(st.lists(st.sampled_from(sorted(LEXICON.phrases)).map(" ".join), max_size=12).map(" ".join))
def test_nothing_is_lost(text):
    before = tag(tokenise(clean(text)), LEXICON, KNOWN)
    assert [(span.start, span.end, span.text) for span in voiced(before, LEXICON)] == [(span.start, span.end, span.text) for span in before]
