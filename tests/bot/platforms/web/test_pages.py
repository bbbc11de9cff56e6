"""The pages beside the web chat over real connections: resources, what the office says, names completed."""

from __future__ import annotations

import html
import json
import logging
import re

import pytest

from bot.cards.card import Action, Card
from tests.bot.platforms.web.fakes import FakeOffice, gone
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.talking import GENERAL


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


async def test_verbs_are_data_not_markup(chat: Served) -> None:
    await chat.platform.show(GENERAL, Card("text", "x", actions=(Action("ü'\"</button>", "a&b", "Go"),)))
    async with chat.browser("lena") as browser:
        page = (await browser.get("/c/general")).text
    values = page.split('id="act-', 1)[1].split('hx-vals="', 1)[1].split('"', 1)[0]
    assert json.loads(html.unescape(values)) == {"verb": "ü'\"</button>", "subject": "a&b"}


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
