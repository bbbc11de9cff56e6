"""The whole job in two real browsers: one asks, the other approves, both watch it happen; then it is undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright import async_api as api

from bot.app import App, opened, web_platform
from bot.platforms.web.server import WebPlatform
from engine.clouds.cloud import Cloud
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.memory import MemoryEstate
from engine.estate.resource import CloudName, Resource
from engine.settings import EstateSettings, ExecutionSettings, Person, Settings
from engine.wiring import Parts
from tests.peers.web_stage import CHROMIUM, DESKTOP, FLAGS, PHONE, live, send

pytestmark = [pytest.mark.peer, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]
PEOPLE = (
    Person(id="eve", name="Eve", roles=("executor",), logins={"web": "eve"}),
    Person(id="mona", name="Mona", roles=("manager",), logins={"web": "mona"}),
)


def machine(number: int, environment: str) -> Resource:
    own = f"i-{environment.encode().hex()[:8]}{number:09x}"
    return Resource(
        "aws", "compute_instance", "AWS::EC2::Instance", f"arn:aws:ec2:eu-west-1:111122223333:instance/{own}", f"api-{environment[:4]}-{number}",
        "111122223333", "harbour", "eu-west-1", "running", {"env": environment, "app": "<b>api</b>"}, {"instance_id": own, "instance_type": "t3.micro"}, 7.6,
    )  # fmt: skip


@dataclass
class House:
    """A running bot, its cloud, and a browser."""

    app: App
    cloud: FakeCloud
    web: WebPlatform
    browser: api.Browser

    async def page(self, person: str, viewport: api.ViewportSize = DESKTOP) -> api.Page:
        page = await (await self.browser.new_context(viewport=viewport)).new_page()
        await page.goto(self.web.login_link(person))
        await live(page)
        return page


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    resources = [machine(number, environment) for environment in ("production", "dev") for number in range(1, 4)]
    cloud = FakeCloud(resources, TABLES["aws"])
    clouds: dict[CloudName, Cloud] = {"aws": cloud}
    settings = Settings(people=PEOPLE, estate=EstateSettings(key="file"), execution=ExecutionSettings(poll_s=0.05))
    async with (
        opened(folder, settings, {}, Parts(estate=MemoryEstate(resources), clouds=clouds)) as app,
        api.async_playwright() as playwright,
    ):
        web = web_platform(app, 0)
        web.open()
        serving = asyncio.create_task(web.run(app.conversation))
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield House(app, cloud, web, browser)
        finally:
            await browser.close()
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def test_one_asks_another_approves_both_watch_and_it_is_undone(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        eve, mona = await here.page("eve"), await here.page("mona", PHONE)
        await send(eve, "stop the production instances in ireland")
        await api.expect(mona.get_by_text("Waits for a manager other than eve")).to_be_visible()
        await eve.get_by_role("button", name="Approve", exact=True).click()
        await api.expect(eve.get_by_text("Only a manager can approve this.")).to_be_visible()
        await eve.keyboard.press("Escape")
        assert here.cloud.performed == []
        await mona.get_by_role("button", name="Approve", exact=True).click()
        for page in (eve, mona):
            await api.expect(page.get_by_text("All 3 steps done")).to_be_visible()
            await api.expect(page.get_by_text("Approved by mona at")).to_be_visible()
            await api.expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
        await eve.get_by_role("button", name="Undo").click()
        await mona.get_by_role("button", name="Approve", exact=True).click()
        await api.expect(eve.get_by_text("All 3 steps done")).to_have_count(2)
        assert [call.operation for call in here.cloud.performed] == ["ec2:StopInstances"] * 3 + ["ec2:StartInstances"] * 3
        await api.expect(eve.get_by_role("button", name="Undo")).to_have_count(1)


async def test_fewer_targets_are_a_new_plan(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        eve, mona = await here.page("eve"), await here.page("mona")
        await send(eve, "stop the production instances")
        await mona.get_by_role("button", name="Choose targets").click()
        dialog = mona.locator("dialog[open]")
        await dialog.get_by_label("api-prod-1").uncheck()
        await dialog.locator("button[type=submit]").last.click()
        await api.expect(mona.get_by_text("Withdrawn by mona")).to_be_visible()
        await api.expect(eve.get_by_text("Left out: 1 not picked")).to_be_visible()
        assert len(here.app.engine.desk.waiting()) == 1


async def test_a_tag_never_becomes_markup_and_the_pages_beside_the_chat_tell(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        eve = await here.page("eve")
        await send(eve, "stop the dev instances")
        await api.expect(eve.get_by_text("All 3 steps done")).to_be_visible()
        await eve.goto(f"{here.web.address}/resources?q=api-dev-1")
        await eve.get_by_role("button", name="api-dev-1").click()
        await api.expect(eve.locator("dialog[open]").get_by_text("<b>api</b>")).to_be_visible()
        await eve.goto(f"{here.web.address}/journal")
        await api.expect(eve.get_by_text("Verified")).to_be_visible()
        await api.expect(eve.get_by_text("run.finished")).to_be_visible()
