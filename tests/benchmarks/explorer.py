"""The web explorer over a large estate, timed in a real browser: first rows, the next page, a search, a filter, and far down. Edge.

    python -m tests.benchmarks.explorer [COUNT] [--pictures FOLDER]

It fills an estate with COUNT made-up resources (10,000 unless said), serves the console as the bot does, and opens it in Chromium.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright import async_api as api

from bot.office import EngineOffice
from engine.estate.importing import import_resources
from engine.estate.where import EVERYTHING
from engine.settings import EstateSettings, Settings
from engine.wiring import Parts, open_engine
from tests.benchmarks import synthetic
from tests.bot.platforms.web.running import served
from tests.peers.web_stage import CHROMIUM, DESKTOP, FLAGS

SETTINGS = Settings(estate=EstateSettings(key="file", embeddings="off"))
ROWS = "#results tbody tr:not(.more)"
PAGES_DOWN = 20


async def run(home: Path, count: int, pictures: Path | None) -> None:
    engine = await open_engine(home, SETTINGS, {}, Parts(clouds={}))
    try:
        if not await engine.estate.count(EVERYTHING):
            await import_resources(engine.estate, synthetic.estate(count))
        async with served(office=EngineOffice(engine)) as chat, api.async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = await (await browser.new_context(viewport=DESKTOP)).new_page()
            await page.goto(chat.platform.login_link("lena"))
            await looked_at(page, f"{chat.platform.address}/resources", pictures)
            await browser.close()
    finally:
        await engine.close()


async def looked_at(page: api.Page, address: str, pictures: Path | None) -> None:
    """What a person does there, each step timed until its rows stand on the screen."""

    async def seen(what: str, does: Callable[[], Awaitable[object]], until: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await does()
        await until()
        print(f"{what:<44} {1000 * (time.perf_counter() - began):8.0f} ms   {await page.locator(ROWS).count()} rows", flush=True)
        if pictures:
            await page.screenshot(path=pictures / f"{what.replace(' ', '-').replace('/', '-')}.png")

    async def more_than(rows: int) -> None:
        await page.locator(ROWS).nth(rows).wait_for(state="attached")

    async def answered(does: Awaitable[object]) -> None:
        async with page.expect_response(lambda response: "/resources" in response.url):
            await does
        await api.expect(page.locator(".htmx-request")).to_have_count(0)

    await seen("first rows", lambda: page.goto(address), lambda: more_than(0))
    await seen("again", lambda: page.goto(address), lambda: more_than(0))

    async def down() -> None:
        # It is replaced by what it brings as soon as it is seen.
        await page.evaluate("document.querySelector('tr.more')?.scrollIntoView()")

    for turn in range(PAGES_DOWN):
        rows = await page.locator(ROWS).count()
        if turn in (0, PAGES_DOWN - 1):
            await seen(f"page {turn + 2}", down, lambda rows=rows: more_than(rows))
        else:
            await down()
            await more_than(rows)
    for what, words in (
        ("a name", "dev-checkout-model-data-01"),
        ("words for very many", "running vms"),
        ("words for few", "stopped gcp instances in dev"),
    ):
        await seen(f"search for {what}", lambda words=words: answered(page.fill("#q", words)), lambda: more_than(0))
        rows = await page.locator(ROWS).count()
        if await page.locator("tr.more").count():
            await seen(f"search for {what}, next page", down, lambda rows=rows: more_than(rows))
    await seen("search emptied", lambda: answered(page.fill("#q", "")), lambda: more_than(0))
    await seen("filter by type", lambda: answered(page.select_option("#f-type", "database_instance")), lambda: more_than(0))
    await seen("and by environment", lambda: answered(page.select_option("#f-environment", "development")), lambda: more_than(0))
    heading = page.locator("#results th button, #results th a")
    if await heading.count():
        await seen("sorted by the last column", lambda: answered(heading.last.click()), lambda: more_than(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--home", type=Path, help="A data folder to fill and keep, or one that is filled.")
    parser.add_argument("--pictures", type=Path, help="Where screenshots go.")
    told = parser.parse_args()
    if told.pictures:
        told.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(told.home or Path(folder), told.count, told.pictures))


if __name__ == "__main__":
    main()
