"""One message being answered: who, where, what was understood, and what to answer with. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers import Answers
from bot.platforms.platform import Place
from bot.threads import Thread
from engine.request.understanding import Understood
from engine.settings import Person
from engine.wiring import Engine


@dataclass(frozen=True, slots=True)
class Turn:
    """What an intent works with."""

    engine: Engine
    person: Person
    place: Place
    thread: Thread
    message: str
    understood: Understood
    answers: Answers

    @property
    def where(self) -> dict[str, str]:
        """The place as plain data, for the plan to remember where to report."""
        return {"platform": self.place.platform, "channel": self.place.channel, "thread": self.place.thread}
