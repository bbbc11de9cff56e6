"""Slack end to end against a small Slack: signatures, times, guests, the home, the agent view, how it starts."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms.platform import Place
from bot.platforms.slack import listeners
from bot.platforms.slack.calls import SlackSecrets
from bot.platforms.slack.platform import SlackPlatform
from engine.clock import FakeClock
from engine.errors import SettingsError
from engine.settings import SlackSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.acts import answer, button, shown_plan, slow, submit
from tests.bot.platforms.slack.fakes import FakePosts
from tests.bot.platforms.slack.server import BOT, LENA, OMAR, TEAM, Trouble, slack_server
from tests.bot.platforms.slack.stage import SECRETS, SlackStage, drawn, slack_stage
from tests.bot.platforms.web.fakes import FakeInbox

# Requests


async def test_requests_that_slack_did_not_sign_just_now_are_refused(stage: SlackStage) -> None:
    told = stage.server.written(f"<@{BOT}> stop")
    assert [(await stage.server.deliver(told, secret="wrong"))[0], (await stage.server.deliver(told, at=time.time() - 400))[0]] == [
        401,
        401,
    ]
    assert stage.inbox.messages == []
    assert (await stage.server.deliver(told))[0] == 200
    assert len(stage.inbox.messages) == 1


async def test_requests_that_slack_would_not_send_are_refused(stage: SlackStage) -> None:
    assert (await stage.server.post(b"x" * 1_000_001, "application/json"))[0] == 413
    assert (await stage.server.post(b"\xff\xfe", "application/json"))[0] == 400
    status, body = await stage.server.post(json.dumps({"type": "url_verification", "challenge": "c-1"}).encode(), "application/json")
    assert (status, json.loads(body)["challenge"]) == (200, "c-1")


async def test_a_second_delivery_keeps_its_id(stage: SlackStage) -> None:
    told = stage.server.written(f"<@{BOT}> stop")
    for _ in range(3):
        assert (await stage.server.deliver(told))[0] == 200
    assert [message.id for message in stage.inbox.messages] == [told["event_id"]]


async def test_an_inbox_that_hangs_does_not_hold_up_the_acknowledgement(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "RECORD_S", 0.1)
    slow(stage, 0.6)
    began = time.monotonic()
    status, _ = await stage.server.deliver(stage.server.written(f"<@{BOT}> stop"))
    assert status == 200
    assert time.monotonic() - began < 0.5
    assert stage.inbox.messages == []
    await stage.platform.settled()
    assert len(stage.inbox.messages) == 1


async def test_what_bots_say_and_what_nobody_asked_for_is_left_alone(stage: SlackStage) -> None:
    told = stage.server.written(f"<@{BOT}> stop")
    for changed in ({"bot_id": "B1"}, {"user": BOT}, {"type": "message", "channel_type": "channel"}, {"type": "team_join"}):
        assert (await stage.server.deliver(told | {"event": told["event"] | changed}))[0] == 200
    assert stage.inbox.messages == []


# Buttons


async def test_a_button_is_acknowledged_before_it_is_dealt_with(stage: SlackStage) -> None:
    message = await shown_plan(stage)
    stage.inbox.answers["approve"] = answer("Not you")
    slow(stage, 0.5)
    began = time.monotonic()
    assert (await stage.server.deliver(stage.server.pressed(message, button(message, "approve"))))[0] == 200
    assert time.monotonic() - began < 0.4
    await stage.settled()
    assert [(one["user"], one["thread_ts"]) for one in stage.server.ephemerals] == [(LENA, message["thread_ts"])]


@pytest.mark.parametrize("sign", ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"])
async def test_guests_and_bots_are_told_apart(stage: SlackStage, sign: str) -> None:
    message = await shown_plan(stage)
    stage.server.users[LENA][sign] = True
    await stage.server.deliver(stage.server.pressed(message, button(message, "approve")))
    await stage.server.deliver(stage.server.pressed(message, button(message, "approve"), user=OMAR))
    await stage.settled()
    assert {click.login: click.guest for click in stage.inbox.clicks} == {f"{TEAM}/{LENA}": True, f"{TEAM}/{OMAR}": False}


async def test_people_of_other_organisations_are_guests_and_those_slack_cannot_vouch_for() -> None:
    async with slack_stage(SlackSettings(own_teams=("T0SISTER",))) as stage:
        message = await shown_plan(stage)
        for team in ("T0OTHER", "T0SISTER", ""):
            await stage.server.deliver(stage.server.pressed(message, button(message, "approve"), team=team))
        await stage.settled()
        stage.server.troubles["users.info"] = [Trouble(500)]
        await stage.server.deliver(stage.server.pressed(message, button(message, "approve"), user=OMAR))
        await stage.settled()
        told = {(click.login, click.guest) for click in stage.inbox.clicks}
        assert told == {(f"T0OTHER/{LENA}", True), (f"T0SISTER/{LENA}", False), (f"/{LENA}", True), (f"{TEAM}/{OMAR}", True)}


async def test_what_is_none_of_ours_is_acknowledged_and_left(stage: SlackStage) -> None:
    message = await shown_plan(stage)
    foreign = {"type": "button", "action_id": "a", "value": "not ours"}
    assert (await stage.server.deliver(stage.server.pressed(message, foreign)))[0] == 200
    view = {"id": "V1", "type": "modal", "callback_id": "foreign", "private_metadata": "", "blocks": [], "hash": "1"}
    assert await submit(stage, view, {}) == {}
    await stage.settled()
    assert stage.inbox.clicks == []


# The home and the agent view


def home_opened(stage: SlackStage, tab: str) -> dict[str, Any]:
    return stage.server.envelope({"type": "app_home_opened", "user": LENA, "channel": f"D0{LENA}", "tab": tab, "event_ts": "1.0"})


async def test_the_home_is_published_and_its_buttons_work(stage: SlackStage) -> None:
    stage.inbox.views["home"] = [gallery.plan("plan-1")]
    await stage.server.deliver(home_opened(stage, "home"))
    await stage.settled()
    view = stage.server.homes[LENA]
    stage.inbox.answers["approve"] = answer("Not you")
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "approve")))
    await stage.settled()
    (click,) = stage.inbox.clicks
    assert (click.place, click.login) == (Place("slack", f"D0{LENA}", ""), stage.me)
    assert ["Not you" in drawn(one) for one in stage.server.views.values()] == [True]
    assert [room for _, room, _ in stage.inbox.entered] == ["home", "home"]


async def test_the_agent_view_gets_prompts_and_a_status_before_the_answer(stage: SlackStage) -> None:
    stage.inbox.reply["what runs?"] = [gallery.text()]
    await stage.platform.direct(stage.me)
    direct = f"D0{LENA}"
    await stage.server.deliver(home_opened(stage, "messages"))
    thread = {"user_id": LENA, "context": {}, "channel_id": direct, "thread_ts": "5.0"}
    await stage.server.deliver(stage.server.envelope({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": "5.0"}))
    told = stage.server.written("what runs?", channel=direct, thread="5.0")
    for _ in range(2):
        await stage.server.deliver(told)
        await stage.settled()
    suggested = stage.server.called("assistant.threads.setSuggestedPrompts")
    assert [(one["channel_id"], one.get("thread_ts")) for one in suggested] == [(direct, None), (direct, "5.0")]
    assert len(suggested[0]["prompts"]) == 4
    order = [method for method, _ in stage.server.calls if method in ("assistant.threads.setStatus", "chat.postMessage")]
    assert order == ["assistant.threads.setStatus", "chat.postMessage"]


async def test_a_workspace_without_the_agent_view_is_asked_once(stage: SlackStage) -> None:
    stage.inbox.reply["what runs?"] = [gallery.text()]
    await stage.platform.direct(stage.me)
    stage.server.troubles["assistant.threads.setStatus"] = [Trouble(error="unknown_method")]
    for _ in range(3):
        await stage.server.deliver(stage.server.written("what runs?", channel=f"D0{LENA}"))
        await stage.settled()
    assert len(stage.server.called("assistant.threads.setStatus")) == 1
    assert len(stage.server.called("chat.postMessage")) == 3


# The start


async def test_tokens_that_slack_refuses_end_the_start_with_what_to_do() -> None:
    async with slack_server() as server:
        settings = SlackSettings(api_url=f"{server.base}/api/")
        with pytest.raises(SettingsError, match=r"refuses the bot token \(invalid_auth\).*escher doctor"):
            await SlackPlatform(settings, SlackSecrets("wrong"), FakePosts()).run(FakeInbox())
        with pytest.raises(SettingsError, match=r"refuses the app token \(invalid_auth\).*connections:write"):
            await SlackPlatform(settings, replace(SECRETS, app_token="wrong"), FakePosts()).run(FakeInbox())
        over_http = settings.model_copy(update={"mode": "http", "port": 0})
        with pytest.raises(SettingsError, match="signing secret"):
            await SlackPlatform(over_http, replace(SECRETS, signing_secret=""), FakePosts()).run(FakeInbox())


async def test_it_waits_for_a_slack_that_is_away_at_the_start() -> None:
    clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
    async with slack_server() as server:
        server.troubles["auth.test"] = [Trouble(503), Trouble(429, after="40"), Trouble(503)]
        server.troubles["apps.connections.open"] = [Trouble(503), Trouble(429, after="7"), Trouble(error="not_allowed_token_type")]
        platform = SlackPlatform(SlackSettings(api_url=f"{server.base}/api/"), SECRETS, FakePosts(), clock)
        assert await platform.direct(f"{TEAM}/{LENA}") is None
        with pytest.raises(SettingsError, match="not_allowed_token_type"):
            await platform.run(FakeInbox())
        assert len(server.called("auth.test")) == 4
        assert clock.now() >= datetime(2026, 11, 21, 0, 0, 47, tzinfo=UTC)


async def test_a_port_in_use_is_told(stage: SlackStage) -> None:
    settings = SlackSettings(mode="http", port=stage.server.app_port)
    with pytest.raises(SettingsError, match=r"Set `slack.port`"):
        _ = SlackPlatform(settings, SECRETS, FakePosts()).port


def test_secrets_do_not_print() -> None:
    assert repr(SECRETS) == "SlackSecrets()"
