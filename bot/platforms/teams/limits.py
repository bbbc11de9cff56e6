"""Teams' limit of 28 KB a message: a card is cut down in steps until the whole message fits, and says what it left out. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from bot.cards.card import Action, Block, Card, Code, Facts, Note, Progress, Table, Text
from bot.platforms.teams.escape import Json

# "Approximately 28 KB", as the documentation has it; what the connector adds to a message takes some of it.
MOST_BYTES = 28 * 1024
ROOM = 1024
# Rows of a table and characters of a text, from generous to hardly anything.
STEPS = ((60, 8000), (25, 3000), (12, 1200), (6, 500), (3, 200), (1, 80))
SHORTENED = "Shortened to fit into Teams."
ELSEWHERE = "Shortened to fit into Teams; Details has the rest."
MOST_BUTTONS = 5
# Bytes; a button says it twice, and its card's subject as well.
LONGEST_SUBJECT = 300
# Bytes of what stands above a card.
MOST_EXCERPT = 4096


def size(message: Any) -> int:
    """The size of a message, or a part of one, on the wire in bytes."""
    return len(json.dumps(message).encode())


def fit(card: Card, draw: Callable[[Card], Json]) -> Json:
    """The message that `draw` makes of as much of the card as fits."""
    message = draw(card)
    for rows, characters in STEPS:
        if size(message) <= MOST_BYTES - ROOM:
            return message
        message = draw(shortened(card, rows, characters))
    if size(message) <= MOST_BYTES - ROOM:
        return message
    return draw(_bare(card))


def shortened(card: Card, rows: int, characters: int) -> Card:
    """The card with at most so many rows a table and characters a text; it says that it was shortened."""
    blocks = tuple(_shortened(block, rows, characters) for block in card.blocks)
    files = tuple(replace(file, text=_cut(file.text, characters)) for file in card.files)
    title, footer = _cut(card.title, max(characters, 120)), _cut(card.footer, max(characters, 120))
    short = replace(card, title=title, footer=footer, blocks=blocks, files=files)
    said = ELSEWHERE if any(action.opens for action in card.actions) else SHORTENED
    return short if short == card else replace(short, blocks=(*blocks, Note(said)))


def fit_form(action: Action, draw: Callable[[Action, str], Json]) -> Json:
    """The modal that `draw` makes of a form with as many choices as fit; `draw` also takes the sentence that says what is missing."""
    message, most = draw(action, ""), max((len(field.choices) for field in action.form), default=0)
    while size(message) > MOST_BYTES - ROOM and most > 1:
        most //= 2
        form = tuple(replace(field, choices=field.choices[:most]) for field in action.form)
        message = draw(replace(action, form=form), f"Only the first {most:,} choices fit here. Name the others in a message.")
    return message


def excerpt(card: Card) -> Card:
    """The beginning of a card, small enough to stand above another one."""
    beginning = replace(card, blocks=card.blocks[:3], actions=(), files=(), footer="", subject="")
    for rows, characters in ((5, 400), (3, 100)):
        short = shortened(beginning, rows, characters)
        if size(asdict(short)) <= MOST_EXCERPT:
            return short
    return Card(card.kind, _cut(card.title, 120), card.tone)


def _shortened(block: Block, rows: int, characters: int) -> Block:
    match block:
        case Text():
            return replace(block, text=_cut(block.text, characters))
        case Note():
            return replace(block, text=_cut(block.text, characters))
        case Code():
            return replace(block, text=_cut(block.text, characters), caption=_cut(block.caption, characters))
        case Facts():
            return Facts(tuple((_cut(label, 80), _cut(value, characters)) for label, value in block.rows[: max(rows, 3)]))
        case Progress():
            steps = sorted(block.steps, key=lambda step: step.state != "failed")[:rows]
            return replace(
                block, steps=tuple(replace(one, label=_cut(one.label, 120), detail=_cut(one.detail, characters)) for one in steps)
            )
        case Table():
            return _shorter_table(block, rows, characters)


def _shorter_table(table: Table, rows: int, characters: int) -> Table:
    kept = tuple(tuple(_cut(cell, min(characters, 200)) for cell in row) for row in table.rows[:rows])
    columns = tuple(replace(column, title=_cut(column.title, 80), unit=_cut(column.unit, 40)) for column in table.columns)
    total = max(table.total, len(table.rows))
    return replace(table, columns=columns, rows=kept, total=total, caption=_cut(table.caption, 200))


def _bare(card: Card) -> Card:
    """What always fits: the title, and the buttons that can be carried."""
    carried = [action for action in card.actions if size([action.verb, action.subject]) <= LONGEST_SUBJECT][:MOST_BUTTONS]
    actions = tuple(replace(action, label=_cut(action.label, 30)) for action in carried)
    subject = card.subject if size(card.subject) <= LONGEST_SUBJECT else ""
    note = Note("This is too long for Teams. Ask for less, or open Details.", "warning")
    return Card(card.kind, _cut(card.title, 120), card.tone, (note,), actions, _cut(card.footer, 120), subject)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"
