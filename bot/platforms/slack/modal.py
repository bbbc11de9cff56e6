"""A card or a form as a modal view, and a submitted view back as fields. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards.card import Action, Card, Field, File
from bot.platforms.platform import Place
from bot.platforms.slack.limits import (
    CHECKBOXES,
    IDENTIFIER,
    INPUT_LABEL,
    INPUT_VALUE,
    OPTION_GROUPS,
    OPTION_TEXT,
    OPTION_VALUE,
    OPTIONS,
    RADIOS,
    VIEW,
    VIEW_TITLE,
    Json,
    Surface,
    chars,
    cut,
    size,
    weight,
)
from bot.platforms.slack.mrkdwn import filled, harmless
from bot.platforms.slack.pressed import Context, remembered, written
from bot.platforms.slack.render import context, header, label, render

FORM, SHEET, ASK, WAIT = "form", "sheet", "ask", "wait"
# From how many letters on Slack asks us for the names that begin so.
LOOKUP_LETTERS = 2
# How many choices a field offers, and whether with their details, from what is wanted to what always fits.
_OFFERED = (
    (OPTIONS * OPTION_GROUPS, True),
    (OPTIONS * OPTION_GROUPS, False),
    (1000, False),
    (300, False),
    (100, False),
    (10, False),
    (1, False),
)
SPARE_BYTES = 10_000
ASK_BLOCK, ASK_INPUT = "question", "text"
_KINDS = {
    "plan": "Plan",
    "progress": "Progress",
    "outcome": "What happened",
    "table": "Answer",
    "clarification": "Which one?",
    "refusal": "Not done",
    "error": "Not done",
    "details": "Details",
    "resource": "Resource",
}


def form(action: Action, place: Place, title: str = "") -> Json:
    """The modal that asks for an action's fields."""
    blocks = [header(title)] if title.strip() else []
    blocks += inputs(action.form, VIEW.less(blocks))
    memory = Context(place.channel, place.thread, action.verb, action.subject)
    return _view(FORM, action.label, blocks, memory) | _submit(action.label)


def sheet(card: Card, place: Place, notes: Sequence[str] = ()) -> tuple[Json, tuple[File, ...]]:
    """A card that stands in a modal, and the files that belong to it and are sent apart.

    A modal has one submit: with exactly one action that has a form, its fields stand in the card and the submit is that action.
    """
    forms = [action for action in card.actions if action.form]
    asked = forms[0] if len(forms) == 1 and len(forms[0].form) < VIEW.blocks // 2 and written(forms[0], place.thread) else None
    foot = inputs(asked.form, Surface(VIEW.blocks // 2, VIEW.chars // 2, VIEW.bytes // 2)) if asked else []
    shown = Card(
        card.kind, card.title, card.tone, card.blocks, tuple(one for one in card.actions if one is not asked), card.footer, files=card.files
    )
    room = VIEW.less([*foot, context("x" * 200)])
    rendered = render(shown, place.thread, Surface(room.blocks, room.chars, room.bytes - SPARE_BYTES))
    told = [f"Sent to you directly: {', '.join(file.name for file in rendered.files)}."] if rendered.files else []
    blocks = [*rendered.blocks, *(context(cut(note, 200)) for note in (*told, *notes)[:1]), *foot]
    memory = Context(place.channel, place.thread, asked.verb if asked else "", asked.subject if asked else "")
    title = card.title if size(card.title) <= VIEW_TITLE else _KINDS.get(card.kind, "Escher")
    view = _view(FORM if asked else SHEET, title, blocks, memory)
    return (view | _submit(asked.label) if asked else view), rendered.files


def ask(place: Place, text: str) -> Json:
    """The modal of the message shortcut: what to ask about a message, which stands there to begin with."""
    element = {"type": "plain_text_input", "action_id": ASK_INPUT, "multiline": True}
    if text.strip():
        element["initial_value"] = cut(harmless(text), INPUT_VALUE)
    field: Json = {"type": "input", "block_id": ASK_BLOCK, "label": label("What do you want to ask or do?"), "element": element}
    hint = context("What you ask is posted in the thread of the message, and answered there.")
    return _view(ASK, "Ask Escher", [field, hint], Context(place.channel, place.thread)) | _submit("Ask")


def wait(place: Place) -> Json:
    """What stands in a modal until its card is there."""
    return _view(WAIT, "One moment", [context("Looking it up.")], Context(place.channel, place.thread))


def _view(callback: str, title: str, blocks: Sequence[Json], memory: Context) -> Json:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": label(cut(filled(title), VIEW_TITLE)),
        "close": label("Close"),
        "blocks": list(blocks),
        "private_metadata": remembered(memory),
    }


def _submit(text: str) -> Json:
    return {"submit": label(cut(filled(text), VIEW_TITLE))}


def inputs(fields: Sequence[Field], room: Surface) -> list[Json]:
    """An input block for each field. Where choices are too many for a view, their details go first, and then the last of them, told so."""
    for most, detailed in _OFFERED:
        blocks = [
            block for index, field in enumerate(fields[: room.blocks // 2]) for block in _input(index, field, most, detailed=detailed)
        ]
        if weight(blocks) <= room.bytes - SPARE_BYTES and sum(map(chars, blocks)) <= room.chars:
            break
    return blocks


def _input(index: int, field: Field, most: int, *, detailed: bool) -> Iterator[Json]:
    element = {"action_id": cut(field.name, IDENTIFIER) if field.name.strip() else "field"}
    sought = is_sought(field)
    element |= _sought(field) if sought else _choices(field, most, detailed=detailed) if field.choices else _text(field)
    yield {
        "type": "input",
        "block_id": f"field-{index}",
        "label": label(cut(filled(field.label), INPUT_LABEL)),
        "optional": not field.required,
        "element": element,
    }
    if len(field.choices) > most and not sought:
        yield context(f"The first {most:,} of {len(field.choices):,} stand here. Name the others in a message instead.")


def is_sought(field: Field) -> bool:
    """Whether Slack asks us for the options of a field while somebody types: names of resources, and choices that no one list takes.

    A list where some are picked to begin with is shown whole: what is picked must be seen.
    """
    return field.lookup or (len(field.choices) > OPTIONS and not field.picked)


def _sought(field: Field) -> Json:
    hint = "Type a name" if field.lookup else f"{len(field.choices):,} to choose from; type to find one"
    kind = "multi_external_select" if field.many else "external_select"
    return {"type": kind, "min_query_length": LOOKUP_LETTERS if field.lookup else 0, "placeholder": label(hint)}


def _text(field: Field) -> Json:
    element: Json = {"type": "plain_text_input", "multiline": field.multiline, "max_length": INPUT_VALUE}
    return element | {"initial_value": cut(harmless(field.picked[0]), INPUT_VALUE)} if field.picked and field.picked[0] else element


def _choices(field: Field, most: int, *, detailed: bool) -> Json:
    options = list(_options(field, most, detailed=detailed))
    picked = [option for option, value in options if value in set(field.picked)]
    shown = [option for option, _ in options]
    if field.many:
        few = len(shown) <= CHECKBOXES
        element = {"type": "checkboxes", "options": shown} if few else {"type": "multi_static_select"} | _listed(shown)
        return element | ({"initial_options": picked} if picked else {})
    few = len(shown) <= RADIOS
    element = {"type": "radio_buttons", "options": shown} if few else {"type": "static_select"} | _listed(shown)
    return element | ({"initial_option": picked[0]} if picked else {})


def _listed(options: list[Json]) -> Json:
    """Options of a select: in groups where they are more than one list takes."""
    if len(options) <= OPTIONS:
        return {"options": options}
    groups = [
        {"label": label(f"{start + 1:,} to {min(start + OPTIONS, len(options)):,}"), "options": options[start : start + OPTIONS]}
        for start in range(0, len(options), OPTIONS)
    ]
    return {"option_groups": groups}


def _options(field: Field, most: int, *, detailed: bool) -> Iterator[tuple[Json, str]]:
    seen: set[str] = set()
    for value, name, detail in field.choices[:most]:
        key = option_value(value)
        if key not in seen:
            seen.add(key)
            yield option(value, name, detail if detailed else ""), value


def option(value: str, name: str, detail: str) -> Json:
    """A choice as Slack takes it: shown letter by letter, cut to what a list has room for."""
    made: Json = {"text": label(cut(filled(name), OPTION_TEXT)), "value": option_value(value)}
    return made | ({"description": label(cut(filled(detail), OPTION_TEXT))} if detail.strip() else {})


def option_value(value: str) -> str:
    """How a choice is named in Slack: by itself, or by a digest where it is longer than Slack takes it."""
    if value.strip() and size(value) <= OPTION_VALUE and not value.startswith("#"):
        return value
    return "#" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def fields(view: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What was filled in, by field, as Slack names it."""
    values: Mapping[str, Mapping[str, Any]] = view.get("state", {}).get("values", {})
    return {name: tuple(_filled_in(state)) for block in values.values() for name, state in block.items()}


def _filled_in(state: Mapping[str, Any]) -> Iterator[str]:
    if "selected_options" in state:
        yield from (option["value"] for option in state["selected_options"] or ())
    elif state.get("selected_option"):
        yield state["selected_option"]["value"]
    elif state.get("value"):
        yield state["value"]


def digested(given: Mapping[str, Sequence[str]]) -> bool:
    """Whether a choice came back as a digest."""
    return any(value.startswith("#") for values in given.values() for value in values)


def resolved(given: Mapping[str, Sequence[str]], asked: Sequence[Field]) -> dict[str, tuple[str, ...]] | None:
    """The fields with digests replaced by the choices they stand for; None when one stands for nothing any more."""
    known = {field.name: {option_value(value): value for value, _, _ in field.choices} for field in asked if field.choices}
    whole: dict[str, tuple[str, ...]] = {}
    for name, values in given.items():
        if name in known and not all(value in known[name] for value in values):
            return None
        whole[name] = tuple(known[name][value] for value in values) if name in known else tuple(values)
    return whole
