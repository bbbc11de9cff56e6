"""Cards as they came back from the peer, and the envelopes that Slack would send when somebody presses their buttons. Pure but for ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.platforms.slack.pressed import Context, remembered
from tests.benchmarks.chat_people import BOT, TEAM

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card of the bot with a button: the message it stands in, the button's element, and what the button is about."""

    message: Mapping[str, Any]
    element: Mapping[str, Any]
    verb: str
    subject: str

    @property
    def about(self) -> str:
        """The plan's or run's id, without the digest."""
        return self.subject.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Presser:
    """Who presses, as Slack states it."""

    user: str
    team: str = TEAM


def card_of(message: Mapping[str, Any], verb: str) -> Shown | None:
    """The card in a message if it has a button that means this verb."""
    for block in message.get("blocks", ()):
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            said, subject, *_ = json.loads(element["value"])
            if said == verb:
                return Shown(message, element, verb, subject)
    return None


def press(shown: Shown, by: Presser, *, verb: str = "", subject: str = "") -> str:
    """A `block_actions` envelope; another verb or subject than the button's own forges its value."""
    _, _, thread, _ = json.loads(shown.element["value"])
    value = json.dumps([verb or shown.verb, subject or shown.subject, thread, "plain"])
    message, number = shown.message, next(_numbers)
    action = {
        "type": "button",
        "action_id": shown.element["action_id"],
        "block_id": "b",
        "value": value,
        "action_ts": f"1700000000.{number:06}",
    }
    container = {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"], "is_ephemeral": False}
    payload = {
        "type": "block_actions",
        "container": container,
        "channel": {"id": message["channel"], "name": "bench"},
        "message": {"ts": message["ts"], "thread_ts": message.get("thread_ts", ""), "text": ""},
        "actions": [action],
        "trigger_id": f"{number}.1.none",
        "response_url": "",
    }
    return _envelope("interactive", {**payload, **_common(by)})


def submit(shown: Shown, by: Presser, *, verb: str, reason: str, subject: str = "") -> str:
    """A `view_submission` envelope: the form of a button was filled in and sent."""
    message = shown.message
    memory = Context(message["channel"], message.get("thread_ts") or message["ts"], verb, subject or shown.subject)
    values = {"field-0": {"reason": {"type": "plain_text_input", "value": reason}}}
    view = {
        "id": f"V{next(_numbers)}", "type": "modal", "callback_id": "form", "hash": "h", "private_metadata": remembered(memory),
        "state": {"values": values}, "blocks": [], "root_view_id": "V0", "app_id": "A0ESCHER", "bot_id": BOT,
    }  # fmt: skip
    return _envelope("interactive", {"type": "view_submission", "view": view, "trigger_id": "", "response_urls": [], **_common(by)})


def again(envelope: str) -> str:
    """The same delivery a second time, as Slack repeats it: another envelope around the same payload."""
    told = json.loads(envelope)
    return json.dumps({**told, "envelope_id": f"again-{next(_numbers)}", "retry_attempt": 1, "retry_reason": "timeout"})


def _common(by: Presser) -> dict[str, Any]:
    user = {"id": by.user, "username": by.user.lower(), "name": by.user.lower(), "team_id": by.team}
    return {"user": user, "team": {"id": TEAM, "domain": "shop"}, "api_app_id": "A0ESCHER", "token": "t", "is_enterprise_install": False}


def _envelope(kind: str, payload: Mapping[str, Any]) -> str:
    return json.dumps({"envelope_id": f"bench-{next(_numbers)}", "type": kind, "payload": payload, "accepts_response_payload": True})
