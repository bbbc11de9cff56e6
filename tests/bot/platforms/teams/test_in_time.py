"""Teams is answered in time whatever happens behind."""

from __future__ import annotations

import asyncio
import time

from bot.cards.card import Action, Card
from bot.platforms.platform import Click, Message
from tests.bot.platforms import gallery
from tests.bot.platforms.teams.acts import MINE
from tests.bot.platforms.teams.running import served
from tests.bot.platforms.teams.service import LENA, texts
from tests.bot.platforms.web.fakes import FakeInbox


class SlowInbox(FakeInbox):
    """An inbox that takes its time over everything."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def received(self, message: Message) -> None:
        await self.go.wait()
        await super().received(message)

    async def clicked(self, click: Click) -> Card | None:
        await self.go.wait()
        return await super().clicked(click)

    async def form(self, click: Click) -> Action | Card:
        await self.go.wait()
        return await super().form(click)


async def test_teams_is_answered_within_three_seconds_whatever_happens_behind() -> None:
    slow = SlowInbox()
    slow.answers["approve"] = gallery.refusal()
    async with served(inbox=slow) as teams:
        pressed = {"escher": {"verb": "approve", "subject": "p"}}
        fetched = {"data": {"escher": {"verb": "deny", "subject": "p", "asks": "form"}}}
        began = time.monotonic()
        answers = await asyncio.gather(
            teams.service.deliver(teams.service.said(LENA, MINE, "hello")),
            teams.service.invoke(LENA, MINE, "adaptiveCard/action", {"action": {"data": pressed}}),
            teams.service.invoke(LENA, MINE, "task/fetch", fetched),
            teams.service.invoke(LENA, MINE, "task/submit", {"data": pressed}),
            teams.service.deliver(teams.service.activity(LENA, MINE, value=pressed)),
        )
        assert time.monotonic() - began < 3
        assert [one.status_code for one in answers] == [200] * 5
        assert answers[1].json()["value"].startswith("Still working on it.")
        assert "Press again" in answers[2].json()["task"]["value"]
        assert teams.service.cards(MINE) == []
        slow.go.set()
        await asyncio.sleep(0.2)
        await teams.settled()
        assert len(slow.messages) == 1
        assert gallery.refusal().title in texts(teams.service.cards(MINE))
