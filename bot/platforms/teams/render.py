"""A card as an Adaptive Card 1.5, to be read by a tired person on a phone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.cards.card import Block, Card, Code, Facts, Note, Progress, Step, StepState, Table, Text, Tone
from bot.cards.production import is_production
from bot.platforms.teams.buttons import buttons, refresh
from bot.platforms.teams.escape import Json, line, paragraph, printable, run
from bot.platforms.teams.tables import fact_rows, table_rows

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
ATTACHMENT = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"

TONE_WORDS: dict[Tone, str] = {"neutral": "", "good": "OK", "warning": "Warning", "danger": "Danger", "waiting": "Waiting"}
KIND_WORDS = {"refusal": "Refused", "error": "Failed"}
STYLES: dict[Tone, str] = {"neutral": "default", "good": "good", "warning": "warning", "danger": "attention", "waiting": "accent"}
COLOURS: dict[Tone, str] = {"neutral": "default", "good": "good", "warning": "warning", "danger": "attention", "waiting": "accent"}
STEP_ORDER: dict[StepState, int] = {"failed": 0, "unknown": 1, "running": 2, "waiting": 3, "cancelled": 4, "skipped": 5, "done": 6}
STEP_COLOURS: dict[StepState, str] = {"failed": "attention", "unknown": "warning", "done": "good"}
STEPS_SHOWN = 12
BAR = 20


@dataclass(frozen=True, slots=True)
class View:
    """For whom a card is drawn.

    `deciding` draws the buttons that change something; without it only those that open a look. `refreshers` are the ids of the people whose
    clients fetch a view of their own. `whole` is a modal: all rows are shown. `private` says that nobody else sees it. `answer` stands above
    the card: what the person's click came to.
    """

    deciding: bool = True
    refreshers: tuple[str, ...] = ()
    whole: bool = False
    private: bool = False
    answer: Card | None = None


EVERYBODY = View()


def adaptive(card: Card, view: View = EVERYBODY) -> Json:
    """The card as Adaptive Card JSON, all of it; `limits.fit` makes it small enough for a message."""
    actions = [action for action in card.actions if view.deciding or action.opens]
    drawn: Json = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "fallbackText": plain_title(card),
        "msteams": {"width": "Full"},
        "body": [*_answer(view.answer), *body(card, view)],
        "actions": buttons(actions, card.subject),
    }
    if view.refreshers and card.subject:
        drawn["refresh"] = refresh(card.subject, view.refreshers)
    return drawn


def body(card: Card, view: View = EVERYBODY) -> list[Json]:
    """The card without its buttons."""
    rows = [_head(card)]
    for block in card.blocks:
        rows += _block(card, block, view)
    feet = [card.footer] if card.footer else []
    if view.private:
        feet.append("Only you can see this.")
    return rows + [line(run(foot, size="Small", isSubtle=True), separator=index == 0) for index, foot in enumerate(feet)]


def attachment(content: Json) -> Json:
    """Card JSON as a message carries it."""
    return {"contentType": ATTACHMENT, "content": content}


def plain_title(card: Card) -> str:
    """The card in one line, for notifications and clients without cards."""
    marks = [mark for mark in (verdict(card), "PRODUCTION" if is_production(card) else "") if mark]
    title = printable(card.title).replace("\n", " ").translate({ord("<"): "‹", ord(">"): "›"})
    return f"{title} ({', '.join(marks)})" if marks else title


def verdict(card: Card) -> str:
    """The card's tone in one word; empty for a neutral one."""
    return TONE_WORDS[card.tone] and KIND_WORDS.get(card.kind, TONE_WORDS[card.tone])


def _head(card: Card) -> Json:
    marks = []
    if is_production(card):
        marks.append(run("PRODUCTION", size="Small", weight="Bolder", color="attention"))
    if verdict(card):
        marks.append(run((" · " if marks else "") + verdict(card), size="Small", weight="Bolder", color=COLOURS[card.tone]))
    title = line(run(card.title or " ", size="Large", weight="Bolder"), **({"spacing": "None"} if marks else {}))
    return {"type": "Container", "style": STYLES[card.tone], "bleed": True, "items": [line(*marks), title] if marks else [title]}


def _answer(card: Card | None) -> list[Json]:
    """What a click came to, above the card it was made on."""
    if card is None:
        return []
    rows = [line(run(card.title, weight="Bolder"))]
    for block in card.blocks:
        rows += _block(card, block, EVERYBODY)
    rows.append(line(run("Only you can see this.", size="Small", isSubtle=True)))
    return [{"type": "Container", "style": STYLES[card.tone if card.tone != "neutral" else "waiting"], "bleed": True, "items": rows}]


def _block(card: Card, block: Block, view: View) -> list[Json]:
    match block:
        case Text():
            return paragraph(block.text, **({"weight": "Bolder"} if block.strong else {}))
        case Note():
            return [_note(card, block)]
        case Facts():
            return fact_rows(block.rows)
        case Table():
            return table_rows(block, whole=view.whole)
        case Code():
            return _code(block)
        case Progress():
            return _progress(block, view)


def _note(card: Card, note: Note) -> Json:
    """A note that must be seen; its word is left away where the head says it already, or nothing needs a warning."""
    said_already = note.tone == "good" or (card.kind in KIND_WORDS and note.tone == card.tone)
    word = "" if said_already else TONE_WORDS[note.tone]
    runs = [run(f"{word}: ", weight="Bolder", color=COLOURS[note.tone])] if word else []
    return line(*runs, run(note.text))  # the word alone has colour: some themes' colours are hard to read


def _code(code: Code) -> list[Json]:
    """Monospace lines that keep their indentation, in a box of their own."""
    caption = [line(run(code.caption, weight="Bolder", size="Small"))] if code.caption else []
    lines = [
        line(run(_indented(one), fontType="Monospace", size="Small"), **({"spacing": "None"} if index else {}))
        for index, one in enumerate(code.text.split("\n"))
    ]
    return [*caption, {"type": "Container", "style": "emphasis", "items": lines}]


def _indented(text: str) -> str:
    """Spaces at the beginning hold, which clients would drop."""
    return re.sub(r"^[ \t]+", lambda found: "\u00a0" * len(found[0].expandtabs(4)), text) or "\u00a0"


def _progress(progress: Progress, view: View) -> list[Json]:
    """A bar and a count, and the steps that want eyes first."""
    full = round(BAR * progress.done / progress.total) if progress.total else 0
    full = max(0, min(BAR, full))
    count = run(f"  {progress.done:,} of {progress.total:,} done", weight="Bolder")
    steps = sorted(progress.steps, key=lambda step: STEP_ORDER[step.state])
    shown = steps if view.whole else steps[:STEPS_SHOWN]
    rows = [line(run("█" * full + "░" * (BAR - full), fontType="Monospace"), count), *(_step(step) for step in shown)]
    if len(steps) > len(shown):
        rows.append(line(run(f"and {len(steps) - len(shown):,} more", isSubtle=True), spacing="Small"))
    return rows


def _step(step: Step) -> Json:
    detail = [run(f" · {step.detail}", isSubtle=True)] if step.detail else []
    state = run(f"{step.state}  ", color=STEP_COLOURS.get(step.state, "default"), weight="Bolder")
    return line(state, run(step.label), *detail, spacing="Small")
