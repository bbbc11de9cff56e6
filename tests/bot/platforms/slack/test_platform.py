"""Slack from end to end against a small Slack: signatures, times, guests, modals, commands, the shortcut, the home, the agent view."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cards.card import Action, Card, Field, File, Text
from bot.platforms.platform import Click, Message, Place
from bot.platforms.slack import asking, listeners, modal, presses
from bot.platforms.slack.calls import SlackSecrets
from bot.platforms.slack.platform import SlackPlatform
from engine.clock import FakeClock
from engine.errors import SettingsError
from engine.settings import SlackSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.fakes import FakePosts
from tests.bot.platforms.slack.server import AWAY, BOT, CHANNEL, LENA, OMAR, TEAM, Trouble, slack_server
from tests.bot.platforms.slack.stage import SECRETS, SlackStage, buttons, drawn, slack_stage, values
from tests.bot.platforms.web.fakes import FakeInbox

LONG = "/subscriptions/0/" + "x" * 200


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as running:
        yield running


class SlowInbox(FakeInbox):
    """An inbox that takes its time: `pause` seconds over each message, click and form."""

    pause = 0.0

    async def received(self, message: Message) -> None:
        await asyncio.sleep(self.pause)
        await super().received(message)

    async def clicked(self, click: Click) -> Card | None:
        await asyncio.sleep(self.pause)
        return await super().clicked(click)


def slow(stage: SlackStage, pause: float) -> None:
    """Makes the inbox behind the stage slow from now on."""
    stage.inbox.__class__ = SlowInbox
    stage.inbox.pause = pause  # type: ignore[attr-defined]


def answer(title: str) -> Card:
    return Card("refusal", title, "danger", (Text(f"about {title}"),))


async def shown_plan(stage: SlackStage, card: Card | None = None) -> dict[str, Any]:
    """A message with a plan on it."""
    place = await stage.say("hello")
    await stage.platform.show(place, card or gallery.plan("plan-1"))
    await stage.settled()
    return stage.server.messages[CHANNEL][-1]


def button(message: Mapping[str, Any], verb: str) -> Mapping[str, Any]:
    return next(one for one in buttons(message) if json.loads(one["value"])[0] == verb)


async def opened(stage: SlackStage, verb: str = "deny") -> dict[str, Any]:
    """The modal that a button of a plan opens."""
    message = await shown_plan(stage)
    await stage.server.deliver(stage.server.pressed(message, button(message, verb)))
    await stage.settled()
    return list(stage.server.views.values())[-1]


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


async def test_a_form_that_means_nothing_any_more_is_refused_in_its_place(stage: SlackStage) -> None:
    stage.inbox.forms["deny"] = answer("Decided already")
    view = await opened(stage)
    assert view["callback_id"] == modal.SHEET
    assert "Decided already" in drawn(view)


async def test_a_slow_answer_opens_a_window_in_time_and_fills_it_later(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "TRIGGER_S", 0.1)
    stage.inbox.answers["details"] = answer("Everything")
    message = await shown_plan(stage)
    slow(stage, 0.5)
    await stage.server.deliver(stage.server.pressed(message, button(message, "details")))
    await stage.settled()
    assert [arguments["view"]["callback_id"] for arguments in stage.server.called("views.open")] == [modal.WAIT]
    (view,) = stage.server.views.values()
    assert "Everything" in drawn(view)


@pytest.mark.parametrize(("verb", "said"), [("details", "Everything"), ("deny", "That took too long")])
async def test_where_no_window_opens_the_answer_is_whispered(stage: SlackStage, verb: str, said: str) -> None:
    stage.inbox.answers["details"] = replace(answer("Everything"), files=(File("all.csv", "a\n"),))
    message = await shown_plan(stage)
    payload = stage.server.pressed(message, button(message, verb))
    stage.server.triggers.clear()
    await stage.server.deliver(payload)
    await stage.settled()
    assert [said in drawn(one) for one in stage.server.ephemerals] == [True]
    assert [file["name"] for file in stage.server.files.values()] == (["all.csv"] if verb == "details" else [])


# Modals


async def submit(stage: SlackStage, view: Mapping[str, Any], fields: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    status, body = await stage.server.deliver(stage.server.submitted(view, values(view, fields)))
    assert status == 200
    return dict(json.loads(body or "{}"))


async def test_a_form_says_what_it_is_about_and_closes_when_it_was_taken(stage: SlackStage) -> None:
    view = await opened(stage)
    assert view["blocks"][0]["text"]["text"] == gallery.plan("plan-1").title
    told = await submit(stage, view, {"reason": ("no",)})
    assert told == {"response_action": "clear"}
    assert {name: tuple(given) for name, given in stage.inbox.clicks[0].fields.items()} == {"reason": ("no",)}


async def test_a_form_that_takes_long_closes_and_its_answer_is_whispered(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "SUBMIT_S", 0.1)
    stage.inbox.answers["deny"] = answer("Not you")
    view = await opened(stage)
    slow(stage, 0.5)
    assert await submit(stage, view, {"reason": ("no",)}) == {"response_action": "clear"}
    await stage.settled()
    assert ["Not you" in drawn(one) for one in stage.server.ephemerals] == [True]


def narrowing(*targets: str) -> Action:
    return Action(
        "fewer",
        "plan-1",
        "Choose targets",
        form=(Field("targets", "Targets", choices=tuple((one, one[-9:], "") for one in targets), many=True),),
    )


async def test_long_choices_come_back_whole_and_never_as_another(stage: SlackStage) -> None:
    stage.inbox.forms["fewer"] = narrowing(LONG + "1", LONG + "2")
    message = await shown_plan(stage, Card("plan", "t", actions=(narrowing(LONG),)))
    await stage.server.deliver(stage.server.pressed(message, button(message, "fewer")))
    await stage.settled()
    (view,) = stage.server.views.values()
    chosen = (modal.option_value(LONG + "2"),)
    assert await submit(stage, view, {"targets": chosen}) == {"response_action": "clear"}
    assert {name: tuple(given) for name, given in stage.inbox.clicks[0].fields.items()} == {"targets": (LONG + "2",)}
    stage.inbox.forms["fewer"] = narrowing(LONG + "1", LONG + "3")
    told = await submit(stage, view, {"targets": chosen})
    assert told["errors"] == {"field-0": presses.CHANGED}
    stage.inbox.forms["fewer"] = answer("Decided already")
    assert "Decided already" in drawn((await submit(stage, view, {"targets": chosen}))["view"])
    assert len(stage.inbox.clicks) == 1


async def test_a_button_in_a_modal_is_answered_in_its_place(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card(
        "sheet", "Rows", actions=(Action("next", "s", "Next"), Action("gone", "s", "Gone"), narrowing("r1"), narrowing("r2"))
    )
    stage.inbox.answers["next"] = answer("Page 2")
    stage.inbox.forms["fewer"] = narrowing("r1")
    view = await opened(stage, "details")
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "fewer")))
    await stage.settled()
    assert [arguments["view"]["callback_id"] for arguments in stage.server.called("views.push")] == [modal.FORM]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "next")))
    await stage.settled()
    assert "Page 2" in drawn(stage.server.views[view["id"]])
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "gone")))
    await stage.settled()
    assert "Done" in drawn(stage.server.views[view["id"]])
    assert {click.place for click in stage.inbox.clicks} == {stage.inbox.messages[0].place}


async def test_where_a_window_cannot_be_laid_upon_another_it_takes_its_place(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card("sheet", "Rows", actions=(narrowing("r1"), narrowing("r2")))
    stage.inbox.forms["fewer"] = narrowing("r1")
    view = await opened(stage, "details")
    stage.server.troubles["views.push"] = [Trouble(error="push_limit_reached")]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "fewer")))
    await stage.settled()
    assert stage.server.views[view["id"]]["callback_id"] == modal.FORM


async def test_where_a_window_is_gone_the_answer_is_whispered(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card("sheet", "Rows", actions=(Action("next", "s", "Next"),))
    stage.inbox.answers["next"] = answer("Page 2")
    view = await opened(stage, "details")
    stage.server.troubles["views.update"] = [Trouble(error="not_found")]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "next")))
    await stage.settled()
    assert ["Page 2" in drawn(one) for one in stage.server.ephemerals] == [True]


async def test_what_is_none_of_ours_is_acknowledged_and_left(stage: SlackStage) -> None:
    message = await shown_plan(stage)
    foreign = {"type": "button", "action_id": "a", "value": "not ours"}
    assert (await stage.server.deliver(stage.server.pressed(message, foreign)))[0] == 200
    view = {"id": "V1", "type": "modal", "callback_id": "foreign", "private_metadata": "", "blocks": [], "hash": "1"}
    assert await submit(stage, view, {}) == {}
    await stage.settled()
    assert stage.inbox.clicks == []


# The command and the shortcut


async def test_the_command_shows_rooms_to_one_person(stage: SlackStage) -> None:
    stage.inbox.views["approvals"] = [gallery.plan(f"plan-{number}") for number in range(30)]
    for text in ("approvals mine", "", "STATUS"):
        assert await stage.server.deliver(stage.server.commanded(text)) == (200, "")
    await stage.settled()
    assert stage.inbox.entered == [(stage.me, "approvals", "mine"), (stage.me, "help", ""), (stage.me, "status", "")]
    assert {one["response_type"] for one in stage.server.responses} == {"ephemeral"}
    assert len(stage.server.responses) == 5 + 2
    assert any("they stand on Escher's home tab" in drawn(one) for one in stage.server.responses)


async def test_the_command_asks_for_all_to_see(stage: SlackStage) -> None:
    stage.inbox.reply["stop <!channel> now"] = [gallery.text()]
    await stage.server.deliver(stage.server.commanded("stop &lt;!channel&gt; now"))
    await stage.settled()
    asked, answered = stage.server.messages[CHANNEL]
    assert drawn(asked) == "⟦user ⟧ asked:\nstop <!channel> now"
    assert answered["thread_ts"] == asked["ts"]
    (message,) = stage.inbox.messages
    assert (message.login, message.about, message.place) == (stage.me, f"{CHANNEL}:{asked['ts']}", Place("slack", CHANNEL, asked["ts"]))


async def test_an_answer_to_a_command_is_tried_again_while_that_helps() -> None:
    async with slack_stage(clock=FakeClock(datetime(2026, 11, 21, tzinfo=UTC))) as stage:
        stage.server.troubles["response_url"] = [Trouble(500), Trouble(429, after="2")]
        await stage.server.deliver(stage.server.commanded("status"))
        await stage.settled()
        assert len(stage.server.responses) == 1
        stage.server.troubles["response_url"] = [Trouble(404)]
        await stage.server.deliver(stage.server.commanded("status"))
        await stage.settled()
        assert len(stage.server.responses) == 1


@pytest.mark.parametrize(
    ("channel", "trouble", "said"),
    [
        (AWAY, None, asking.AWAY),
        ("C0GONE", None, asking.AWAY),
        (CHANNEL, Trouble(500), asking.FAULT),
        (CHANNEL, Trouble(error="restricted"), "restricted"),
    ],
)
async def test_the_command_says_where_it_cannot_ask(stage: SlackStage, channel: str, trouble: Trouble | None, said: str) -> None:
    if trouble:
        stage.server.troubles["chat.postMessage"] = [trouble]
    await stage.server.deliver(stage.server.commanded("stop", channel=channel))
    await stage.settled()
    assert [said in drawn(one) for one in stage.server.responses] == [True]
    assert stage.inbox.messages == []


def shortcut(stage: SlackStage, text: str, channel: str = CHANNEL) -> dict[str, Any]:
    message = {"ts": "1700000000.000100", "thread_ts": "1690000000.000100", "text": text, "user": OMAR}
    return {
        "type": "message_action", "callback_id": listeners.SHORTCUT, "trigger_id": stage.server.trigger(), "message": message,
        "channel": {"id": channel}, "user": {"id": LENA, "team_id": TEAM}, "team": {"id": TEAM},
    }  # fmt: skip


async def test_the_shortcut_asks_in_the_messages_thread(stage: SlackStage) -> None:
    await stage.server.deliver(shortcut(stage, "is &lt;db-1&gt; down?" + "x" * 4000))
    await stage.settled()
    (view,) = stage.server.views.values()
    assert view["blocks"][0]["element"]["initial_value"].startswith("is <db-1> down?")
    assert await submit(stage, view, {modal.ASK_INPUT: (" ",)}) == {"response_action": "errors", "errors": {modal.ASK_BLOCK: asking.EMPTY}}
    assert await submit(stage, view, {modal.ASK_INPUT: ("restart db-1",)}) == {"response_action": "clear"}
    (message,) = stage.inbox.messages
    assert (message.text, message.login, message.place.thread) == ("restart db-1", stage.me, "1690000000.000100")
    assert drawn(stage.server.messages[CHANNEL][0]) == "⟦user ⟧ asked:\nrestart db-1"


async def test_the_shortcut_says_where_it_cannot_ask(stage: SlackStage) -> None:
    await stage.server.deliver(shortcut(stage, "", AWAY))
    await stage.settled()
    (view,) = stage.server.views.values()
    assert await submit(stage, view, {modal.ASK_INPUT: ("stop",)}) == {
        "response_action": "errors",
        "errors": {modal.ASK_BLOCK: asking.AWAY},
    }
    assert stage.inbox.messages == []


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
