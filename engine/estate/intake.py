"""Writes what sweeps saw into the store, and knows how much should be there. Edge (through the store).

Before a change the inventory is marked open, after it closed with the new sum. A store whose closed inventory does not add up has lost or
altered points; one with an open inventory was interrupted, and the next sweep completes it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.errors import Corrupted, DiskFull, StoreError
from engine.estate.inventory import Inventory
from engine.estate.manifest import SealedFile
from engine.estate.memory import scope_of
from engine.estate.recorder import MARK, SCOPE, Recorder
from engine.estate.resource import Resource, Swept
from engine.estate.store import TOKENS, Point, Store, Stored, every, has
from engine.estate.view import Changes

_OPTIMISE_AFTER = 5_000
# Up to so many points, opening reads every one; beyond, it counts and sums them, and `verify` reads them.
_READ_ALL_BELOW = 2_000
_RENEWED_AT_ONCE = 500


class Intake:
    """The one writer of a collection."""

    def __init__(self, store: Store, collection: str, recorder: Recorder, book: SealedFile) -> None:
        self._store = store
        self._collection = collection
        self._recorder = recorder
        self._book = book
        self._there = Inventory()
        self._since_optimised = 0
        self._turn = asyncio.Lock()

    async def check(self, folder: Path, *, renew: bool = False) -> None:
        """That what was written is what is there; with `renew`, every point is then made anew, as another version made them otherwise.

        Raises Corrupted naming the folder or the point.
        """
        try:
            self._there = await self._store.inventory(self._collection, MARK)
        except (Corrupted, DiskFull):
            raise
        except StoreError as error:
            raise Corrupted(f"{folder} cannot be read: {error.message}", what=str(folder), hint="Move it away and scan again.") from None
        book = await asyncio.to_thread(self._book.read)
        if book and book["closed"] and Inventory(book["count"], int(book["sum"], 16)) != self._there:
            counted = f"{book['count']} resources were written and {self._there.count} are there"
            raise Corrupted(f"{folder} is not what was written there: {counted}.", what=str(folder), hint="Move it away and scan again.")
        if renew:
            await self._renew()
        elif self._there.count <= _READ_ALL_BELOW:
            await self.verify()
        if not book or not book["closed"]:
            await self._keep(closed=True)

    async def verify(self) -> int:
        """Opens every point and compares its tokens; gives their number. Raises Corrupted naming the first bad one."""
        count = 0
        async for stored in self._store.scroll(self._collection, every(())):
            self._recorder.check(stored)
            count += 1
        return count

    async def _renew(self) -> None:
        """Interrupted, it begins again at the next start: the manifest tells the old way until all points are made the new one."""
        batch: list[Stored] = []
        async for stored in self._store.scroll(self._collection, every(())):
            batch.append(stored)
            if len(batch) >= _RENEWED_AT_ONCE:
                await self._renew_some(batch)
                batch = []
        await self._renew_some(batch)

    async def _renew_some(self, batch: Sequence[Stored]) -> None:
        def made() -> list[Point]:
            resources = [self._recorder.resource(stored) for stored in batch]
            points = [self._recorder.point(resource, scope_of(resource)) for resource in resources]
            return [_in_scope_of(point, str(stored.payload.get(SCOPE))) for point, stored in zip(points, batch, strict=True)]

        await self._write(await asyncio.to_thread(made), [], {stored.id: str(stored.payload.get(MARK)) for stored in batch})

    async def take_in(self, part: Swept) -> Changes:
        async with self._turn:
            return await self._take_in(part)

    async def _take_in(self, part: Swept) -> Changes:
        scope = scope_of(part)
        seen = {resource.id: resource for resource in part.resources}
        marks = self._recorder.marks(seen.values())
        in_scope = await self._in_scope(self._recorder.scope_token(scope))
        elsewhere = [key for key in marks if key not in in_scope]
        before = (
            in_scope | {s.id: str(s.payload.get(MARK)) for s in await self._store.retrieve(self._collection, elsewhere)}
            if elsewhere
            else in_scope
        )
        by_key = dict(zip(marks, seen.values(), strict=True))
        # A resource that another scope had is written again even when unchanged: it belongs here now.
        moved = set(elsewhere) & before.keys()
        to_write = {key: by_key[key] for key, mark in marks.items() if before.get(key) != mark or key in moved}
        gone = [key for key in in_scope if key not in marks]
        vanished = [self._recorder.resource(stored).id for stored in await self._store.retrieve(self._collection, gone)] if gone else []
        points = await asyncio.to_thread(lambda: [self._recorder.point(resource, scope) for resource in to_write.values()])
        await self._write(points, gone, before)
        changed = [key for key in to_write if key in before and before[key] != marks[key]]
        added = [key for key in to_write if key not in before]
        return Changes(
            added=tuple(sorted(by_key[key].id for key in added)),
            changed=tuple(sorted(by_key[key].id for key in changed)),
            vanished=tuple(sorted(vanished)),
            unchanged=len(seen) - len(added) - len(changed),
        )

    async def replace(self, resource: Resource) -> None:
        """One resource as it is now; it keeps the scope in which a sweep saw it, so that the next one can miss it."""
        async with self._turn:
            point = self._recorder.point(resource, scope_of(resource))
            before = {stored.id: stored for stored in await self._store.retrieve(self._collection, [point.id])}
            if point.id in before:
                point = _in_scope_of(point, str(before[point.id].payload.get(SCOPE)))
            marks = {key: str(stored.payload.get(MARK)) for key, stored in before.items()}
            if marks.get(point.id) != point.payload[MARK]:
                await self._write([point], [], marks)

    async def forget(self, key: str) -> None:
        """Takes one point out, if it is there."""
        async with self._turn:
            before = {stored.id: str(stored.payload.get(MARK)) for stored in await self._store.retrieve(self._collection, [key])}
            await self._write([], list(before), before)

    async def _in_scope(self, token: str) -> dict[str, str]:
        return {s.id: str(s.payload.get(MARK)) async for s in self._store.scroll(self._collection, has([token]), [MARK])}

    async def _write(self, points: Sequence[Point], gone: Sequence[str], before: Mapping[str, str]) -> None:
        if not points and not gone:
            return
        await self._keep(closed=False)
        if points:
            await self._store.upsert(self._collection, points)
        if gone:
            await self._store.delete(self._collection, gone)
        await self._store.flush(self._collection)
        fresh = {point.id: str(point.payload[MARK]) for point in points}
        replaced = [(key, before[key]) for key in (*gone, *fresh) if key in before]
        self._there = self._there - Inventory.of(replaced) + Inventory.of(fresh.items())
        await self._keep(closed=True)
        self._since_optimised += len(points) + len(gone)
        if self._since_optimised > max(_OPTIMISE_AFTER, self._there.count // 4):
            self._since_optimised = 0
            await self._store.optimise(self._collection)

    async def _keep(self, *, closed: bool) -> None:
        await asyncio.to_thread(self._book.write, {"closed": closed, "count": self._there.count, "sum": f"{self._there.sum:x}"})


def _in_scope_of(point: Point, scope: str) -> Point:
    tokens = sorted({*point.payload[TOKENS], scope} - ({str(point.payload[SCOPE])} - {scope}))
    return dataclasses.replace(point, payload={**point.payload, SCOPE: scope, TOKENS: tokens})
