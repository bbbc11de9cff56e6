"""What platforms delivered, written down before it is acted on: second deliveries are told apart, after a restart too. Edge (journal).

Journal entries: `message.received` (id, platform, place, login, text, about, edits), `message.answered` (id, platform, outcome, plan),
`message.retracted`, `click.received` (id, platform).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.platforms.platform import Click, Message, Place, Retraction
from engine.journal.entry import Entry
from engine.journal.journal import Journal

# Platforms deliver again within minutes; what is older than this many entries cannot come again.
REMEMBERED = 50_000
RECEIVED, ANSWERED, RETRACTED, CLICKED = "message.received", "message.answered", "message.retracted", "click.received"
_Key = tuple[str, str]


@dataclass(slots=True)
class Known:
    """A message as it is remembered: its text by a hash, and the plan it led to."""

    text: str
    plan: str = ""


class Deliveries:
    """One for a bot; rebuilt from the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: OrderedDict[_Key, None] = OrderedDict()
        self._messages: OrderedDict[_Key, Known] = OrderedDict()
        self._open: OrderedDict[_Key, Entry] = OrderedDict()
        for entry in journal.entries({RECEIVED, ANSWERED, RETRACTED, CLICKED}, after=max(0, journal.last[0] - REMEMBERED)):
            self._recall(entry)

    async def message(self, message: Message) -> bool:
        """Writes a message down; False when it was delivered before, or edits nothing. Raises JournalError."""
        if not self._fresh(message.place.platform, message.id):
            return False
        if message.edits and self._same_text(message):
            return False
        self._remember(message.place.platform, message.about, message.text)
        place = {"channel": message.place.channel, "thread": message.place.thread}
        body = {"id": message.id, "platform": message.place.platform, "login": message.login, "text": message.text, **place}
        await self._journal.append(RECEIVED, {**body, "about": message.about, "edits": message.edits})
        return True

    async def answered(self, message: Message, outcome: str, plan: str) -> None:
        """Notes that a message has its answer. Raises JournalError."""
        known = self._messages.get((message.place.platform, message.about))
        if known is not None:
            known.plan = plan or known.plan
        body = {"id": message.id, "platform": message.place.platform, "about": message.about, "outcome": outcome, "plan": plan}
        await self._journal.append(ANSWERED, body)

    async def retraction(self, retraction: Retraction) -> bool:
        """Writes a deletion down; False when it was delivered before. Raises JournalError."""
        if not self._fresh(retraction.place.platform, retraction.id):
            return False
        await self._journal.append(RETRACTED, {"id": retraction.id, "platform": retraction.place.platform, "of": retraction.of})
        return True

    async def click(self, click: Click) -> bool:
        """Writes a click down; False when it was delivered before. Raises JournalError."""
        if not self._fresh(click.place.platform, click.id):
            return False
        await self._journal.append(CLICKED, {"id": click.id, "platform": click.place.platform})
        return True

    def plan_of(self, platform: str, about: str) -> str:
        """The plan that a message led to; '' when there is none."""
        known = self._messages.get((platform, about))
        return known.plan if known is not None else ""

    def unanswered(self, since: datetime) -> Sequence[tuple[Place, str]]:
        """Messages that a stop of the bot left without an answer, as places and texts, oldest first."""
        left = [entry for entry in self._open.values() if datetime.fromisoformat(entry.at) >= since]
        self._open.clear()
        return [(Place(one.body["platform"], one.body["channel"], one.body["thread"]), one.body["text"]) for one in left]

    def _fresh(self, platform: str, delivery: str) -> bool:
        """Marks a delivery as seen at once, so that of two at the same time the second is told apart."""
        key = (platform, delivery)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def _same_text(self, message: Message) -> bool:
        """Platforms also tell of an edit when only a preview was added."""
        known = self._messages.get((message.place.platform, message.edits))
        return known is not None and known.text == _hash(message.text)

    def _remember(self, platform: str, about: str, text: str) -> None:
        if about:
            earlier = self._messages.pop((platform, about), None)
            self._messages[(platform, about)] = Known(_hash(text), earlier.plan if earlier else "")
            if len(self._messages) > REMEMBERED:
                self._messages.popitem(last=False)

    def _recall(self, entry: Entry) -> None:
        body = entry.body
        key = (body["platform"], body["id"])
        match entry.kind:
            case "message.received":
                self._fresh(*key)
                self._remember(body["platform"], body["about"], body["text"])
                self._open[key] = entry
            case "message.answered":
                self._open.pop(key, None)
                if known := self._messages.get((body["platform"], body["about"])):
                    known.plan = body["plan"] or known.plan
            case _:
                self._fresh(*key)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
