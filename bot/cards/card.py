"""The neutral card: what every platform can show, and nothing only one of them can. Pure.

A card is data. Builders in this folder make cards out of the engine's results; each platform's `render.py` turns them into HTML,
Block Kit or Adaptive Cards. Text is plain text: renderers escape it, and resource names never become markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Tone = Literal["neutral", "good", "warning", "danger", "waiting"]
StepState = Literal["waiting", "running", "done", "failed", "skipped", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `strong` for the one line that matters."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A line that must be seen: a risk, a gap, a refusal."""

    text: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs, in reading order."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; `numeric` columns sort by number and align right. `unit` stands in the heading."""

    title: str
    numeric: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text. `shown` is how many a card shows before "all N in details"; `total` counts all rows, sent or not; 0 means all were sent."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    shown: int = 10
    total: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy, exactly: commands, bytes that left."""

    text: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One target's progress within a run."""

    label: str
    state: StepState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` steps with each step's own state; failures stand first where space is short."""

    done: int
    total: int
    steps: tuple[Step, ...]


Block = Text | Note | Facts | Table | Code | Progress


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form. `choices` are (value, label, detail) and make it a pick list; `many` makes it tick boxes.

    `lookup` is a text that may name any resource: a platform that can completes it while it is typed, and may send the exact id instead.
    """

    name: str
    label: str
    required: bool = True
    multiline: bool = False
    choices: tuple[tuple[str, str, str], ...] = ()
    many: bool = False
    picked: tuple[str, ...] = ()
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button. What it means is looked up on the server side by `verb` and `subject`; neither grants anything by itself.

    With `form` a click first asks for its fields (a modal). With `opens` a click shows another card in a modal and changes nothing.
    On a card that stands in a modal itself, a form's fields are asked in that modal, and what the click answers takes its place there.
    """

    verb: str  # "approve", "deny", "undo", "cancel", "pick", "details", "left-network", ...
    subject: str  # the id it is about: a plan, an execution, a question
    label: str
    style: Literal["plain", "primary", "danger"] = "plain"
    form: tuple[Field, ...] = ()
    opens: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep: a CSV of an answer, bytes that left. `media` is its media type."""

    name: str
    text: str
    media: str = "text/plain"


CardKind = Literal[
    "plan",
    "progress",
    "outcome",
    "table",
    "clarification",
    "refusal",
    "error",
    "text",
    "help",
    "details",
    "sheet",
    "resource",
    "notice",
    "home",
]


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `subject` ties later versions of a card to the first: a platform replaces what it shows for it.

    `files` are for the person the card is for, to download; a card that everybody sees carries none.
    """

    kind: CardKind
    title: str
    tone: Tone = "neutral"
    blocks: tuple[Block, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""
    subject: str = ""
    files: tuple[File, ...] = ()

    def without_actions(self, footer: str = "") -> Card:
        """The same card after it was decided: no buttons, and why there are none."""
        return replace(self, actions=(), footer=footer or self.footer)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn says: cards in order. `private` ones are for the person alone; `targets` are the resource ids an answer listed."""

    cards: tuple[Card, ...] = ()
    private: bool = False
    targets: tuple[str, ...] = field(default=())
