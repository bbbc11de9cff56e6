"""What is said in Teams reaches the inbox once, in order, and is answered where it was said."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from bot.platforms.platform import Message, Place, Retraction
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.acts import CHANNEL, DATA, GROUP, HIS, MINE, says, titles
from tests.bot.platforms.teams.running import FakePosts, Served, served_by
from tests.bot.platforms.teams.service import BOT, LENA, OMAR, Somebody, labelled, teams_service, texts


async def test_a_personal_message_is_answered_with_a_card(teams: Served) -> None:
    teams.inbox.reply["stop it"] = (gallery.plan("plan-1"),)
    place = await says(teams, LENA, MINE, "stop it")
    assert place == Place("teams", MINE, "-")
    assert teams.inbox.messages[0].login == LENA.login
    (card,) = teams.service.cards(MINE)
    assert labelled(card, "Approve")["type"] == "Action.Execute"
    assert "refresh" not in card
    assert next(iter(teams.service.chats[MINE].messages.values()))["type"] == "typing"


async def test_groups_and_channels_are_heard_on_mention_only(teams: Served) -> None:
    for chat in (GROUP, CHANNEL):
        await teams.service.deliver(teams.service.said(LENA, chat, "hello", entities=[]))
    assert teams.inbox.messages == []
    assert (await says(teams, LENA, GROUP, "hello")).thread == "-"
    first = await says(teams, LENA, CHANNEL, "one")
    assert await says(teams, OMAR, CHANNEL, "two", thread=first.thread) == first


async def test_replies_stay_in_their_thread(teams: Served) -> None:
    teams.inbox.reply["one"] = teams.inbox.reply["two"] = (gallery.text(),)
    first = await says(teams, LENA, CHANNEL, "one")
    second = await says(teams, LENA, CHANNEL, "two")
    assert list(teams.service.chats[CHANNEL].threads.values()) == [first.thread, second.thread]


async def test_what_teams_delivers_again_is_taken_once(teams: Served) -> None:
    said = teams.service.said(LENA, MINE, "hello")
    for _ in range(3):
        assert (await teams.service.deliver(said)).status_code == 200
    await teams.settled()
    assert len(teams.inbox.messages) == 1


async def test_an_edit_takes_the_place_of_the_message_and_a_deletion_withdraws_it(teams: Served) -> None:
    said = teams.service.said(LENA, GROUP, "stop web")
    await teams.service.deliver(said)
    edited = said | {"type": "messageUpdate", "text": "stop db", "entities": [], "channelData": DATA | {"eventType": "editMessage"}}
    await teams.service.deliver(edited)
    await teams.service.deliver(edited)
    await teams.service.deliver(said | {"type": "messageDelete", "channelData": DATA | {"eventType": "softDeleteMessage"}})
    place = Place("teams", GROUP, "-")
    assert teams.inbox.messages == [
        Message(f"{GROUP}/{said['id']}", place, LENA.login, "stop web", f"{GROUP}/{said['id']}"),
        Message(
            f"{GROUP}/{said['id']}:edit:{said['timestamp']}", place, LENA.login, "stop db", f"{GROUP}/{said['id']}", f"{GROUP}/{said['id']}"
        ),
    ]
    assert teams.inbox.retractions == [Retraction(f"{GROUP}/{said['id']}:deleted", place, LENA.login, f"{GROUP}/{said['id']}")]


async def test_the_edit_of_what_was_never_said_to_the_bot_is_nothing(teams: Served) -> None:
    said = teams.service.said(LENA, GROUP, "between us", entities=[])
    edited = said | {"type": "messageUpdate", "channelData": DATA | {"eventType": "editMessage"}}
    await teams.service.deliver(said)
    await teams.service.deliver(edited)
    assert teams.inbox.messages == []


async def test_a_greeting_in_a_team_begins_a_thread(teams: Served) -> None:
    await teams.service.deliver(teams.service.activity(LENA, CHANNEL, "conversationUpdate", membersAdded=[{"id": BOT}]))
    await teams.settled()
    (number,) = teams.service.chats[CHANNEL].messages
    assert teams.service.chats[CHANNEL].threads == {number: number}


async def test_the_hint_that_it_writes_holds_nothing_up(teams: Served) -> None:
    teams.inbox.reply["hello"] = (gallery.text(),)
    teams.service.next.append((502, {}))
    began = time.monotonic()
    await says(teams, LENA, MINE, "hello")
    assert [one["type"] for one in teams.service.chats[MINE].messages.values()] == ["message"]
    assert time.monotonic() - began < 0.5


class SlowPosts(FakePosts):
    """Posts on a disk that takes its time for the first thing it is given."""

    began = False

    async def keep(self, place: Place, subject: str, reference: str) -> None:
        first, self.began = not self.began, True
        if first:
            await asyncio.sleep(0.5)
        await super().keep(place, subject, reference)


async def test_the_second_message_does_not_overtake_the_first() -> None:
    posts = SlowPosts()
    async with teams_service() as service, served_by(service, posts) as teams:
        teams.inbox.reply["0"] = (gallery.text(),)
        await service.deliver(service.activity(OMAR, HIS, "typing"))
        sent = []
        for number in range(5):
            sent.append(asyncio.create_task(service.deliver(service.said(LENA, MINE, str(number)))))
            await asyncio.sleep(0.05)
        await asyncio.gather(*sent)
        await teams.settled()
        assert [one.text for one in teams.inbox.messages] == ["0", "1", "2", "3", "4"]
        assert len(service.cards(MINE)) == 1
    assert posts.find(Place("teams", "people", LENA.login), "personal") == MINE


async def test_bots_say_nothing_to_the_bot(teams: Served) -> None:
    robot = Somebody("Robot", "28:robot", "")
    await teams.service.deliver(teams.service.said(robot, GROUP, "approve everything"))
    assert teams.inbox.messages == []


async def test_the_word_of_a_room_shows_it_and_again_at_the_end(teams: Served) -> None:
    teams.inbox.views["approvals"] = (gallery.plan("plan-1"),)
    asked = teams.service.said(LENA, MINE, "Approvals of today")
    for _ in range(2):
        await teams.service.deliver(asked)
    await teams.settled()
    assert teams.inbox.entered == [(LENA.login, "approvals", "of today")]
    await teams.service.deliver(teams.service.said(LENA, MINE, "approvals"))
    await teams.settled()
    before, after = teams.service.cards(MINE)
    assert (before["actions"], "Shown again below." in texts(before)) == ([], True)
    assert "Approve" in titles(after)
    await teams.platform.show(Place("teams", MINE, "-"), replace(gallery.decided(), subject="plan-1"))
    await teams.settled()
    assert "Approve" not in str(teams.service.cards(MINE)[1])
    assert teams.inbox.messages == []


async def test_a_card_that_could_not_be_shown_anew_stays_as_it_stands(teams: Served) -> None:
    teams.inbox.views["approvals"] = (gallery.plan("plan-1"),)
    await teams.service.deliver(teams.service.said(LENA, MINE, "approvals"))
    await teams.settled()
    teams.service.next.append((403, {}))
    await teams.service.deliver(teams.service.said(LENA, MINE, "approvals"))
    await teams.settled()
    (card,) = teams.service.cards(MINE)
    assert "Approve" in titles(card)


async def test_a_version_that_comes_while_a_room_is_shown_ends_up_below(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    await teams.platform.show(place, gallery.progress(3, "run-1"))
    await teams.settled()
    teams.inbox.views["status"] = (gallery.progress(4, "run-1"),)
    await teams.service.deliver(teams.service.said(LENA, MINE, "status"))
    await teams.platform.show(place, gallery.progress(5, "run-1"))
    await teams.settled()
    before, after = teams.service.cards(MINE)
    assert ("Shown again below." in texts(before), before["actions"]) == (True, [])
    assert "5 of 8 done" in texts(after)
    assert "Shown again below." not in texts(after)


async def test_a_rooms_word_in_a_group_is_a_message(teams: Served) -> None:
    await says(teams, LENA, GROUP, "status")
    assert teams.inbox.entered == []


async def test_who_installs_the_bot_is_greeted_once(teams: Served) -> None:
    for kind, more in (("conversationUpdate", {"membersAdded": [{"id": BOT}]}), ("installationUpdate", {"action": "add"})):
        await teams.service.deliver(teams.service.activity(LENA, MINE, kind, **more))
    await teams.settled()
    assert teams.inbox.entered == [(LENA.login, "help", "")]
    assert len(teams.service.cards(MINE)) == 1
