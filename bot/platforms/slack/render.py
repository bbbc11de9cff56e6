"""A card as a Slack message: blocks, the text of its notification, and what did not fit as files. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.cards.card import Action, Block, Card, Code, Column, Facts, File, Note, Progress, Step, Table, Text, Tone
from bot.cards.condensed import condensed
from bot.cards.plain import plain
from bot.cards.production import is_production
from bot.platforms.slack.limits import ACTIONS, BUTTON_LABEL, CONTEXT_TEXT, FALLBACK, HEADER, MESSAGE, Json, Surface, cut, size, weight
from bot.platforms.slack.mrkdwn import escaped, filled
from bot.platforms.slack.pressed import written
from bot.platforms.slack.richtext import LONGEST_CODE, Sheet, Unit, code, emoji, item, line, lines, words

MARKS: dict[Tone, str] = {
    "neutral": "",
    "good": "white_check_mark",
    "warning": "warning",
    "danger": "exclamation",
    "waiting": "hourglass_flowing_sand",
}
STATES: dict[Tone, str] = {"neutral": "", "good": "done", "warning": "warning", "danger": "needs attention", "waiting": "waiting"}
KIND_STATES = {"refusal": "refused", "error": "failed"}
STEP_ORDER = {"failed": 0, "unknown": 1, "running": 2, "waiting": 3, "cancelled": 4, "skipped": 5, "done": 6}
MOST_STEPS = 10
LONGEST_CELL = 150
BAR = 12
# What buttons and footer may take of a surface, at most: the rest is for what they are about.
MOST_BUTTONS = 2 * ACTIONS
BUTTON_BYTES = 40_000
WHOLE = "card.txt"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message. `text` is its fallback, already escaped; `files` are the card's own and what did not fit."""

    blocks: tuple[Json, ...]
    text: str
    files: tuple[File, ...] = ()


def render(card: Card, thread: str = "", room: Surface = MESSAGE) -> Rendered:
    """The card for a message in a thread, or for the room that is left on a larger surface."""
    foot, dropped = [*buttons(card.actions, thread)], len(card.actions)
    dropped -= sum(len(block["elements"]) for block in foot)
    if card.footer.strip():
        foot.append(context(card.footer))
    note = context(f"This is not all of it: the rest is in the file {WHOLE}.")
    sheet = Sheet(room.less([*foot, note]))
    files = list(card.files)
    _head(sheet, card)
    for block in card.blocks:
        sheet.write(_units(block, files))
    if sheet.full or dropped:
        foot.insert(0, note)
        files.append(File(WHOLE, plain(card)))
    return Rendered((*sheet.blocks, *foot), notification(card), tuple(files))


def notification(card: Card) -> str:
    """What a telephone shows of a card before it is opened: its title and where it stands."""
    strong = next((block.text for block in card.blocks if isinstance(block, Text) and block.strong), "")
    parts = (card.title, "production" if is_production(card) else "", KIND_STATES.get(card.kind) or STATES[card.tone], cut(strong, 300))
    text = escaped(" · ".join(part for part in parts if part.strip()))
    if size(text) > FALLBACK:
        text = escaped(cut(card.title, 300))
    return text if text.strip() else "Escher"


def context(text: str) -> Json:
    """A small line."""
    return {"type": "context", "elements": [label(cut(filled(text), CONTEXT_TEXT))]}


def label(text: str) -> Json:
    """A text object that Slack shows letter by letter."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(title: str) -> Json:
    return {"type": "header", "text": label(cut(filled(title), HEADER))}


def buttons(actions: Sequence[Action], thread: str) -> Iterator[Json]:
    """Rows of buttons; those Slack cannot carry are left out."""
    values = [(action, written(action, thread)) for action in actions[:MOST_BUTTONS]]
    made = [_button(index, action, value) for index, (action, value) in enumerate(values) if value]
    while weight(made) > BUTTON_BYTES:
        made.pop()
    for start in range(0, len(made), ACTIONS):
        yield {"type": "actions", "elements": made[start : start + ACTIONS]}


def _button(index: int, action: Action, value: str) -> Json:
    made: Json = {
        "type": "button",
        "action_id": f"press-{index}",
        "text": label(cut(filled(action.label), BUTTON_LABEL)),
        "value": value,
    }
    return made if action.style == "plain" else made | {"style": action.style}


def _head(sheet: Sheet, card: Card) -> None:
    sheet.add(header(card.title))
    units: list[Unit] = []
    if is_production(card):
        units.append(line(emoji("red_circle"), words(" Production", bold=True)))
    if size(card.title) > HEADER:
        units += lines(card.title, bold=True)
    sheet.write(units)


def _units(block: Block, files: list[File]) -> Iterator[Unit]:
    match block:
        case Text(text=text, strong=strong):
            yield from lines(text, bold=strong)
        case Note(text=text, tone=tone):
            first, *rest = lines(text)
            yield line(*([emoji(MARKS[tone]), words(" ")] if MARKS[tone] else []), *first.elements)
            yield from rest
        case Facts(rows=rows):
            yield from (line(words(f"{name}  ", bold=True), words(filled(value))) for name, value in rows)
        case Table():
            yield from _table(block)
        case Code():
            yield from _code(block, files)
        case Progress():
            yield from _progress(block)


def _table(table: Table) -> Iterator[Unit]:
    """Each row is one item: its name, then what differs; what all rows share stands once above."""
    shared, rest = condensed(table)
    titles = " · ".join(_heading(column) for column in rest.columns)
    yield line(words(filled(table.caption), bold=True), *([words(f"   {titles}", italic=True)] if len(rest.columns) > 1 else []))
    if shared:
        yield line(words(" · ".join(f"{name}: {value}" for name, value in shared)))
    shown = rest.rows[: max(0, table.shown)]
    yield from (item(*_row(row, rest.columns)) for row in shown)
    more = max(table.total, len(table.rows)) - len(shown)
    if more and (shown or table.total):
        yield line(words(f"and {more:,} more", italic=True))
    elif not table.rows:
        yield line(words("None.", italic=True))


def _row(row: Sequence[str], columns: Sequence[Column]) -> Iterator[Json]:
    name, *cells = row
    yield words(filled(name), bold=True)
    said = [f"{cut(cell, LONGEST_CELL)} {column.unit}".strip() for cell, column in zip(cells, columns[1:], strict=False) if cell.strip()]
    if said:
        yield words("   " + " · ".join(said))


def _heading(column: Column) -> str:
    return filled(column.title).lower()


def _code(block: Code, files: list[File]) -> Iterator[Unit]:
    if block.caption.strip():
        yield line(words(block.caption, bold=True))
    yield code(block.text)
    if size(block.text) > LONGEST_CODE:
        name = f"code-{len(files) + 1}.txt"
        files.append(File(name, block.text))
        yield line(words(f"All of it is in the file {name}.", italic=True))


def _progress(progress: Progress) -> Iterator[Unit]:
    filled_cells = BAR * min(progress.done, progress.total) // progress.total if progress.total > 0 else 0
    bar = "█" * max(0, filled_cells) + "░" * (BAR - max(0, filled_cells))
    failed = sum(step.state == "failed" for step in progress.steps)
    count = f"  {progress.done:,} of {progress.total:,}" + (f", {failed:,} failed" if failed else "")
    yield line(words(bar), words(count, bold=True))
    steps = sorted(progress.steps, key=lambda step: STEP_ORDER[step.state])
    yield from (item(*_step(step)) for step in steps[:MOST_STEPS])
    if len(steps) > MOST_STEPS:
        yield line(words(f"and {len(steps) - MOST_STEPS:,} more", italic=True))


def _step(step: Step) -> Iterator[Json]:
    yield words(filled(step.label), bold=step.state in ("failed", "unknown"))
    yield words(f"   {step.state}" + (f" · {step.detail}" if step.detail.strip() else ""))
