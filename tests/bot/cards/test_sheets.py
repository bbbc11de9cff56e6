"""Sheets: pages that fit together, orders that hold, words that filter, files that are no formulas."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.rows import why_all, why_these
from bot.cards.sheets import PAGE, View, asked, csv_card, listed, page_of, sheet_card
from tests.engine.execution.samples import vm

FARM = [
    vm(f"farm-{number:03}", "running" if number % 3 else "stopped", id=f"i-{number}", monthly_cost=float(number % 7))
    for number in range(60)
]

views = st.builds(
    View,
    source=st.just("answer-x"),
    page=st.integers(0, 99),
    sort=st.sampled_from(["", "Name", "-Name", "Cost", "-Cost", "State", "nonsense"]),
    words=st.text("farm-0123 xstop", max_size=12),
)


@given(views)
def test_a_view_travels_in_its_subject(view):
    again = View.of(view.subject)
    assert (again.source, again.words) == (view.source, view.words)
    assert again.page == view.page
    assert again.sort in (view.sort, "")


@given(st.text(max_size=60))
def test_any_subject_is_a_view(subject):
    card = sheet_card("t", FARM, View.of(subject))
    assert card.kind == "sheet"


@given(views)
def test_the_pages_together_are_the_list(view):
    kept = listed(FARM, view)
    pages = [page_of(FARM, View(view.source, number, view.sort, view.words)) for number in range(1, max(1, -(-len(kept) // PAGE)) + 1)]
    assert [one for page in pages for one in page] == kept


def test_costs_sort_by_number_and_downwards():
    costs = [one.monthly_cost for one in listed(FARM, View("x", sort="-Cost"))]
    assert costs == sorted(costs, reverse=True)


def test_a_form_begins_at_the_first_page_and_cannot_break_the_subject():
    view = asked(View("answer-x", 3, "", ""), ("a|b|c " * 40,), ("Cost",))
    assert view.page == 1
    assert "|" not in view.words
    assert len(view.words) <= 100


def test_buttons_lead_to_the_neighbouring_pages():
    card = sheet_card("t", FARM, View("answer-x", 2))
    turns = {action.label: View.of(action.subject).page for action in card.actions if action.label in ("Previous", "Next")}
    assert turns == {"Previous": 1, "Next": 3}
    assert [action.label for action in sheet_card("t", FARM, View("answer-x", 3)).actions if action.label == "Next"] == []


def test_nothing_that_fits_is_said():
    assert "None of 60" in sheet_card("t", FARM, View("x", words="zebra")).blocks[0].text


def test_the_file_has_every_row_and_no_formula():
    hostile = vm("=HYPERLINK(1)", id="@i")
    (file,) = csv_card("t", [*FARM, hostile], View("x")).files
    rows = list(csv.reader(io.StringIO(file.text)))
    assert len(rows) == 62
    assert rows[-1][0] == "'=HYPERLINK(1)"
    assert rows[-1][-2] == "'@i"
    assert (rows[0][-1], rows[-1][-1]) == ("Why", "")


def test_why_each_is_in_the_list_stands_last():
    told = {one.id: f"state {one.state}" for one in FARM}
    (file,) = csv_card("t", FARM, View("x", words="farm-001"), lambda one: told[one.id]).files
    assert list(csv.reader(io.StringIO(file.text)))[1][-1] == "state running"
    facts = sheet_card("t", FARM, View("x", 2), lambda one: told[one.id]).blocks[-1]
    stopped = sum(one.state == "stopped" for one in page_of(FARM, View("x", 2)))
    assert set(facts.rows) == {(f"Why {stopped} of them", "state stopped"), (f"Why {PAGE - stopped} of them", "state running")}
    assert len(sheet_card("t", FARM, View("x")).blocks) == 2
    assert file.media == "text/csv"


def test_what_holds_of_all_is_told_once():
    one, two, three = FARM[:3]
    said = {one.id: "kind vm; env dev by tag", two.id: "kind vm; env dev by account", three.id: "kind vm; env dev by account"}
    (facts,) = why_these([one, two, three], lambda resource: said[resource.id])
    assert facts.rows == (("Why", "kind vm"), (f"Why {one.name}", "env dev by tag"), ("Why 2 of them", "env dev by account"))
    assert why_these([one], lambda resource: said[resource.id])[0].rows == (("Why", said[one.id]),)
    assert why_these(FARM, lambda _: "") == ()


def test_an_answer_tells_in_one_line_what_holds_of_all():
    assert why_all(FARM, lambda one: f"kind vm; name is {one.name}")[0].rows == (("Why", "kind vm"),)
    assert why_all(FARM, lambda one: f"name is {one.name}") == why_all([], lambda _: "x") == ()


def test_reasons_of_their_own_are_left_to_each_ones_card():
    (facts,) = why_these(FARM, lambda resource: f"kind vm; name is {resource.name}")
    assert [row[0] for row in facts.rows] == ["Why", "Why each"]
