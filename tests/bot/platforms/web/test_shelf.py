"""Files to download: for one session each, saved and never drawn, and no more of them than the bounds."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from bot.cards.card import Card, File, Text
from bot.platforms.platform import Place
from bot.platforms.web.file_routes import disposition
from bot.platforms.web.render import size_words
from bot.platforms.web.shelf import Shelf
from tests.bot.platforms import gallery
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.talking import GENERAL

CSV = gallery.csv().files[0]


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with served() as running:
        yield running


def links(page: str) -> list[str]:
    return re.findall(r'href="(/files/[^"]+)"', page)


async def pressed(browser: httpx.AsyncClient) -> str:
    return (await browser.post("/click", data={"verb": "csv", "subject": "answer-1"})).text


async def test_what_a_button_answers_is_downloaded_whole(chat: Served) -> None:
    chat.inbox.answers["csv"] = gallery.csv()
    async with chat.browser("lena") as lena:
        page = await pressed(lena)
        (link,) = links(page)
        assert "resources.csv" in page
        assert size_words(len(CSV.text.encode())) in page
        answer = await lena.get(link)
    assert answer.status_code == 200
    assert answer.text == CSV.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="resources.csv"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_link_opens_for_its_own_session_only(chat: Served) -> None:
    chat.inbox.answers["csv"] = gallery.csv()
    async with chat.browser("lena") as first, chat.browser("lena") as second, chat.browser("omar") as omar, chat.browser() as stranger:
        (link,) = links(await pressed(first))
        for other in (second, omar):
            assert (await other.get(link)).status_code == 404
        assert (await stranger.get(link)).status_code == 303
        _, _, file_id, seal = link.split("/")
        (own,) = links(await pressed(omar))
        _, _, own_id, own_seal = own.split("/")
        for made_up in (f"/files/{file_id}/{own_seal}", f"/files/{own_id}/{seal}", f"/files/{file_id}/", f"/files/{file_id}/ö"):
            assert (await omar.get(made_up)).status_code == 404
        await first.post("/logout")
        assert (await first.get(link)).status_code == 303


async def test_a_whispered_file_is_offered_in_the_chat_to_one_person_again_and_again(chat: Served) -> None:
    await chat.platform.whisper(GENERAL, "lena", replace(gallery.csv(), subject="rows"))
    await chat.platform.show(Place("web", "@omar.h", ""), gallery.csv())
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        for _ in range(2):
            (link,) = links((await lena.get("/c/general")).text)
            assert (await lena.get(link)).text == CSV.text
        (other,) = links((await omar.get("/c/@omar.h")).text)
        assert (await omar.get(other)).text == CSV.text
        assert links((await omar.get("/c/general")).text) == []
        await chat.platform.whisper(GENERAL, "lena", replace(gallery.csv(), subject="rows", files=(File("b.txt", "newer"),)))
        (newer,) = links((await lena.get("/c/general")).text)
        assert (await lena.get(newer)).text == "newer"


async def test_a_card_that_everybody_sees_carries_no_file(chat: Served) -> None:
    await chat.platform.show(GENERAL, gallery.csv())
    async with chat.browser("lena") as lena:
        page = (await lena.get("/c/general")).text
    assert "31 rows as a file" in page
    assert "resources.csv" not in page


async def test_what_a_browser_could_draw_is_sent_as_bytes(chat: Served) -> None:
    chat.inbox.answers["csv"] = Card(
        "details", "x", blocks=(Text("x"),), files=(File('"><b>.html', "<script>alert(1)</script>", "text/html"),)
    )
    async with chat.browser("lena") as lena:
        page = await pressed(lena)
        assert "<b>" not in page
        answer = await lena.get(links(page)[0])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.csv", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
        ("../../etc/passwd", "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd"),
        ('a"\r\nx: y.txt', "attachment; filename=\"a___x_ y.txt\"; filename*=UTF-8''a___x_%20y.txt"),
        ("Kosten für Mai.csv", "attachment; filename=\"Kosten f_r Mai.csv\"; filename*=UTF-8''Kosten%20f%C3%BCr%20Mai.csv"),
        (" .. ", "attachment; filename=\"file\"; filename*=UTF-8''file"),
    ],
)
def test_a_name_is_cleared_of_paths_and_headers(name: str, header: str) -> None:
    assert disposition(name) == header


def test_the_oldest_go_and_the_newest_stays() -> None:
    shelf = Shelf(most_files=3, most_bytes=100)
    kept = [shelf.put("lena", (File(f"{number}", "x" * 10),))[0] for number in range(4)]
    assert [shelf.take("lena", one.id) is not None for one in kept] == [False, True, True, True]
    (large,) = shelf.put("lena", (File("large", "x" * 500),))
    assert shelf.take("lena", large.id) is not None
    assert all(shelf.take("lena", one.id) is None for one in kept)
    (small,) = shelf.put("lena", (File("small", "ü"),))
    assert (small.size, shelf.take("lena", large.id)) == (2, None)
    assert shelf.take("omar", small.id) is None
    assert shelf.take("", "made up") is None


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (5_544, "5.5 kB"), (2_500_000, "2.5 MB")]
)
def test_a_size_is_told_in_words(size: int, words: str) -> None:
    assert size_words(size) == words
