"""Whatever a card holds, its message stays below what Teams takes, and says what it left out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Code, Column, Facts, Field, File, Note, Progress, Step, Table, Text
from bot.platforms.teams.limits import MOST_BYTES, excerpt, fit, fit_form, shortened, size
from bot.platforms.teams.render import View, adaptive
from bot.platforms.teams.sending import drawn
from bot.platforms.teams.task import form_card, look_card
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.schema import complaints
from tests.bot.platforms.teams.service import texts

# Short texts, and ones that are long by repetition: hypothesis itself makes none of kilobytes.
TEXTS = st.builds(lambda text, times: text * times, st.text(max_size=12), st.sampled_from([1, 1, 1, 40, 4000]))
ROWS = st.lists(st.tuples(TEXTS, TEXTS), max_size=4)
BLOCKS = st.one_of(
    st.builds(Text, TEXTS, st.booleans()),
    st.builds(Note, TEXTS, st.sampled_from(["neutral", "danger", "warning"])),
    st.builds(lambda rows: Facts(tuple(rows)), ROWS),
    st.builds(Code, TEXTS, TEXTS),
    st.builds(
        lambda rows, times, name: Table((Column(name), Column("b", unit=name)), tuple(rows) * times, name, 100_000),
        ROWS,
        st.sampled_from([1, 300]),
        TEXTS,
    ),
    st.builds(lambda rows, times: Progress(1, 2, tuple(Step(a, "done", b) for a, b in rows) * times), ROWS, st.sampled_from([1, 300])),
)
ACTIONS = st.builds(lambda verb, subject, label, opens: Action(verb, subject, label, opens=opens), TEXTS, TEXTS, TEXTS, st.booleans())
CARDS = st.builds(
    lambda title, blocks, actions, foot, subject: Card("text", title, "neutral", tuple(blocks), tuple(actions), foot, subject),
    TEXTS,
    st.lists(BLOCKS, max_size=6),
    st.lists(ACTIONS, max_size=9),
    TEXTS,
    TEXTS,
)


@given(CARDS)
@settings(max_examples=60, deadline=None)
def test_every_card_fits_into_a_message(card):
    message = fit(card, lambda less: drawn(less, View(refreshers=("29:" + "x" * 90,) * 60)))
    assert size(message) <= MOST_BYTES
    assert complaints(message["attachments"]) == []


@given(CARDS)
@settings(max_examples=30, deadline=None)
def test_every_modal_and_every_answer_fits(card):
    assert size(fit(card, look_card)) <= MOST_BYTES
    assert size(fit(gallery.plan("plan-1"), lambda less: adaptive(less, View(answer=excerpt(card))))) <= MOST_BYTES


def test_the_worst_card_fits_with_the_worst_answer_above_it_and_everybody_to_refresh():
    worst = "\U0001f4a5" * 5000
    button = Action("v" * 100, "s" * 180, worst)
    blocks = (Facts(((worst, worst),) * 50), Note(worst), Text(worst), Code(worst), Table((Column(worst),), ((worst,),) * 50, worst))
    card = Card("plan", worst, "danger", blocks, (button,) * 9, worst, "s" * 280)
    view = View(refreshers=("29:" + "x" * 90,) * 60, private=True)
    assert size(fit(card, lambda less: drawn(less, view))) <= MOST_BYTES
    answered = replace(view, answer=excerpt(card))
    drawn_card = fit(card, lambda less: drawn(less, answered))
    assert size(drawn_card) <= MOST_BYTES
    assert len(drawn_card["attachments"][0]["content"]["actions"]) == 5


def test_what_fits_is_left_as_it_is():
    card = gallery.plan("plan-1")
    assert fit(card, adaptive) == adaptive(card)


def test_what_is_shortened_says_so_and_counts_what_is_missing():
    rows = tuple((f"machine-{i:05}", str(i), f"state-{i}", "x" * 50) for i in range(2000))
    columns = (Column("Name"), Column("N"), Column("State"), Column("More"))
    card = Card("table", "Many", blocks=(Table(columns, rows, "All", shown=2000),), actions=(Action("d", "s", "Details", opens=True),))
    said = texts(fit(card, adaptive))
    assert "machine-00000" in said
    assert "Shortened to fit into Teams; Details has the rest." in said
    assert "and 1,9" in said


def test_failed_steps_are_kept_when_steps_are_dropped():
    steps = tuple(Step(f"m{i}", "failed" if i == 50 else "done") for i in range(60))
    (block, _) = shortened(Card("progress", "t", blocks=(Progress(60, 60, steps),)), 3, 100).blocks
    assert isinstance(block, Progress)
    assert block.steps[0].label == "m50"


def test_a_button_that_cannot_be_carried_is_no_button():
    card = Card("text", "t", actions=(Action("v", "s" * 40_000, "Long"), Action("v", "s", "Short")))
    message = fit(card, adaptive)
    assert [one["title"] for one in message["actions"]] == ["Short"]
    assert "too long for Teams" in texts(message)


def test_a_form_with_too_many_choices_offers_the_first_and_says_so():
    choices = tuple((f"id-{i:05}" * 5, f"machine-{i:05}", "running in eu-central-1") for i in range(1000))
    action = Action("fewer", "p", "Choose", form=(Field("targets", "T", choices=choices, many=True),))
    modal = fit_form(action, form_card)
    assert size(modal) <= MOST_BYTES
    assert len(modal["body"][1]["choices"]) == 125
    assert "Only the first 125 choices fit here" in texts(modal)
    assert fit_form(replace(action, form=()), form_card) == form_card(replace(action, form=()))


def test_files_are_cut_with_the_rest():
    card = Card("sheet", "t", files=(File("a.csv", "line\n" * 20_000),))
    assert size(fit(card, look_card)) <= MOST_BYTES
