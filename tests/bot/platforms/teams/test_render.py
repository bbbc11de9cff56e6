"""Cards as Adaptive Cards: one golden a kind, the schema, and what a tired person must not miss."""

from __future__ import annotations

import pytest

from bot.cards.card import Action, Card, Code, Column, Facts, Note, Progress, Step, Table, Text
from bot.platforms.teams.render import View, adaptive, plain_title
from bot.platforms.teams.task import form_card, look_card
from tests.bot.platforms import gallery, golden
from tests.bot.platforms.teams.schema import complaints
from tests.bot.platforms.teams.service import labelled, texts
from tests.bot.platforms.teams.stage import dumped

SHARED = View(deciding=False, refreshers=("29:lena", "29:omar"))


@pytest.mark.parametrize("kind", gallery.GALLERY)
def test_each_kind_of_card_is_as_it_was(kind):
    golden.check(f"teams/{kind}.json", dumped(adaptive(gallery.GALLERY[kind])))


def test_what_everybody_sees_and_what_a_modal_shows_are_as_they_were():
    golden.check("teams/plan-shared.json", dumped(adaptive(gallery.plan("plan-1"), SHARED)))
    golden.check("teams/plan-refused.json", dumped(adaptive(gallery.plan("plan-1"), View(answer=gallery.refusal()))))
    golden.check("teams/details-modal.json", dumped(look_card(gallery.details())))
    golden.check("teams/sheet-modal.json", dumped(look_card(gallery.sheet())))
    golden.check("teams/deny-modal.json", dumped(form_card(gallery.FORMS["deny"])))


@pytest.mark.parametrize("kind", gallery.GALLERY)
def test_every_card_keeps_to_the_schema(kind):
    card = gallery.GALLERY[kind]
    for drawn in (adaptive(card), adaptive(card, SHARED), adaptive(card, View(whole=True, private=True)), look_card(card)):
        assert complaints(drawn) == []
        assert drawn["version"] == "1.5"


def test_production_is_said_in_a_word_and_in_colour():
    drawn = adaptive(gallery.plan("plan-1", environment="production"))
    marks = drawn["body"][0]["items"][0]["inlines"]
    assert [(one["text"], one["color"]) for one in marks] == [("PRODUCTION", "attention"), (" · Waiting", "accent")]
    assert "PRODUCTION" not in texts(adaptive(gallery.plan("plan-1", environment="development")))
    assert plain_title(gallery.plan("plan-1", environment="production")).endswith("(Waiting, PRODUCTION)")


def test_everybody_sees_the_state_and_only_looks_while_those_who_decide_refresh():
    card = Card("plan", "Stop", actions=(Action("approve", "p.1", "Approve"), Action("details", "p.1", "Details", opens=True)), subject="p")
    shared = adaptive(card, SHARED)
    assert [one["title"] for one in shared["actions"]] == ["Details"]
    assert shared["refresh"]["userIds"] == ["29:lena", "29:omar"]
    assert shared["refresh"]["action"]["data"] == {"escher": {"verb": "escher.refresh", "subject": "p", "card": "p"}}
    assert "refresh" not in adaptive(card)


def test_a_button_carries_what_it_means_and_has_a_fallback():
    card = Card("plan", "Stop", actions=(Action("approve", "p.1", "Approve", "primary"),), subject="p")
    approve = labelled(adaptive(card), "Approve")
    assert approve["data"] == {"escher": {"verb": "approve", "subject": "p.1", "card": "p"}}
    assert (approve["type"], approve["verb"], approve["style"]) == ("Action.Execute", "approve", "positive")
    assert approve["fallback"] == {"type": "Action.Submit", "title": "Approve", "style": "positive", "data": approve["data"]}


def test_more_buttons_than_teams_shows_go_behind_the_dots():
    actions = tuple(Action("v", str(i), f"B{i}") for i in range(8))
    assert [one.get("mode") for one in adaptive(Card("text", "t", actions=actions))["actions"]] == [None] * 5 + ["secondary"] * 3


def test_failures_stand_first_and_the_rest_is_counted():
    steps = tuple(Step(f"m{i}", "failed" if i == 19 else "done") for i in range(20))
    said = texts(adaptive(Card("progress", "Stopping", blocks=(Progress(19, 20, steps),)))).split("\n")
    assert said[1].endswith("19 of 20 done")
    assert said[2] == "failed  m19"
    assert said[-1] == "and 8 more"


def test_no_steps_at_all_divide_by_nothing():
    assert "0 of 0 done" in texts(adaptive(Card("progress", "t", blocks=(Progress(0, 0, ()),))))


def test_code_keeps_its_lines_and_its_indentation():
    drawn = adaptive(Card("text", "t", blocks=(Code("{\n  a: *b*\n\n}", "Left"),)))
    lines = drawn["body"][2]["items"]
    assert [one["inlines"][0]["text"] for one in lines] == ["{", "\u00a0\u00a0a: *b*", "\u00a0", "}"]
    assert {one["inlines"][0]["fontType"] for one in lines} == {"Monospace"}


def test_a_note_has_its_word_where_the_head_has_not():
    assert "Warning: low disk" in texts(adaptive(Card("text", "t", blocks=(Note("low disk", "warning"),))))
    assert "Danger: no" not in texts(adaptive(Card("refusal", "t", "danger", blocks=(Note("no", "danger"),))))


def test_a_wide_table_becomes_lines_and_a_narrow_one_stays():
    columns = tuple(Column(name, numeric=name == "e", unit="s" if name == "e" else "") for name in "abcde")
    rows = (("x", "1", "p", "2", "3"), ("y", "1", "q", "4", "5"))
    wide = texts(adaptive(Card("table", "t", blocks=(Table(columns, rows, "C"),))))
    assert "b\n1" in wide
    assert "x  p · 2 · 3 s" in wide
    narrow = adaptive(Card("table", "t", blocks=(Table(columns[:2], (("x", "1"), ("y", "2")), "C"),)))
    assert narrow["body"][2]["type"] == "Table"


def test_a_table_says_how_many_it_leaves_out():
    table = Table((Column("n"), Column("v")), tuple((f"r{i}", str(i)) for i in range(9)), "C", shown=4, total=100)
    assert "and 96 more" in texts(adaptive(Card("table", "t", blocks=(table,))))
    assert "and 91 more" in texts(adaptive(Card("table", "t", blocks=(table,)), View(whole=True)))


def test_facts_that_could_be_markdown_are_lines_of_text():
    plain = adaptive(Card("text", "t", blocks=(Facts((("Name", "web-1"),)),)))
    marked = adaptive(Card("text", "t", blocks=(Facts((("Name", "**web**"),)),)))
    assert plain["body"][1]["type"] == "FactSet"
    assert marked["body"][1] == {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": "Name  ", "weight": "Bolder"}, {"type": "TextRun", "text": "**web**"}],
    }


def test_what_is_for_one_person_says_so():
    assert "Only you can see this." in texts(adaptive(Card("text", "t", footer="f"), View(private=True)))
    assert "Only you can see this." not in texts(adaptive(Card("text", "t", footer="f")))


def test_an_empty_card_is_still_a_card():
    assert complaints(adaptive(Card("text", "", blocks=(Text(""),)))) == []
