"""Whether a card is about production, which every platform marks visibly. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.cards.card import Card, Facts, Table


def is_production(card: Card) -> bool:
    """A fact or a table's column headed Environment says so."""
    return any(label.lower() == "environment" and re.search(r"\bprod(uction)?\b", value.lower()) for label, value in _labelled(card))


def _labelled(card: Card) -> Iterator[tuple[str, str]]:
    for block in card.blocks:
        if isinstance(block, Facts):
            yield from block.rows
        elif isinstance(block, Table):
            yield from ((column.title, cell) for row in block.rows for column, cell in zip(block.columns, row, strict=False))
