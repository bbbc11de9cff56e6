"""The explorer in a real browser over an estate too large to load: it scrolls, searches and filters, and only ever asks for a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright import async_api as api

from bot.office import PAGE, EngineOffice
from engine.settings import EstateSettings, Settings
from engine.wiring import Parts, open_engine
from tests.bot.platforms.web.running import served
from tests.bot.test_office import COUNT, MANY, Counting
from tests.peers.web_stage import CHROMIUM, FLAGS, Stage

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
SETTINGS = Settings(estate=EstateSettings(key="file", embeddings="off"))
DOWN = 6


@pytest.fixture
def estate() -> Counting:
    return Counting(MANY)


@pytest.fixture
async def stage(estate: Counting, tmp_path: Path) -> AsyncIterator[Stage]:
    engine = await open_engine(tmp_path, SETTINGS, {}, Parts(estate=estate, clouds={}))
    async with served(office=EngineOffice(engine)) as chat, api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield Stage(chat, browser, [])
        await browser.close()
    await engine.close()


async def test_it_scrolls_searches_and_filters_and_never_loads_everything(stage: Stage, estate: Counting) -> None:
    page = await stage.page()
    await page.goto(f"{stage.chat.platform.address}/resources")
    rows = page.locator("#results tbody tr:not(.more)")
    await api.expect(rows).to_have_count(PAGE)
    for turn in range(DOWN):
        await page.evaluate("document.querySelector('tr.more')?.scrollIntoView()")
        await rows.nth(PAGE * (turn + 2) - 1).wait_for(state="attached")
    seen = await rows.locator("button").all_inner_texts()
    assert len(set(seen)) == len(seen) == await rows.count()
    assert estate.handed <= PAGE * (DOWN + 3), "what stands on the screen, and the next page at most"
    before = estate.handed
    async with page.expect_response(lambda response: "q=running" in response.url):
        await page.fill("#q", "running instances")
    await api.expect(rows).to_have_count(PAGE)
    async with page.expect_response(lambda response: "type=compute_instance" in response.url):
        await page.select_option("#f-type", "compute_instance")
    await api.expect(rows).to_have_count(PAGE)
    assert estate.handed - before <= 6 * PAGE < COUNT
    assert stage.complaints == []
