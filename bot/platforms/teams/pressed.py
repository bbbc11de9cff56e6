"""What an activity says was pressed. Pure.

Four payloads mean a press: `adaptiveCard/action` (Action.Execute), `task/fetch` (a button that opens a modal), `task/submit` (the modal's
button), and a message with a value (Action.Submit). All of it comes from a client and is believed only in its shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.platforms.teams.task import filled

LONGEST = 1800


@dataclass(frozen=True, slots=True)
class Press:
    """A button, and the fields that came with it. `card` is the subject of the card it stood on; `asks` is `form` or `open` for a modal."""

    verb: str
    subject: str
    card: str = ""
    asks: str = ""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)


def pressed(value: object) -> Press | None:
    """The press in an activity's value, whichever of the four it is; None when it is none of ours."""
    said = _inner(value)
    own = said.get("escher")
    if not isinstance(own, Mapping):
        return None
    verb, subject, card, asks = (_text(own.get(key)) for key in ("verb", "subject", "card", "asks"))
    if not verb:
        return None
    return Press(verb, subject, card, asks if asks in ("form", "open") else "", filled(said, _text(said.get("form")) or "0"))


def _inner(value: object) -> Mapping[str, object]:
    """The button's data: itself, below `data`, or below `action.data`."""
    if not isinstance(value, Mapping):
        return {}
    action = value.get("action")
    for inside in (action.get("data") if isinstance(action, Mapping) else None, value.get("data"), value):
        if isinstance(inside, Mapping) and "escher" in inside:
            return inside
    return {}


def _text(value: object) -> str:
    """A text as it is; a longer one than we ever wrote is no text of ours, and cut short it would name something else."""
    return value if isinstance(value, str) and len(value) <= LONGEST else ""
