"""The web chat in a real browser: Chromium drives it, and axe-core (at AXE_PATH) judges every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright import async_api as api

from bot.platforms.platform import Place
from bot.platforms.web.server import WebConfig
from tests.bot.platforms import gallery, shop
from tests.bot.platforms.gallery import GALLERY
from tests.bot.platforms.web.preview import scripted
from tests.bot.platforms.web.running import PEOPLE, Served, served

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
PAGES = ("c/general", "c/incidents", "resources", "executions", "approvals", "journal")
AXE = os.environ.get("AXE_PATH", "")

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


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


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as running:
        yield running
        assert running.complaints == []


async def live(page: api.Page) -> None:
    await api.expect(page.locator("#link-state")).to_have_text("Live")


async def send(page: api.Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")
    await api.expect(page.locator("#text")).to_have_value("")


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


async def judged(page: api.Page) -> list[str]:
    """What axe-core holds against the page as it stands, after everything has come to rest."""
    await page.wait_for_timeout(250)
    await page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    violations = await page.evaluate("tags => axe.run(document, {runOnly: tags}).then(found => found.violations)", tags)
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]


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


async def test_two_people_see_each_other_live_and_whispers_stay_private(stage: Stage) -> None:
    lena, omar = await stage.page("lena"), await stage.page("omar")
    await send(lena, "Stop all dev instances in us-east-1")
    await api.expect(omar.locator(".card.kind-plan h2")).to_have_text("Stop 14 instances in production")
    place = stage.chat.inbox.messages[0].place
    await stage.chat.platform.whisper(place, "lena", gallery.refusal())
    await api.expect(lena.locator(".whisper")).to_contain_text("Only you can see this")
    await stage.chat.platform.show(place, gallery.plan().without_actions("Approved by Omar Haddad"))
    await api.expect(omar.locator(".card footer")).to_have_text("Approved by Omar Haddad")
    await api.expect(omar.locator(".whisper")).to_have_count(0)
    await api.expect(omar.locator(".card.kind-plan")).to_have_count(1)
    await api.expect(omar.locator(".card .actions")).to_have_count(0)


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


async def test_a_form_is_sent_with_its_fields_and_survives_a_refusal(stage: Stage) -> None:
    stage.chat.inbox.answers["deny"] = gallery.refusal()
    page = await stage.page()
    await send(page, "Stop all dev instances in us-east-1")
    await page.get_by_role("button", name="Deny…").click()
    await page.get_by_label("Why not").fill("too risky")
    await page.locator("dialog [type=submit]").click()
    await page.locator("dialog[data-kind=refusal]").wait_for()
    await page.keyboard.press("Escape")
    await api.expect(page.get_by_label("Why not")).to_have_value("too risky")
    del stage.chat.inbox.answers["deny"]
    await page.locator("dialog [type=submit]").click()
    await api.expect(page.locator("dialog")).to_have_count(0)
    assert [(c.login, c.verb, dict(c.fields)) for c in stage.chat.inbox.clicks] == [("lena", "deny", {"reason": ("too risky",)})] * 2
    assert stage.chat.inbox.clicks[0].place == stage.chat.inbox.messages[0].place


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


async def test_what_a_dialog_opens_stands_in_it_until_nothing_is_left_to_say(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Show all running instances in production")
    await page.get_by_role("button", name="All 31", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Open one").click()
    assert await dialog.get_by_label("Which one").evaluate("field => field.validity.valueMissing")
    await dialog.get_by_label("Which one").select_option(label="deve-worker-005 — shop-development, eu-central-1, running")
    await dialog.get_by_role("button", name="Open one").click()
    await api.expect(dialog.get_by_role("heading", name="prod-worker-003")).to_be_focused()
    assert stage.chat.inbox.clicks[-1].fields == {"row": (shop.machine(5, "development").id,)}
    await dialog.get_by_role("button", name="Stop").click()  # the script has no answer for it
    await api.expect(page.locator("dialog")).to_have_count(0)
    assert [click.verb for click in stage.chat.inbox.clicks] == ["sheet", "resource", "act"]


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


async def test_ones_own_channel_is_live_and_its_own(stage: Stage) -> None:
    lena, omar = await stage.page("lena"), await stage.page("omar")
    await lena.get_by_role("link", name="Direct").click()
    await live(lena)
    await send(lena, "for you alone")
    await api.expect(lena.locator(".said .text")).to_have_text("for you alone")
    place = await stage.chat.platform.direct("omar.h")
    assert place is not None
    await stage.chat.platform.show(place, gallery.notice())
    await api.expect(omar.get_by_role("link", name="Direct")).to_contain_text("new")
    await omar.get_by_role("link", name="Direct").click()
    await api.expect(omar.get_by_role("heading", name="Your approval is wanted")).to_be_visible()
    await api.expect(omar.get_by_text("for you alone")).to_have_count(0)


async def test_an_open_form_outlives_a_new_version_of_its_card(stage: Stage) -> None:
    page = await stage.page()
    await send(page, "Stop all dev instances in us-east-1")
    await page.get_by_role("button", name="Choose targets…").click()
    await page.get_by_label("prod-worker-003").uncheck()
    await stage.chat.platform.show(stage.chat.inbox.messages[0].place, replace(gallery.plan(), title="A newer plan"))
    await api.expect(page.locator(".card.kind-plan > header h2")).to_have_text("A newer plan")
    await page.locator("dialog [type=submit]").click()
    await api.expect(page.locator("dialog")).to_have_count(0)
    assert stage.chat.inbox.clicks[0].fields == {"targets": tuple(shop.machine(number).id for number in range(1, 15) if number != 3)}


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


async def test_a_restart_is_survived_with_the_draft(stage: Stage) -> None:
    async with staged(WebConfig(PEOPLE, port=0, key=b"k" * 32)) as first:
        page = await first.page()
        await send(page, "before")
        await page.locator(".said").wait_for()
        await page.locator("#text").fill("a draft")
        port = int(first.chat.platform.address.rsplit(":", 1)[1])
        await first.chat.stop()
        await api.expect(page.locator("#link-state")).to_have_text("Reconnecting…")
        await page.keyboard.press("Enter")
        await api.expect(page.locator("#problem")).to_contain_text("cannot be reached")
        await api.expect(page.locator("#text")).to_have_value("a draft")
        async with served(WebConfig(PEOPLE, port=port, key=b"k" * 32)) as second:
            await api.expect(page.locator("#link-state")).to_have_text("Live", timeout=15000)
            await api.expect(page.locator(".said")).to_have_count(0)
            await page.locator("#text").focus()
            await page.keyboard.press("Enter")
            await api.expect(page.locator(".said .text")).to_have_text("a draft")
            assert [message.text for message in second.inbox.messages] == ["a draft"]


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


async def test_on_a_phone_nothing_spills_and_the_menu_is_a_drawer(stage: Stage) -> None:
    page = await stage.page(viewport=PHONE)
    await send(page, "gallery")
    await page.locator(".card.kind-home").wait_for()
    for path in PAGES:
        await page.goto(f"{stage.chat.platform.address}/{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        await api.expect(page.locator("#side")).not_to_be_visible()
    await page.locator(".bar [data-menu]").click()
    await api.expect(page.locator("#side")).to_be_visible()
    await page.keyboard.press("Escape")
    await api.expect(page.locator("#side")).not_to_be_visible()
    await api.expect(page.locator(".bar [data-menu]")).to_be_focused()


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


async def test_signing_out_leads_to_the_door(stage: Stage) -> None:
    page = await stage.page()
    await page.get_by_role("button", name="Sign out").click()
    await api.expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.goto(stage.chat.platform.address)
    assert page.url.endswith("/ask")


async def test_a_hidden_tab_gives_its_connection_back_and_catches_up(stage: Stage) -> None:
    page = await stage.page()
    await page.clock.install()
    await hide(page, hidden=True)
    await page.clock.fast_forward(61_000)
    await api.expect(page.locator("#link-state")).to_have_text("Paused")
    await stage.chat.platform.show(Place("web", "general", ""), gallery.text())
    await hide(page, hidden=False)
    await api.expect(page.locator(".card h2")).to_have_text("Nothing to do")
    await live(page)


async def hide(page: api.Page, *, hidden: bool) -> None:
    await page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden}); document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


async def test_code_is_copied_exactly(stage: Stage) -> None:
    await stage.chat.platform.show(Place("web", "general", ""), replace(gallery.details(), subject="d"))
    page = await stage.page()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy").first.click()
    await api.expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "\n".join(shop.machine(number).id for number in range(1, 15))


async def test_reduced_motion_moves_nothing(stage: Stage) -> None:
    page = await stage.page(viewport=PHONE)
    await page.emulate_media(reduced_motion="reduce")
    assert await page.evaluate("getComputedStyle(document.getElementById('side')).transitionProperty") == "none"


async def test_a_link_pressed_on_another_site_signs_in(stage: Stage) -> None:
    """A strict cookie is withheld on a redirect that another site began."""
    context = await stage.browser.new_context()
    page = await context.new_page()
    link = stage.chat.platform.login_link("lena").replace("127.0.0.1", "localhost")
    await page.goto(f"{stage.chat.platform.address}/ask")
    await page.evaluate(
        "link => { const a = document.createElement('a'); a.href = link; a.id = 'there'; a.textContent = 'there'; document.querySelector('main').append(a); }",
        link,
    )
    await page.locator("#there").click()
    await live(page)
