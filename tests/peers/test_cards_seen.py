"""Every card on every platform as people see it, wide and narrow, as pictures in `build/cards`: drawn by programs nobody here wrote."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.cards.card import Card
from bot.platforms.slack.render import render
from bot.platforms.teams.platform import TeamsPlatform
from bot.platforms.web.render import render_card
from engine.settings import TeamsSettings
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.running import FakePosts
from tests.bot.platforms.web.fakes import FakeInbox
from tests.peers.playground import MISSING, free_port, playground

CHROMIUM = shutil.which("chromium")
VIEWER = os.environ.get("SLACK_VIEWER", "")
ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "cards"
WIDTHS = {"wide": 900, "narrow": 390}
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
CARDS: dict[str, Card] = {
    "plan": gallery.plan(), "decided": gallery.decided(), "progress": gallery.progress(), "outcome": gallery.outcome(), "table": gallery.table(),
    "sheet": gallery.sheet(), "resource": gallery.resource(), "clarification": gallery.clarification(), "refusal": gallery.refusal(), "error": gallery.error(),
    "notice": gallery.notice(), "home": gallery.home(), "helping": gallery.helping(), "details": gallery.details(), "sent": gallery.sent(),
    "text": gallery.text(), "csv": gallery.csv(),
}  # fmt: skip
pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")]


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        running = await driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        await running.close()


async def picture(page: Any, selector: str, name: str) -> None:
    """One element as a file."""
    await page.locator(selector).screenshot(path=str(PICTURES / f"{name}.png"))


@pytest.fixture(autouse=True)
def folder() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)


def said(card: Card) -> str:
    return " ".join(card.title.split())


@pytest.mark.skipif(not VIEWER, reason="SLACK_VIEWER does not name a folder with slack-blocks-to-jsx")
@pytest.mark.parametrize("width", WIDTHS)
async def test_slack(browser, tmp_path, width):
    blocks = json.dumps([[name, list(render(card).blocks)] for name, card in CARDS.items()])
    command = ("node", str(ROOT / "tests" / "peers" / "slack_viewer.cjs"))
    env = {**os.environ, "NODE_PATH": VIEWER}
    drawn = subprocess.run(command, input=blocks.encode(), env=env, capture_output=True, check=True, timeout=60)
    (tmp_path / "slack.html").write_bytes(drawn.stdout)
    page = await browser.new_page(viewport={"width": WIDTHS[width], "height": 900})
    await page.goto(f"file://{tmp_path / 'slack.html'}")
    for name, card in CARDS.items():
        await picture(page, f"#{name}", f"slack-{name}-{width}")
        assert said(card)[:60] in " ".join((await page.locator(f"#{name}").inner_text()).split())


@pytest.mark.skipif(MISSING, reason="AGENTS_PLAYGROUND names no unpacked playground, or there is no node")
@pytest.mark.parametrize("width", WIDTHS)
async def test_teams(browser, width):
    inbox, port = FakeInbox(), free_port()
    inbox.reply |= {name: (card,) for name, card in CARDS.items()}
    async with playground(port) as peer:
        urls = {"login_url": peer.url, "metadata_url": peer.url, "service_urls": (peer.service_url,)}
        settings = TeamsSettings(app_id="00000000-0000-0000-0000-000000000011", tenant=peer.tenant, port=port, **urls)
        inbox.platform = TeamsPlatform(settings, "", FakePosts(), lambda: [peer.login(peer.me)], open_to_playground=True)
        running = asyncio.create_task(inbox.platform.run(inbox))
        page = await browser.new_page(viewport={"width": WIDTHS[width], "height": 3000})
        await page.goto(peer.url)
        await page.get_by_text("Type a message").or_(page.get_by_role("textbox")).first.wait_for()
        for furniture in ("Hide log panel", "Toggle app bar and conversation window"):
            await page.get_by_title(furniture).click()
        await asyncio.sleep(1.0)  # they slide away
        try:
            for name, card in CARDS.items():
                await peer.say(peer.personal, name)
                shown = page.locator(".ac-adaptiveCard", has_text=said(card)[:60]).last
                await shown.wait_for(timeout=20_000)
                await shown.screenshot(path=str(PICTURES / f"teams-{name}-{width}.png"))
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@pytest.mark.parametrize("width", WIDTHS)
async def test_web(browser, tmp_path, width):
    css = (ROOT / "bot/platforms/web/static/escher.css").read_text()
    body = "".join(f'<section id="{name}">{render_card(card, name)}</section>' for name, card in CARDS.items())
    page_file = tmp_path / "web.html"
    page_file.write_text(
        f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{css}</style><main>{body}</main>'
    )
    page = await browser.new_page(viewport={"width": WIDTHS[width], "height": 900})
    await page.goto(f"file://{page_file}")
    for name in CARDS:
        await picture(page, f"#{name}", f"web-{name}-{width}")
