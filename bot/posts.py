"""Which card stands where, kept in the journal, so that a card is replaced where it stands after a restart too. Edge (journal).

Journal entries: `card.posted` (place, subject, reference), and `answer.told` (place, text, plan, chat): what became of a plan, as it was told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from bot.deliveries import shortened
from bot.platforms.platform import Place
from engine.clock import Clock
from engine.collections.chat_ids import fresh
from engine.errors import EscherError
from engine.journal.journal import Journal
from engine.logs import Log

KIND, TOLD = "card.posted", "answer.told"
REMEMBERED = 20_000
_log = Log("escher.posts")


class JournalPosts:
    """The `Posts` of a running bot; also knows every place a subject stands in.

    Cards have subjects as `plan-7k2m9qhd`, and the oldest are forgotten. What a platform notes for itself under a plain word is kept.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._references: OrderedDict[tuple[Place, str], str] = OrderedDict()
        self._notes: dict[tuple[Place, str], str] = {}
        self._places: dict[str, list[Place]] = {}
        for entry in journal.entries({KIND}):
            body = entry.body
            self._note(Place(body["platform"], body["channel"], body["thread"]), body["subject"], body["reference"])

    def find(self, place: Place, subject: str) -> str:
        """The reference kept for a subject in a place; '' when there is none."""
        return self._references.get((place, subject)) or self._notes.get((place, subject), "")

    def places(self, subject: str) -> Sequence[Place]:
        """Every place the subject stands in, first one first."""
        return tuple(self._places.get(subject, ()))

    async def keep(self, place: Place, subject: str, reference: str) -> None:
        """Remembers where a subject stands. A journal that takes nothing is told in the log: the card stands, and would be posted again."""
        if self.find(place, subject) == reference:
            return
        self._note(place, subject, reference)
        await self._written(KIND, {**_where(place), "subject": subject, "reference": reference}, subject)

    async def told(self, place: Place, plan: str, text: str) -> None:
        """Notes what was told of a plan where it was asked for. A journal that takes nothing is told in the log."""
        await self._written(TOLD, {**_where(place), "chat": fresh(self._clock.now()), "plan": plan, "text": shortened(text)}, plan)

    async def _written(self, kind: str, body: Mapping[str, str], subject: str) -> None:
        try:
            await self._journal.append(kind, body)
        except EscherError as error:
            _log.error("not remembered", subject=subject, why=error.message)

    def _note(self, place: Place, subject: str, reference: str) -> None:
        if "-" not in subject:
            self._notes[(place, subject)] = reference
            return
        self._references[(place, subject)] = reference
        self._references.move_to_end((place, subject))
        places = self._places.setdefault(subject, [])
        if place not in places:
            places.append(place)
        if len(self._references) > REMEMBERED:
            (gone, name), _ = self._references.popitem(last=False)
            self._places[name] = [one for one in self._places[name] if one != gone]
            if not self._places[name]:
                del self._places[name]


def _where(place: Place) -> dict[str, str]:
    return {"platform": place.platform, "channel": place.channel, "thread": place.thread}
