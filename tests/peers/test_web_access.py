"""The web chat in a real browser for everybody: judged by axe-core, by keyboard, on a phone, without motion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright import async_api as api

from bot.platforms.platform import Place
from tests.bot.platforms.gallery import GALLERY
from tests.peers.web_stage import AXE, CHROMIUM, DESKTOP, PHONE, Stage, judged, send

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


PAGES = ("c/general", "c/incidents", "resources", "executions", "approvals", "journal")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.skipif(not AXE, reason="AXE_PATH is not set: no page was judged by axe-core")
async def test_axe_finds_nothing(stage: Stage, scheme: str, viewport: api.ViewportSize) -> None:
    place = Place("web", "general", "")
    for kind, card in GALLERY.items():
        await stage.chat.platform.show(place, replace(card, subject=f"g-{kind}"))
    page = await stage.page(viewport=viewport, scheme=scheme)
    await send(page, "whisper")
    await page.locator(".whisper").wait_for()
    found = await judged(page)
    await page.locator(".kind-table").get_by_role("button", name="All 31", exact=True).click()
    for step in ("Next", "CSV"):
        await page.locator("dialog[open]").get_by_role("button", name=step).click()
        await page.locator(f"dialog[data-kind={'sheet' if step == 'Next' else 'details'}]").wait_for()
        found += await judged(page)
    await page.keyboard.press("Escape")
    await page.locator(".kind-home").get_by_role("button", name="Review").click()
    for fold in await page.locator("dialog[open] .asks summary").all():
        await fold.click()
    found += await judged(page)
    await page.keyboard.press("Escape")
    for selector in ("[data-form]", "[data-show-all]", ".card button[hx-post][aria-haspopup]"):
        await page.locator(selector).first.click()
        await page.locator("dialog[open]").wait_for()
        found += await judged(page)
        await page.keyboard.press("Escape")
    if viewport == PHONE:
        await page.locator(".bar [data-menu]").click()
        found += await judged(page)
    for path in PAGES[1:]:
        await page.goto(f"{stage.chat.platform.address}/{path}")
        await page.locator("#status h2").wait_for(state="attached")
        found += await judged(page)
    assert found == []


async def test_a_conversation_by_keyboard_alone(stage: Stage) -> None:
    page = await stage.page()
    await page.keyboard.press("/")
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    assert stage.chat.inbox.messages == []
    await page.keyboard.press("Enter")
    await api.expect(page.locator(".said .text")).to_have_text("first line\nsecond line")
    await api.expect(page.locator("#announce")).to_contain_text("Lena Vogt: first line")
    assert stage.chat.inbox.messages[0].text == "first line\nsecond line"
    await page.locator("[data-reply]").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("an answer")
    await page.keyboard.press("Enter")
    await api.expect(page.locator(".thread .entry")).to_have_count(2)
    assert stage.chat.inbox.messages[1].place == stage.chat.inbox.messages[0].place


async def test_the_skip_link_is_first_and_leads_to_the_content(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(f"{stage.chat.platform.address}/journal")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to content"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"


async def test_dialogs_open_close_by_escape_and_give_the_focus_back(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Stop all dev instances in us-east-1")
    for name in ("Deny…", "Details", "Show all 14"):
        button = page.get_by_role("button", name=name, exact=True)
        await button.focus()
        await page.keyboard.press("Enter")
        await page.locator("dialog[open]").wait_for()
        await page.keyboard.press("Escape")
        await api.expect(page.locator("dialog")).to_have_count(0)
        await api.expect(button).to_be_focused()


async def test_on_a_phone_nothing_spills_and_the_menu_is_a_drawer(stage: Stage) -> None:
    page = await stage.page(viewport=PHONE)
    await send(page, "gallery")
    await page.locator(".card.kind-home").first.wait_for()
    for path in PAGES:
        await page.goto(f"{stage.chat.platform.address}/{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        await api.expect(page.locator("#side")).not_to_be_visible()
    await page.locator(".bar [data-menu]").click()
    await api.expect(page.locator("#side")).to_be_visible()
    await page.keyboard.press("Escape")
    await api.expect(page.locator("#side")).not_to_be_visible()
    await api.expect(page.locator(".bar [data-menu]")).to_be_focused()


async def test_reduced_motion_moves_nothing(stage: Stage) -> None:
    page = await stage.page(viewport=PHONE)
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate("getComputedStyle(document.getElementById('side')).transitionProperty") == "none"
