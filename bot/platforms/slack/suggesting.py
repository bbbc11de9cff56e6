"""Options while somebody types in a modal of ours: Slack asks, and gives up after three seconds. Edge.

Who asks is checked as for a press: a guest gets none, and neither does somebody nobody knows. What is longer than Slack's values take is
named by a digest; what it stands for is remembered, so that the sent modal can be read.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.card import Action, Field
from bot.platforms.platform import Click, Inbox
from bot.platforms.slack import modal, pressed
from bot.platforms.slack.guests import Guests
from bot.platforms.slack.limits import OPTIONS, Json
from bot.platforms.slack.tasks import Tasks
from engine.logs import Log

OPTIONS_S = 2.0
REMEMBERED = 10_000
_log = Log("escher.slack")
Choice = tuple[str, str, str]


class Suggesting:
    """Answers `block_suggestion` payloads."""

    def __init__(self, inbox: Inbox, guests: Guests, tasks: Tasks) -> None:
        self._inbox = inbox
        self.guests = guests
        self._tasks = tasks
        self._digests: OrderedDict[str, str] = OrderedDict()

    async def options(self, payload: Mapping[str, Any]) -> list[Json]:
        """The options for what was typed so far, in time whatever happens behind; none when it takes too long."""
        work = self._tasks.start(self._found(payload))
        await asyncio.wait({work}, timeout=OPTIONS_S)
        if not work.done():
            _log.warning("no options in time", field=str(payload.get("action_id", ""))[:80])
            return []
        return [modal.option(*choice) for choice in work.result()]

    def looked_up(self, given: Mapping[str, Sequence[str]], asked: Sequence[Field]) -> dict[str, tuple[str, ...]]:
        """What was filled in, with the digests of looked-up names as what they stand for; those that stand for nothing any more stay."""
        fields = {field.name for field in asked if field.lookup}
        return {name: tuple(self._digests.get(one, one) if name in fields else one for one in values) for name, values in given.items()}

    async def _found(self, payload: Mapping[str, Any]) -> list[Choice]:
        login, context = pressed.login(payload), pressed.recalled(payload.get("view") or {})
        if context is None or not context.verb or await self.guests.is_guest(login):
            return []
        asked = await self._inbox.form(Click("", context.place, login, context.verb, context.subject))
        name, typed = str(payload.get("action_id", "")), str(payload.get("value") or "")
        field = next((one for one in asked.form if one.name == name), None) if isinstance(asked, Action) else None
        if field is None:
            return []
        found = await self._named(login, typed) if field.lookup else narrowed(field, typed)
        self._remember(found)
        return found

    async def _named(self, login: str, typed: str) -> list[Choice]:
        return [(one.value, one.name, one.detail) for one in await self._inbox.complete(pressed.PLATFORM, login, typed)][:OPTIONS]

    def _remember(self, found: Sequence[Choice]) -> None:
        for value, _, _ in found:
            if (key := modal.option_value(value)) != value:
                self._digests[key] = value
                self._digests.move_to_end(key)
        while len(self._digests) > REMEMBERED:
            self._digests.popitem(last=False)


def narrowed(field: Field, typed: str) -> list[Choice]:
    """The choices that have every typed word in them, those whose name begins so first. Pure."""
    words = typed.lower().split()
    kept = [choice for choice in field.choices if all(word in f"{choice[1]} {choice[2]} {choice[0]}".lower() for word in words)]
    return sorted(kept, key=lambda choice: not choice[1].lower().startswith(" ".join(words)))[:OPTIONS]
