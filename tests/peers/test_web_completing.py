"""Names completed while they are typed, in a real browser: by keys alone, by mouse, in a form; read out, and clean to axe-core."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright import async_api as api

from bot.cards.sheets import find_card
from tests.bot.platforms import gallery
from tests.peers.web_stage import AXE, CHROMIUM, DESKTOP, PHONE, Stage, judged, live, send, staged

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running
        assert running.complaints == []


async def typed(stage: Stage, text: str, **more: object) -> api.Page:
    """A page with this typed into the composer."""
    page = await stage.page(**more)  # type: ignore[arg-type]
    await page.locator("#text").click()
    await page.keyboard.type(text)
    return page


async def test_a_name_is_completed_by_keys_alone_where_the_caret_stands(stage: Stage) -> None:
    page = await typed(stage, "stop deve-worker and then look")
    for _ in " and then look":
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.type("-00")
    await page.locator("#completions").wait_for()
    text = page.locator("#text")
    await api.expect(text).to_be_focused()
    await api.expect(text).to_have_attribute("aria-controls", "completions")
    assert await text.get_attribute("aria-activedescendant") is None
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await api.expect(text).to_have_attribute("aria-activedescendant", "completion-1")
    await api.expect(page.locator("#completion-1")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await api.expect(text).to_have_value("stop deve-worker-002 and then look")
    await api.expect(page.locator("#completions")).to_have_count(0)
    assert stage.chat.inbox.messages == []
    await page.keyboard.press("Enter")
    await api.expect(text).to_have_value("")
    assert stage.chat.inbox.messages[0].text == "stop deve-worker-002 and then look"


async def test_enter_sends_what_was_typed_as_long_as_nothing_was_chosen(stage: Stage) -> None:
    page = await typed(stage, "stop deve-worker-00")
    await page.locator("#completions").wait_for()
    await page.keyboard.press("Enter")
    await api.expect(page.locator("#text")).to_have_value("")
    await api.expect(page.locator("#completions")).to_have_count(0)
    assert stage.chat.inbox.messages[0].text == "stop deve-worker-00"


async def test_escape_closes_the_list_and_nothing_else(stage: Stage) -> None:
    page = await typed(stage, "stop deve-worker-00")
    await page.locator("#completions").wait_for()
    await page.keyboard.press("Escape")
    await api.expect(page.locator("#completions")).to_have_count(0)
    await api.expect(page.locator("#text")).to_have_value("stop deve-worker-00")
    await page.keyboard.type("1")
    await page.locator("#completions").wait_for()
    await page.keyboard.press("Tab")
    await api.expect(page.locator("#completions")).to_have_count(0)


async def test_words_of_the_vocabulary_bring_no_list(stage: Stage) -> None:
    page = await typed(stage, "stop all dev")
    await page.wait_for_timeout(500)
    await api.expect(page.locator("#completions")).to_have_count(0)


async def test_a_name_is_taken_by_the_mouse_and_read_out(stage: Stage) -> None:
    page = await typed(stage, "restart deve-worker-01")
    await page.locator("#completions").wait_for()
    await api.expect(page.locator("#announce")).to_contain_text("arrow down to choose")
    await page.locator("#completion-2").click()
    await api.expect(page.locator("#text")).to_have_value("restart deve-worker-012 ")
    await api.expect(page.locator("#text")).to_be_focused()
    await api.expect(page.locator("#announce")).to_have_text("deve-worker-012 taken")


async def test_a_draft_keeps_what_was_completed(stage: Stage) -> None:
    page = await typed(stage, "restart deve-worker-01")
    await page.locator("#completions").wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.reload()
    await live(page)
    await api.expect(page.locator("#text")).to_have_value("restart deve-worker-010 ")


async def test_a_field_that_names_a_resource_is_a_combobox(stage: Stage) -> None:
    stage.chat.inbox.reply["search"] = (find_card(),)
    stage.chat.inbox.answers["open"] = gallery.resource()
    page = await stage.page()
    await send(page, "search")
    await page.get_by_role("button", name="Find a resource…").click()
    field = page.get_by_role("combobox", name="Name or id")
    await field.fill("")
    await field.type("deve-worker-00")
    await page.locator("dialog #completions").wait_for()
    await api.expect(field).to_have_attribute("aria-expanded", "true")
    if AXE:
        assert await judged(page) == []
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await api.expect(field).to_have_attribute("aria-expanded", "false")
    chosen = await field.input_value()
    await page.keyboard.press("Enter")
    await page.locator("dialog[data-kind=resource]").wait_for()
    assert [(one.verb, dict(one.fields)) for one in stage.chat.inbox.clicks] == [("open", {"row": (chosen,)})]
    assert chosen.startswith("deve-worker-00")


@pytest.mark.skipif(not AXE, reason="AXE_PATH is not set: no page was judged by axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_an_open_list(stage: Stage, scheme: str, viewport: api.ViewportSize) -> None:
    page = await typed(stage, "stop deve-worker-00", scheme=scheme, viewport=viewport)
    await page.locator("#completions").wait_for()
    found = await judged(page)
    await page.keyboard.press("ArrowDown")
    found += await judged(page)
    assert found == []
    box = await page.locator("#completions").bounding_box()
    assert box is not None
    assert box["y"] >= 0


async def test_names_that_cannot_be_fetched_are_a_help_that_is_missing(stage: Stage) -> None:
    page = await stage.page()
    await page.route("**/complete?*", lambda route: route.fulfill(status=500, body="broken"))
    await page.locator("#text").click()
    await page.keyboard.type("stop deve-worker-00")
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    await api.expect(page.locator("#text")).to_have_value("")
    assert any("500" in one for one in stage.complaints)
    stage.complaints.clear()
