"""A card as Teams shows it: its Adaptive Card, and the activities that Teams sends for what is pressed and filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards.card import Action, Card
from bot.platforms.platform import Click, Place
from bot.platforms.teams.limits import MOST_BYTES, fit, fit_form, size
from bot.platforms.teams.pressed import pressed
from bot.platforms.teams.render import adaptive
from bot.platforms.teams.task import form_card, look_card

TEXTS = ("text", "title", "value")


class TeamsShown:
    """As a message, or `inside` a modal (task module)."""

    def __init__(self, card: Card, place: Place, *, inside: bool) -> None:
        self._card, self._place = card, place
        drawn = fit(card, look_card if inside else adaptive)
        assert size(drawn) <= MOST_BYTES
        self.words = " ".join(said(drawn["body"]))
        self.beside = ""
        self._buttons = {one["title"]: one for one in drawn["actions"]}
        self._inputs = list(inputs(drawn["body"]))
        self.actions = tuple(self._buttons)

    async def press(self, label: str, fields: Mapping[str, Sequence[str]], login: str) -> Click:
        """Presses the button, and submits the modal that it opens; or submits what stands around it."""
        button = self._buttons[label]
        if button["type"] == "Action.ShowCard":
            return self._click(self._submit(button["card"], fields), login)
        if button["type"] == "Action.Execute":
            return self._click({"action": {"type": "Action.Execute", "verb": button["verb"], "data": button["data"]}}, login)
        press = pressed({"data": button["data"]})
        assert press is not None
        if press.asks == "form":
            return self._click(self._submit(fit_form(self._action(label), form_card), fields), login)
        return self._click({"data": {**button["data"], **filled(self._inputs, fields)}}, login)

    def _action(self, label: str) -> Action:
        return next(action for action in self._card.actions if action.label == label)

    def _submit(self, card: Mapping[str, Any], fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        (button,) = card["actions"]
        return {"data": {**button["data"], **filled(list(inputs(card["body"])), fields)}}

    def _click(self, value: dict[str, Any], login: str) -> Click:
        press = pressed(value)
        assert press is not None
        return Click("a1", self._place, login, press.verb, press.subject, press.fields)


def said(node: Any) -> Iterator[str]:
    """Every text in an Adaptive Card that somebody reads; a fact's title and value are texts, an input's value is none."""
    if isinstance(node, Mapping):
        if str(node.get("type", "")).startswith("Input."):
            yield str(node.get("label", ""))
            return
        yield from (value for key, value in node.items() if key in TEXTS and isinstance(value, str))
        yield from (text for value in node.values() for text in said(value))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        yield from (text for one in node for text in said(one))


def inputs(node: Any) -> Iterator[Mapping[str, Any]]:
    """The inputs in a card's body."""
    if isinstance(node, Mapping):
        if str(node.get("type", "")).startswith("Input."):
            yield node
        yield from (one for value in node.values() for one in inputs(value))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        yield from (one for child in node for one in inputs(child))


def filled(asked: Sequence[Mapping[str, Any]], fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What Teams sends of inputs after somebody chose or wrote this: ticked values joined by commas."""
    sent = {}
    for one in asked:
        wanted = fields[one["id"].split(".", 2)[2]]
        if one["type"] == "Input.Text":
            sent[one["id"]] = wanted[0]
            continue
        offered = [choice["value"] for choice in one["choices"]]
        meant = {value.replace("%", "%25").replace(",", "%2C") if one["isMultiSelect"] else value for value in wanted}
        sent[one["id"]] = ",".join(value for value in offered if value in meant)
    return sent
