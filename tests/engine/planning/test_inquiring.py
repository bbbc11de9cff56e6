"""What the AI server made of a question, as a selection."""

from __future__ import annotations

from engine.advisor.replies import Inquiry
from engine.estate.where import matches
from engine.planning.inquiring import selection_of
from tests.engine.execution.samples import vm


def test_every_word_is_a_condition():
    inquiry = Inquiry("list", types=("compute_instance",), clouds=("aws",), environments=("development",), states=("stopped", "running"))
    where = selection_of(inquiry).where
    assert matches(where, vm("a", "stopped", tags={"env": "dev"}))
    assert not matches(where, vm("a", "stopped", tags={"env": "prod"}))
    assert not matches(where, vm("a", "pending", tags={"env": "dev"}))


def test_words_nobody_knows_match_nothing():
    assert not matches(selection_of(Inquiry("count", flags=("made_up",))).where, vm("a"))


def test_a_question_about_nothing_selects_nothing():
    assert selection_of(Inquiry("count")).empty
