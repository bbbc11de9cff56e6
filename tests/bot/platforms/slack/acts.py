"""What people do at a small Slack, and an inbox that takes its time over it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from bot.cards.card import Card, Text
from bot.platforms.platform import Click, Message
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.server import CHANNEL
from tests.bot.platforms.slack.stage import SlackStage, buttons, values
from tests.bot.platforms.web.fakes import FakeInbox

LONG = "/subscriptions/0/" + "x" * 200


class SlowInbox(FakeInbox):
    """An inbox that takes its time: `pause` seconds over each message, click and form."""

    pause = 0.0

    async def received(self, message: Message) -> None:
        await asyncio.sleep(self.pause)
        await super().received(message)

    async def clicked(self, click: Click) -> Card | None:
        await asyncio.sleep(self.pause)
        return await super().clicked(click)


def slow(stage: SlackStage, pause: float) -> None:
    """Makes the inbox behind the stage slow from now on."""
    stage.inbox.__class__ = SlowInbox
    stage.inbox.pause = pause  # type: ignore[attr-defined]


def answer(title: str) -> Card:
    return Card("refusal", title, "danger", (Text(f"about {title}"),))


async def shown_plan(stage: SlackStage, card: Card | None = None) -> dict[str, Any]:
    """A message with a plan on it."""
    place = await stage.say("hello")
    await stage.platform.show(place, card or gallery.plan("plan-1"))
    await stage.settled()
    return stage.server.messages[CHANNEL][-1]


def button(message: Mapping[str, Any], verb: str) -> Mapping[str, Any]:
    return next(one for one in buttons(message) if json.loads(one["value"])[0] == verb)


async def opened(stage: SlackStage, verb: str = "deny") -> dict[str, Any]:
    """The modal that a button of a plan opens."""
    message = await shown_plan(stage)
    await stage.server.deliver(stage.server.pressed(message, button(message, verb)))
    await stage.settled()
    return list(stage.server.views.values())[-1]


# Modals


async def submit(stage: SlackStage, view: Mapping[str, Any], fields: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    status, body = await stage.server.deliver(stage.server.submitted(view, values(view, fields)))
    assert status == 200
    return dict(json.loads(body or "{}"))
