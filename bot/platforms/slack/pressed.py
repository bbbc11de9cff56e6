"""What a button carries, and an interaction payload as a click. Pure.

A button's value is written by us and comes back from Slack as it was; it names a meaning and grants nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from bot.cards.card import Action
from bot.platforms.platform import Click, Place
from bot.platforms.slack.limits import BUTTON_VALUE, METADATA, size

PLATFORM = "slack"
How = Literal["plain", "form", "opens"]


@dataclass(frozen=True, slots=True)
class Press:
    """What a button means. `thread` is the thread it was shown for: an ephemeral message does not say so itself."""

    verb: str
    subject: str
    thread: str = ""
    how: How = "plain"


@dataclass(frozen=True, slots=True)
class Context:
    """What a view remembers in its private metadata: where it was opened from, and what its submit means."""

    channel: str
    thread: str
    verb: str = ""
    subject: str = ""

    @property
    def place(self) -> Place:
        return Place(PLATFORM, self.channel, self.thread)


def written(action: Action, thread: str) -> str:
    """The value of an action's button; '' when it would be longer than Slack takes it."""
    how: How = "form" if action.form else "opens" if action.opens else "plain"
    value = json.dumps([action.verb, action.subject, thread, how], ensure_ascii=False, separators=(",", ":"))
    return value if size(value) <= BUTTON_VALUE else ""


def read(value: str) -> Press | None:
    """What a button's value means; None when it is none of ours."""
    try:
        parts = json.loads(value)
    except ValueError:
        return None
    if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(part, str) for part in parts):
        return None
    verb, subject, thread, how = parts
    return Press(verb, subject, thread, cast(How, how)) if how in ("plain", "form", "opens") else None


def remembered(context: Context) -> str:
    """A view's private metadata. `written` refused what would not fit."""
    text = json.dumps([context.channel, context.thread, context.verb, context.subject], ensure_ascii=False, separators=(",", ":"))
    if size(text) > METADATA:
        raise ValueError(f"a view cannot remember {size(text)} characters")
    return text


def recalled(view: Mapping[str, Any]) -> Context | None:
    """What a view of ours remembers; None when it is none of ours."""
    try:
        parts = json.loads(view.get("private_metadata", ""))
    except ValueError:
        return None
    if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(part, str) for part in parts):
        return None
    return Context(*parts)


def login(payload: Mapping[str, Any]) -> str:
    """Who pressed: their own team and their id, both stated by Slack."""
    user = payload["user"]
    return f"{user.get('team_id', '')}/{user['id']}"


def clicked(payload: Mapping[str, Any]) -> tuple[Click, Press] | None:
    """A `block_actions` payload as a click; None when the button is none of ours. Whether a guest pressed is for the caller to find out."""
    action = payload["actions"][0]
    press = read(action.get("value") or "")
    place = where(payload, press.thread) if press else None
    if press is None or place is None:
        return None
    container = payload.get("container", {})
    about = container.get("message_ts") or f"{payload.get('view', {}).get('id', '')}.{payload.get('view', {}).get('hash', '')}"
    once = f"{action.get('action_ts', '')}:{payload['user']['id']}:{about}:{action.get('action_id', '')}"
    return Click(once, place, login(payload), press.verb, press.subject), press


def titled(payload: Mapping[str, Any]) -> str:
    """The title of the card a button stood on; '' where Slack does not send the message along, as for ephemeral ones."""
    blocks: Sequence[Mapping[str, Any]] = (payload.get("message") or payload.get("view") or {}).get("blocks") or ()
    title = next((str(block["text"]["text"]) for block in blocks if block.get("type") == "header"), "")
    return title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def where(payload: Mapping[str, Any], thread: str) -> Place | None:
    """Where a button stood. A button on a message outside any thread opens the thread of that message."""
    if view := payload.get("view"):
        context = recalled(view)
        return context.place if context else None
    container, message = payload.get("container", {}), payload.get("message") or {}
    channel = (payload.get("channel") or {}).get("id") or container.get("channel_id", "")
    stamp = container.get("message_ts", "")
    root = container.get("thread_ts") or message.get("thread_ts") or ""
    if container.get("is_ephemeral"):
        return Place(PLATFORM, channel, root or thread)
    return Place(PLATFORM, channel, root or stamp)


def submitted(payload: Mapping[str, Any], fields: Mapping[str, Sequence[str]]) -> Click | None:
    """A `view_submission` payload as a click; None when the view is none of ours."""
    view = payload["view"]
    context = recalled(view)
    if context is None:
        return None
    once = f"{view['id']}:{payload['user']['id']}:{view.get('hash', '')}"
    return Click(once, context.place, login(payload), context.verb, context.subject, fields)
