"""What follows a pressed button: a form or a card in a modal while Slack's trigger lives, an answer whispered, a modal replaced. Edge.

A trigger lives three seconds from the press. What is not ready after half of that gets a modal that says so, and is put into it later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.cards.card import Action, Card, Text
from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Click, Inbox, Place
from bot.platforms.slack import modal, pressed
from bot.platforms.slack.calls import Calls
from bot.platforms.slack.delivery import Delivery
from bot.platforms.slack.limits import Json
from bot.platforms.slack.pressed import Press
from bot.platforms.slack.suggesting import Suggesting
from bot.platforms.slack.tasks import Tasks
from engine.logs import Log

TRIGGER_S = 1.5
SUBMIT_S = 2.5
DONE = Card("text", "Done", "good", (Text("What came of it stands in the conversation."),))
LATE = Card("notice", "That took too long", "warning", (Text("Slack lets a window open for three seconds only. Press the button again."),))
CHANGED = "This choice is not there any more. Close this window and press the button again."
_log = Log("escher.slack")


class Presses:
    """The way of a press through the inbox and back to the one who pressed."""

    def __init__(self, inbox: Inbox, calls: Calls, delivery: Delivery, suggesting: Suggesting, tasks: Tasks) -> None:
        self._inbox = inbox
        self._calls = calls
        self._delivery = delivery
        self._suggesting = suggesting
        self._tasks = tasks

    async def pressed(self, payload: Mapping[str, Any]) -> None:
        """A `block_actions` payload, after it was acknowledged."""
        found = pressed.clicked(payload)
        if found is None:
            return
        click, press = found
        view = payload.get("view")
        if view is not None and view["type"] == "modal":
            await self._in_modal(payload, view, click, press)
        elif press.how == "plain" and view is None:
            answer = await self._inbox.clicked(await self._judged(click))
            if answer is not None:
                self._delivery.whisper(click.place, click.login, answer)
        else:
            await self._in_new_modal(payload, click, press)

    async def submitted(self, payload: Mapping[str, Any]) -> Json:
        """A `view_submission` payload; what is returned goes back with the acknowledgement, in time whatever happens behind."""
        click = pressed.submitted(payload, modal.fields(payload["view"]))
        if click is None:
            return {}
        work = self._tasks.start(self._decided(click))
        await asyncio.wait({work}, timeout=SUBMIT_S)
        if not work.done():
            self._tasks.start(self._whispered(work, click))
            return {"response_action": "clear"}
        answer = work.result()
        if isinstance(answer, str):
            return {"response_action": "errors", "errors": {_first_choice(payload["view"]): answer}}
        return {"response_action": "update", "view": self._sheet(answer, click)} if answer else {"response_action": "clear"}

    async def _judged(self, click: Click) -> Click:
        """The click with what Slack says of the one who pressed."""
        return replace(click, guest=await self._suggesting.guests.is_guest(click.login))

    async def _decided(self, click: Click) -> Card | str | None:
        """What the inbox says to a filled-in form, or a sentence for beside the field. Choices too long for Slack are looked up again."""
        if modal.digested(click.fields):
            asked = await self._inbox.form(replace(click, fields={}))
            if isinstance(asked, Card):
                return asked
            whole = modal.resolved(self._suggesting.looked_up(click.fields, asked.form), asked.form)
            if whole is None or modal.digested(whole):
                return CHANGED
            click = replace(click, fields=whole)
        return await self._inbox.clicked(await self._judged(click))

    async def _whispered(self, work: asyncio.Task[Card | str | None], click: Click) -> None:
        answer = await work
        if isinstance(answer, str):
            answer = Card("notice", "Not done", "warning", (Text(CHANGED),))
        if answer is not None:
            self._delivery.whisper(click.place, click.login, answer)

    async def _asked(self, click: Click, press: Press) -> Card | Action | None:
        if press.how == "form":
            return await self._inbox.form(await self._judged(click))
        return await self._inbox.clicked(await self._judged(click))

    async def _in_new_modal(self, payload: Mapping[str, Any], click: Click, press: Press) -> None:
        trigger, title = payload["trigger_id"], pressed.titled(payload)
        work = self._tasks.start(self._asked(click, press))
        await asyncio.wait({work}, timeout=TRIGGER_S)
        try:
            if work.done():
                answer = work.result()
                if answer is not None:
                    await self._in("views.open", answer, click, title, trigger_id=trigger)
                return
            opened = await self._calls.call("views.open", trigger_id=trigger, view=modal.wait(click.place))
            answer = await work or DONE
            await self._in("views.update", answer, click, title, view_id=opened["view"]["id"])
        except (TooMany, Faulty, Refusal) as error:
            _log.warning("no modal", why=str(error), verb=press.verb)
            answer = await work
            if answer is not None:
                self._delivery.whisper(click.place, click.login, answer if isinstance(answer, Card) else LATE)

    async def _in_modal(self, payload: Mapping[str, Any], view: Mapping[str, Any], click: Click, press: Press) -> None:
        """What a button in a modal answers takes the modal's place; a form of another action is laid upon it."""
        answer = await self._asked(click, press) or DONE
        try:
            if isinstance(answer, Action):
                await self._lay(answer, click, payload)
            else:
                await self._in("views.update", answer, click, view_id=view["id"])
        except (TooMany, Faulty, Refusal) as error:
            _log.warning("modal not replaced", why=str(error), verb=press.verb)
            self._delivery.whisper(click.place, click.login, answer if isinstance(answer, Card) else LATE)

    async def _lay(self, form: Action, click: Click, payload: Mapping[str, Any]) -> None:
        title = pressed.titled(payload)
        try:
            await self._in("views.push", form, click, title, trigger_id=payload["trigger_id"])
        except Refusal:
            # Three modals are the most, and a trigger dies early: the form then takes the place of what stands there.
            await self._in("views.update", form, click, title, view_id=payload["view"]["id"])

    async def _in(self, method: str, answer: Card | Action, click: Click, title: str = "", **where: str) -> None:
        """Shows an answer in a modal; its files follow once it stands. Raises TooMany, Faulty or Refusal."""
        if isinstance(answer, Action):
            await self._calls.call(method, view=modal.form(answer, click.place, title), **where)
            return
        view, files = modal.sheet(answer, click.place)
        await self._calls.call(method, view=view, **where)
        self._delivery.send(click.login, files)

    def _sheet(self, card: Card, click: Click) -> Json:
        view, files = modal.sheet(card, click.place)
        self._delivery.send(click.login, files)
        return view


def _first_choice(view: Mapping[str, Any]) -> str:
    """The block of the first field that asked for a choice: where an error about choices is shown."""
    values: Mapping[str, Mapping[str, Any]] = view.get("state", {}).get("values", {})
    blocks: Sequence[str] = [
        name for name, block in values.items() if any("selected_option" in key for state in block.values() for key in state)
    ]
    return blocks[0] if blocks else next(iter(values), "field-0")


def place_of(payload: Mapping[str, Any]) -> Place:
    """Where a message stands that a shortcut was used on."""
    message = payload["message"]
    return Place(pressed.PLATFORM, payload["channel"]["id"], message.get("thread_ts") or message["ts"])
