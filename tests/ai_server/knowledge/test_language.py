"""Phrases in messages."""

from __future__ import annotations

import pytest

from ai_server.knowledge.language import Phrase, Span, Text, outermost


@pytest.mark.parametrize(
    ("phrase", "message", "there"),
    [
        ("stop", "please STOP g1", True),
        ("stop", "stopped", False),
        ("turn … off", "turn the five dev boxes off", True),
        ("turn … off", "turn off", True),
        ("turn … off", "off and turn", False),
        ("turn … off", "turn a b c d e f g h i off", False),
        ("don't", "don\u2019t", True),
        ("azure", "Azure's", True),
        ("what's the command", "whats the command", False),
        ("what's the command", "What\u2019s the command?", True),
        ("stop", "\uff53\uff54\uff4f\uff50 g1", True),
    ],
)
def test_phrases(phrase, message, there):
    assert Text.of(message).has([Phrase.of(phrase)]) is there


def test_the_longer_name_hides_the_shorter():
    found = [(Span(0, 1), "disk"), (Span(0, 2), "disk snapshot"), (Span(3, 4), "vm")]
    assert [what for _, what in outermost(found)] == ["disk snapshot", "vm"]
