"""Cards that stand in a dialog: their forms are asked there, and what they answer takes their place."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.cards.card import Action, Card, Field
from bot.platforms.web.render import render_card
from tests.bot.platforms import gallery
from tests.bot.platforms.gallery import GALLERY
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.test_render import Tags


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with served() as running:
        yield running


async def test_a_button_opens_a_dialog_and_one_in_it_answers_in_its_place(chat: Served) -> None:
    chat.inbox.answers["sheet"] = gallery.sheet(2)
    async with chat.browser("lena") as lena:
        opened = (await lena.post("/click", data={"verb": "sheet", "subject": "answer-1|1||"})).text
        assert opened.lstrip().startswith("<dialog")
        key = opened.split("{&#34;inside&#34;: &#34;", 1)[1].split("&#34;", 1)[0]
        inside = (await lena.post("/click", data={"verb": "sheet", "subject": "answer-1|2||", "inside": key})).text
    assert inside.lstrip().startswith('<article class="card kind-sheet')
    titles = [value for name, value in Tags(opened).attributes if name == "aria-labelledby"]
    assert titles[0] in [value for name, value in Tags(inside).attributes if name == "id"], "the dialog keeps its title"


async def test_nothing_to_answer_is_said_so_and_changes_nothing(chat: Served) -> None:
    async with chat.browser("lena") as lena:
        answer = await lena.post("/click", data={"verb": "act", "subject": "stop|i-1", "inside": "d-1"})
    assert (answer.status_code, answer.text) == (204, "")
    assert [(click.verb, click.subject) for click in chat.inbox.clicks] == [("act", "stop|i-1")]


async def test_a_made_up_key_is_no_markup(chat: Served) -> None:
    chat.inbox.answers["sheet"] = gallery.sheet()
    async with chat.browser("lena") as lena:
        hostile, plain = [(await lena.post("/click", data={"verb": "sheet", "inside": key})).text for key in ("\"><script>'{{7*7}}", "d-1")]
    assert Tags(hostile).tags == Tags(plain).tags


@pytest.mark.parametrize("kind", sorted(GALLERY))
def test_inside_there_is_a_place_for_every_field_and_no_further_dialog_asks(kind: str) -> None:
    card = GALLERY[kind]
    found = Tags(render_card(card, "d-1", inside=True))
    names = [value for name, value in found.attributes if name == "name"]
    assert {f"field.{field.name}" for action in card.actions for field in action.form} <= set(names)
    assert "data-form" not in [name for name, _ in found.attributes]
    targets = [value for name, value in found.attributes if name == "hx-target"]
    assert targets == ["closest [data-inside]"] * len(card.actions)
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value for name, value in found.attributes if name in ("for", "aria-labelledby")} <= set(ids)


def test_one_choice_is_a_select_inside_and_ticks_stay_ticks() -> None:
    few = (("a", "A", ""), ("b", "B", ""))
    card = Card(
        "sheet",
        "x",
        actions=(Action("v", "s", "Go", form=(Field("one", "One", choices=few), Field("many", "Many", choices=few, many=True))),),
    )
    inside, outside = Tags(render_card(card, inside=True)), Tags(render_card(card))
    assert (inside.tags.count("select"), outside.tags.count("select")) == (1, 0)
    assert inside.tags.count("input") == 4
    assert "data-at-least-one" in [name for name, _ in inside.attributes]


def test_a_long_form_is_folded_away_inside_and_a_short_one_is_not() -> None:
    short, long = (Action("v", "s", "Go", form=(Field("words", "Words", multiline=many),)) for many in (False, True))
    assert [Tags(render_card(Card("plan", "x", actions=(one,)), inside=True)).tags.count("details") for one in (short, long)] == [0, 1]
