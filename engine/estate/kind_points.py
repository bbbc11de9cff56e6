"""Kinds as points of a collection of their own: what is there, what lacks, what nothing bears any more. Edge (through the store)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Collection as Group

from engine.errors import Corrupted
from engine.estate.nearest import KIND, Nearest, token_of
from engine.estate.phrase import kind_of
from engine.estate.recorder import Recorder
from engine.store.crypto import Crypto
from engine.store.store import Collection, Condition, Point, Store, Stored, Token, every, has

_SCANNED_AT_ONCE = 500
_ASKED_AT_ONCE = 100


class KindPoints:
    """A kind's point bears the token that its resources bear, and a vector. All raise StoreError, Corrupted."""

    def __init__(self, store: Store, resources: str, collection: str, crypto: Crypto, recorder: Recorder) -> None:
        self._store = store
        self._resources = resources
        self._collection = collection
        self._crypto = crypto
        self._recorder = recorder

    async def ensure(self, size: int) -> bool:
        """The collection for vectors of this length, made empty where there is none; whether it was there."""
        return await self._store.ensure(Collection(self._collection, vector=size))

    async def remove(self) -> None:
        await self._store.remove(self._collection)

    async def count(self) -> int:
        return await self._store.count(self._collection, every(()))

    async def there(self, tokens: Group[Token]) -> set[Token]:
        """Those of the tokens whose kind is known."""
        ids = {self._id(token): token for token in tokens}
        return {ids[stored.id] for stored in await self._store.retrieve(self._collection, list(ids), ())}

    async def add(self, vectors: Mapping[Token, Sequence[float]]) -> None:
        points = [Point(self._id(token), {KIND: str(token)}, (token,), vector=tuple(vector)) for token, vector in vectors.items()]
        await self._store.upsert(self._collection, points)

    async def take_out(self, tokens: Group[Token]) -> None:
        await self._store.delete(self._collection, [self._id(token) for token in tokens])

    async def flush(self) -> None:
        await self._store.flush(self._collection)

    async def nearest(self, vector: Sequence[float], condition: Condition, limit: int) -> list[Stored]:
        """See `Nearest.best`."""
        return await Nearest(self._store, self._resources, self._collection, vector, condition).best(limit)

    async def lacking(self) -> AsyncIterator[set[str]]:
        """Goes through all resources, some hundreds at a time, and gives the kinds of those that bear the token of no known kind."""
        scrolled = self._store.scroll(self._resources, every(()), (), tokens=True)
        async for page in _pages(scrolled, _SCANNED_AT_ONCE):
            borne = {token for stored in page for token in stored.tokens}
            known = {self._token(kind) async for kind in self._store.scroll(self._collection, has(borne), (KIND,))}
            ids = [stored.id for stored in page if known.isdisjoint(stored.tokens)]
            found = await self._store.retrieve(self._resources, ids) if ids else []
            yield await asyncio.to_thread(self._kinds_of, found)

    async def unborne(self) -> set[Token]:
        """The kinds that no resource bears."""
        found: set[Token] = set()
        async for page in _pages(self._store.scroll(self._collection, every(()), (KIND,)), _ASKED_AT_ONCE):
            tokens = [self._token(kind) for kind in page]
            borne = await self._store.known(self._resources, tokens)
            found |= {token for token, is_borne in zip(tokens, borne, strict=True) if not is_borne}
        return found

    async def remove_others(self) -> None:
        """Takes away the collections that other models made: those called as ours is, up to the last hyphen."""
        family, _, _ = self._collection.rpartition("-")
        for other in await self._store.collections():
            if other.name != self._collection and other.name.startswith(f"{family}-"):
                await self._store.remove(other.name)

    def _token(self, kind: Stored) -> Token:
        return token_of(self._collection, kind)

    def _id(self, token: Token) -> str:
        return self._crypto.point_id(f"kind\0{token}")

    def _kinds_of(self, found: Sequence[Stored]) -> set[str]:
        kinds = set()
        for stored in found:
            # One that is broken is the estate's to find and to heal.
            with contextlib.suppress(Corrupted):
                kinds.add(kind_of(self._recorder.resource(stored)))
        return kinds


async def _pages(points: AsyncIterator[Stored], size: int) -> AsyncIterator[list[Stored]]:
    page: list[Stored] = []
    async for stored in points:
        page.append(stored)
        if len(page) == size:
            yield page
            page = []
    if page:
        yield page
