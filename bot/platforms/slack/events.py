"""An event of Slack's Events API as a message or a retraction. Pure.

In channels Escher is given only what mentions it (`app_mention`); in direct messages everything (`message.im`). Where a workspace grants
`message.channels` too, later edits and deletions of mentions are heeded there; plain channel messages never are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.platform import Message, Place, Retraction
from bot.platforms.slack.mrkdwn import said
from bot.platforms.slack.pressed import PLATFORM

# Messages of people that carry a subtype all the same.
_SPOKEN = ("", "file_share", "thread_broadcast", "me_message")


@dataclass(frozen=True, slots=True)
class Self:
    """Who the bot is in its workspace, from auth.test."""

    team: str
    user: str
    bot: str


def told(body: Mapping[str, Any], me: Self) -> Message | Retraction | None:
    """What an event says to the bot; None for everything that is not said to it, and for what bots say."""
    event = body["event"]
    direct = event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")
    match event["type"], event.get("subtype", ""):
        case "app_mention", _:
            return _written(body, event, me) if not event.get("edited") else _edited(body, event, event, me)
        case "message", "message_changed":
            return _changed(body, event, me, direct=direct)
        case "message", "message_deleted":
            return _deleted(body, event, me)
        case "message", subtype if subtype in _SPOKEN and direct:
            return _written(body, event, me)
    return None


def about(channel: str, stamp: str) -> str:
    """The name of a message."""
    return f"{channel}:{stamp}"


def _written(body: Mapping[str, Any], event: Mapping[str, Any], me: Self) -> Message | None:
    if not _by_a_person(event, me):
        return None
    channel, stamp = event["channel"], event["ts"]
    place = Place(PLATFORM, channel, event.get("thread_ts") or stamp)
    return Message(body["event_id"], place, login_of(event, body), said(event.get("text") or "", me.user), about(channel, stamp))


def _changed(body: Mapping[str, Any], event: Mapping[str, Any], me: Self, *, direct: bool) -> Message | Retraction | None:
    """A real edit: unfurled links and new replies change a message too, and say nothing.

    A deleted message that has replies becomes a tombstone, and Slack tells of that as a change.
    """
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if now.get("subtype") == "tombstone":
        return _deleted(body, event, me)
    if not now.get("edited") or now.get("text") == before.get("text"):
        return None
    if not direct and f"<@{me.user}" not in (now.get("text") or ""):
        return None
    return _edited(body, event, now, me)


def _edited(body: Mapping[str, Any], event: Mapping[str, Any], now: Mapping[str, Any], me: Self) -> Message | None:
    """Slack may tell of one edit as an edit and as a mention: both get the same id."""
    if not _by_a_person(now, me):
        return None
    channel, stamp = event["channel"], now["ts"]
    of = about(channel, stamp)
    place = Place(PLATFORM, channel, now.get("thread_ts") or stamp)
    once = f"edit:{of}:{now['edited'].get('ts', '')}"
    return Message(once, place, login_of(now, body), said(now.get("text") or "", me.user), of, of)


def _deleted(body: Mapping[str, Any], event: Mapping[str, Any], me: Self) -> Retraction | None:
    gone = event.get("previous_message") or {}
    if not _by_a_person(gone, me):
        return None
    channel, stamp = event["channel"], event.get("deleted_ts") or gone["ts"]
    place = Place(PLATFORM, channel, gone.get("thread_ts") or stamp)
    return Retraction(body["event_id"], place, login_of(gone, body), about(channel, stamp))


def _by_a_person(event: Mapping[str, Any], me: Self) -> bool:
    return bool(event.get("user")) and not event.get("bot_id") and event["user"] != me.user


def login_of(event: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """Their own team and their id. In a channel shared with others, who does not say whose they are is nobody we know."""
    stated = event.get("user_team") or event.get("team") or event.get("source_team")
    team = stated or ("" if body.get("is_ext_shared_channel") else body.get("team_id", ""))
    return f"{team}/{event['user']}"
