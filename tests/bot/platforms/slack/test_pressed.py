"""Buttons as clicks: what a value carries, where a button stood, and that nothing else is believed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import Action, Field
from bot.platforms.platform import Click, Place
from bot.platforms.slack.pressed import Context, Press, clicked, read, recalled, remembered, submitted, written

VALUE = written(Action("approve", "plan-1", "Approve"), "4.0")
PAYLOAD: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T0"},
    "container": {"type": "message", "message_ts": "5.0", "channel_id": "C1", "is_ephemeral": False},
    "channel": {"id": "C1"},
    "message": {"ts": "5.0", "thread_ts": "4.0"},
    "actions": [{"action_id": "press-0", "value": VALUE, "action_ts": "9.0"}],
}


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=20), st.booleans(), st.booleans())
def test_a_value_comes_back_as_it_went(verb: str, subject: str, thread: str, form: bool, opens: bool) -> None:
    action = Action(verb, subject, "x", form=(Field("f", "F"),) if form else (), opens=opens)
    press = read(written(action, thread))
    assert press == Press(verb, subject, thread, "form" if form else "opens" if opens else "plain")


@pytest.mark.parametrize("value", ["", "x", "[]", '["a"]', "[1,2,3,4]", '["v","s","t","launch"]', '{"verb":"approve"}', "null"])
def test_a_value_that_is_none_of_ours_means_nothing(value: str) -> None:
    assert read(value) is None
    assert recalled({"private_metadata": value}) is None or value.startswith('["v"')
    assert clicked(PAYLOAD | {"actions": [{"value": value}]}) is None


def test_a_click_says_who_where_and_what() -> None:
    found = clicked(PAYLOAD)
    assert found == (
        Click("9.0:U1:5.0:press-0", Place("slack", "C1", "4.0"), "T0/U1", "approve", "plan-1"),
        Press("approve", "plan-1", "4.0"),
    )


def test_no_team_is_nobodys() -> None:
    found = clicked(PAYLOAD | {"user": {"id": "U1"}})
    assert found is not None
    assert found[0].login == "/U1"


@pytest.mark.parametrize(
    ("container", "message", "thread"),
    [
        ({}, {"ts": "5.0"}, "5.0"),
        ({}, {"ts": "5.0", "thread_ts": "5.0"}, "5.0"),
        ({"thread_ts": "3.0"}, {}, "3.0"),
        ({"is_ephemeral": True}, None, "4.0"),
        ({"is_ephemeral": True, "thread_ts": "3.0"}, None, "3.0"),
    ],
)
def test_a_button_stands_in_its_thread(container: dict[str, Any], message: dict[str, Any] | None, thread: str) -> None:
    found = clicked(PAYLOAD | {"container": PAYLOAD["container"] | container, "message": message})
    assert found is not None
    assert found[0].place == Place("slack", "C1", thread)


def test_a_view_remembers_where_it_was_opened() -> None:
    view = {"id": "V1", "hash": "h", "private_metadata": remembered(Context("C1", "4.0", "deny", "plan-1"))}
    found = clicked(PAYLOAD | {"view": view, "container": {"type": "view"}})
    assert found is not None
    assert found[0].place == Place("slack", "C1", "4.0")
    click = submitted({"user": {"id": "U1", "team_id": "T0"}, "view": view}, {"reason": ("no",)})
    assert click == Click("V1:U1:h", Place("slack", "C1", "4.0"), "T0/U1", "deny", "plan-1", {"reason": ("no",)})
    assert submitted({"user": {"id": "U1"}, "view": {"id": "V1"}}, {}) is None
    with pytest.raises(ValueError, match="remember"):
        remembered(Context("C1", "4.0", "v", "x" * 3000))
