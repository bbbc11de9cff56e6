"""The manifest: the least it needs, each scope with its reason, and the same for both ways to be reached."""

from __future__ import annotations

import json
import re

import pytest

from bot.platforms.slack.manifest import EVENTS, SCOPES, manifest, needed
from tests.bot.platforms import golden
from tests.bot.platforms.slack import server


@pytest.mark.parametrize(("name", "socket"), [("manifest-socket", True), ("manifest-http", False)])
def test_each_way_has_its_golden(name: str, socket: bool) -> None:
    golden.check(
        f"slack/{name}.json", json.dumps(manifest(socket=socket, url="https://escher.example.com/"), indent=1, ensure_ascii=False) + "\n"
    )


def test_it_keeps_to_slacks_limits() -> None:
    made = manifest(socket=True)
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    (shortcut,), (command,) = made["features"]["shortcuts"], made["features"]["slash_commands"]
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000


def test_it_asks_for_nothing_that_reads_channels() -> None:
    assert not {scope for scope in SCOPES if re.match(r"(channels|groups|mpim):(history|join|write)|chat:write\.|files:read|admin", scope)}
    assert (
        set(manifest(socket=True)["settings"]["event_subscriptions"]["bot_events"])
        == set(EVENTS)
        == {"app_mention", "app_home_opened", "message.im"}
    )
    assert all(reason.strip() for reason in SCOPES.values())


def test_the_agent_view_can_be_left_out() -> None:
    made = manifest(socket=True, agent=False)
    assert "agent_view" not in made["features"]
    assert made["oauth_config"]["scopes"]["bot"] == sorted(needed(agent=False))
    assert needed() - needed(agent=False) == {"assistant:write"}


def test_the_small_slack_of_the_tests_grants_just_these() -> None:
    assert set(server.SCOPES.split(",")) == set(SCOPES)
