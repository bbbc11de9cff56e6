"""The web chat in a real browser: talking, forms, dialogs, being live, being away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright import async_api as api

from bot.platforms.platform import Place
from bot.platforms.web.server import WebConfig
from tests.bot.platforms import gallery, shop
from tests.bot.platforms.web.running import PEOPLE, served
from tests.peers.web_stage import CHROMIUM, Stage, live, send, staged

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]


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
