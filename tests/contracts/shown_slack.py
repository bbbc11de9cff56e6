"""A card as Slack shows it: its blocks, and the payloads that Slack sends for what is pressed and filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards.card import Action, Card, File
from bot.platforms.platform import Click, Place
from bot.platforms.slack import modal
from bot.platforms.slack.limits import check_message, check_view
from bot.platforms.slack.pressed import clicked, submitted
from bot.platforms.slack.render import render


class SlackShown:
    """As a message, or `inside` a modal view. What breaks one of Slack's limits is not shown at all."""

    def __init__(self, card: Card, place: Place, *, inside: bool) -> None:
        self._card, self._place = card, place
        self._view: dict[str, Any] | None = None
        files: Sequence[File]
        if inside:
            self._view, files = modal.sheet(card, place)
            check_view(self._view)
            blocks = self._view["blocks"]
        else:
            message = render(card, place.thread)
            check_message(message.blocks, message.text)
            blocks, files = message.blocks, message.files
        self.words = " ".join(said(blocks))
        self.beside = " ".join(f"{file.name} {file.text}" for file in files)
        self.words += " ".join(file.name for file in files)
        self._buttons = {one["text"]["text"]: one for one in elements(blocks) if one["type"] == "button"}
        submit = [self._view["submit"]["text"]] if self._view and "submit" in self._view else []
        self.actions = (*self._buttons, *submit)

    async def press(self, label: str, fields: Mapping[str, Sequence[str]], login: str) -> Click:
        """Presses the button, and submits the modal that it opens; or submits the one it stands in."""
        if label not in self._buttons:
            assert self._view is not None
            return self._submitted(self._view, fields, login)
        found = clicked(self._payload(login) | {"actions": [{**self._buttons[label], "action_ts": "1700000001.1"}]})
        assert found is not None
        click, press = found
        if press.how != "form":
            return click
        view = modal.form(self._action(label), click.place)
        check_view(view)
        return self._submitted(view, fields, login)

    def _action(self, label: str) -> Action:
        return next(action for action in self._card.actions if action.label == label)

    def _payload(self, login: str) -> dict[str, Any]:
        team, _, user = login.partition("/")
        payload: dict[str, Any] = {"type": "block_actions", "user": {"id": user, "team_id": team}, "trigger_id": "1.2.3"}
        if self._view is not None:
            return payload | {"view": {**self._view, "id": "V1", "hash": "h1"}}
        container = {
            "type": "message",
            "message_ts": "1700000000.000200",
            "thread_ts": self._place.thread,
            "channel_id": self._place.channel,
        }
        return payload | {"channel": {"id": self._place.channel}, "container": container}

    def _submitted(self, view: Mapping[str, Any], fields: Mapping[str, Sequence[str]], login: str) -> Click:
        values = {
            block["block_id"]: {block["element"]["action_id"]: state(block["element"], fields[block["element"]["action_id"]])}
            for block in view["blocks"]
            if block["type"] == "input"
        }
        sent = {**view, "id": "V1", "hash": "h1", "state": {"values": values}}
        asked = next(action.form for action in self._card.actions if {one.name for one in action.form} == set(fields))
        whole = modal.resolved(modal.fields(sent), asked)
        assert whole is not None
        click = submitted(self._payload(login) | {"type": "view_submission", "view": sent}, whole)
        assert click is not None
        return click


def said(node: Any) -> Iterator[str]:
    """Every text in blocks that somebody reads; choices that are folded away are none."""
    if isinstance(node, Mapping):
        if isinstance(node.get("text"), str):
            yield node["text"]
        yield from (text for key, value in node.items() if key not in ("options", "option_groups") for text in said(value))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        yield from (text for one in node for text in said(one))


def elements(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What can be pressed."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]


def state(element: Mapping[str, Any], values: Sequence[str]) -> Mapping[str, Any]:
    """What Slack says of an element after somebody chose or wrote this."""
    if element["type"] == "plain_text_input":
        return {"type": element["type"], "value": values[0]}
    if element["type"] == "external_select":  # whatever the lookup offered
        return {"type": element["type"], "selected_option": {"value": modal.option_value(values[0])}}
    options = [option for group in element.get("option_groups", [element]) for option in group["options"]]
    wanted = [option for option in options if option["value"] in {modal.option_value(value) for value in values}]
    if element["type"] in ("checkboxes", "multi_static_select"):
        return {"type": element["type"], "selected_options": wanted}
    return {"type": element["type"], "selected_option": wanted[0]}
