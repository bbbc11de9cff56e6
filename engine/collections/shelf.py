"""One collection's records in the store: sealed, found by blind tokens and hidden grams, opened again. Edge (through the store)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from engine.collections.record import Declared, R
from engine.collections.words import fit, words
from engine.errors import Corrupted
from engine.journal.entry import Entry
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.store import Collection, Condition, Point, Store, Stored, every, has

SEALED = "sealed"
_ALIKE = 60
_PAGE = 100
_MOST_GRAM_WORDS = 400
Where = Mapping[str, str]


def physical(name: str, generation: str) -> str:
    """What a collection is called in the store: keys of another generation have collections of their own beside."""
    return f"{name}-{generation}"


class Shelf(Generic[R]):
    """A declared collection under keys of its own, so that equal values in two collections do not show."""

    def __init__(self, store: Store, keys: Keys, declared: Declared[R]) -> None:
        own = Keys(keys.for_(f"collection:{declared.name}"))
        self.declared = declared
        self.collection = Collection(physical(declared.name, keys.id), grams=True, ordered=True)
        self._store = store
        self._crypto = Crypto(own, declared.name)
        self.broken = ""  # the first thing found not to be what was written

    # --- writing

    async def ensure(self) -> bool:
        """Opens the collection; whether it was there. Raises StoreError, Corrupted."""
        return await self._store.ensure(self.collection)

    async def clear(self) -> None:
        """Begins with nothing: whatever is there, readable or not, is taken away. The journal has it all."""
        await self._store.remove(self.collection.name)
        await self._store.ensure(self.collection)

    async def project(self, entries: Sequence[Entry]) -> tuple[list[R], list[Entry]]:
        """Writes what entries make of the collection; gives the records that changed, and the entries that were not understood.

        On the disk when this returns. Raises StoreError.
        """
        own = [entry for entry in entries if entry.kind in self.declared.kinds]
        if not own:
            return [], []
        there = await self.get(_touched(self.declared, own))
        changed, strange = await asyncio.to_thread(_projected, self.declared, own, there)
        if changed:
            points = await asyncio.to_thread(lambda: [self.point(record) for record in changed])
            await self._store.upsert(self.collection.name, points)
            await self._store.flush(self.collection.name)
        return changed, strange

    async def optimise(self) -> None:
        """Tidies up after many changes."""
        await self._store.optimise(self.collection.name)

    def point(self, record: R) -> Point:
        """What is kept of a record."""
        place, marks = self._place(record.key), self.declared.marks(record)
        said = words(marks.text)
        fields = {*marks.fields, *(("word", word) for word in said)}
        return Point(
            id=place,
            payload={SEALED: self._crypto.seal(place, json.dumps(record.to_json(), ensure_ascii=False).encode())},
            tokens=tuple(sorted({self._crypto.token(*field) for field in fields})),
            grams=self._crypto.grams(" ".join(said[:_MOST_GRAM_WORDS])),
            order=record.order,
        )

    # --- reading: all raise StoreError, and Corrupted for what is not what was written

    async def get(self, keys: Iterable[str]) -> dict[str, R]:
        """The records of these keys that are there."""
        places = [self._place(key) for key in dict.fromkeys(keys)]
        found = await self._open(await self._store.retrieve(self.collection.name, places)) if places else []
        return {record.key: record for record in found}

    async def latest(self, where: Where, limit: int, since: datetime | None = None) -> list[R]:
        """The newest records with all of these fields, newest first."""
        return await self._newest(self._condition(where), limit, since)

    async def search(self, text: str, where: Where, limit: int, since: datetime | None = None) -> list[R]:
        """Records that say every word, newest first; then those that say something like each word, best first."""
        asked = words(text)
        if not asked:
            return []
        condition = self._condition(where)
        said = [has([self._crypto.token("word", word)]) for word in asked]
        found = await self._newest(every([condition, *said]), limit, since)
        if len(found) < limit:
            known = {record.key for record in found}
            found += [record for record in await self._alike(asked, condition, since) if record.key not in known]
        return found[:limit]

    async def count(self, where: Where) -> int:
        """How many records have all of these fields."""
        return await self._store.count(self.collection.name, self._condition(where))

    async def records(self, *, check: bool = False) -> AsyncIterator[R]:
        """Every record, in an order of the store's own; with `check`, each is held against its tokens too."""
        batch: list[Stored] = []
        async for stored in self._store.scroll(self.collection.name, every(()), tokens=check):
            batch.append(stored)
            if len(batch) == _PAGE:
                for record in await self._open(batch, check=check):
                    yield record
                batch = []
        for record in await self._open(batch, check=check):
            yield record

    async def _alike(self, asked: Sequence[str], condition: Condition, since: datetime | None) -> list[R]:
        grams = self._crypto.grams(" ".join(asked))
        if not grams.indices:
            return []
        candidates = await self._open(await self._store.nearest_grams(self.collection.name, grams, condition, _ALIKE))
        recent = [record for record in candidates if _since(record.at, since)]
        return await asyncio.to_thread(_ranked, self.declared, asked, recent)

    async def _newest(self, condition: Condition, limit: int, since: datetime | None) -> list[R]:
        found: list[R] = []
        before: int | None = None
        while len(found) < limit:
            page = await self._open(await self._store.latest(self.collection.name, condition, min(limit - len(found), _PAGE), before))
            found += [record for record in page if _since(record.at, since)]
            if not page or not _since(page[-1].at, since):
                break
            before = page[-1].order
        return found

    async def _open(self, stored: Sequence[Stored], *, check: bool = False) -> list[R]:
        if len(stored) <= 1:
            return [self._opened(one, check=check) for one in stored]
        return await asyncio.to_thread(lambda: [self._opened(one, check=check) for one in stored])

    def _opened(self, stored: Stored, *, check: bool) -> R:
        try:
            data: dict[str, Any] = json.loads(self._crypto.open(stored.id, stored.payload.get(SEALED)))
        except Corrupted as error:
            raise self._broken(error.what) from None
        record = self.declared.read(data)
        if check and sorted(stored.tokens) != sorted(self.point(record).tokens):
            raise self._broken(f"{self.declared.name}/{stored.id}")
        return record

    def _broken(self, what: str) -> Corrupted:
        self.broken = self.broken or what
        return Corrupted(
            f"{what} is not what was written there.", what=what, hint="It is made anew from the journal; ask again in a moment."
        )

    def _condition(self, where: Where) -> Condition:
        return every(has([self._crypto.token(name, value)]) for name, value in where.items())

    def _place(self, key: str) -> str:
        return key if self.declared.keyed else self._crypto.point_id(key)


def _touched(declared: Declared[R], entries: Iterable[Entry]) -> list[str]:
    found: list[str] = []
    for entry in entries:
        try:
            found += declared.touches(entry)
        except (KeyError, TypeError, ValueError):
            continue  # projecting it says so
    return found


def _projected(declared: Declared[R], entries: Iterable[Entry], there: Mapping[str, R]) -> tuple[list[R], list[Entry]]:
    """The records that entries change, as they are after the last of them, and the entries that are not understood. Pure."""
    known, changed, strange = dict(there), dict[str, R](), list[Entry]()
    for entry in entries:
        try:
            made = list(declared.project(entry, known))
        except (KeyError, TypeError, ValueError):
            strange.append(entry)
            continue
        for record in made:
            before = known.get(record.key)
            if before is None or before.last < entry.sequence:
                known[record.key] = changed[record.key] = record
    return list(changed.values()), strange


def _ranked(declared: Declared[R], asked: Sequence[str], records: Iterable[R]) -> list[R]:
    scored = [(fit(asked, words(declared.marks(record).text)), record) for record in records]
    return [record for score, record in sorted(scored, key=lambda pair: (-pair[0], -pair[1].order)) if score]


def _since(at: str, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(at) >= since
