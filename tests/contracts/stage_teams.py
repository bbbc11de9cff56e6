"""Teams on the conformance suite's stage, with modals, files, edits, and a Teams that answers nothing but faults. Edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from bot.cards.card import Action
from bot.platforms.platform import Message, Place
from tests.bot.platforms.teams.running import served
from tests.bot.platforms.teams.service import LENA, TENANT, labelled, texts
from tests.bot.platforms.teams.stage import CHANNEL, TeamsStage
from tests.contracts.shown_teams import filled, inputs

MANY = 1000


class Stage(TeamsStage):
    """Lena and Omar in a channel; what each sees includes the files that are offered to them."""

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> Stage:
        """A stage that lasts as long as the stack."""
        return cls(await stack.enter_async_context(served()))

    async def fill(self, place: Place, action: Action, fields: Mapping[str, Sequence[str]]) -> str:
        await self._running.settled()
        service = self._running.service
        cards = [card for card in await service.sees(LENA) if any(one["title"] == action.label for one in card.get("actions", ()))]
        asked = {"data": labelled(cards[-1], action.label)["data"]}
        fetched = (await service.invoke(LENA, CHANNEL, "task/fetch", asked, thread=place.thread)).json()
        modal = fetched["task"]["value"]["card"]["content"]
        (send,) = modal["actions"]
        sent = {"data": {**send["data"], **filled(list(inputs(modal["body"])), fields)}}
        answer = (await service.invoke(LENA, CHANNEL, "task/submit", sent, thread=place.thread)).json()
        await self._running.settled()
        value = answer["task"]["value"]
        return value if isinstance(value, str) else texts(value["card"]["content"])

    async def seen(self, login: str) -> str:
        shown = await super().seen(login)
        chats = [chat for chat in self._running.service.chats.values() if any(one.login == login for one in chat.members)]
        attached = [one for chat in chats for message in chat.messages.values() for one in message.get("attachments", ())]
        return "\n".join([shown, *(one["name"] for one in attached if one.get("name"))])

    async def edit(self, message: Message, text: str) -> None:
        await self._changed(message, "messageUpdate", "editMessage", text)

    async def delete(self, message: Message) -> None:
        await self._changed(message, "messageDelete", "softDeleteMessage", "")

    async def _changed(self, message: Message, kind: str, event: str, text: str) -> None:
        told = {"tenant": {"id": TENANT}, "eventType": event}
        service = self._running.service
        sent = service.said(LENA, CHANNEL, text, thread=message.place.thread, type=kind, id=message.about, channelData=told)
        assert (await service.deliver(sent)).status_code == 200
        await self._running.settled()

    async def fall(self) -> None:
        self._running.service.next = [(503, {})] * MANY
