"""Sheets: pages that fit together, orders that hold, words that filter, files that are no formulas."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

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
    assert rows[-1][-1] == "'@i"
    assert file.media == "text/csv"
