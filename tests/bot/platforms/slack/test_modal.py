"""Cards and forms as modals, and what was filled in."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Code, Column, Field, File, Table, Text
from bot.platforms.platform import Place
from bot.platforms.slack import modal
from bot.platforms.slack.limits import VIEW, check_view
from bot.platforms.slack.pressed import Context, recalled, written
from tests.bot.platforms import gallery, golden
from tests.bot.platforms.slack.cards import actions, cards
from tests.bot.platforms.slack.stage import values

PLACE = Place("slack", "C0OPS", "1700000000.000100")


def choices(count: int) -> tuple[tuple[str, str, str], ...]:
    return tuple((f"r{number}", f"machine {number}", "running") for number in range(count))


@pytest.mark.parametrize("verb", sorted(gallery.FORMS))
def test_each_form_has_its_golden(verb: str) -> None:
    view = modal.form(gallery.FORMS[verb], PLACE)
    check_view(view)
    golden.check(f"slack/form-{verb}.json", json.dumps(view, indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", ["details", "sheet", "resource"])
def test_each_sheet_has_its_golden(name: str) -> None:
    view, _ = modal.sheet(gallery.GALLERY[name], PLACE)
    check_view(view)
    golden.check(f"slack/modal-{name}.json", json.dumps(view, indent=1, ensure_ascii=False) + "\n")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cards)
def test_no_card_breaks_a_limit(card: Card) -> None:
    check_view(modal.sheet(card, PLACE)[0])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(actions.filter(lambda action: bool(action.form and written(action, PLACE.thread))))
def test_no_form_breaks_a_limit(action: Action) -> None:
    check_view(modal.form(action, PLACE))


@given(st.text(max_size=5000))
def test_any_message_can_be_asked_about(text: str) -> None:
    check_view(modal.ask(PLACE, text))


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Field("f", "F"), "plain_text_input"),
        (Field("f", "F", choices=choices(10)), "radio_buttons"),
        (Field("f", "F", choices=choices(11)), "static_select"),
        (Field("f", "F", choices=choices(10), many=True), "checkboxes"),
        (Field("f", "F", choices=choices(100), many=True), "multi_static_select"),
        (Field("f", "F", choices=choices(101), many=True), "multi_external_select"),
        (Field("f", "F", choices=choices(101)), "external_select"),
        (Field("f", "F", choices=choices(101), many=True, picked=("r1",)), "multi_static_select"),
        (Field("f", "F", lookup=True), "external_select"),
    ],
)
def test_a_field_is_asked_by_what_it_holds(field: Field, kind: str) -> None:
    (block,) = modal.inputs([field], VIEW)
    assert block["element"]["type"] == kind


def test_many_choices_stand_in_groups() -> None:
    (block,) = modal.inputs([Field("f", "F", choices=choices(250), many=True, picked=("r0", "r249"))], VIEW)
    assert [group["label"]["text"] for group in block["element"]["option_groups"]] == ["1 to 100", "101 to 200", "201 to 250"]
    assert [option["value"] for option in block["element"]["initial_options"]] == ["r0", "r249"]


def test_a_thousand_long_choices_fit_without_their_details_and_more_are_told_of() -> None:
    long = tuple((f"/subscriptions/{number}/" + "x" * 200, f"vm-{number}" + "y" * 70, "running " * 9) for number in range(3000))
    field = Field("targets", "Targets", choices=long, many=True, picked=tuple(value for value, _, _ in long))
    view = modal.form(Action("fewer", "plan-1", "Choose targets", form=(field,)), PLACE)
    check_view(view)
    assert "Name the others in a message instead." in json.dumps(view)
    offered = [option for group in view["blocks"][0]["element"]["option_groups"] for option in group["options"]]
    assert len(offered) == 300
    assert "description" not in offered[0]


def test_what_was_picked_before_is_picked() -> None:
    one, text = modal.inputs([Field("f", "F", choices=choices(3), picked=("r1",)), Field("g", "G", picked=("said",))], VIEW)
    assert one["element"]["initial_option"]["value"] == "r1"
    assert text["element"]["initial_value"] == "said"


def test_what_was_filled_in_comes_back_by_field() -> None:
    asked = Action(
        "v",
        "s",
        "Go",
        form=(Field("why", "Why"), Field("one", "One", choices=choices(3)), Field("all", "All", choices=choices(12), many=True)),
    )
    view = modal.form(asked, PLACE)
    filled = dict(view) | {"state": {"values": values(view, {"why": ("so",), "one": ("r2",), "all": ("r0", "r11")})}}
    assert modal.fields(filled) == {"why": ("so",), "one": ("r2",), "all": ("r0", "r11")}
    nothing = dict(view) | {"state": {"values": values(view, {})}}
    assert modal.fields(nothing) == {"why": (), "one": (), "all": ()}
    assert recalled(view) == Context("C0OPS", PLACE.thread, "v", "s")


def test_choices_longer_than_slack_takes_come_back_whole() -> None:
    long = tuple((f"/subscriptions/{number}/" + "x" * 200, f"vm-{number}", "") for number in range(3))
    field = Field("targets", "Targets", choices=(*long, ("#1", "odd", "")), many=True)
    (block,) = modal.inputs([field], VIEW)
    given_back = {"targets": tuple(option["value"] for option in block["element"]["options"]), "note": ("#1 is it",)}
    assert modal.digested(given_back)
    assert modal.resolved(given_back, [field]) == {"targets": tuple(value for value, _, _ in field.choices), "note": ("#1 is it",)}
    assert modal.resolved(given_back, [Field("targets", "Targets", choices=long[:1], many=True)]) is None
    assert not modal.digested({"targets": ("r1",)})


def test_a_card_with_one_form_has_its_fields_in_itself() -> None:
    card = Card(
        "sheet",
        "37 machines",
        blocks=(Text("x"),),
        actions=(Action("sheet", "s", "Search", form=(Field("words", "Words"),)), Action("csv", "s", "CSV")),
    )
    view, _ = modal.sheet(card, PLACE)
    assert (view["callback_id"], view["submit"]["text"]) == (modal.FORM, "Search")
    assert view["blocks"][-1]["type"] == "input"
    assert recalled(view) == Context("C0OPS", PLACE.thread, "sheet", "s")
    two, _ = modal.sheet(Card("sheet", "t", actions=(*card.actions[:1], *card.actions[:1])), PLACE)
    assert two["callback_id"] == modal.SHEET
    assert "submit" not in two


def test_what_does_not_fit_a_modal_is_sent_as_a_file() -> None:
    rows = tuple((f"machine-{number:05}", "running" if number % 2 else "stopped") for number in range(3000))
    card = Card("details", "Everything", blocks=(Table((Column("Name"), Column("State")), rows, "All", shown=3000), Code("x" * 5000)))
    view, files = modal.sheet(card, PLACE)
    check_view(view)
    assert [file.name for file in files] == ["card.txt"] or [file.name for file in files] == ["code-1.txt", "card.txt"]
    assert "machine-02999" in files[-1].text
    assert "Sent to you directly" in json.dumps(view)


def test_a_cards_own_files_are_told_of() -> None:
    view, files = modal.sheet(Card("details", "Rows", files=(File("rows.csv", "a,b\n"),)), PLACE)
    assert [file.name for file in files] == ["rows.csv"]
    assert "Sent to you directly: rows.csv." in json.dumps(view)
