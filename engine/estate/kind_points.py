"""Kinds as points of a collection of their own: what is there, what lacks, what nothing bears any more. Edge (through the store)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Collection as Group

from engine.errors import Corrupted
from engine.estate.nearest import Nearest, token_of
from engine.estate.nearest import kind_of as kind_borne_by
from engine.estate.phrase import kind_of
from engine.estate.recorder import KIND, PUBLIC_WORDS, Recorder
from engine.store.crypto import Crypto
from engine.store.store import Collection, Condition, Point, Store, Stored, Token, every

_SCANNED_AT_ONCE = 500
# Words of a kind that other facts mostly settle: a region is of one cloud, an account of one cloud and one environment.
_TELLING = ("cloud", "environment")
# Descriptions of kinds, with the tokens of what their resources have in common.
KindsFound = dict[str, tuple[Token, ...]]
_ASKED_AT_ONCE = 100


class KindPoints:
    """A kind's point bears the token that its resources bear, and a vector. All raise StoreError, Corrupted."""

    def __init__(self, store: Store, resources: str, collection: str, crypto: Crypto, recorder: Recorder) -> None:
        self._store = store
        self._resources = resources
        self._collection = collection
        self._crypto = crypto
        self._recorder = recorder
        self._words = frozenset(recorder.facet(field, word) for field in _TELLING for word in PUBLIC_WORDS[field])

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

    async def add(self, vectors: Mapping[Token, Sequence[float]], facts: Mapping[Token, Group[Token]]) -> None:
        """Kinds with their vectors; and with the tokens of what all resources of a kind have in common, by which they can be filtered."""
        points = [
            Point(self._id(token), {KIND: str(token)}, tuple(sorted({token, *facts[token]})), vector=tuple(vector))
            for token, vector in vectors.items()
        ]
        await self._store.upsert(self._collection, points)

    async def take_out(self, tokens: Group[Token]) -> None:
        await self._store.delete(self._collection, [self._id(token) for token in tokens])

    async def flush(self) -> None:
        await self._store.flush(self._collection)

    async def nearest(self, vector: Sequence[float], condition: Condition, among: Condition, limit: int) -> list[Stored]:
        """See `Nearest`."""
        return await Nearest(self._store, self._resources, self._collection, vector, condition, among, self._words).best(limit)

    async def lacking(self) -> AsyncIterator[KindsFound]:
        """Goes through all resources, some hundreds at a time, and gives the kinds of those that bear the token of no known kind."""
        scrolled = self._store.scroll(self._resources, every(()), (KIND,))
        async for page in _pages(scrolled, _SCANNED_AT_ONCE):
            known = await self.there({kind for stored in page if (kind := kind_borne_by(stored)) is not None})
            ids = [stored.id for stored in page if kind_borne_by(stored) not in known]
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

    def _kinds_of(self, found: Sequence[Stored]) -> KindsFound:
        kinds: KindsFound = {}
        for stored in found:
            # One that is broken is the estate's to find and to heal.
            with contextlib.suppress(Corrupted):
                resource = self._recorder.resource(stored)
                kinds[kind_of(resource)] = self._recorder.facts_of_kind(resource)
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
