"""A served web chat and a real browser in front of it. Edge (chromium, loopback)."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright import async_api as api

from bot.platforms.web.server import WebConfig
from tests.bot.platforms.web.preview import scripted
from tests.bot.platforms.web.running import Served, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = api.ViewportSize(width=1280, height=800)
PHONE = api.ViewportSize(width=375, height=812)
AXE = os.environ.get("AXE_PATH", "")


@dataclass
class Stage:
    """A served chat and a browser in front of it; `complaints` are console errors, refused contents and foreign requests."""

    chat: Served
    browser: api.Browser
    complaints: list[str]

    async def page(self, person: str = "lena", *, viewport: api.ViewportSize | None = None, scheme: str = "light") -> api.Page:
        """A window of its own, signed in."""
        context = await self.browser.new_context(viewport=viewport or DESKTOP, color_scheme="dark" if scheme == "dark" else "light")
        page = await context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._own)
        await page.goto(self.chat.platform.login_link(person))
        await live(page)
        return page

    def _own(self, request: api.Request) -> None:
        if not request.url.startswith(self.chat.platform.address):
            self.complaints.append(f"asked {request.url}")


@asynccontextmanager
async def staged(config: WebConfig | None = None) -> AsyncIterator[Stage]:
    async with served(config) as chat, api.async_playwright() as playwright:
        script = scripted(chat.platform)
        chat.inbox.reply, chat.inbox.private, chat.inbox.answers = script.reply, script.private, script.answers
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield Stage(chat, browser, [])
        finally:
            await browser.close()


async def live(page: api.Page) -> None:
    await api.expect(page.locator("#link-state")).to_have_text("Live")


async def send(page: api.Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")
    await api.expect(page.locator("#text")).to_have_value("")


async def judged(page: api.Page) -> list[str]:
    """What axe-core holds against the page as it stands, after everything has come to rest."""
    await page.wait_for_timeout(250)
    await page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    violations = await page.evaluate("tags => axe.run(document, {runOnly: tags}).then(found => found.violations)", tags)
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]
