"""The card renderer: one golden for each kind, and nothing in a card ever becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Code, Column, Facts, Field, Note, Progress, Step, Table, Text
from bot.cards.production import is_production
from bot.platforms.web.render import Download, dom_id, input_kind, mark, note_word, printable, render_card, table_note, verdict
from tests.bot.platforms import golden
from tests.bot.platforms.gallery import GALLERY

# Kinds that only ever answer a click.
IN_DIALOGS = ("details", "resource", "sheet")


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def everywhere(text: str) -> Card:
    """A card with this text in every field."""
    return Card(
        "plan",
        text,
        "danger",
        (
            Text(text),
            Note(text, "warning"),
            Facts(((text, text), ("Environment", text))),
            Table((Column(text, unit=text), Column("Environment")), ((text, text), (text, text)), text, shown=1),
            Code(text, text),
            Progress(1, 2, (Step(text, "running", text),)),
        ),
        (
            Action(text, text, text),
            Action(
                text,
                text,
                text,
                form=(Field(text, text, choices=((text, text, text),), picked=(text,)), Field(text, text, multiline=True, picked=(text,))),
            ),
        ),
        text,
        text,
    )


@pytest.mark.parametrize("kind", sorted(GALLERY))
def test_each_kind_has_its_golden(kind: str) -> None:
    card = GALLERY[kind]
    golden.check(f"web/{kind}.html", render_card(card, "", links_of(card), inside=card.kind in IN_DIALOGS))


def links_of(card: Card) -> tuple[Download, ...]:
    """The card's files as a page links to them, at made-up addresses."""
    return tuple(Download(file.name, len(file.text.encode()), f"/files/{number}/seal") for number, file in enumerate(card.files))


@given(st.text(max_size=40), st.booleans())
@settings(max_examples=80, deadline=None)
def test_text_never_adds_a_tag_or_an_attribute(text: str, inside: bool) -> None:
    plain, hostile = (
        Tags(render_card(everywhere(said), "k", (Download(said, 1, said),), inside=inside))
        for said in ("x", "x" + text + "\"'><script onload=a>&{{7*7}}")
    )
    assert hostile.tags == plain.tags
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]


def test_ids_are_unique_and_labels_find_their_fields() -> None:
    found = Tags(render_card(GALLERY["plan"], "e1"))
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value for name, value in found.attributes if name in ("for", "aria-labelledby")} <= set(ids)


def test_nothing_is_inline() -> None:
    for card in GALLERY.values():
        names = {name for name, _ in Tags(render_card(card)).attributes}
        assert not {name for name in names if name.startswith("on") or name == "style"}


@given(st.text(max_size=20), st.text(max_size=20))
def test_dom_ids_tell_texts_apart_and_are_safe(one: str, other: str) -> None:
    assert (dom_id(one) == dom_id(other)) == (one == other)
    assert all(c.isascii() and (c.isalnum() or c in "-_") for c in dom_id(one))


@pytest.mark.parametrize(
    ("label", "value", "tone"),
    [
        ("Environment", "production", "danger"),
        ("environment", "Production (by account)", "danger"),
        ("Risk", "medium", "warning"),
        ("Risk", "low", None),
        ("Environment", "preproduction", None),
        ("Name", "production", None),
        ("Risk", "", None),
    ],
)
def test_production_and_risk_are_marked(label: str, value: str, tone: str | None) -> None:
    assert mark(label, value) == tone


def test_a_card_is_about_production_by_a_fact_or_a_row() -> None:
    assert is_production(Card("plan", "", blocks=(Facts((("Environment", "production"),)),)))
    assert is_production(Card("plan", "", blocks=(Table((Column("Environment"),), (("dev",), ("prod",)), ""),)))
    assert not is_production(Card("plan", "production", blocks=(Text("production"), Facts((("Name", "production"),)))))


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert printable("a\x1b[31mb\u202ec\nd\te") == "a\ufffd[31mb\ufffdc\nd\te"
    assert "\u202e" not in render_card(everywhere("a\u202eb"))


@pytest.mark.parametrize(
    ("rows", "shown", "total", "note"),
    [(3, 10, 0, ""), (12, 10, 0, "10 of 12 shown"), (12, 10, 2000, "10 of 2,000 shown; 1,988 more are not listed here"), (0, 10, 0, "")],
)
def test_a_table_says_what_it_leaves_out(rows: int, shown: int, total: int, note: str) -> None:
    assert table_note(Table((Column("A"),), (("x",),) * rows, "c", shown, total)) == note


def test_a_field_is_asked_by_what_it_holds() -> None:
    few, many = tuple((str(i), str(i), "") for i in range(3)), tuple((str(i), str(i), "") for i in range(20))
    assert [input_kind(f) for f in (Field("a", "A"), Field("a", "A", multiline=True), Field("a", "A", choices=few))] == [
        "text",
        "area",
        "radio",
    ]
    assert [input_kind(f) for f in (Field("a", "A", choices=many), Field("a", "A", choices=few, many=True))] == ["select", "ticks"]


def test_a_refusal_says_so_once() -> None:
    card = Card("refusal", "No", "danger")
    assert (verdict(card), note_word(card, Note("x", "danger")), note_word(card, Note("x", "warning"))) == ("Refused", "", "Warning")
    assert verdict(Card("text", "x")) == ""
