"""Modals (task modules): a card to look at, or a button's form to fill in; and what was filled in. Pure.

An input's id is `NUMBER.one.NAME` or `NUMBER.many.NAME`: the number tells forms of one modal apart, and `many` that Teams joins the ticked
values with commas, so values are written with theirs encoded.

A field that names any resource is a text to type: completing it while typing (`Data.Query` in `choices.data`) is not in Adaptive Cards 1.5,
and not every Teams client has it. Long lists of choices are `filtered`, so that typing finds among those that the card carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards.card import Action, Card, Field, File
from bot.platforms.teams.buttons import PRIMARY, STYLES, carried
from bot.platforms.teams.escape import Json, line, paragraph, printable, run, unmarked
from bot.platforms.teams.render import SCHEMA, VERSION, View, attachment, body

OPEN_CHOICES = 8
LONGEST_TITLE = 64
LONGEST_TEXT = 500


def form_card(action: Action, intro: str = "") -> Json:
    """The card of a modal that asks for a button's fields."""
    head = paragraph(intro)
    return _modal([*head, *_inputs(action, 0)], [_submit(action, 0)])


def look_card(card: Card) -> Json:
    """The card of a modal that shows another card, whole; forms on it are asked in place."""
    rows = body(card, View(whole=True))
    forms = [action for action in card.actions if action.form]
    if len(forms) == 1:
        rows += _inputs(forms[0], 0)
    actions = [
        _folded(action, number) if action.form and len(forms) > 1 else _submit(action, 0) for number, action in enumerate(card.actions)
    ]
    return _modal(rows + _file_rows(card.files), [one | _aside(index) for index, one in enumerate(actions)])


def opened(title: str, content: Json, *, wide: bool = True) -> Json:
    """What answers `task/fetch` and `task/submit` to show this card."""
    size = "large" if wide else "medium"
    value = {"title": printable(title)[:LONGEST_TITLE], "height": size, "width": size, "card": attachment(content)}
    return {"task": {"type": "continue", "value": value}}


def filled(value: Mapping[str, object], number: str) -> dict[str, tuple[str, ...]]:
    """The fields of form `number` in what was submitted. Anything else in there is left away."""
    fields: dict[str, tuple[str, ...]] = {}
    for key, said in value.items():
        form, _, rest = key.partition(".")
        kind, _, name = rest.partition(".")
        if form != number or kind not in ("one", "many") or not isinstance(said, str):
            continue
        picked = said.split(",") if kind == "many" else [said]
        fields[name] = tuple(_decoded(one) for one in picked if one) if kind == "many" else ((said,) if said else ())
    return fields


def _modal(rows: Sequence[Json], actions: Sequence[Json]) -> Json:
    return {"type": "AdaptiveCard", "$schema": SCHEMA, "version": VERSION, "body": list(rows), "actions": list(actions)}


def _inputs(action: Action, number: int) -> list[Json]:
    return [_input(field, number) for field in action.form]


def _input(field: Field, number: int) -> Json:
    kind = "many" if field.many else "one"
    asked: Json = {"id": f"{number}.{kind}.{field.name}", "label": unmarked(field.label), "isRequired": field.required}
    if field.required:
        asked["errorMessage"] = "This one is needed."
    if not field.choices:
        return {"type": "Input.Text", **asked, "isMultiline": field.multiline, "maxLength": LONGEST_TEXT, "value": ",".join(field.picked)}
    encoded = _encoded if field.many else str
    choices = [{"title": _choice(label, detail), "value": encoded(value)} for value, label, detail in field.choices]
    style = "expanded" if field.many or len(choices) <= OPEN_CHOICES else "filtered"
    picked = ",".join(encoded(one) for one in field.picked)
    return {
        "type": "Input.ChoiceSet",
        **asked,
        "choices": choices,
        "isMultiSelect": field.many,
        "style": style,
        "wrap": True,
        "value": picked,
    }


def _choice(label: str, detail: str) -> str:
    return unmarked(f"{label} · {detail}" if detail else label)


def _submit(action: Action, number: int) -> Json:
    style = STYLES[action.style]
    data = {**carried(action.verb, action.subject), "form": str(number)}
    return {"type": "Action.Submit", "title": printable(action.label), "style": style, "data": data}


def _folded(action: Action, number: int) -> Json:
    """A form that opens below its button, where a modal has several."""
    inner = _modal(_inputs(action, number), [_submit(action, number)])
    return {"type": "Action.ShowCard", "title": printable(action.label), "card": inner}


def _aside(index: int) -> Json:
    """Teams shows a few buttons and keeps the rest behind "…"."""
    return {"mode": "secondary"} if index >= PRIMARY else {}


def _file_rows(files: Sequence[File]) -> list[Json]:
    """Files as text to read and copy, where they cannot be downloaded."""
    rows: list[Json] = []
    for file in files:
        rows.append(line(run(file.name, weight="Bolder"), separator=True))
        lines = [line(run(one, fontType="Monospace", size="Small"), spacing="None") for one in file.text.split("\n") if one]
        rows.append({"type": "Container", "style": "emphasis", "items": lines})
    return rows


def _encoded(value: str) -> str:
    return value.replace("%", "%25").replace(",", "%2C")


def _decoded(value: str) -> str:
    return value.replace("%2C", ",").replace("%25", "%")
