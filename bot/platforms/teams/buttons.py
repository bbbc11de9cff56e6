"""Buttons: each action of a card as Action.Execute, with Action.Submit for clients that know no better. Pure.

What a button carries stands under `escher` in its data and grants nothing: who may press it is decided behind the inbox, each time.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Action
from bot.platforms.teams.escape import Json, printable

REFRESH = "escher.refresh"
# Teams shows six; the rest goes behind "…".
PRIMARY = 5
STYLES = {"plain": "default", "primary": "positive", "danger": "destructive"}
# Teams refreshes a card by itself for so many people and no more.
MOST_REFRESHERS = 60


def buttons(actions: Sequence[Action], card: str) -> list[Json]:
    """The row of buttons of a card, `card` being its subject."""
    return [_button(action, card) | ({"mode": "secondary"} if index >= PRIMARY else {}) for index, action in enumerate(actions)]


def refresh(subject: str, people: Sequence[str]) -> Json:
    """What makes these people's clients ask for a view of their own. `people` are ids of the conversation's members."""
    action = {"type": "Action.Execute", "title": "Refresh", "verb": REFRESH, "data": carried(REFRESH, subject, subject)}
    return {"action": action, "userIds": list(people[:MOST_REFRESHERS])}


def carried(verb: str, subject: str, card: str = "", asks: str = "") -> Json:
    """A button's data. `card` is the subject of the card it stands on; `asks` is `form` or `open` where a click first opens a modal."""
    return {"escher": {"verb": verb, "subject": subject} | ({"card": card} if card else {}) | ({"asks": asks} if asks else {})}


def _button(action: Action, card: str) -> Json:
    title = {"title": printable(action.label).replace("\n", " ") or action.verb, "style": STYLES[action.style]}
    if action.form or action.opens:
        asked = carried(action.verb, action.subject, card, "form" if action.form else "open")
        return {"type": "Action.Submit", **title, "data": {"msteams": {"type": "task/fetch"}, **asked}}
    data = carried(action.verb, action.subject, card)
    return {
        "type": "Action.Execute",
        **title,
        "verb": action.verb,
        "data": data,
        "associatedInputs": "none",
        "fallback": {"type": "Action.Submit", **title, "data": data},
    }
