"""Teams against Microsoft's Agents Playground, a program that nobody here wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from bot.cards.card import Card, Text
from bot.platforms.platform import Place
from bot.platforms.teams.platform import TeamsPlatform
from engine.settings import TeamsSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.running import FakePosts
from tests.bot.platforms.teams.service import labelled, texts
from tests.bot.platforms.web.fakes import FakeInbox
from tests.peers.playground import MISSING, Playground, free_port, playground

pytestmark = [pytest.mark.peer, pytest.mark.skipif(MISSING, reason="AGENTS_PLAYGROUND names no unpacked playground, or there is no node")]
BOT_ID = "00000000-0000-0000-0000-00000000000011"
TENANT = "00000000-0000-0000-0000-0000000000001"


@dataclass
class Meeting:
    """The playground, the bot's platform, and what stands behind it."""

    peer: Playground
    platform: TeamsPlatform
    inbox: FakeInbox


@pytest.fixture
async def meeting() -> AsyncIterator[Meeting]:
    """The bot starts first: the playground waits for it."""
    peers: list[Playground] = []
    inbox, port = FakeInbox(), free_port()
    async with playground(port) as peer:
        peers.append(peer)
        settings = TeamsSettings(
            app_id=BOT_ID,
            tenant=TENANT,
            port=port,
            login_url=peer.url,
            metadata_url=peer.url,
            service_urls=(peer.service_url,),
        )
        logins = [peer.login(one) for one in (peer.me, *peer.others[:1])]
        platform = TeamsPlatform(settings, "", FakePosts(), lambda: logins, open_to_playground=True)
        inbox.platform = platform
        running = asyncio.create_task(platform.run(inbox))
        yield Meeting(peer, platform, inbox)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_personal_message_is_answered_with_a_card_whose_buttons_work(meeting: Meeting) -> None:
    peer, inbox = meeting.peer, meeting.inbox
    inbox.reply["stop the workers"] = (gallery.plan("plan-1"),)
    await peer.say(peer.personal, "stop the workers")
    number, card = await peer.card(peer.personal, "Approve")
    assert inbox.messages[0].login == peer.login(peer.me)
    answer = await peer.execute(peer.personal, number, labelled(card, "Approve"), peer.me)
    assert (inbox.clicks[0].verb, inbox.clicks[0].subject, inbox.clicks[0].guest) == ("approve", "plan-1", False)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"


async def test_a_refusal_stands_above_the_card_for_the_one_who_clicked(meeting: Meeting) -> None:
    peer, inbox = meeting.peer, meeting.inbox
    inbox.reply["stop"] = (gallery.plan("plan-1"),)
    inbox.answers["approve"] = gallery.refusal()
    await peer.say(peer.personal, "stop")
    number, card = await peer.card(peer.personal, "Approve")
    answer = await peer.execute(peer.personal, number, labelled(card, "Approve"), peer.me)
    assert gallery.refusal().title in texts(answer["value"])


async def test_a_shown_card_is_replaced_where_it_stands(meeting: Meeting) -> None:
    peer = meeting.peer
    await peer.say(peer.personal, "hello")
    await peer.until(lambda: meeting.inbox.messages)
    place = meeting.inbox.messages[0].place
    await meeting.platform.show(place, gallery.progress(3, "run-1"))
    number, _ = await peer.card(peer.personal, "3 of 8")
    await meeting.platform.show(place, gallery.progress(5, "run-1"))
    again, _ = await peer.card(peer.personal, "5 of 8")
    assert again == number


async def test_a_group_is_answered_on_mention_and_those_who_may_decide_get_buttons(meeting: Meeting) -> None:
    peer, inbox = meeting.peer, meeting.inbox
    inbox.reply["stop"] = (gallery.plan("plan-1"),)
    await peer.say(peer.group, "stop", mention=True)
    number, card = await peer.card(peer.group, "refresh")
    assert "Approve" not in [one["title"] for one in card["actions"]]
    assert set(card["refresh"]["userIds"]) == {peer.me["id"], peer.others[0]["id"]}
    mine = await peer.execute(peer.group, number, card["refresh"]["action"], peer.others[0])
    approve = labelled(mine["value"], "Approve")
    assert inbox.clicks == []
    await peer.submit(peer.group, number, approve["fallback"]["data"], peer.others[0])
    await peer.until(lambda: inbox.clicks)
    assert inbox.clicks[0].login == peer.login(peer.others[0])
    assert inbox.clicks[0].place == Place("teams", peer.group, "-")


async def test_a_channel_keeps_its_threads(meeting: Meeting) -> None:
    peer, inbox = meeting.peer, meeting.inbox
    inbox.reply["status"] = (gallery.text(),)
    post = await peer.say(peer.channel, "status", mention=True)
    await peer.card(post, gallery.text().title)
    assert inbox.messages[0].place == Place("teams", *post.split(";messageid="))


async def test_a_modal_is_fetched_and_what_is_filled_in_arrives(meeting: Meeting) -> None:
    peer, inbox = meeting.peer, meeting.inbox
    inbox.reply["stop"] = (gallery.plan("plan-1"),)
    await peer.say(peer.personal, "stop")
    _, card = await peer.card(peer.personal, "Deny")
    data = labelled(card, "Deny")["data"]
    assert data["msteams"] == {"type": "task/fetch"}
    await peer.send(peer.personal, peer.me, "invoke", name="task/fetch", value={"data": data})
    await peer.until(lambda: inbox.asked)
    filled = {"escher": data["escher"], "form": "0", "0.one.reason": "too risky"}
    await peer.send(peer.personal, peer.me, "invoke", name="task/submit", value={"data": filled})
    await peer.until(lambda: inbox.clicks)
    assert (inbox.clicks[0].verb, dict(inbox.clicks[0].fields)) == ("deny", {"reason": ("too risky",)})


async def test_escher_speaks_first(meeting: Meeting) -> None:
    peer = meeting.peer
    await peer.say(peer.personal, "hello")
    await peer.until(lambda: meeting.inbox.messages)
    place = await meeting.platform.direct(peer.login(peer.me))
    assert place is not None
    await meeting.platform.show(place, Card("notice", "Good morning", blocks=(Text("Nothing happened at night."),)))
    await peer.card(peer.personal, "Good morning")
