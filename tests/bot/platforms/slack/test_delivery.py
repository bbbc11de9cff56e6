"""What is shown, whispered and sent, against a Slack that limits, fails, forgets and refuses."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from bot.cards.card import Card, Code, File, Text
from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Place
from bot.platforms.slack.calls import USUAL_PAUSE_S, Calls, discreet
from bot.platforms.slack.platform import SlackPlatform
from engine.clock import FakeClock
from engine.settings import SlackSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.fakes import FakePosts
from tests.bot.platforms.slack.server import AWAY, CHANNEL, LENA, TEAM, Trouble
from tests.bot.platforms.slack.stage import SECRETS, SlackStage, drawn, slack_stage

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def titled(title: str, subject: str = "") -> Card:
    return Card("text", title, blocks=(Text(f"about {title}"),), subject=subject)


def shown(stage: SlackStage, channel: str = CHANNEL) -> list[str]:
    return [drawn(message) for message in stage.server.messages.get(channel, ()) if message.get("bot_id")]


async def test_too_many_requests_hold_everything_for_as_long_as_slack_says() -> None:
    clock = FakeClock(START)
    async with slack_stage(clock=clock) as stage:
        place = await stage.say("hello")
        stage.server.troubles["chat.postMessage"] = [Trouble(429, after="17"), Trouble(429, error="ratelimited", after="4")]
        await stage.platform.show(place, titled("one"))
        await stage.platform.show(place, titled("two"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage)] == ["one", "two"]
        assert (clock.now() - START).total_seconds() == pytest.approx(21)


async def test_versions_that_were_overtaken_while_held_are_not_sent() -> None:
    async with slack_stage(clock=FakeClock(START)) as stage:
        place = await stage.say("hello")
        await stage.platform.show(place, titled("version 0", "run-1"))
        await stage.settled()
        stage.server.troubles["chat.update"] = [Trouble(429, after="30")]
        for number in range(1, 50):
            await stage.platform.show(place, titled(f"version {number}", "run-1"))
        await stage.settled()
        assert shown(stage) == ["version 49\nabout version 49"]
        assert len(stage.server.called("chat.update")) <= 3


@pytest.mark.parametrize("thread", ["in a thread", ""])
async def test_a_message_that_was_posted_without_an_answer_is_not_posted_again(thread: str) -> None:
    async with slack_stage(clock=FakeClock(START)) as stage:
        place = await stage.say("hello") if thread else await stage.platform.direct(stage.me)
        assert place is not None
        stage.server.scopes += ",channels:history"
        stage.server.troubles["chat.postMessage"] = [Trouble(502, done=True)]
        await stage.platform.show(place, titled("once", "s-1"))
        await stage.platform.show(place, titled("other"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage, place.channel)] == ["once", "other"]
        await stage.platform.show(place, titled("twice", "s-1"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage, place.channel)] == ["twice", "other"]


async def test_a_newer_version_replaces_one_that_was_posted_without_an_answer() -> None:
    """With the real clock: the newer version is shown in the pause before the older one is tried again, and takes its turn."""
    async with slack_stage() as stage:
        place = await stage.say("hello")
        stage.server.scopes += ",channels:history"
        stage.server.troubles["chat.postMessage"] = [Trouble(502, done=True)]
        await stage.platform.show(place, titled("first", "s-1"))
        while not shown(stage):
            await asyncio.sleep(0.01)
        await stage.platform.show(place, titled("second", "s-1"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage)] == ["second"]


async def test_where_slack_does_not_let_us_look_it_is_posted_again() -> None:
    async with slack_stage(clock=FakeClock(START)) as stage:
        place = await stage.say("hello")
        stage.server.troubles["chat.postMessage"] = [Trouble(500)]
        await stage.platform.show(place, titled("once"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage)] == ["once"]


async def test_a_message_somebody_removed_is_posted_anew() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        await stage.platform.show(place, titled("one", "s-1"))
        await stage.settled()
        stage.server.messages[CHANNEL] = []
        await stage.platform.show(place, titled("two", "s-1"))
        await stage.platform.show(place, titled("three", "s-1"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage)] == ["three"]


async def test_after_a_restart_a_card_is_replaced_where_it_stands() -> None:
    posts = FakePosts()
    async with slack_stage(posts=posts) as stage:
        place = await stage.say("hello")
        await stage.platform.show(place, titled("one", "s-1"))
        await stage.settled()
        again = SlackPlatform(SlackSettings(api_url=f"{stage.server.base}/api/"), SECRETS, posts)
        await again.show(place, titled("two", "s-1"))
        await again.settled()
        await again._calls.close()
        assert [text.splitlines()[0] for text in shown(stage)] == ["two"]


async def test_what_slack_cannot_show_is_sent_as_a_file() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        stage.server.troubles["chat.postMessage"] = [Trouble(error="invalid_blocks")]
        await stage.platform.show(place, gallery.plan("plan-1"))
        await stage.settled()
        assert "it is in the file card.txt" in shown(stage)[0]
        (file,) = stage.server.files.values()
        assert (file["name"], file["channel"], file["thread"]) == ("card.txt", CHANNEL, place.thread)
        assert "plan-1" in file["content"] or "i-0" in file["content"]


async def test_a_card_that_changes_sends_its_long_code_once() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        for title in ("one", "two"):
            await stage.platform.show(place, Card("plan", title, blocks=(Code("x" * 5000),), subject="s-1"))
            await stage.settled()
        assert [(file["name"], file["thread"]) for file in stage.server.files.values()] == [("code-1.txt", place.thread)]


async def test_a_whisper_to_somebody_who_is_not_there_goes_to_them_directly() -> None:
    async with slack_stage() as stage:
        await stage.platform.whisper(Place("slack", AWAY, "1.0"), stage.me, titled("for you"))
        await stage.settled()
        assert shown(stage, f"D0{LENA}") == ["for you\nabout for you"]


async def test_a_whisper_in_a_direct_message_is_a_message() -> None:
    async with slack_stage() as stage:
        place = await stage.platform.direct(stage.me)
        assert place is not None
        await stage.platform.whisper(place, stage.me, Card("text", "for you", files=(File("a.csv", "a\n"), File("empty.csv", ""))))
        await stage.settled()
        assert shown(stage, place.channel) == ["for you"]
        assert stage.server.ephemerals == []
        assert [(file["name"], file["content"], file["channel"]) for file in stage.server.files.values()] == [
            ("a.csv", "a\n", place.channel)
        ]


async def test_a_file_that_did_not_arrive_is_sent_again() -> None:
    async with slack_stage(clock=FakeClock(START)) as stage:
        place = await stage.platform.direct(stage.me)
        assert place is not None
        stage.server.troubles["upload"] = [Trouble(500), Trouble(502)]
        await stage.platform.whisper(place, stage.me, Card("text", "for you", files=(File("a.csv", "a\n"),)))
        await stage.settled()
        assert [file["name"] for file in stage.server.files.values() if "channel" in file] == ["a.csv"]


async def test_files_of_a_whisper_in_a_channel_come_directly() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        await stage.platform.whisper(place, stage.me, Card("text", "for you", files=(File("a.csv", "a\n"),)))
        await stage.settled()
        assert "The files are in our direct messages." in drawn(stage.server.ephemerals[0])
        assert [file["channel"] for file in stage.server.files.values()] == [f"D0{LENA}"]


async def test_a_card_in_a_direct_message_opens_its_own_thread_and_is_found_from_there() -> None:
    """A click on a card outside any thread is answered in that card's thread; the card itself is replaced where it stands."""
    async with slack_stage() as stage:
        top = await stage.platform.direct(stage.me)
        assert top is not None
        await stage.platform.show(top, gallery.plan("plan-1"))
        await stage.settled()
        (message,) = stage.server.messages[top.channel]
        await stage.server.deliver(stage.server.pressed(message, message["blocks"][-2]["elements"][0]))
        await stage.settled()
        (click,) = stage.inbox.clicks
        assert click.place == Place("slack", top.channel, message["ts"])
        await stage.platform.show(click.place, titled("decided", "plan-1"))
        await stage.platform.show(click.place, titled("running", "run-1"))
        await stage.settled()
        assert [(drawn(one).splitlines()[0], one.get("thread_ts")) for one in stage.server.messages[top.channel]] == [
            ("decided", None),
            ("running", message["ts"]),
        ]


async def test_a_place_where_escher_is_not_ends_in_the_log_and_holds_nothing_up() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        await stage.platform.show(Place("slack", AWAY, ""), titled("lost"))
        await stage.platform.show(place, titled("found"))
        await stage.settled()
        assert [text.splitlines()[0] for text in shown(stage)] == ["found"]


async def test_people_of_other_teams_have_no_direct_place() -> None:
    async with slack_stage() as stage:
        assert await stage.platform.direct(f"T0OTHER/{LENA}") is None
        assert await stage.platform.direct(f"{TEAM}/U0NOBODY") is None


async def test_nothing_was_read_as_markup_on_the_way() -> None:
    async with slack_stage() as stage:
        place = await stage.say("hello")
        await stage.platform.show(place, titled("<!channel> *now*"))
        await stage.settled()
        (asked,) = stage.server.called("chat.postMessage")
        assert (asked["mrkdwn"], asked["unfurl_links"], asked["unfurl_media"]) == ("false", "false", "false")
        assert asked["text"] == "&lt;!channel&gt; *now*"


async def test_calls_that_break_are_told_apart() -> None:
    async with slack_stage() as stage:
        calls = Calls(f"{stage.server.base}/api/", "xoxb-wrong")
        with pytest.raises(Refusal, match="invalid_auth"):
            await calls.call("auth.test")
        stage.server.troubles["auth.test"] = [
            Trouble(200, error="internal_error"),
            Trouble(503),
            Trouble(429, after="soon"),
            Trouble(429, after="3"),
        ]
        for _ in range(2):
            with pytest.raises(Faulty):
                await calls.call("auth.test")
        for seconds in (USUAL_PAUSE_S, 3.0):
            with pytest.raises(TooMany) as limited:
                await calls.call("auth.test")
            assert limited.value.after_s == seconds
        await stage.fall()
        for call in (calls.call("auth.test"), calls.answer(f"{stage.server.base}/respond/U1", {}), calls.upload(File("a", "b"), "C", "")):
            with pytest.raises(Faulty):
                await call
        await calls.close()


def test_the_library_logs_no_secret() -> None:
    said = "Failed to connect (wss://x/?ticket=abc&app_id=A0 with xapp-1-A-2 and xoxb-9); Retrying..."
    record = logging.LogRecord("n", logging.ERROR, "p", 1, "%s", (said,), (ValueError, ValueError("ticket=abc"), None))
    assert discreet(record)
    assert record.getMessage() == "Failed to connect (wss://x/?ticket=…&app_id=A0 with xapp-… and xoxb-…); Retrying..."
    assert record.exc_info is None
