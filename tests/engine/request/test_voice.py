"""Sentences put into one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.spans import tag
from engine.request.tokens import clean, tokenise
from engine.request.voice import voiced
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
        ("web-01 idles, please turn it off", ["stop"]),
        ("make pg-main highly available", ["enable_multi_az"]),
        ("make web-01 smaller", ["resize"]),
        ("put web-01 to sleep", ["stop"]),
        ("change web-01 to t3.small", ["resize"]),
        ("move web-01 onto t3.small", ["resize"]),
        ("change web-01", []),
        ("set owner=will on web-01", ["tag"]),
        ("set web-01", []),
        ("hibernate web-01", ["stop"]),
        ("kick web-01", ["restart"]),
        ("can u nuke web-01", ["terminate"]),
        ("we don't need web-01 anymore, stop it", ["stop"]),
    ],
)
def test_wishes(text, actions):
    assert [span.value for span in spans(text) if span.kind == "action"] == actions


@given(st.lists(st.sampled_from(sorted(LEXICON.phrases)).map(" ".join), max_size=12).map(" ".join))
def test_nothing_is_lost(text):
    before = tag(tokenise(clean(text)), LEXICON, KNOWN)
    assert [(span.start, span.end, span.text) for span in voiced(before, LEXICON)] == [(span.start, span.end, span.text) for span in before]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("we don't need you to stop web-01", "forbidding"),
        ("we don't need web-01, and want to stop it", "unneeded"),
        ("i dont need to stop web-01", "forbidding"),
    ],
)
def test_no_need(text, kind):
    assert spans(text)[0].kind == kind
