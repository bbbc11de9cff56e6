"""The served web chat over real connections: the wall, the doors, saying, pressing, and the stream."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.cards.card import Action, Card
from bot.platforms.platform import Place
from bot.platforms.web.server import Recalled, WebConfig, WebPlatform
from engine.errors import SettingsError
from tests.bot.platforms import gallery
from tests.bot.platforms.web.fakes import FakeOffice, gone
from tests.bot.platforms.web.running import PEOPLE, Served, served

GENERAL = Place("web", "general", "")


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with served() as running:
        yield running


async def say(browser: httpx.AsyncClient, text: str, **more: str) -> httpx.Response:
    return await browser.post("/say", data={"channel": "general", "text": text, **more})


async def read(lines: AsyncIterator[str]) -> dict[str, str]:
    """The next event of a stream; comments and the retry line are passed over."""
    event: dict[str, str] = {}
    async for line in lines:
        if not line and "event" in event:
            return event
        name, colon, value = line.partition(": ")
        if colon and name in ("id", "event", "data"):
            event[name] = f"{event[name]}\n{value}" if name in event else value
    raise AssertionError("the stream ended")


def mark_in(page: str) -> str:
    return page.split('data-mark="')[1].split('"', maxsplit=1)[0]


# The doors


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


# The wall


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


# Saying


async def test_a_message_reaches_the_inbox_as_the_signed_in_person(chat: Served) -> None:
    async with chat.browser("omar") as browser:
        assert (await say(browser, "hello\r\nthere", login="lena", person="lena")).status_code == 204
        (message,) = chat.inbox.messages
        assert (message.login, message.text) == ("omar.h", "hello\nthere")
        assert message.place == Place("web", "general", message.id)
        assert (await say(browser, "and more", thread=message.id)).status_code == 204
        assert chat.inbox.messages[1].place == message.place
        page = (await browser.get("/c/general")).text
        assert page.count('class="thread"') == 1
        assert "and more" in page


UNSENDABLE: tuple[tuple[dict[str, str], int], ...] = (
    ({"text": "  \n "}, 422),
    ({"text": "x", "channel": "nope"}, 404),
    ({"text": "x", "thread": "gone"}, 404),
    ({"text": "ü" * 100_001}, 413),
    ({"text": "x" * 1_300_000}, 413),
)


async def test_what_cannot_be_sent_is_told_in_a_sentence(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for fields, status in UNSENDABLE:
            answer = await browser.post("/say", data={"channel": "general", **fields})
            assert answer.status_code == status
            assert answer.text.endswith(".")
            assert answer.headers["content-type"].startswith("text/plain")
    assert chat.inbox.messages == []


async def test_long_messages_pass_whole(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        assert (await say(browser, "ü" * 100_000)).status_code == 204
    assert len(chat.inbox.messages[0].text) == 100_000


async def test_a_repeated_send_is_taken_once(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        for _ in range(2):
            assert (await say(browser, "stop all", once="k1")).status_code == 204
        await say(browser, "stop all", once="k2")
    assert len(chat.inbox.messages) == 2


# Pressing


async def test_a_button_reaches_the_inbox_with_its_fields_and_the_answer_is_private(chat: Served) -> None:
    chat.inbox.answers["deny"] = gallery.refusal()
    async with chat.browser("lena") as browser:
        await say(browser, "hello")
        place = chat.inbox.messages[0].place
        fields = {
            "verb": "deny",
            "subject": "p1",
            "channel": "general",
            "thread": place.thread,
            "field.why": ["a", "b"],
            "field.verb": "x",
            "login": "omar.h",
        }
        answer = await browser.post("/click", data=fields)
        assert answer.status_code == 200
        assert "somebody else must approve" in answer.text
        assert answer.text.lstrip().startswith("<dialog")
        (click,) = chat.inbox.clicks
        assert (click.login, click.verb, click.subject, click.place) == ("lena", "deny", "p1", place)
        assert {name: list(values) for name, values in click.fields.items()} == {"why": ["a", "b"], "verb": ["x"]}
        assert "somebody else must approve" not in (await browser.get("/c/general")).text


async def test_a_button_beside_the_chat_speaks_where_its_subject_was_seen(chat: Served) -> None:
    await chat.platform.show(Place("web", "incidents", ""), gallery.plan("p-seen"))
    async with chat.browser("omar") as browser:
        for subject in ("p-seen", "p-new"):
            assert (await browser.post("/click", data={"verb": "approve", "subject": subject})).status_code == 204
        assert (
            await browser.post("/click", data={"verb": "approve", "subject": "x", "channel": "general", "thread": "gone"})
        ).status_code == 404
    seen, new = chat.inbox.clicks
    assert seen.place.channel == "incidents"
    assert new.place.channel == "general"
    assert new.place.thread


async def test_earlier_threads_are_fetched(chat: Served) -> None:
    for i in range(45):
        await chat.platform.show(GENERAL, Card("text", f"card number {i:02}"))
    async with chat.browser("lena") as browser:
        page = (await browser.get("/c/general")).text
        assert "card number 05" in page
        assert "card number 04" not in page
        more = page.split('hx-get="/c/general/earlier', 1)[1].split('"', 1)[0]
        part = (await browser.get(f"/c/general/earlier{more}", headers={"HX-Request": "true"})).text
        assert [f"card number {i:02}" in part for i in range(6)] == [True] * 5 + [False]
        assert "earlier?before" not in part


# The stream


async def test_two_browsers_see_everything_live_and_whispers_stay_private(chat: Served) -> None:
    async with chat.browser("lena") as lena, chat.browser("omar") as omar:
        mark = mark_in((await omar.get("/c/general")).text)
        url = f"/events?channel=general&last={mark}"
        async with omar.stream("GET", url) as his, lena.stream("GET", url) as hers:
            for_omar, for_lena = his.aiter_lines(), hers.aiter_lines()
            await say(lena, "hello <b>all</b>")
            for lines in (for_omar, for_lena):
                event = await read(lines)
                assert event["event"] == "chat"
                assert "hello &lt;b&gt;all&lt;/b&gt;" in event["data"]
                assert 'hx-swap-oob="beforeend:#threads"' in event["data"]
            place = chat.inbox.messages[0].place
            await chat.platform.whisper(place, "lena", gallery.refusal())
            assert "Only you can see this" in (await read(for_lena))["data"]
            assert (await read(for_omar)) == {"id": mark.replace("-0", "-2"), "event": "stir", "data": "-"}
            await chat.platform.show(place, gallery.progress(3))
            await chat.platform.show(place, gallery.progress(5))
            added, replaced = await read(for_omar), await read(for_omar)
            assert 'hx-swap-oob="beforeend:#r-' in added["data"]
            assert 'hx-swap-oob="true"' in replaced["data"]
            assert "5 of 8" in replaced["data"]
            await chat.platform.show(Place("web", "incidents", ""), gallery.text())
            assert 'id="unread-incidents"' in (await read(for_omar))["data"]


async def test_a_browser_that_was_away_gets_what_it_missed_or_is_told_to_look_again(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        mark = mark_in((await browser.get("/c/general")).text)
        for text in ("one", "two", "three"):
            await say(browser, text)
        async with browser.stream(
            "GET", "/events?channel=general&last=old-1", headers={"Last-Event-ID": mark.replace("-0", "-1")}
        ) as stream:
            lines = stream.aiter_lines()
            assert ["two" in (await read(lines))["data"], "three" in (await read(lines))["data"]] == [True, True]
        async with browser.stream("GET", "/events?channel=general&last=another-life-7") as stream:
            event = await read(stream.aiter_lines())
            assert (event["event"], event["id"]) == ("refresh", mark.replace("-0", "-3"))


async def test_the_stream_ends_when_its_session_does(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        mark = mark_in((await browser.get("/c/general")).text)
        async with browser.stream("GET", f"/events?channel=general&last={mark}") as stream:
            await browser.post("/logout")
            await chat.platform.show(GENERAL, gallery.text())
            text = "".join([chunk async for chunk in stream.aiter_text()])
    assert "Nothing to do" not in text


# The pages beside the chat


async def test_resources_are_searched_filtered_and_sorted(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        page = (await browser.get("/resources", params={"cloud": "gcp", "sort": "-Cost", "q": "deve"})).text
        assert 'aria-sort="descending"' in page
        assert '<option value="gcp" selected>' in page
        assert "could not be read: denied" in page
        assert "Nothing matches" in (await browser.get("/resources", params={"q": "zzz"})).text
        assert "gcp" in (await browser.get("/resource", params={"id": "id/deve-disk-002"})).text
        assert "does not know" in (await browser.get("/resource", params={"id": "gone"})).text


async def test_scrolling_loads_every_resource_once(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        part = (await browser.get("/resources")).text
        names = re.findall(r"<bdi>([^<]+)</bdi></button></td>", part)
        while found := re.search(r'class="more" hx-get="([^"]+)"', part):
            part = (await browser.get(html.unescape(found[1]), headers={"HX-Request": "true"})).text
            assert "<table" not in part
            names += re.findall(r"<bdi>([^<]+)</bdi></button></td>", part)
    assert len(names) == len(set(names)) == 137


async def test_the_other_pages_show_what_the_office_says(chat: Served) -> None:
    async with chat.browser("omar") as browser:
        assert "Stop 8 instances in production: 3 of 8" in (await browser.get("/executions")).text
        assert (await browser.get("/approvals")).text.count('class="card kind-plan') == 2
        chat.office.waiting.clear()
        assert "Nothing waits" in (await browser.get("/approvals", headers={"HX-Request": "true"})).text
        journal = (await browser.get("/journal")).text
        assert "Verified" in journal
        assert "before=36" in journal
        assert "<tr" in (await browser.get("/journal", params={"before": "36"}, headers={"HX-Request": "true"})).text
        status = (await browser.get("/status")).text
        assert "AI server is up" in status
        assert 'id="count-resources"' in status


async def test_an_office_that_cannot_answer_says_why() -> None:
    async with served(office=FakeOffice(broken=gone())) as chat, chat.browser("lena") as browser:
        for path in ("/resources", "/resource", "/executions", "/approvals", "/journal", "/status"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            assert "did not answer. `escher doctor` says why." in answer.text


async def test_a_defect_is_told_without_its_inside(chat: Served, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeOffice):
        async def executions(self) -> list[Card]:
            raise KeyError("secret-inside")

    caplog.set_level(logging.CRITICAL)
    async with served(office=Broken()) as broken, broken.browser("lena") as browser:
        answer = await browser.get("/executions")
        assert answer.status_code == 500
        assert "secret-inside" not in answer.text


# Life


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


async def test_verbs_are_data_not_markup(chat: Served) -> None:
    await chat.platform.show(GENERAL, Card("text", "x", actions=(Action("ü'\"</button>", "a&b", "Go"),)))
    async with chat.browser("lena") as browser:
        page = (await browser.get("/c/general")).text
    values = page.split('id="act-', 1)[1].split('hx-vals="', 1)[1].split('"', 1)[0]
    assert json.loads(html.unescape(values)) == {"verb": "ü'\"</button>", "subject": "a&b"}


# Names while they are typed


async def test_names_are_completed_for_who_is_signed_in_and_words_are_none(chat: Served) -> None:
    async with chat.browser("lena") as browser:
        found = (await browser.get("/complete", params={"word": "deve-worker-00", "in": "message"})).json()
        assert found[0] == {
            "value": "arn:aws:ec2:eu-central-1:410987654321:instance/i-0a1b2c3d4e0000001",
            "says": "deve-worker-001",
            "name": "deve-worker-001",
            "detail": "instance · shop-development · eu-central-1",
        }
        assert chat.inbox.completed == [("web", "lena", "deve-worker-00")]
        for word in ("d", "", "stop", "DEV"):
            assert (await browser.get("/complete", params={"word": word, "in": "message"})).json() == []
        assert len(chat.inbox.completed) == 1
        await browser.get("/complete", params={"word": "dev", "in": "field"})
        await browser.get("/complete", params={"word": "x" * 500})
        assert [text for _, _, text in chat.inbox.completed[1:]] == ["dev", "x" * 200]


async def test_names_are_for_nobody_outside(chat: Served) -> None:
    async with chat.browser() as stranger:
        answer = await stranger.get("/complete", params={"word": "deve"}, headers={"HX-Request": "true"})
        assert answer.status_code == 401
    assert chat.inbox.completed == []
