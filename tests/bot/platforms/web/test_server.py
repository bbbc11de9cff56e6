"""The served web chat over real connections: the wall, the doors, starting again and stopping."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from bot.platforms.platform import Place
from bot.platforms.web.server import Recalled, WebConfig, WebPlatform
from engine.errors import SettingsError
from tests.bot.platforms import gallery
from tests.bot.platforms.web.fakes import FakeOffice
from tests.bot.platforms.web.running import PEOPLE, Served, served
from tests.bot.platforms.web.talking import read, say


async def test_every_page_leads_strangers_to_the_door(chat: Served) -> None:
    async with chat.browser() as stranger:
        for path in (
            "/",
            "/c/general",
            "/c/general/earlier",
            "/resources",
            "/resource",
            "/executions",
            "/approvals",
            "/journal",
            "/status",
        ):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/ask")
            assert (await stranger.get(path, headers={"HX-Request": "true"})).status_code == 401
        assert (await stranger.get("/ask")).status_code == 200


async def test_strangers_change_nothing_and_hear_nothing(chat: Served) -> None:
    async with chat.browser() as stranger:
        for path in ("/say", "/click", "/logout"):
            assert (await stranger.post(path, data={"text": "x", "channel": "general"})).status_code == 401
        assert (await stranger.get("/events", headers={"Accept": "text/event-stream"})).status_code == 401
    assert chat.inbox.messages == []


async def test_a_link_works_once_and_then_says_how_to_get_another(chat: Served) -> None:
    link = chat.platform.login_link("lena")
    async with httpx.AsyncClient() as browser:
        first = await browser.get(link)
        cookie = first.headers["set-cookie"].lower()
        assert first.status_code == 303
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        second = await browser.get(link)
        assert second.status_code == 410
        assert "escher run" in second.text


async def test_a_link_from_another_site_takes_a_step_of_its_own(chat: Served) -> None:
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(chat.platform.login_link("lena"), headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200
        assert 'content="0;url=/"' in answer.text
        assert (await browser.get(chat.platform.address)).headers["location"] == "/c/general"


async def test_signing_out_ends_the_session_itself_not_just_the_cookie(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        cookies = dict(browser.cookies)
        assert (await browser.post("/logout")).headers["location"] == "/ask"
        browser.cookies.update(cookies)
        assert (await browser.get("/c/general")).status_code == 303


async def test_health_needs_nobody(chat: Served) -> None:
    async with chat.browser() as stranger:
        assert (await stranger.get("/health")).json() == {"status": "ok"}


async def test_another_name_for_this_address_is_refused(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for host in ("evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:80", "[::2]"):
            assert (await browser.get("/c/general", headers={"Host": host})).status_code == 403
        assert (await browser.get("/health", headers={"Host": "localhost:1"})).status_code == 200


async def test_another_site_cannot_send(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = await browser.post("/say", data={"channel": "general", "text": "stop all"}, headers=headers)
            assert answer.status_code == 403
    assert chat.inbox.messages == []


async def test_a_change_needs_the_sessions_own_token(chat: Served) -> None:
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        for token in ("", "wrong", "ö", omar.headers["X-Escher-Token"]):
            answer = await lena.post("/say", data={"channel": "general", "text": "x"}, headers={b"X-Escher-Token": token.encode()})
            assert answer.status_code == 403
        assert (await lena.post("/click", data={"verb": "approve"}, headers={"X-Escher-Token": ""})).status_code == 403
    assert chat.inbox.messages == []
    assert chat.inbox.clicks == []


async def test_every_answer_carries_the_strict_headers(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for path in ("/c/general", "/static/chat.js", "/health", "/nowhere"):
            headers = (await browser.get(path)).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
        assert (await browser.get("/c/general")).headers["cache-control"] == "no-store"


async def test_a_session_and_what_is_recalled_outlive_a_restart() -> None:
    async with served(WebConfig(PEOPLE, port=0, key=b"k" * 32)) as first:
        port = int(first.platform.address.rsplit(":", 1)[1])
        async with first.browser("lena") as browser:
            cookies, token = dict(browser.cookies), browser.headers["X-Escher-Token"]
    async with served(WebConfig(PEOPLE, port=port, key=b"k" * 32)) as second:
        at = datetime(2026, 11, 20, tzinfo=UTC)
        place = Place("web", "general", "m-old")
        second.platform.recall(
            [
                Recalled(place, at, login="lena", text="from before"),
                Recalled(place, at, card=gallery.plan(), only="omar.h"),
                Recalled(place, at, card=gallery.text()),
            ]
        )
        async with httpx.AsyncClient(base_url=second.platform.address, cookies=cookies, headers={"X-Escher-Token": token}) as browser:
            page = (await browser.get("/c/general")).text
            assert "from before" in page
            assert "Nothing to do" in page
            assert "Stop 14" not in page
            assert (await say(browser, "again", thread="m-old")).status_code == 204


async def test_a_taken_port_is_told_at_once(chat: Served) -> None:
    port = int(chat.platform.address.rsplit(":", 1)[1])
    with pytest.raises(SettingsError, match="web_port"):
        WebPlatform(WebConfig(PEOPLE, port=port), FakeOffice()).open()


async def test_it_stops_soon_with_a_browser_still_listening(chat: Served) -> None:
    async with served() as running, running.browser("lena") as browser, browser.stream("GET", "/events?channel=general&last=") as stream:
        await read(stream.aiter_lines())
        start = asyncio.get_running_loop().time()
        await running.stop()
        assert asyncio.get_running_loop().time() - start < 2
