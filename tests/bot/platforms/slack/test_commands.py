"""Slack's command and shortcut end to end: rooms, questions, and where they cannot ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.platforms.platform import Place
from bot.platforms.slack import asking, listeners, modal
from engine.clock import FakeClock
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.acts import submit
from tests.bot.platforms.slack.server import AWAY, CHANNEL, LENA, OMAR, TEAM, Trouble
from tests.bot.platforms.slack.stage import SlackStage, drawn, slack_stage

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
