"""Events as messages and retractions: who is heard, where it stands, what it is about."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.platform import Message, Place, Retraction
from bot.platforms.slack.agent import started
from bot.platforms.slack.events import Self, told

ME = Self("T0", "U0BOT", "B0BOT")
WRITTEN: dict[str, Any] = {"type": "app_mention", "user": "U1", "team": "T0", "text": "<@U0BOT> stop", "ts": "5.0", "channel": "C1"}
DIRECT = WRITTEN | {"type": "message", "channel": "D1", "channel_type": "im", "text": "stop"}
EDITED = {"user": "U1", "team": "T0", "text": "<@U0BOT> stop it", "ts": "5.0", "edited": {"user": "U1", "ts": "9.0"}}
CHANGED: dict[str, Any] = {
    "type": "message",
    "subtype": "message_changed",
    "channel": "C1",
    "channel_type": "channel",
    "message": EDITED,
    "previous_message": WRITTEN,
}
DELETED: dict[str, Any] = {
    "type": "message",
    "subtype": "message_deleted",
    "channel": "D1",
    "deleted_ts": "5.0",
    "previous_message": WRITTEN,
}


def hear(event: dict[str, Any], **changed: Any) -> Message | Retraction | None:
    return told({"event_id": "Ev1", "team_id": "T0", "event": event} | changed, ME)


def test_a_mention_begins_a_thread_or_stands_in_one() -> None:
    assert hear(WRITTEN) == Message("Ev1", Place("slack", "C1", "5.0"), "T0/U1", "stop", "C1:5.0")
    threaded = hear(WRITTEN | {"thread_ts": "4.0"})
    assert threaded is not None
    assert threaded.place.thread == "4.0"


@pytest.mark.parametrize("subtype", ["", "file_share", "thread_broadcast", "me_message"])
def test_everything_a_person_writes_directly_is_heard(subtype: str) -> None:
    assert hear(DIRECT | ({"subtype": subtype} if subtype else {})) == Message(
        "Ev1", Place("slack", "D1", "5.0"), "T0/U1", "stop", "D1:5.0"
    )


@pytest.mark.parametrize(
    "event",
    [
        WRITTEN | {"bot_id": "B1"},
        WRITTEN | {"user": "U0BOT"},
        WRITTEN | {"user": None},
        DIRECT | {"subtype": "channel_join"},
        DIRECT | {"channel": "C1", "channel_type": "channel"},
        CHANGED | {"message": {**EDITED, "edited": None}},
        CHANGED | {"message": {**EDITED, "text": WRITTEN["text"]}},
        CHANGED | {"message": {**EDITED, "text": "never mind"}},
        CHANGED | {"message": {**EDITED, "bot_id": "B0BOT"}},
        DELETED | {"previous_message": {**WRITTEN, "bot_id": "B0BOT"}},
        {"type": "reaction_added", "user": "U1"},
    ],
)
def test_what_is_not_said_to_escher_is_not_heard(event: dict[str, Any]) -> None:
    assert hear(event) is None


def test_an_edit_takes_the_place_of_what_it_changes_and_is_one_however_it_is_told() -> None:
    expected = Message("edit:C1:5.0:9.0", Place("slack", "C1", "5.0"), "T0/U1", "stop it", "C1:5.0", "C1:5.0")
    assert hear(CHANGED) == expected
    assert hear(WRITTEN | EDITED) == expected


def test_a_deletion_is_a_retraction_with_replies_or_without() -> None:
    gone = Retraction("Ev1", Place("slack", "D1", "5.0"), "T0/U1", "D1:5.0")
    assert hear(DELETED) == gone
    tombstone = {
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": "5.0",
        "thread_ts": "5.0",
        "hidden": True,
    }
    previous = WRITTEN | {"thread_ts": "5.0"}
    assert hear({**CHANGED, "channel": "D1", "message": tombstone, "previous_message": previous}) == gone


@pytest.mark.parametrize(
    ("changed", "shared", "login"),
    [
        ({"user_team": "T9", "team": "T0"}, True, "T9/U1"),
        ({"team": "T9"}, True, "T9/U1"),
        ({"team": None, "source_team": "T9"}, True, "T9/U1"),
        ({"team": None}, True, "/U1"),
        ({"team": None}, False, "T0/U1"),
    ],
)
def test_a_person_is_named_with_their_own_team(changed: dict[str, Any], shared: bool, login: str) -> None:
    heard = hear(WRITTEN | changed, is_ext_shared_channel=shared)
    assert heard is not None
    assert heard.login == login


def test_a_conversation_of_the_agent_view_is_told_from_everything_else() -> None:
    assert started({"type": "assistant_thread_started", "assistant_thread": {"channel_id": "D1", "thread_ts": "5.0"}}) == ("D1", "5.0")
    assert started({"type": "assistant_thread_started"}) is None
    assert started({"type": "app_home_opened", "tab": "messages", "channel": "D1"}) == ("D1", "")
    assert started({"type": "app_home_opened", "tab": "home", "channel": "D1"}) is None
