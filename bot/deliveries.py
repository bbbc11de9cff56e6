"""What platforms delivered, written down before it is acted on: second deliveries are told apart, after a restart too. Edge (journal).

Journal entries: `message.received` (id, platform, place, login, person, text, about, edits, chat), `message.answered` (id, platform, place,
outcome, plan, and what was said, each with its chat id), `message.retracted`, `click.received` (id, platform). Chat ids are those of the chat
history, which is made of these entries.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.platforms.platform import Click, Message, Place, Retraction
from engine.clock import Clock
from engine.collections.chat_ids import fresh
from engine.journal.entry import Entry
from engine.journal.journal import Journal

# Platforms deliver again within minutes; what is older than this many entries cannot come again.
REMEMBERED = 50_000
RECEIVED, ANSWERED, RETRACTED, CLICKED = "message.received", "message.answered", "message.retracted", "click.received"
LONGEST_ANSWER = 20_000
_Key = tuple[str, str]


@dataclass(slots=True)
class Known:
    """A message as it is remembered: its text by a hash, and the plan it led to."""

    text: str
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a message led to: the kind of answer, the plan if there is one, the answer's cards as text, whether one person alone saw them."""

    outcome: str
    plan: str = ""
    texts: tuple[str, ...] = ()
    to_one: bool = False


class Deliveries:
    """One for a bot; rebuilt from the journal."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._seen: OrderedDict[_Key, None] = OrderedDict()
        self._messages: OrderedDict[_Key, Known] = OrderedDict()
        self._open: OrderedDict[_Key, Entry] = OrderedDict()
        for entry in journal.entries({RECEIVED, ANSWERED, RETRACTED, CLICKED}, after=max(0, journal.last[0] - REMEMBERED)):
            self._recall(entry)

    async def message(self, message: Message, person: str = "") -> bool:
        """Writes a message down, with who said it where that is known; False when it was delivered before, or edits nothing.

        Raises JournalError.
        """
        if not self._fresh(message.place.platform, message.id):
            return False
        if message.edits and self._same_text(message):
            return False
        self._remember(message.place.platform, message.about, message.text)
        body = {"id": message.id, **_place(message.place), "login": message.login, "person": person, "text": message.text}
        await self._journal.append(RECEIVED, {**body, "about": message.about, "edits": message.edits, "chat": self._chat_id()})
        return True

    async def answered(self, message: Message, said: Said) -> None:
        """Notes that a message has its answer. Raises JournalError."""
        known = self._messages.get((message.place.platform, message.about))
        if known is not None:
            known.plan = said.plan or known.plan
        body = {"id": message.id, **_place(message.place), "about": message.about, "outcome": said.outcome, "plan": said.plan}
        told = [{"chat": self._chat_id(), "text": shortened(text)} for text in said.texts]
        await self._journal.append(ANSWERED, {**body, "said": told, "to_one": said.to_one})

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

    def _chat_id(self) -> str:
        return fresh(self._clock.now())

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


def shortened(text: str) -> str:
    """What of an answer is kept as text: a list of thousands tells nothing more by its end."""
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"


def _place(place: Place) -> dict[str, str]:
    return {"platform": place.platform, "channel": place.channel, "thread": place.thread}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
