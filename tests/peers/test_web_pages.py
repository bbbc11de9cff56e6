"""The pages of the web chat in a real browser: tables, sheets, the explorer, files, themes, drafts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright import async_api as api

from bot.platforms.platform import Place
from tests.bot.platforms import gallery, shop
from tests.peers.web_stage import CHROMIUM, Stage, send

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


async def test_a_sheet_turns_its_pages_in_its_dialog(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Show all running instances in production")
    opener = page.get_by_role("button", name="All 31", exact=True)
    await opener.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="31 instances")
    await api.expect(dialog).to_contain_text("1 to 25 of 31")
    stage.chat.inbox.answers["sheet"] = gallery.sheet(2)
    await dialog.get_by_role("button", name="Next").focus()
    await page.keyboard.press("Enter")
    await api.expect(dialog).to_contain_text("26 to 31 of 31")
    await api.expect(page.locator("dialog")).to_have_count(1)
    await api.expect(dialog.get_by_role("heading")).to_be_focused()  # there is no Next any more
    await api.expect(dialog.locator("[data-told]")).to_contain_text("31 instances. 26 to 31 of 31")
    stage.chat.inbox.answers["sheet"] = gallery.sheet()
    await dialog.get_by_label("Filter").fill("worker-02")
    await page.keyboard.press("Enter")
    await api.expect(dialog).to_contain_text("1 to 25 of 31")
    await api.expect(dialog.get_by_role("button", name="Show", exact=True)).to_be_focused()
    *_, asked = stage.chat.inbox.clicks
    assert (asked.verb, dict(asked.fields)) == ("sheet", {"words": ("worker-02",), "sort": ("-Cost",)})
    assert {click.place for click in stage.chat.inbox.clicks} == {stage.chat.inbox.messages[0].place}
    await page.keyboard.press("Escape")
    await api.expect(page.locator("dialog")).to_have_count(0)
    await api.expect(opener).to_be_focused()


async def test_a_list_is_saved_as_a_file(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Show all running instances in production")
    await page.get_by_role("button", name="CSV", exact=True).click()
    async with page.expect_download() as waiting:
        await page.get_by_role("dialog").get_by_role("link", name="resources.csv").click()
    saved = await waiting.value
    assert saved.suggested_filename == "resources.csv"
    with Path(await saved.path()).open(encoding="utf-8", newline="") as file:
        assert file.read() == gallery.csv().files[0].text
    assert page.url.endswith("/c/general")


async def test_tables_sort_and_are_searched(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Show all running instances in production")
    heading = page.locator("th", has_text="Cost")
    await heading.locator("button").click()
    await heading.locator("button").click()
    await api.expect(heading).to_have_attribute("aria-sort", "descending")
    costs = [float(text) for text in await page.locator(".card tbody tr:visible td:last-child").all_inner_texts()]
    assert len(costs) == 10
    assert costs == sorted(costs, reverse=True)
    await page.get_by_role("button", name="Show all 31").click()
    await page.get_by_label("Search in these rows").fill("worker-02")
    await api.expect(page.locator("dialog [data-found]")).to_have_text("10 of 31 rows")


async def test_drafts_outlive_a_reload_and_a_refusal(stage: Stage) -> None:
    page = await stage.page()
    await page.locator("#text").fill("half a sentence")
    await page.reload()
    await api.expect(page.locator("#text")).to_have_value("half a sentence")
    stage.chat.platform._doors.end(stage.chat.platform._doors.session(await cookie(page)))  # type: ignore[arg-type]
    await page.locator("#text").press("Enter")
    await api.expect(page.locator("#problem")).to_contain_text("signed out")
    await api.expect(page.locator("#text")).to_have_value("half a sentence")
    stage.complaints.clear()  # the browser reports the refused requests itself


async def cookie(page: api.Page) -> str:
    (found,) = await page.context.cookies()
    return str(found["value"])


async def test_the_explorer_finds_while_one_types(stage: Stage) -> None:
    page = await stage.page()
    await page.goto(f"{stage.chat.platform.address}/resources")
    await page.get_by_label("Search").fill("disk-00")
    await api.expect(page.locator("#results")).to_contain_text("2 resources")
    await page.get_by_label("Cloud").select_option("aws")
    await api.expect(page.locator("#results")).to_contain_text("1 resource")
    assert "q=disk-00" in page.url
    await page.get_by_role("button", name="prod-disk-006").click()
    await page.locator("dialog[open]").get_by_role("heading", name="prod-disk-006").wait_for()


async def test_the_theme_is_remembered(stage: Stage) -> None:
    page = await stage.page()
    await page.locator("[data-theme-toggle]").click()
    await page.locator("[data-theme-toggle]").click()
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


async def test_code_is_copied_exactly(stage: Stage) -> None:
    await stage.chat.platform.show(Place("web", "general", ""), replace(gallery.details(), subject="d"))
    page = await stage.page()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy").first.click()
    await api.expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "\n".join(shop.machine(number).id for number in range(1, 15))
