"""Tokens tagged with what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.spans import tag
from engine.request.tokens import clean, tokenise
from tests.engine.request.reading_room import KNOWN, LEXICON


def kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, span.text) for span in tag(tokenise(text), LEXICON, KNOWN)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stop web-01", [("action", "stop"), ("estate", "web-01")]),
        ("stop web-99", [("action", "stop"), ("unknown", "web-99")]),
        ("the stop", [("filler", "the"), ("action", "stop")]),
        ("dev stop", [("environment", "dev"), ("word", "stop")]),
        ("search vms", [("question", "search"), ("type", "vms")]),
        ("stop search vms", [("action", "stop"), ("estate", "search"), ("type", "vms")]),
        ("stop data disks", [("action", "stop"), ("estate", "data"), ("type", "disks")]),
        ("stop vms owned by will", [("action", "stop"), ("type", "vms"), ("filler", "owned"), ("filler", "by"), ("estate", "will")]),
        ("stop will vms", [("action", "stop"), ("unsure", "will"), ("type", "vms")]),
        ("stop data and backup", [("action", "stop"), ("estate", "data"), ("filler", "and"), ("unsure", "backup")]),
        ("vms tagged keep", [("type", "vms"), ("filler", "tagged"), ("estate", "keep")]),
        ("keep vms", [("negation", "keep"), ("type", "vms")]),
        ("in acme dev eu", [("filler", "in"), ("estate", "acme dev eu")]),
        ("in production", [("filler", "in"), ("environment", "production")]),
        ("production account", [("estate", "production"), ("filler", "account")]),
        ("in eu-west-9", [("filler", "in"), ("region", "eu-west-9")]),
        ("env=dev", [("tag", "env=dev")]),
        ("7:30", [("word", "7:30")]),
        ("t3.large", [("size", "t3.large")]),
        ("second", [("ordinal", "second")]),
        ("three", [("number", "three")]),
        ("...", [("filler", "...")]),
        ("@escher stop", [("chat", "@escher"), ("action", "stop")]),
        ("i-0123456789abcdef0", [("unknown", "i-0123456789abcdef0")]),
    ],
)
def test_kinds(text, expected):
    assert kinds(text) == expected


@given(st.text(max_size=200))
def test_every_token_is_in_exactly_one_span(text):
    tokens = tokenise(clean(text))
    spans = tag(tokens, LEXICON, KNOWN)
    assert [span.start for span in spans] == [0, *[span.end for span in spans[:-1]]] if spans else not tokens
    assert not spans or spans[-1].end == len(tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can u", [("polite", "can you")]),
        ("vms w/o tags", [("type", "vms"), ("flag", "w/o tags")]),
        ('"u"', [("unknown", "u")]),
        ("zonk b2ms", [("word", "zonk"), ("size", "b2ms")]),
    ],
)
def test_short_words(text, expected):
    assert [kind for kind, _ in kinds(text)] == [kind for kind, _ in expected]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("vm named snapshot", "estate"), ("is snapshot running", "estate"), ("is the snapshot done", "type"), ("delete snapshot", "type")],
)
def test_a_name_that_is_a_kind_too(text, kind):
    known = {"snapshot": frozenset({"name"})}
    assert next(span.kind for span in tag(tokenise(text), LEXICON, known) if span.text == "snapshot") == kind
