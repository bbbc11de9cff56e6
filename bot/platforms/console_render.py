"""A card as terminal text. Pure.

Text that comes from resources is made harmless first: an escape sequence in a tag must not move the cursor, rename the window or hide a line.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table as Grid
from rich.text import Text as Styled

from bot.cards.card import Action, Block, Card, Code, Column, Facts, File, Note, Progress, Step, Table, Text, Tone
from bot.cards.production import is_production

Hint = Callable[[Action], str]

# Whole escape sequences: strings up to their end (OSC, DCS, SOS, PM, APC), CSI, and the two-byte rest.
SEQUENCES = re.compile(
    "(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]"
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

STYLES: dict[Tone, str] = {"neutral": "", "good": "green", "warning": "yellow", "danger": "red", "waiting": "magenta"}
GLYPHS: dict[Tone, str] = {"neutral": "•", "good": "✓", "warning": "!", "danger": "▲", "waiting": "◷"}
WORDS: dict[Tone, str] = {"neutral": "", "good": "", "warning": "Warning: ", "danger": "Danger: ", "waiting": "Waiting: "}
STEP_STYLES = {
    "done": "green",
    "failed": "red",
    "unknown": "yellow",
    "running": "blue",
    "cancelled": "dim",
    "skipped": "dim",
    "waiting": "dim",
}
STEP_ORDER = ("failed", "unknown", "running", "waiting", "cancelled", "skipped", "done")
SHOWN_STEPS = 12
# A file of more lines is told of, not printed.
SHOWN_LINES = 40
# From how many rows on a column of one value is told once.
SAME_FROM = 3
# Verbs that the command line has as well, so that a card can be answered from another terminal.
COMMANDS = ("approve", "deny", "undo")


def render_text(card: Card, width: int = 80, hint: Hint | None = None, *, private: bool = False) -> str:
    """The card as plain text of this width; code keeps its lines whole, however long, so that it can be copied."""
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, markup=False, highlight=False, emoji=False)
    console.print(renderable(card, hint, private=private), crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def renderable(card: Card, hint: Hint | None = None, *, private: bool = False) -> Group:
    """The card for rich to draw."""
    return Group(*_parts(card, hint or command_hint, private=private))


def render_change(before: Card, after: Card) -> str:
    """What is new in a progress card, a line for each step that moved; for output that cannot be redrawn."""
    old = {step.label: step for block in before.blocks if isinstance(block, Progress) for step in block.steps}
    lines = []
    for block in after.blocks:
        if isinstance(block, Progress):
            moved = [step for step in block.steps if old.get(step.label) != step]
            lines += [f"  {block.done} of {block.total}  {_step_line(step)}" for step in moved]
    return "\n".join(lines)


def command_hint(action: Action, name: str = "NAME") -> str:
    """The command that does what the button does, where there is one."""
    if action.verb not in COMMANDS:
        return ""
    return f"escher {action.verb} {shlex.quote(harmless(action.subject))} --as {name}"


def harmless(text: str) -> str:
    """The text without escape sequences, and with any other control character made visible."""
    return UNSEEN.sub("\ufffd", SEQUENCES.sub("", text))


def _line(text: str, style: str = "") -> Styled:
    return Styled(harmless(text), style=style)


def _parts(card: Card, hint: Hint, *, private: bool) -> Iterator[RenderableType]:
    yield _title(card, private=private)
    for block in card.blocks:
        yield Styled("")
        yield from _block(block)
    for file in card.files:
        yield Styled("")
        yield from _file(file)
    if card.actions:
        yield Styled("")
        yield from (_action(number, action, hint) for number, action in enumerate(card.actions, 1))
    if card.footer:
        yield _indented(_line(card.footer, "dim"))
    yield Styled("")


def _title(card: Card, *, private: bool) -> Styled:
    title = _line(f"{GLYPHS[card.tone]} ", STYLES[card.tone])
    title.append(harmless(card.title), "bold")
    if is_production(card):
        title.append("  [PRODUCTION]", "bold red")
    if private:
        title.append("  (only you can see this)", "dim")
    return title


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Text():
            yield _indented(_line(block.text, "bold" if block.strong else ""))
        case Note():
            yield _indented(_line(f"{GLYPHS[block.tone]} {WORDS[block.tone]}{block.text}", STYLES[block.tone]))
        case Facts():
            yield _indented(_facts(block))
        case Table():
            yield from _table(block)
        case Code():
            yield from _code(block)
        case Progress():
            yield from _progress(block)


def _facts(block: Facts) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold", max_width=24)
    grid.add_column(overflow="fold")
    for label, value in block.rows:
        grid.add_row(_line(label), _line(value))
    return grid


def _table(block: Table) -> Iterator[RenderableType]:
    yield _indented(_line(block.caption, "bold"))
    same = _same(block)
    grid = Grid(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    kept = [i for i in range(len(block.columns)) if i not in same]
    for i in kept:
        grid.add_column(_line(_heading(block.columns[i])), justify="right" if block.columns[i].numeric else "left", overflow="fold")
    for row in block.rows[: block.shown]:
        grid.add_row(*(_line(row[i].replace("\n", " ")) if i < len(row) else "" for i in kept))
    if same:
        facts = "   ".join(f"{_heading(block.columns[i])}: {block.rows[0][i]}" for i in same)
        yield _indented(_line(f"each  {facts}", "dim"))
    yield _indented(grid)
    total, shown = max(block.total, len(block.rows)), min(block.shown, len(block.rows))
    if shown < total:
        yield _indented(_line(f"{shown:,} of {total:,} shown", "dim"))


def _same(block: Table) -> list[int]:
    """Columns that say the same in every row: told once, they leave the width to the others."""
    if len(block.rows) < SAME_FROM or len({len(row) for row in block.rows}) != 1:
        return []
    columns = range(1, min(len(block.columns), len(block.rows[0])))
    return [i for i in columns if len({row[i] for row in block.rows}) == 1]


def _heading(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _code(block: Code) -> Iterator[RenderableType]:
    if block.caption:
        yield _indented(_line(block.caption, "dim"))
    for line in harmless(block.text).split("\n"):
        yield Styled(f"    {line}", style="cyan", no_wrap=True, overflow="ignore")


def _file(file: File) -> Iterator[RenderableType]:
    """A terminal keeps no files: a short one is printed, for a long one there is another way."""
    size = len(file.text.encode(errors="replace"))
    yield _indented(_line(f"{file.name}  {size:,} bytes", "bold"))
    if len(file.text.splitlines()) <= SHOWN_LINES:
        yield from _code(Code(file.text.rstrip("\r\n").replace("\r\n", "\n")))
    else:
        yield _indented(_line("Too long to print here. To keep it: escher ask … --json > answer.json", "dim"))


def _progress(block: Progress) -> Iterator[RenderableType]:
    bar = Grid.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=block.total or 1, completed=block.done, width=30), _line(f"{block.done} of {block.total} done", "bold"))
    yield _indented(bar)
    steps = sorted(block.steps, key=lambda step: STEP_ORDER.index(step.state))
    for step in steps[:SHOWN_STEPS]:
        yield _indented(_line(_step_line(step), STEP_STYLES[step.state]))
    if len(steps) > SHOWN_STEPS:
        yield _indented(_line(f"and {len(steps) - SHOWN_STEPS} more", "dim"))


def _step_line(step: Step) -> str:
    return harmless(f"{step.state:<9}  {step.label}" + (f"  {step.detail}" if step.detail else ""))


def _action(number: int, action: Action, hint: Hint) -> Padding:
    line = _line(f"[{number}] ", "dim")
    line.append(harmless(action.label), "bold red" if action.style == "danger" else "bold")
    if command := harmless(hint(action)):
        line.append(f"   {command}", "dim")
    return _indented(line)


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, 2), expand=False)
