"""Every platform shows the same cards whole: the words that matter, and each button with a press that comes back as the same click."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, get_args

import pytest

from bot.cards.card import Action, Block, Card, CardKind, Code, Facts, Field, Note, Progress, Table, Text
from bot.platforms.platform import Click, Place
from tests.bot.platforms.gallery import GALLERY
from tests.contracts.shown_console import ConsoleShown
from tests.contracts.shown_slack import SlackShown
from tests.contracts.shown_teams import TeamsShown
from tests.contracts.shown_web import WebShown

# Kinds that answer a click and stand in a dialog where the platform has some.
IN_DIALOGS = frozenset({"sheet", "resource", "details"})


class Shown(Protocol):
    """One card as one platform shows it."""

    @property
    def words(self) -> str:
        """What somebody reads without pressing anything."""
        ...

    @property
    def beside(self) -> str:
        """What stands one step away: a file beside the card, a dialog that opens in place."""
        ...

    @property
    def actions(self) -> Sequence[str]:
        """The labels of the buttons, in order."""
        ...

    async def press(self, label: str, fields: Mapping[str, Sequence[str]], login: str) -> Click:
        """The click that the platform's own parser makes of a button, after its form was filled in as the platform's clients let one."""
        ...


class Makes(Protocol):
    """Draws a card, in a conversation or `inside` a dialog."""

    def __call__(self, card: Card, place: Place, *, inside: bool) -> Shown: ...


PLATFORMS: Mapping[str, Makes] = {"web": WebShown, "console": ConsoleShown, "slack": SlackShown, "teams": TeamsShown}
THREADS: Mapping[str, Place] = {
    "web": Place("web", "general", "m1"),
    "console": Place("console", "terminal", "m1"),
    "slack": Place("slack", "C1", "1700000000.000100"),
    "teams": Place("teams", "19:general@thread.tacv2", "1700000000100"),
}
LOGIN = "T1/U1"
everywhere = pytest.mark.parametrize("platform", sorted(PLATFORMS))
each_card = pytest.mark.parametrize("name", sorted(GALLERY))


def drawn(platform: str, name: str) -> Shown:
    card = GALLERY[name]
    return PLATFORMS[platform](card, THREADS[platform], inside=card.kind in IN_DIALOGS)


def folded(text: str) -> str:
    """The text on one line: where lines break is the platform's own business."""
    return re.sub(r"\s+", " ", text)


def mattering(card: Card) -> Iterator[str]:
    """Every word of a card that nobody may miss."""
    yield card.title
    for block in card.blocks:
        yield from _of(block)
    yield from (file.name for file in card.files)
    yield card.footer


def _of(block: Block) -> Iterator[str]:
    match block:
        case Text(text=text) | Note(text=text):
            yield text
        case Facts(rows=rows):
            yield from (part for row in rows for part in row)
        case Table(rows=rows, caption=caption, shown=shown):
            yield from (caption, *(cell for row in rows[:shown] for cell in row))
        case Code(text=text, caption=caption):
            yield from (caption, text.split("\n", 1)[0])
        case Progress(done=done, total=total, steps=steps):
            yield f"{done} of {total}"
            yield from (part for step in steps for part in (step.label, *((step.state, step.detail) if step.state == "failed" else ())))


@everywhere
@each_card
def test_every_word_that_matters_is_shown(platform: str, name: str) -> None:
    words = folded(drawn(platform, name).words)
    assert [word for word in mattering(GALLERY[name]) if folded(word).strip() not in words] == []


@everywhere
@each_card
def test_what_does_not_fit_is_one_step_away(platform: str, name: str) -> None:
    card, shown = GALLERY[name], drawn(platform, name)
    reached = folded(shown.words + shown.beside)
    opens = any(action.opens for action in card.actions)
    for block in card.blocks:
        if isinstance(block, Code):
            assert opens or [line for line in block.text.split("\n") if folded(line).strip() not in reached] == []
        if isinstance(block, Table) and (more := max(block.total, len(block.rows)) - block.shown) > 0:
            assert f"of {block.shown + more:,}" in shown.words or f"{more:,} more" in shown.words


@everywhere
@each_card
def test_every_action_is_offered(platform: str, name: str) -> None:
    card, offered = GALLERY[name], drawn(platform, name).actions
    wanted = [action.label for action in card.actions]
    if card.kind in IN_DIALOGS:  # there, what asks for something may stand apart from what only opens
        assert sorted(offered) == sorted(wanted)
    else:
        assert list(offered) == wanted


PRESSES = [(name, action) for name, card in GALLERY.items() for action in card.actions]


@everywhere
@pytest.mark.parametrize(("name", "action"), PRESSES, ids=[f"{name}-{action.verb}-{action.label}" for name, action in PRESSES])
async def test_a_press_comes_back_as_the_same_click(platform: str, name: str, action: Action) -> None:
    place = THREADS[platform]
    given = {field.name: _answer(field) for field in action.form}
    click = await drawn(platform, name).press(action.label, given, LOGIN)
    assert (click.verb, click.subject, click.place, click.login) == (action.verb, action.subject, place, LOGIN)
    assert {field: tuple(values) for field, values in click.fields.items()} == given


def _answer(field: Field) -> tuple[str, ...]:
    """Something that may be filled in: the last choices, or a few words with signs that forms stumble over."""
    if not field.choices:
        return ("100 % sure, a+b & \u00fc=\u201c;\u201d",)
    values = tuple(value for value, _, _ in field.choices)
    return values[-2:] if field.many else values[-1:]


def test_the_gallery_has_every_kind_and_every_sort_of_button() -> None:
    assert {card.kind for card in GALLERY.values()} == set(get_args(CardKind))
    sorts = {(bool(action.form), action.opens) for _, action in PRESSES}
    assert sorts == {(False, False), (False, True), (True, False), (True, True)}
