"""Asking without a mention: the /escher command and the shortcut on a message; what is asked is posted for all to see first. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Inbox, Message, Place
from bot.platforms.slack import modal, pressed
from bot.platforms.slack.calls import Calls
from bot.platforms.slack.delivery import ELSEWHERE, Delivery
from bot.platforms.slack.events import Self, about
from bot.platforms.slack.limits import MESSAGE, Json, cut
from bot.platforms.slack.mrkdwn import escaped, said
from bot.platforms.slack.presses import SUBMIT_S, place_of
from bot.platforms.slack.render import Rendered
from bot.platforms.slack.richtext import Sheet, Unit, lines, words
from bot.platforms.slack.tasks import Tasks
from engine.clock import fresh_id
from engine.logs import Log

EMPTY = "Write what you want to ask first."
AWAY = (
    "Escher is not in this conversation, so nobody here would see the answer. Type /invite @escher here first, or write to Escher directly."
)
FAULT = "Slack did not take it: nothing was asked. Try again in a moment."
MOST_CHARS = 10_000
_log = Log("escher.slack")


class NotPosted(Exception):
    """What was asked could not be posted; the sentence is for the one who asked."""


class Asking:
    """Puts a question into a channel and hands it to the inbox."""

    def __init__(self, inbox: Inbox, calls: Calls, delivery: Delivery, tasks: Tasks, me: Self) -> None:
        self._inbox = inbox
        self._calls = calls
        self._delivery = delivery
        self._tasks = tasks
        self._me = me

    async def by_command(self, body: Mapping[str, Any], text: str) -> str:
        """What was typed after /escher, as the first message of a new thread. Returns a sentence for the person when it was not asked."""
        login = f"{body['team_id']}/{body['user_id']}"
        try:
            place, stamp = await self._posted(Place(pressed.PLATFORM, body["channel_id"], ""), body["user_id"], text)
        except NotPosted as problem:
            return str(problem)
        await self._inbox.received(Message(f"command:{body['trigger_id']}", place, login, text, about(place.channel, stamp)))
        return ""

    async def offered(self, payload: Mapping[str, Any]) -> None:
        """The shortcut was used on a message: asks what about it, at once."""
        text = said(payload["message"].get("text") or "", self._me.user)
        try:
            await self._calls.call("views.open", trigger_id=payload["trigger_id"], view=modal.ask(place_of(payload), text))
        except (TooMany, Faulty, Refusal) as error:
            _log.warning("no modal for the shortcut", why=str(error))

    async def by_shortcut(self, payload: Mapping[str, Any]) -> Json:
        """The shortcut's modal was sent; returns what goes back with the acknowledgement, in time."""
        work = self._tasks.start(self._from_modal(payload))
        await asyncio.wait({work}, timeout=SUBMIT_S)
        problem = work.result() if work.done() else ""
        return {"response_action": "errors", "errors": {modal.ASK_BLOCK: problem}} if problem else {"response_action": "clear"}

    async def _from_modal(self, payload: Mapping[str, Any]) -> str:
        view = payload["view"]
        context = pressed.recalled(view)
        text = "".join(modal.fields(view).get(modal.ASK_INPUT, ())).strip()
        if context is None or not text:
            return EMPTY
        try:
            place, stamp = await self._posted(context.place, payload["user"]["id"], text)
        except NotPosted as problem:
            return str(problem)
        login = pressed.login(payload)
        await self._inbox.received(Message(f"ask:{view['id']}", place, login, text, about(place.channel, stamp)))
        return ""

    async def _posted(self, place: Place, user: str, text: str) -> tuple[Place, str]:
        """Posts who asked what; the place is the thread it stands in or begins. Raises NotPosted."""
        try:
            stamp = await self._delivery.post(place, asked(user, text), fresh_id("ask"))
        except Refusal as refusal:
            _log.info("not asked", code=refusal.code, channel=place.channel)
            raise NotPosted(AWAY if refusal.code in ELSEWHERE else f"Slack refused it ({refusal.code}): nothing was asked.") from refusal
        except (TooMany, Faulty) as error:
            raise NotPosted(FAULT) from error
        return Place(place.platform, place.channel, place.thread or stamp), stamp


def asked(user: str, text: str) -> Rendered:
    """Who asked what, for everybody. The one mention Escher ever makes: of the person who asked, by the id Slack gave. Pure."""
    sheet = Sheet(MESSAGE)
    shown = cut(text, MOST_CHARS)
    who = Unit("line", ({"type": "user", "user_id": user}, words(" asked:")))
    sheet.write([who, *lines(shown)])
    return Rendered(tuple(sheet.blocks), escaped(cut(f"Asked: {text}", 300)))
