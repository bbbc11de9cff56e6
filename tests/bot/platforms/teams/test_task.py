"""Modals: forms that are asked and what is filled in, cards to look at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Field, File
from bot.platforms.teams.pressed import pressed
from bot.platforms.teams.task import filled, form_card, look_card, opened
from tests.bot.platforms.teams.schema import complaints
from tests.bot.platforms.teams.service import labelled, texts

CHOICES = (("r,1", "web-1", "running"), ("r%2", "**web**", ""))


def test_a_form_asks_for_its_fields_and_its_button_carries_what_it_means():
    action = Action("deny", "p.1", "Deny", "danger", form=(Field("reason", "Why not", multiline=True),))
    drawn = form_card(action)
    (asked,) = drawn["body"]
    assert complaints(drawn) == []
    assert (asked["type"], asked["id"], asked["isMultiline"], asked["isRequired"]) == ("Input.Text", "0.one.reason", True, True)
    value = {"data": {**labelled(drawn, "Deny")["data"], "0.one.reason": "no"}}
    press = pressed(value)
    assert press is not None
    assert (press.verb, press.subject, dict(press.fields)) == ("deny", "p.1", {"reason": ("no",)})


def test_ticked_values_come_back_one_by_one_even_with_commas():
    drawn = form_card(Action("fewer", "p", "Choose", form=(Field("targets", "T", choices=CHOICES, many=True, picked=("r,1",)),)))
    (asked,) = drawn["body"]
    values = [one["value"] for one in asked["choices"]]
    assert asked["value"] == values[0]
    assert filled({asked["id"]: ",".join(values)}, "0") == {"targets": ("r,1", "r%2")}


@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_any_values_survive_the_way_there_and_back(values):
    field = Field("t", "T", choices=tuple((one, one, "") for one in values), many=True)
    (asked,) = form_card(Action("v", "s", "L", form=(field,)))["body"]
    assert filled({asked["id"]: ",".join(one["value"] for one in asked["choices"])}, "0") == {"t": tuple(values)}


def test_names_of_choices_are_no_markdown():
    (asked,) = form_card(Action("v", "s", "L", form=(Field("t", "T", choices=CHOICES),)))["body"]
    assert [one["title"] for one in asked["choices"]] == ["web-1 · running", "∗∗web∗∗"]
    assert asked["style"] == "expanded"


def test_many_choices_of_one_are_a_list_to_search():
    choices = tuple((str(i), str(i), "") for i in range(9))
    (asked,) = form_card(Action("v", "s", "L", form=(Field("t", "T", choices=choices),)))["body"]
    assert (asked["style"], asked["isMultiSelect"]) == ("filtered", False)


def test_nothing_is_believed_but_the_forms_own_fields():
    said = {"0.one.a": "1", "1.one.a": "2", "login": "x", "0.odd.b": "3", "0.one.c": 4, "0.one.empty": "", "0.many.none": ""}
    assert filled(said, "0") == {"a": ("1",), "empty": (), "none": ()}
    assert filled(said, "1") == {"a": ("2",)}


def test_the_only_form_of_a_modal_is_asked_in_it_and_several_fold():
    one = Action("deny", "p", "Deny", form=(Field("reason", "Why"),))
    two = Action("find", "p", "Find", form=(Field("text", "What"),))
    plain = Action("next", "p", "Next")
    single = look_card(Card("sheet", "t", actions=(one, plain)))
    assert [row["type"] for row in single["body"]][-1] == "Input.Text"
    assert [row["type"] for row in single["actions"]] == ["Action.Submit", "Action.Submit"]
    both = look_card(Card("sheet", "t", actions=(one, two, plain)))
    assert [row["type"] for row in both["actions"]] == ["Action.ShowCard", "Action.ShowCard", "Action.Submit"]
    inner = both["actions"][1]["card"]
    assert inner["body"][0]["id"] == "1.one.text"
    press = pressed({"data": {**inner["actions"][0]["data"], "1.one.text": "db", "0.one.reason": "other"}})
    assert press is not None
    assert (press.verb, dict(press.fields)) == ("find", {"text": ("db",)})
    assert complaints(single) == complaints(both) == []


def test_files_stand_in_a_modal_as_text():
    assert "a.csv\nname\n1" in texts(look_card(Card("sheet", "t", files=(File("a.csv", "name\n1\n", "text/csv"),))))


def test_a_modal_has_a_title_that_fits():
    answer = opened("x" * 100, {"type": "AdaptiveCard"})
    assert answer["task"]["type"] == "continue"
    assert len(answer["task"]["value"]["title"]) == 64
