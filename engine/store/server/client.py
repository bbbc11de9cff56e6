"""The store as a Qdrant server or cluster keeps it, for those who have outgrown one process. Edge (network).

A write waits until it is applied: what was written is found by the next question, and is in the log on the server's disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from engine.errors import StoreError
from engine.settings import StoreSettings
from engine.store.inventory import Inventory
from engine.store.server import shape
from engine.store.server.calls import Calls, Pause
from engine.store.server.connecting import connect
from engine.store.server.refusals import Server
from engine.store.server.translation import (
    FACETS,
    MEANING,
    NAME,
    ORDER,
    WHOLE,
    filter_of,
    folded,
    next_page,
    pieces,
    point_of,
    selected,
    stored_of,
    struct_of,
)
from engine.store.store import Collection, Condition, Point, Sparse, Stored, Token, every, has

T = TypeVar("T")
_FEW = 64
_MANY_IDS = 500
_MARKS = 1_000
_MOST_FACETS = 100_000
_QUESTIONS = 64
_REFUSED = (400, 409)


class ServerStore:
    """A `Store`. Collections bear the configured prefix there; questions may be asked at the same time."""

    def __init__(self, client: AsyncQdrantClient, settings: StoreSettings, key: str = "", pause: Pause = asyncio.sleep) -> None:
        self._client = client
        self._settings = settings
        self._calls = Calls(Server.of(settings, key), pause)
        self._open: dict[str, Collection] = {}
        # With copies on several nodes, most of them are asked, as most of them have confirmed each write.
        copied = settings.replicas > 1
        self._reading: dict[str, Any] = {"consistency": models.ReadConsistencyType.MAJORITY} if copied else {}

    @classmethod
    async def open(cls, settings: StoreSettings, env: Mapping[str, str]) -> ServerStore:
        """A store that asks nothing of the server yet. Raises SettingsError for a key or CA file that is not there."""
        client, key = await connect(settings, env)
        return cls(client, settings, key)

    async def ensure(self, collection: Collection) -> bool:
        """Indexes that an interrupted start left out are made too."""
        name = self._settings.prefix + collection.name
        there = await self._calls.ask(f"looking for {name}", self._client.collection_exists, name)
        if not there:
            made = shape.made_as(collection, self._settings.shards, self._settings.replicas)
            await self._calls.ask(f"making {name}", self._made, name, **made)
        info = await self._calls.ask(f"opening {name}", self._client.get_collection, name)
        if trouble := shape.unlike(info, collection):
            raise StoreError(
                f"{name} at {self._calls.server.url} {trouble}.", hint="Take it away there, or set another estate.store.prefix."
            )
        for field, index in shape.missing_indexes(info, collection).items():
            doing = f"making the index of {name} for {field}"
            await self._calls.ask(doing, self._client.create_payload_index, name, field, field_schema=index, wait=True)
        self._open[collection.name] = collection
        return there

    async def _made(self, name: str, **made: Any) -> None:
        try:
            await self._client.create_collection(name, **made)
        except UnexpectedResponse as error:
            # Asked again after a lost answer, or at the same time as another Escher, it is there by now.
            if error.status_code not in _REFUSED or not await self._client.collection_exists(name):
                raise

    async def collections(self) -> list[Collection]:
        """Those that bear the prefix and are made as ours; so no installation's prefix may begin another's."""
        names = [found.name for found in (await self._calls.ask("listing collections", self._client.get_collections)).collections]
        found = []
        for name in sorted(name for name in names if name.startswith(self._settings.prefix)):
            own = name.removeprefix(self._settings.prefix)
            info = await self._calls.ask(f"looking at {name}", self._client.get_collection, name)
            if own in self._open or shape.is_ours(info):
                found.append(self._open.get(own) or shape.as_collection(own, info))
        return found

    async def remove(self, collection: str) -> None:
        self._open.pop(collection, None)
        name = self._settings.prefix + collection
        if await self._calls.ask(f"looking for {name}", self._client.collection_exists, name):
            await self._calls.ask(f"removing {name}", self._client.delete_collection, name)

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        self._open[collection]
        for piece in pieces(points):
            structs = [struct_of(point) for point in piece]
            await self._ask("writing to", collection, self._client.upsert, points=structs, wait=True)

    async def delete(self, collection: str, ids: Sequence[str]) -> None:
        self._open[collection]
        for some in _slices(ids, _MANY_IDS):
            chosen = models.PointIdsList(points=list(some))
            await self._ask("deleting from", collection, self._client.delete, points_selector=chosen, wait=True)

    async def retrieve(self, collection: str, ids: Sequence[str], keys: Sequence[str] | None = None) -> list[Stored]:
        self._open[collection]
        found: list[Stored] = []
        for some in _slices(ids, _FEW if keys is None else _MANY_IDS):
            records = await self._ask(
                "reading", collection, self._client.retrieve, ids=list(some), with_payload=selected(keys), **self._reading
            )
            found += [stored_of(collection, record, whole=keys is None) for record in records]
        return found

    async def scroll(
        self, collection: str, condition: Condition, keys: Sequence[str] | None = None, *, tokens: bool = False, after: str = ""
    ) -> AsyncIterator[Stored]:
        async for page in self._pages(collection, condition, selected(keys, tokens=tokens), after=after):
            for record in page:
                yield stored_of(collection, record, whole=keys is None)

    async def points(self, collection: str) -> AsyncIterator[Point]:
        async for page in self._pages(collection, every(()), WHOLE, vectors=True):
            for record in page:
                yield point_of(collection, record)

    async def latest(self, collection: str, condition: Condition, limit: int, before: int | None = None) -> list[Stored]:
        """Exact for orders below 2**53: the server compares them as floating-point numbers."""
        wanted = self._filter(collection, condition)
        if wanted is None or limit < 1:
            return []
        newest = models.OrderBy(key=ORDER, direction=models.Direction.DESC, start_from=None if before is None else before - 1)
        records, _ = await self._ask(
            "reading the latest of",
            collection,
            self._client.scroll,
            scroll_filter=wanted,
            limit=limit,
            order_by=newest,
            with_payload=selected(None),
            **self._reading,
        )
        return [stored_of(collection, record) for record in records]

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        self._open[collection]
        if not grams.indices:
            return []
        query = models.SparseVector(indices=list(grams.indices), values=list(grams.values))
        return await self._nearest(collection, query, NAME, condition, limit)

    async def nearest_vector(self, collection: str, vector: Sequence[float], condition: Condition, limit: int) -> list[Stored]:
        return await self._nearest(collection, list(vector), MEANING, condition, limit)

    async def _nearest(self, collection: str, query: Any, using: str, condition: Condition, limit: int) -> list[Stored]:
        wanted = self._filter(collection, condition)
        if wanted is None or limit < 1:
            return []
        found = await self._ask(
            "searching",
            collection,
            self._client.query_points,
            query=query,
            using=using,
            query_filter=wanted,
            limit=limit,
            with_payload=selected(None),
            search_params=shape.FLAT_SEARCH if using == MEANING else None,
            **self._reading,
        )
        return [stored_of(collection, point) for point in found.points]

    async def count(self, collection: str, condition: Condition) -> int:
        wanted = self._filter(collection, condition)
        if wanted is None:
            return 0
        return (await self._ask("counting", collection, self._client.count, count_filter=wanted, exact=True)).count

    async def facet(self, collection: str, condition: Condition) -> Mapping[Token, int]:
        wanted = self._filter(collection, condition)
        if wanted is None:
            return {}
        found = await self._ask(
            "counting", collection, self._client.facet, key=FACETS, facet_filter=wanted, limit=_MOST_FACETS, exact=True, **self._reading
        )
        return {int(hit.value): hit.count for hit in found.hits}

    async def known(self, collection: str, tokens: Sequence[Token]) -> list[bool]:
        self._open[collection]
        bears: list[bool] = []
        for some in _slices(tokens, _QUESTIONS):
            questions = [models.QueryRequest(filter=filter_of(has([token])), limit=1, with_payload=False) for token in some]
            call = self._client.query_batch_points
            answers = await self._ask("looking for words in", collection, call, requests=questions, **self._reading)
            bears += [bool(answer.points) for answer in answers]
        return bears

    async def inventory(self, collection: str, key: str) -> Inventory:
        whole = Inventory()
        async for page in self._pages(collection, every(()), selected([key]), most=_MARKS):
            found = [stored_of(collection, record, whole=False) for record in page]
            whole += Inventory.of((stored.id, str(stored.payload.get(key))) for stored in found)
        return whole

    async def flush(self, collection: str) -> None:
        """Nothing is left to do: each write waited until the server had applied it."""
        self._open[collection]

    async def optimise(self, collection: str) -> None:
        """Nothing: a server tidies up by itself, while it answers."""
        self._open[collection]

    async def close(self) -> None:
        self._calls.close()
        await self._client.close()

    async def _pages(
        self, collection: str, condition: Condition, payload: list[str], *, vectors: bool = False, after: str = "", most: int = 0
    ) -> AsyncIterator[list[models.Record]]:
        """The records in pages, by id; the first is small, the others as large as their size allows, or `most`."""
        wanted = self._filter(collection, condition)
        if wanted is None:
            return
        start: Any = after or None
        limit = most or _FEW
        while True:
            records, start = await self._ask(
                "reading",
                collection,
                self._client.scroll,
                scroll_filter=wanted,
                limit=limit,
                offset=start,
                with_payload=payload,
                with_vectors=vectors,
                **self._reading,
            )
            yield [record for record in records if str(record.id) != after]
            if start is None:
                return
            limit = most or (_FEW if vectors else next_page(records))

    def _filter(self, collection: str, condition: Condition) -> models.Filter | None:
        """None where no point can be meant. Raises KeyError."""
        self._open[collection]
        left = folded(condition)
        if isinstance(left, bool):
            return models.Filter() if left else None
        return filter_of(left)

    async def _ask(self, doing: str, collection: str, call: Callable[..., Awaitable[T]], **arguments: Any) -> T:
        name = self._settings.prefix + collection
        return await self._calls.ask(f"{doing} {name}", call, name, **arguments)


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
