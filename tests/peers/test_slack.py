"""Slack end to end against local-slack (at LOCAL_SLACK): Socket Mode, signed requests, buttons, modals, commands, the home, cuts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cards.card import Card, File
from bot.platforms.platform import Place
from bot.platforms.slack.calls import SlackSecrets
from bot.platforms.slack.platform import SlackPlatform
from engine.settings import SlackSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.fakes import FakePosts
from tests.bot.platforms.web.fakes import FakeInbox
from tests.peers.local_slack import BINARY, BOT, CHANNEL, LENA, SIGNING_SECRET, TEAM, LocalSlack, eventually, free_port, local_slack

pytestmark = [pytest.mark.peer, pytest.mark.skipif(not os.access(BINARY, os.X_OK), reason="LOCAL_SLACK names no local-slack program")]


@dataclass
class Bot:
    """The platform under test in front of a scripted inbox."""

    platform: SlackPlatform
    inbox: FakeInbox
    peer: LocalSlack
    posts: FakePosts

    async def connected(self) -> None:
        """Waits until the peer sees the bot's connection."""

        async def hello() -> bool:
            return any("hello" in entry["summary"] for entry in await self.peer.log())

        await eventually(hello)

    async def card(self, number: int = 0) -> dict[str, Any]:
        """The bot's message of this number in the channel."""

        async def there() -> list[dict[str, Any]]:
            found = await self.peer.bots()
            return found[number:]

        return (await eventually(there))[0]

    async def until(self, count: int, kind: str = "messages") -> list[Any]:
        """Waits until the inbox got so many of a kind."""

        async def enough() -> bool:
            return len(getattr(self.inbox, kind)) >= count

        await eventually(enough)
        return list(getattr(self.inbox, kind))


@asynccontextmanager
async def bot(peer: LocalSlack, settings: SlackSettings) -> AsyncIterator[Bot]:
    secrets = SlackSecrets("xoxb-test-token", "xapp-test-token", SIGNING_SECRET)
    inbox, posts = FakeInbox(), FakePosts()
    platform = SlackPlatform(settings, secrets, posts, ping_s=1.0)
    inbox.platform = platform
    running = asyncio.create_task(platform.run(inbox))
    try:
        yield Bot(platform, inbox, peer, posts)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def escher(tmp_path: Path) -> AsyncIterator[Bot]:
    async with local_slack(tmp_path) as peer, bot(peer, SlackSettings(api_url=peer.api_url)) as running:
        await running.connected()
        yield running


async def test_a_mention_is_answered_in_its_thread_and_its_button_comes_back(escher: Bot) -> None:
    escher.inbox.reply["stop the shop"] = [gallery.plan("plan-1")]
    stamp = await escher.peer.say(f"<@{BOT}> stop the shop")
    card = await escher.card()
    (message,) = escher.inbox.messages
    assert (message.login, message.place, message.about) == (f"{TEAM}/{LENA}", Place("slack", CHANNEL, stamp), f"{CHANNEL}:{stamp}")
    assert card["thread_ts"] == stamp
    await escher.peer.press(card, "Approve")
    (click,) = await escher.until(1, "clicks")
    assert (click.verb, click.subject, click.place, click.login, click.guest) == (
        "approve",
        "plan-1",
        message.place,
        f"{TEAM}/{LENA}",
        False,
    )


async def test_a_card_is_replaced_where_it_stands_after_a_restart_too(escher: Bot) -> None:
    place = Place("slack", CHANNEL, await escher.peer.say(f"<@{BOT}> go"))
    await escher.platform.show(place, gallery.progress())
    first = await escher.card()
    settings = SlackSettings(api_url=escher.peer.api_url)
    again = SlackPlatform(settings, SlackSecrets("xoxb-test-token"), escher.posts)
    await again.show(place, gallery.progress())
    await again.settled()
    await again._calls.close()
    assert [one["ts"] for one in await escher.peer.bots()] == [first["ts"]]


async def test_a_form_asks_in_a_modal_and_its_answer_closes_it(escher: Bot) -> None:
    escher.inbox.reply["stop the shop"] = [gallery.plan("plan-1")]
    await escher.peer.say(f"<@{BOT}> stop the shop")
    await escher.peer.press(await escher.card(), "Deny")
    await eventually(lambda: _views(escher.peer, "form"))
    await escher.peer.submit({"field-0": {"reason": {"type": "plain_text_input", "value": "not today"}}})
    (click,) = await escher.until(1, "clicks")
    assert (click.verb, click.subject, dict(click.fields)) == ("deny", "plan-1", {"reason": ("not today",)})
    assert click.place == escher.inbox.messages[0].place
    await eventually(lambda: _closed(escher.peer))


async def test_a_refusal_takes_the_place_of_the_form(escher: Bot) -> None:
    escher.inbox.reply["stop the shop"] = [gallery.plan("plan-1")]
    escher.inbox.answers["deny"] = gallery.refusal()
    await escher.peer.say(f"<@{BOT}> stop the shop")
    await escher.peer.press(await escher.card(), "Deny")
    await eventually(lambda: _views(escher.peer, "form"))
    await escher.peer.submit({"field-0": {"reason": {"type": "plain_text_input", "value": "no"}}})
    await eventually(lambda: _views(escher.peer, "sheet"))


async def test_details_open_in_a_modal_and_their_files_come_directly(escher: Bot) -> None:
    escher.inbox.reply["stop the shop"] = [gallery.plan("plan-1")]
    escher.inbox.answers["details"] = Card("details", "37 rows", files=(File("resources.csv", "name\nweb-1\n", "text/csv"),))
    await escher.peer.say(f"<@{BOT}> stop the shop")
    await escher.peer.press(await escher.card(), "Details")
    await eventually(lambda: _views(escher.peer, "sheet"))
    direct = await escher.peer.direct_channel()

    async def files() -> list[str]:
        return [file["name"] for message in await escher.peer.messages(direct) for file in message.get("files", ())]

    assert await eventually(files) == ["resources.csv"]


async def test_the_command_shows_a_room_to_one_person(escher: Bot) -> None:
    await escher.peer.command("approvals mine")
    card = await escher.card()
    assert (card["subtype"], card["ephemeral_to"]) == ("ephemeral", LENA)
    assert escher.inbox.entered == [(f"{TEAM}/{LENA}", "approvals", "mine")]


async def test_the_command_asks_in_the_channel(escher: Bot) -> None:
    escher.inbox.reply["stop the shop"] = [gallery.text()]
    await escher.peer.command("stop the shop")
    asked, answer = await escher.card(), await escher.card(1)
    assert {"type": "user", "user_id": LENA} in asked["blocks"][0]["elements"][0]["elements"]
    assert answer["thread_ts"] == asked["ts"] == escher.inbox.messages[0].place.thread


async def test_the_home_is_published_and_fresh_after_a_click(escher: Bot) -> None:
    await escher.peer.open_home()
    await eventually(lambda: _home(escher.peer))
    assert escher.inbox.entered[0] == (f"{TEAM}/{LENA}", "home", "")
    escher.inbox.reply["stop"] = [gallery.plan("plan-1")]
    await escher.peer.say(f"<@{BOT}> stop")
    await escher.peer.press(await escher.card(), "Approve")
    await escher.until(2, "entered")


async def test_edits_and_deletions_reach_the_inbox(escher: Bot) -> None:
    stamp = await escher.peer.say(f"<@{BOT}> stop the sohp")
    await escher.until(1)
    await escher.peer.edit(stamp, f"<@{BOT}> stop the shop")
    _, edit = await escher.until(2)
    assert (edit.text, edit.edits, edit.place) == ("stop the shop", f"{CHANNEL}:{stamp}", escher.inbox.messages[0].place)
    await escher.peer.delete(stamp)
    (retraction,) = await escher.until(1, "retractions")
    assert (retraction.of, retraction.login) == (f"{CHANNEL}:{stamp}", f"{TEAM}/{LENA}")


async def test_direct_messages_need_no_mention_and_channel_talk_is_left_alone(escher: Bot) -> None:
    direct = await escher.peer.direct_channel()
    await escher.peer.say("lunch?")
    await escher.peer.say("what runs?", channel=direct)
    (message,) = await escher.until(1)
    assert (message.text, message.place.channel) == ("what runs?", direct)


async def test_a_cut_connection_is_made_again(escher: Bot) -> None:
    await escher.peer.say(f"<@{BOT}> one")
    await escher.until(1)
    await escher.peer.stop()
    await asyncio.sleep(0.5)
    await escher.peer.start()
    await escher.connected()
    await escher.peer.say(f"<@{BOT}> two")
    assert [message.text for message in await escher.until(2)] == ["one", "two"]


async def test_what_is_shown_while_slack_is_away_arrives_when_it_is_back(escher: Bot) -> None:
    place = Place("slack", CHANNEL, await escher.peer.say(f"<@{BOT}> one"))
    await escher.peer.stop()
    await escher.platform.show(place, gallery.text())
    await asyncio.sleep(0.3)
    await escher.peer.start()
    assert (await escher.card())["thread_ts"] == place.thread


async def test_a_burst_is_acknowledged_in_time_and_keeps_its_order(escher: Bot) -> None:
    root = await escher.peer.say(f"<@{BOT}> begin")
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(escher.peer.say(f"<@{BOT}> {number}", thread=root) for number in range(200)))
    took = asyncio.get_running_loop().time() - began
    messages = await escher.until(201)
    said = [message["text"].partition(" ")[2] for message in await escher.peer.messages() if not message.get("bot_id")]
    assert [message.text for message in messages] == said
    # The peer answers a message once its deliveries were acknowledged; it gives up on one after five seconds.
    assert took < 5
    log = await escher.peer.log()
    assert len([entry for entry in log if entry["kind"] == "ack"]) >= 200


async def _views(peer: LocalSlack, *callbacks: str) -> bool:
    return bool(peer.views) and peer.views[-1]["callback_id"] in callbacks


async def _closed(peer: LocalSlack) -> bool:
    return not peer.views


async def _home(peer: LocalSlack) -> bool:
    return LENA in peer.homes


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Bot]:
    port = free_port()
    async with (
        local_slack(tmp_path, f"http://127.0.0.1:{port}/slack/events") as peer,
        bot(peer, SlackSettings(mode="http", port=port, api_url=peer.api_url)) as running,
    ):
        await eventually(lambda: _listens(port))
        yield running


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_signed_requests_carry_the_same(served: Bot) -> None:
    served.inbox.reply["stop the shop"] = [gallery.plan("plan-1")]
    served.inbox.answers["approve"] = gallery.refusal()
    await served.peer.say(f"<@{BOT}> stop the shop")
    await served.peer.press(await served.card(), "Approve")
    await served.until(1, "clicks")
    whispered = await served.card(1)
    assert (whispered["ephemeral_to"], whispered["thread_ts"]) == (LENA, served.inbox.messages[0].place.thread)


async def test_the_command_says_where_it_cannot_ask(escher: Bot) -> None:
    """The peer lets a bot post where it is not a member, so the channel asked for here is one that does not exist."""
    await escher.peer.command("stop the shop", channel="C0GONE")

    async def told() -> list[dict[str, Any]]:
        return list(await escher.peer.messages("C0GONE"))

    (answer,) = await eventually(told)
    assert answer["ephemeral_to"] == LENA
    assert not escher.inbox.messages
