"""A card as HTML: what every page and every event of the web chat shows for it. Pure (reads only its own templates)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.cards.card import Action, Card, Column, Field, Note, Progress, Step, Table, Tone
from bot.cards.production import is_production

# Most choices of a pick list that stand open as radio buttons; more become a drop-down.
OPEN_CHOICES = 8
# What a text must never smuggle in: control characters, and the ones that turn the reading direction.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

TONE_WORDS: dict[Tone, str] = {"neutral": "", "good": "OK", "warning": "Warning", "danger": "Danger", "waiting": "Waiting"}
KIND_WORDS = {"refusal": "Refused", "error": "Failed"}
STEP_ORDER = {"failed": 0, "unknown": 1, "running": 2, "waiting": 3, "cancelled": 4, "skipped": 5, "done": 6}
MARKED_LABELS = ("environment", "risk")
MARKS: dict[str, Tone] = {
    "production": "danger",
    "prod": "danger",
    "critical": "danger",
    "high": "danger",
    "medium": "warning",
    "staging": "warning",
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a card as a link: `size` in bytes, `address` on this server."""

    name: str
    size: int
    address: str


def render_card(card: Card, key: str = "", downloads: Sequence[Download] = (), *, inside: bool = False) -> str:
    """The card's HTML. `key` makes the ids in it unique where the same card stands twice on one page.

    `inside` a dialog, forms are asked in the card itself, and what a button answers takes the card's place. `downloads` stand for its files.
    """
    unique = dom_id(key or card.subject or card.kind)
    about = is_production(card)
    return str(template("card.html").render(card=card, key=unique, production=about, downloads=downloads, inside=inside))


def template(name: str) -> Any:
    """A compiled template of this folder."""
    return _environment().get_template(name)


def dom_id(text: str) -> str:
    """Any text as an id that is also safe in a CSS selector; different texts give different ids."""
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}_", text)


def printable(text: str) -> str:
    """The text with what cannot be seen made visible."""
    return UNSEEN.sub("\ufffd", text)


def mark(label: str, value: str) -> Tone | None:
    """The tone a value is marked with, beside its words: production and the high risks."""
    if label.lower() not in MARKED_LABELS:
        return None
    word = re.match(r"[a-z]+", value.lower())
    return MARKS.get(word[0]) if word else None


def verdict(card: Card) -> str:
    """The card's tone in one word, for its head; empty for a neutral one."""
    return TONE_WORDS[card.tone] and KIND_WORDS.get(card.kind, TONE_WORDS[card.tone])


def note_word(card: Card, note: Note) -> str:
    """The word before a note; none where the card's head says it already, or nothing needs a warning."""
    return "" if note.tone == "good" or (card.kind in KIND_WORDS and note.tone == card.tone) else TONE_WORDS[note.tone]


def headings(column: Column) -> str:
    """A column's heading with its unit."""
    return f"{column.title} ({column.unit})" if column.unit else column.title


def table_note(table: Table) -> str:
    """What a table leaves out, in words; empty when it shows everything."""
    rows, total = len(table.rows), max(table.total, len(table.rows))
    shown = min(table.shown, rows)
    if shown == total:
        return ""
    unsent = f"; {total - rows:,} more are not listed here" if total > rows else ""
    return f"{shown:,} of {total:,} shown{unsent}"


def ordered_steps(progress: Progress) -> list[Step]:
    """Steps with failures first, then what runs, then the rest in their order."""
    return sorted(progress.steps, key=lambda step: STEP_ORDER[step.state])


def input_kind(field: Field, *, tight: bool = False) -> str:
    """How a field is asked: text, area, ticks, radio or select; where room is `tight`, one choice is always a select."""
    if field.choices and field.many:
        return "ticks"
    if field.choices:
        return "radio" if len(field.choices) <= OPEN_CHOICES and not tight else "select"
    return "area" if field.multiline else "text"


def is_long(action: Action) -> bool:
    """Whether a form takes so much room that in a dialog it is folded away at first: ticks and long texts do."""
    return any(input_kind(field, tight=True) in ("ticks", "area") for field in action.form)


def size_words(size: int) -> str:
    """A file's size as people read it."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:,.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def _finalize(value: Any) -> Any:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.platforms.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "kind": lambda block: type(block).__name__.lower(),
        "dom_id": dom_id,
        "heading": headings,
        "note": table_note,
        "steps": ordered_steps,
        "input_kind": input_kind,
        "is_long": is_long,
        "size": size_words,
        "verdict": verdict,
        "note_word": note_word,
    }
    environment.globals |= {"mark": mark}
    return environment
