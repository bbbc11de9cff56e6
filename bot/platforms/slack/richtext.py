"""Rich text blocks out of lines, list items and code, packed into what a surface takes. Pure.

Rich text is the one kind of text Slack shows letter by letter: `*`, `<!channel>` and addresses in it stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from bot.platforms.slack.limits import RICH_TEXT, Json, Surface, chars, cut, pieces, weight
from bot.platforms.slack.mrkdwn import filled, harmless

LONGEST_ITEM = 700
LONGEST_CODE = 2800


@dataclass(frozen=True, slots=True)
class Unit:
    """What is not torn apart: a line, an item of a list, or a piece of code."""

    kind: Literal["line", "item", "code"]
    elements: tuple[Json, ...]


def words(text: str, *, bold: bool = False, italic: bool = False) -> Json:
    """A run of text as it is."""
    style = {name: True for name, wanted in (("bold", bold), ("italic", italic)) if wanted}
    element: Json = {"type": "text", "text": harmless(text) or " "}
    return element | {"style": style} if style else element


def emoji(name: str) -> Json:
    return {"type": "emoji", "name": name}


def lines(text: str, *, bold: bool = False) -> Iterator[Unit]:
    """A text of any length."""
    for piece in pieces(filled(text), RICH_TEXT):
        yield Unit("line", (words(piece, bold=bold),))


def line(*elements: Json) -> Unit:
    """One line. Its last text is cut where the line is longer than a block takes."""
    return Unit("line", _fitting(elements, RICH_TEXT))


def item(*elements: Json) -> Unit:
    """One item of a list."""
    return Unit("item", _fitting(elements, LONGEST_ITEM))


def code(text: str) -> Unit:
    """Text to copy, not longer than `LONGEST_CODE`."""
    return Unit("code", (words(cut(filled(text), LONGEST_CODE)),))


def _fitting(elements: Iterable[Json], most: int) -> tuple[Json, ...]:
    kept: list[Json] = []
    for element in elements:
        left = most - sum(map(chars, kept))
        if chars(element) > left:
            return (*kept, element | {"text": cut(element["text"], left)}) if left > 1 else tuple(kept)
        kept.append(element)
    return tuple(kept)


@dataclass(slots=True)
class Sheet:
    """Blocks of one surface as they fill it. `full` once something did not fit: nothing more is taken then."""

    room: Surface
    blocks: list[Json] = field(default_factory=list)
    full: bool = False

    def add(self, block: Json) -> None:
        """Takes a block if there is room for it."""
        left = self.room.less(self.blocks)
        if self.full or left.blocks < 1 or chars(block) > left.chars or weight(block) > left.bytes:
            self.full = True
            return
        self.blocks.append(block)

    def write(self, units: Iterable[Unit]) -> None:
        """Takes units as rich text, as many as there is room for."""
        if self.full:
            return
        for packed in _packed(units):
            self.add(_block(packed))
            if self.full:
                self._part(packed)
                return

    def _part(self, units: list[Unit]) -> None:
        """As much of the units as the last room takes."""
        left = self.room.less(self.blocks)
        if left.blocks < 1:
            return
        while units := units[: len(units) // 2]:
            block = _block(units)
            if chars(block) <= left.chars and weight(block) <= left.bytes:
                self.blocks.append(block)
                return


def _packed(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units in groups that fit one block."""
    group: list[Unit] = []
    used = 0
    for unit in units:
        cost = chars(unit.elements) + 1
        if group and used + cost > RICH_TEXT:
            yield group
            group, used = [], 0
        group.append(unit)
        used += cost
    if group:
        yield group


def _block(units: Iterable[Unit]) -> Json:
    parts: list[Json] = []
    for kind, group in groupby(units, key=lambda unit: unit.kind):
        if kind == "item":
            items = [{"type": "rich_text_section", "elements": list(unit.elements)} for unit in group]
            parts.append({"type": "rich_text_list", "style": "bullet", "elements": items})
        elif kind == "code":
            parts += [{"type": "rich_text_preformatted", "elements": list(unit.elements)} for unit in group]
        else:
            parts.append({"type": "rich_text_section", "elements": _joined([unit.elements for unit in group])})
    return {"type": "rich_text", "elements": parts}


def _joined(rows: list[tuple[Json, ...]]) -> list[Json]:
    joined: list[Json] = []
    for row in rows:
        joined += [*([words("\n")] if joined else []), *row]
    return joined
