"""What people do in front of a Teams platform, as its tests say it. Edge."""

from __future__ import annotations

from bot.platforms.platform import Place
from tests.bot.platforms.teams.running import Served
from tests.bot.platforms.teams.service import TENANT, Json, Somebody, execute

GROUP, CHANNEL, MINE, HIS = "19:group@thread.v2", "19:channel@thread.tacv2", "a:29:lena", "a:29:omar"
DATA = {"tenant": {"id": TENANT}}


async def says(teams: Served, who: Somebody, chat: str, text: str, **more: object) -> Place:
    """Somebody says something, and all that follows from it has arrived."""
    assert (await teams.service.deliver(teams.service.said(who, chat, text, **more))).status_code == 200
    await teams.settled()
    return teams.inbox.messages[-1].place


async def presses(teams: Served, who: Somebody, chat: str, button: Json, **more: object) -> Json:
    """Somebody presses an Action.Execute; what the bot answers."""
    answer = (await teams.service.invoke(who, chat, "adaptiveCard/action", execute(button), **more)).json()
    await teams.settled()
    return answer


def titles(card: Json) -> list[str]:
    """What stands on a card's buttons."""
    return [one["title"] for one in card["actions"]]
