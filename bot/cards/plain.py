"""A card as plain text, without a platform: for machines, logs of a conversation and the evaluation. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.card import Block, Card, Code, Facts, Note, Progress, Table, Text


def plain(card: Card) -> str:
    """The card's words in reading order, one thing a line."""
    return "\n".join(line for line in (card.title, *(line for block in card.blocks for line in _lines(block)), card.footer) if line)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Text(text=text) | Note(text=text):
            yield text
        case Code(text=text, caption=caption):
            yield from (caption, text)
        case Facts(rows=rows):
            yield from (f"{label}: {value}" for label, value in rows)
        case Table(columns=columns, rows=rows, caption=caption):
            yield caption
            yield " | ".join(column.title for column in columns)
            yield from (" | ".join(row) for row in rows)
        case Progress(done=done, total=total, steps=steps):
            yield f"{done} of {total}"
            yield from (f"{step.state}: {step.label} {step.detail}".rstrip() for step in steps)
