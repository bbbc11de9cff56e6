"""Sentences that only look like wishes or questions."""

from __future__ import annotations

import pytest

from engine.request.spans import tag
from engine.request.tokens import clean, tokenise
from engine.request.voice import voiced
from engine.request.wording import ENGLISH, lets_be, mistyped, not_a_wish
from tests.engine.request.reading_room import KNOWN, LEXICON


def spans(text: str):
    return voiced(tag(tokenise(clean(text)), LEXICON, KNOWN), LEXICON)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("stpo web-01", "stop"),
        ("restrt web-01", "restart"),
        ("terminat web-01", "terminate"),
        ("make web-01 public", ""),
        ("xyz web-01", ""),
        ("stpo", ""),
        ("please", ""),
    ],
)
def test_typing_mistakes_in_verbs(text, verb):
    assert mistyped(spans(text), LEXICON) == verb


@pytest.mark.parametrize(
    "text",
    [
        "arrête toutes les vms de dev",
        "stoppe die dev vms",
        "apaga las maquinas",
        "ferma le vm di test",
        "останови все машины",
        "開発環境のVMを停止して",
    ],
)
def test_other_languages_are_told_so(text):
    assert not_a_wish(text, spans(text), LEXICON) == ENGLISH


@pytest.mark.parametrize(
    "text", ["vms in los angeles", "alle?", "the payment things", "dev vms", "flaky vms in dev", "naïve vms", "web-01"]
)
def test_what_may_be_a_question_is_none_of_them(text):
    assert not_a_wish(text, spans(text), LEXICON) == ""


@pytest.mark.parametrize("text", ["fix web-01", "make them public", "yeet the dev vms", "frobnicate all dev vms"])
def test_an_unknown_verb_is_asked_back(text):
    assert "as something to do" in not_a_wish(text, spans(text), LEXICON)


@pytest.mark.parametrize("text", ["fix web-01?", "flaky vms", "payments", "zonk9 web-01"])
def test_an_unknown_word_alone_is_no_verb(text):
    assert "as something to do" not in not_a_wish(text, spans(text), LEXICON)


def test_a_verb_with_a_slip_is_offered():
    assert "Did you mean “stop”?" in not_a_wish("stpo web-01", spans("stpo web-01"), LEXICON)


@pytest.mark.parametrize(
    ("text", "let_be"),
    [
        ("leave the dev vms alone", True),
        ("keep web-01 running", True),
        ("not that one", True),
        ("keep only the idle ones", False),
        ("not in prod", False),
        ("not", False),
        ("except prod", False),
    ],
)
def test_things_let_be(text, let_be):
    assert lets_be(spans(text)) is let_be
