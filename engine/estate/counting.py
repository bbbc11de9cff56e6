"""Counts the estate by cloud, type, account and environment, which the store does by tokens that say neither. Edge (through the store)."""

from __future__ import annotations

from engine.errors import Corrupted
from engine.estate.recorder import PUBLIC_WORDS, Recorder, facets
from engine.estate.view import Stats
from engine.store.store import Store, Token, every, has


class Counts:
    """What a token stands for is known of public words, and of others read once from a resource that bears it."""

    def __init__(self, store: Store, collection: str, recorder: Recorder) -> None:
        self._store = store
        self._collection = collection
        self._recorder = recorder
        self._labels = {recorder.facet(field, word): (field, word) for field, words in PUBLIC_WORDS.items() for word in words}

    async def stats(self) -> Stats:
        counts: dict[str, dict[str, int]] = {field: {} for field in ("cloud", "type", "account", "environment")}
        for token, count in (await self._store.facet(self._collection, every(()))).items():
            field, word = await self._label(token)
            counts[field][word] = count
        total = await self._store.count(self._collection, every(()))
        return Stats(total, counts["cloud"], counts["type"], counts["account"], counts["environment"])

    async def _label(self, token: Token) -> tuple[str, str]:
        if token not in self._labels:
            async for stored in self._store.scroll(self._collection, has([token])):
                for field, word in facets(self._recorder.resource(stored)).items():
                    self._labels[self._recorder.facet(field, word)] = field, word
                break
        if token not in self._labels:
            what = self._collection
            raise Corrupted(f"A facet in {what} stands for nothing.", what=what, hint="Move the estate away and scan again.")
        return self._labels[token]
