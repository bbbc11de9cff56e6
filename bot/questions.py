"""Open questions ("which one do you mean?") and their cards: written down while they wait, closed on every platform when they do not. Edge.

Journal entries: `question.asked` (id, place, message, skip, asked, candidates), `question.closed` (id).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from bot.cards.talk import clarification_card
from bot.platforms.platform import Place
from bot.showing import Showing
from bot.threads import Question, Threads
from engine.wiring import Engine

ASKED, CLOSED = "question.asked", "question.closed"
OPEN_FOR = timedelta(days=1)


class Questions:
    """One for a bot; a question survives a restart and may be answered on its card or in words."""

    def __init__(self, engine: Engine, threads: Threads, showing: Showing) -> None:
        self._engine = engine
        self._threads = threads
        self._showing = showing

    @contextlib.asynccontextmanager
    async def around(self, place: Place) -> AsyncIterator[None]:
        """Around a turn in a place: a question that the turn asked is written down, one that it ended is closed. Raises JournalError."""
        thread = self._threads.at(place)
        before = thread.question
        try:
            yield
        finally:
            after = thread.question
            if after is not before:
                if after is not None:
                    await self._engine.journal.append(ASKED, _entry(place, after))
                if before is not None:
                    await self._close(place, before)

    async def recover(self) -> None:
        """After a start: what was asked within a day and not answered is open again. Raises JournalError."""
        since = self._engine.clock.now() - OPEN_FOR
        entries = {entry.body["id"]: entry for entry in self._engine.journal.entries({ASKED, CLOSED})}
        for entry in entries.values():
            if entry.kind == ASKED and datetime.fromisoformat(entry.at) > since:
                body = entry.body
                understood = await self._engine.understanding.of(body["message"])
                orders = tuple(understood.reading.orders[body["skip"] :])
                thread = self._threads.at(Place(body["platform"], body["channel"], body["thread"]))
                # Whether a likeness listed them is not written down: then nothing may act on them but a pick.
                thread.targets, thread.guessed = tuple(body["candidates"]), True
                thread.question = Question(
                    body["id"], orders, thread.targets, body["message"], understood.sealed_text, body["skip"], body["asked"]
                )

    async def _close(self, place: Place, question: Question) -> None:
        await self._engine.journal.append(CLOSED, {"id": question.id})
        if question.asked:
            candidates = [found for one in question.candidates if (found := await self._engine.estate.get(one)) is not None]
            card = clarification_card(question.asked, candidates, question.id)
            await self._showing.show(place, card.without_actions("This question is closed."))


def _entry(place: Place, question: Question) -> dict[str, object]:
    return {
        "id": question.id, "platform": place.platform, "channel": place.channel, "thread": place.thread, "message": question.message,
        "skip": question.skip, "asked": question.asked, "candidates": list(question.candidates),
    }  # fmt: skip
