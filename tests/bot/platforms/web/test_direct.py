"""A person's own channel: theirs to read and write, and to nobody else there at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.cards.card import Card, Text
from bot.platforms.platform import Place
from bot.platforms.web.server import Recalled
from tests.bot.platforms import gallery
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.talking import mark_in, read, say

LENA = Place("web", "@lena", "")


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with served() as running:
        yield running


async def test_everybody_with_a_web_login_has_one(chat: Served) -> None:
    assert await chat.platform.direct("lena") == LENA
    assert await chat.platform.direct("T1/U2") is None
    assert await chat.platform.direct("omar") is None  # a person's id, where their login is another


async def test_its_person_reads_and_writes_there_and_finds_it_in_the_navigation(chat: Served) -> None:
    async with chat.browser("lena") as lena:
        assert 'href="/c/%40lena"' in (await lena.get("/c/general")).text
        assert "Only you and Escher" in (await lena.get("/c/@lena")).text
        await chat.platform.show(LENA, gallery.notice())
        page = (await lena.get("/c/%40lena")).text
        assert "Your approval is wanted" in page
        assert 'aria-current="page"' in page.split('href="/c/%40lena"', 1)[1].split(">", 1)[0]
        assert (await say(lena, "hello", channel="@lena")).status_code == 204
    (message,) = chat.inbox.messages
    assert (message.login, message.place.channel, message.place.thread) == ("lena", "@lena", message.id)


async def test_to_others_it_is_as_if_there_were_none(chat: Served) -> None:
    await chat.platform.show(LENA, gallery.plan("p-lena"))
    thread = chat.platform._history.home("p-lena", "lena")
    assert thread is not None
    async with chat.browser("omar") as omar:
        for channel in ("@lena", "@nobody"):
            for path in (f"/c/{channel}", f"/c/{channel}/earlier", f"/c/{channel}/earlier?before={thread.thread}"):
                assert (await omar.get(path)).status_code == 404
            assert (await say(omar, "psst", channel=channel)).status_code == 404
            assert (await say(omar, "psst", channel=channel, thread=thread.thread)).status_code == 404
            pressed = {"verb": "approve", "subject": "p-lena", "channel": channel, "thread": thread.thread}
            assert (await omar.post("/click", data=pressed)).status_code == 404
        page = (await omar.get("/c/general")).text
        assert "lena" not in page.lower()
        assert 'href="/c/%40omar.h"' in page
    assert chat.inbox.messages == []
    assert chat.inbox.clicks == []


async def test_a_button_elsewhere_never_speaks_there_for_somebody_else(chat: Served) -> None:
    await chat.platform.show(LENA, gallery.plan("p-lena"))
    for person in ("lena", "omar"):
        async with chat.browser(person) as browser:
            await browser.post("/click", data={"verb": "approve", "subject": "p-lena"})
    assert [click.place.channel for click in chat.inbox.clicks] == ["@lena", "general"]


async def test_no_stream_carries_it_but_its_own(chat: Served) -> None:
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        mark = mark_in((await omar.get("/c/general")).text)
        async with (
            omar.stream("GET", f"/events?channel=%40lena&last={mark}") as there,
            omar.stream("GET", f"/events?channel=general&last={mark}") as beside,
            lena.stream("GET", f"/events?channel=%40lena&last={mark}") as own,
            lena.stream("GET", f"/events?channel=general&last={mark}") as away,
        ):
            lines = [stream.aiter_lines() for stream in (there, beside, own, away)]
            for step in (
                chat.platform.show(LENA, gallery.progress(3)),
                chat.platform.show(LENA, gallery.progress(5)),
                chat.platform.whisper(LENA, "lena", Card("text", "psst")),
                say(lena, "of my own", channel="@lena"),
            ):
                await step
                for his in lines[:2]:
                    told = await read(his)
                    assert (told["event"], told["data"]) == ("stir", "-")
                assert (await read(lines[2]))["event"] == "chat"
                await read(lines[3])
            await chat.platform.show(Place("web", "@omar.h", ""), Card("text", "for omar"))
            assert 'id="unread-_40_omar_2e_h"' in (await read(lines[1]))["data"]
            assert (await read(lines[3]))["data"] == "-"


async def test_a_whisper_to_somebody_else_is_not_seen_there(chat: Served) -> None:
    await chat.platform.whisper(LENA, "omar.h", Card("text", "odd", blocks=(Text("for omar in the channel of lena"),)))
    for person, path in (("lena", "/c/@lena"), ("lena", "/c/general"), ("omar", "/c/general")):
        async with chat.browser(person) as browser:
            assert "for omar" not in (await browser.get(path)).text


async def test_what_is_recalled_stays_private(chat: Served) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    chat.platform.recall(
        [Recalled(Place("web", "@lena", "m-old"), at, login="lena", text="from before"), Recalled(LENA, at, card=gallery.notice())]
    )
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        page = (await lena.get("/c/@lena")).text
        assert "from before" in page
        assert "Your approval is wanted" in page
        for path in ("/c/general", "/c/incidents", "/approvals"):
            assert "from before" not in (await omar.get(path)).text


async def test_a_channel_with_odd_signs_in_its_name_is_found(chat: Served) -> None:
    await chat.platform.show(Place("web", "team/ops & more", ""), gallery.text())
    async with chat.browser("lena") as lena:
        page = (await lena.get("/c/general")).text
        address = page.split('href="/c/team', 1)[1].split('"', 1)[0]
        assert "Nothing to do" in (await lena.get(f"/c/team{address}")).text
