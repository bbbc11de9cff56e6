"""Cards in Teams: replaced where they stand, after restarts and through limits and faults; whispers reach one person."""

from __future__ import annotations

import asyncio
import time

from bot.cards.card import Card, File, Text
from bot.platforms.platform import Place
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.acts import CHANNEL, GROUP, HIS, MINE, says
from tests.bot.platforms.teams.running import FakePosts, Served, served_by
from tests.bot.platforms.teams.service import LENA, NOAH, OMAR, teams_service, texts

CSV = File("instances.csv", "name\n" + "web\n" * 2000, "text/csv")


async def test_a_card_is_replaced_where_it_stands_after_a_restart_too() -> None:
    posts = FakePosts()
    async with teams_service() as service:
        async with served_by(service, posts) as teams:
            place = await says(teams, LENA, MINE, "hello")
            await teams.platform.show(place, gallery.progress(3, "run-1"))
            await teams.settled()
        async with served_by(service, posts) as teams:
            await teams.platform.show(place, gallery.progress(5, "run-1"))
            await teams.settled()
        assert ["5 of 8 done" in texts(card) for card in service.cards(MINE)] == [True]


async def test_a_message_that_is_gone_is_posted_anew(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    await teams.platform.show(place, gallery.progress(3, "run-1"))
    await teams.settled()
    teams.service.chats[MINE].messages.clear()
    await teams.platform.show(place, gallery.progress(5, "run-1"))
    await teams.settled()
    assert "5 of 8 done" in texts(teams.service.cards(MINE))


async def test_too_many_is_waited_for_and_what_was_overtaken_is_never_sent(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    teams.service.next.append((429, {"Retry-After": "1"}))
    teams.service.asked.clear()
    began = time.monotonic()
    for over in (1, 2, 3, 4):
        await teams.platform.show(place, gallery.progress(over, "run-1"))
        await asyncio.sleep(0.05)
    await teams.settled()
    assert time.monotonic() - began >= 1
    assert ["4 of 8 done" in texts(one) for one in teams.service.cards(MINE)] == [True]
    assert len([one for one in teams.service.asked if one.method in ("POST", "PUT")]) == 2


async def test_a_fault_is_tried_again(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    teams.service.next.append((502, {}))
    await teams.platform.show(place, gallery.text())
    await teams.settled()
    assert len(teams.service.cards(MINE)) == 1


async def test_a_card_that_is_too_long_for_teams_still_arrives(teams: Served) -> None:
    place = await says(teams, LENA, MINE, "hello")
    await teams.platform.show(place, Card("text", "Long", blocks=(Text("word " * 20_000),)))
    await teams.settled()
    assert "Shortened to fit into Teams." in texts(teams.service.cards(MINE))


async def test_an_unknown_place_is_no_error(teams: Served) -> None:
    await teams.platform.show(Place("teams", "19:nowhere@thread.v2", "-"), gallery.text())
    await teams.settled()
    assert all(teams.service.cards(chat) == [] for chat in teams.service.chats)


async def test_escher_speaks_first_after_a_restart() -> None:
    posts = FakePosts()
    async with teams_service() as service:
        async with served_by(service, posts) as teams:
            await says(teams, LENA, CHANNEL, "hello")
        async with served_by(service, posts) as teams:
            await teams.platform.show(Place("teams", CHANNEL, "-"), Card("notice", "Good morning"))
            place = await teams.platform.direct(OMAR.login)
            assert place == Place("teams", HIS, "-")
            await teams.platform.show(place, Card("notice", "For you"))
            await teams.settled()
            assert await teams.platform.direct(NOAH.login) is None
            assert await teams.platform.direct("other-tenant/" + OMAR.person) is None
        assert "Good morning" in texts(service.cards(CHANNEL))
        assert "For you" in texts(service.cards(HIS))
        number = next(iter(service.chats[CHANNEL].messages))
        assert service.chats[CHANNEL].threads[number] == number


async def test_a_kept_address_that_is_allowed_no_more_is_not_spoken_to() -> None:
    posts = FakePosts()
    async with teams_service() as service:
        async with served_by(service, posts) as teams:
            place = await says(teams, LENA, MINE, "hello")
        posts.kept = {key: text.replace("http://127.0.0.1", "http://localhost") for key, text in posts.kept.items()}
        service.asked.clear()
        async with served_by(service, posts) as teams:
            await teams.platform.show(place, gallery.text())
            assert await teams.platform.direct(OMAR.login) is None
            await teams.settled()
        assert service.asked == []


async def test_a_whisper_goes_to_the_personal_chat_and_is_replaced_there(teams: Served) -> None:
    place = await says(teams, LENA, GROUP, "hello")
    for title in ("first", "second"):
        await teams.platform.whisper(place, OMAR.login, Card("text", title, subject="s"))
        await teams.settled()
    assert teams.service.cards(GROUP) == []
    assert [texts(card) for card in teams.service.cards(HIS)] == ["second\nOnly you can see this."]


async def test_a_whisper_that_reaches_nobody_says_so_and_nothing_more(teams: Served) -> None:
    place = await says(teams, LENA, GROUP, "hello")
    await teams.platform.whisper(place, NOAH.login, Card("text", "a secret"))
    await teams.settled()
    said = texts(teams.service.cards(GROUP))
    assert "Noah Noapp asked for something that is for nobody else" in said
    assert "secret" not in said


async def test_a_whisper_waits_while_teams_takes_nothing(teams: Served) -> None:
    place = await says(teams, LENA, GROUP, "hello")
    teams.service.next.append((429, {"Retry-After": "1"}))
    await teams.platform.whisper(place, OMAR.login, Card("text", "for Omar", files=(CSV,)))
    await teams.settled()
    assert teams.service.cards(GROUP) == []
    assert "for Omar" in texts(teams.service.cards(HIS))
    assert teams.service.messages(HIS)[-1]["attachments"][0]["name"] == "instances.csv"
