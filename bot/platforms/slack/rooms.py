"""Standing views for one person: the App Home, and what /escher shows to them alone. Edge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards.card import Card, File, Text
from bot.platforms.platform import Inbox, Place
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.calls import Calls
from bot.platforms.slack.delivery import Delivery
from bot.platforms.slack.events import Self
from bot.platforms.slack.home import home
from bot.platforms.slack.limits import MESSAGE, Json
from bot.platforms.slack.mrkdwn import said
from bot.platforms.slack.pressed import PLATFORM
from bot.platforms.slack.render import Rendered, context, render
from engine.logs import Log

# Slack takes at most five messages for one command.
MOST_ANSWERS = 5
MOST_HOMES = 2_000
HOME, HELP = "home", "help"
_log = Log("escher.slack")


class Rooms:
    """Shows rooms, and keeps the homes fresh that people opened."""

    def __init__(self, inbox: Inbox, calls: Calls, delivery: Delivery, asking: Asking, me: Self) -> None:
        self._inbox = inbox
        self._calls = calls
        self._delivery = delivery
        self._asking = asking
        self._me = me
        self._homes: OrderedDict[str, str] = OrderedDict()

    def opened(self, login: str, channel: str) -> None:
        """Somebody opened their home."""
        self._homes[login] = channel
        self._homes.move_to_end(login)
        if len(self._homes) > MOST_HOMES:
            self._homes.popitem(last=False)
        self.refresh(login)

    def refresh(self, login: str) -> None:
        """Shows a home again as it is now, if this person ever opened it."""
        if login in self._homes:
            self._delivery.outbox.put(("home", login), lambda: self._publish(login), "home")

    async def command(self, body: Mapping[str, Any]) -> None:
        """/escher: a room for this person alone, or a question in the channel."""
        login = f"{body['team_id']}/{body['user_id']}"
        text = said(body.get("text") or "", self._me.user)
        first, _, rest = text.partition(" ")
        room = first.lower() or HELP
        if not text or room in self._inbox.rooms:
            place = Place(PLATFORM, body["channel_id"], "")
            self._respond(body["response_url"], login, await self._inbox.enter(place, login, room, rest.strip()))
        elif problem := await self._asking.by_command(body, text):
            self._respond(body["response_url"], login, [Card("notice", "Not asked", "warning", (Text(problem),))])

    async def _publish(self, login: str) -> None:
        channel = self._homes.get(login) or await self._delivery.direct(login)
        cards = await self._inbox.enter(Place(PLATFORM, channel, ""), login, HOME)
        await self._calls.call("views.publish", user_id=login.partition("/")[2], view=home(cards, channel))

    def _respond(self, url: str, login: str, cards: Sequence[Card]) -> None:
        messages, files = packed(cards)
        for message in messages:
            self._delivery.outbox.put(("respond", url), self._responding(url, message))
        self._delivery.send(login, files)

    def _responding(self, url: str, message: Json) -> Any:
        async def job() -> None:
            await self._calls.answer(url, message)

        return job


def packed(cards: Sequence[Card]) -> tuple[list[Json], tuple[File, ...]]:
    """Cards as the few messages a command may be answered with, and their files. Pure."""
    rendered = [render(card) for card in cards]
    groups = list(_groups(rendered))
    if len(groups) > MOST_ANSWERS:
        left = sum(map(len, groups[MOST_ANSWERS - 1 :]))
        more = Rendered((context(f"{left} more: they stand on Escher's home tab."),), f"{left} more")
        groups = [*groups[: MOST_ANSWERS - 1], [more]]
    messages: list[Json] = [
        {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": group[0].text,
            "blocks": [block for one in group for block in one.blocks],
        }
        for group in groups
    ]
    return messages, tuple(file for one in rendered for file in one.files)


def _groups(rendered: Sequence[Rendered]) -> Iterator[list[Rendered]]:
    group: list[Rendered] = []
    for one in rendered:
        left = MESSAGE.less([block for other in (*group, one) for block in other.blocks])
        if group and min(left.blocks, left.chars, left.bytes) < 0:
            yield group
            group = []
        group.append(one)
    if group:
        yield group
