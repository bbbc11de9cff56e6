"""A message understood against the estate: what is known is looked up, then the pure reader reads. Edge (reads the estate)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.clock import Clock, SystemClock
from engine.estate.view import EstateView
from engine.request import lexicon, reader
from engine.request.conditions import Speaker
from engine.request.reading import Reading
from engine.request.seal import seal_text
from engine.request.tokens import clean, phrases, tokenise


@dataclass(frozen=True, slots=True)
class Understood:
    """A reading and the message as it may leave."""

    reading: Reading
    sealed_text: str


class Understanding:
    """One for a process."""

    def __init__(self, estate: EstateView, clock: Clock | None = None) -> None:
        self._estate = estate
        self._clock = clock or SystemClock()
        self._lexicon = lexicon.load()

    async def of(self, message: str, speaker_names: Sequence[str] = ()) -> Understood:
        """What a message says, said by somebody the estate's owner tags may know by one of these names. Raises StoreError."""
        _, tokens = reader.prepare(message)
        names = [name.lower() for name in speaker_names]
        looked_up = list(dict.fromkeys([*phrases(tokens), *phrases(tokenise(clean(message))), *names]))
        known = await self._estate.recognise(looked_up)
        speaker = Speaker(frozenset(name for name in names if "owner" in known.get(name, frozenset())))
        return Understood(reader.read(message, self._lexicon, known, speaker, self._clock.now()), seal_text(message, self._lexicon, known))
