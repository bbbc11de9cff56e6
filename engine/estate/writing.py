"""The one way into the estate's collection: what many parts of a sweep change goes in together, and the ledger is kept beside it. Edge.

The ledger says how much should be there. While changes come its book is marked open; when they have stopped for a moment, all is flushed and it
is closed with the new sum. A store whose closed book does not add up has lost or altered points; one with an open book was interrupted, and the
next sweep completes it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import StoreError
from engine.estate.ledger import Ledger
from engine.estate.recorder import MARK, SCOPE
from engine.store.manifest import SealedFile
from engine.store.store import Point, Store, Stored

# Few enough that others are made while these are written.
_MOST_AT_ONCE = 256
_QUIET_S = 0.5
# Tidying up takes the store about a second for so many, in which it answers nobody.
_OPTIMISE_AFTER = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """Points to write, and ids to take out; those only that are in this scope when one is named."""

    points: Sequence[Point] = ()
    gone: Sequence[str] = ()
    scope: str = ""


class Writer:
    """Writes changes in the order they come. When `write` returns, they are found by every search; on the disk they are a moment later."""

    def __init__(self, store: Store, collection: str, book: SealedFile, ledger: Ledger, *, closed: bool) -> None:
        """`ledger` is what is there; `closed` says that the book says so too."""
        self._store = store
        self._collection = collection
        self._book = book
        self.ledger = ledger
        self._open = not closed
        self._doubtful = False
        self._waiting: list[tuple[Change, asyncio.Future[Mapping[str, Stored]]]] = []
        self._working: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._since_optimised = 0

    async def write(self, change: Change) -> Mapping[str, Stored]:
        """What was there of the points written and of those taken out, by id.

        Raises StoreError, DiskFull; then some of it may have been done, and doing it again is no harm.
        """
        if not change.points and not change.gone:
            return {}
        done: asyncio.Future[Mapping[str, Stored]] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await done

    async def settle(self) -> None:
        """Everything written on the disk, and the book closed."""
        if self._working:
            await self._working
        await self._settle()

    async def close(self) -> None:
        """Settles, and stops doing so by itself. Raises what `settle` raises."""
        self.forget()
        if self._settling:
            await asyncio.wait({self._settling})
        await self.settle()
        await asyncio.to_thread(self._book.write, {"closed": True, **self.ledger.said_by_scope()})

    def forget(self) -> None:
        """Settles nothing by itself any more, until something is written again."""
        if self._timer:
            self._timer.cancel()

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                async with self._turn:
                    before = await self._commit([change for change, _ in batch])
            except StoreError as error:
                # What of it was done is not known; it is counted before anybody relies on a sum.
                self._doubtful = True
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                continue
            for (_, done), found in zip(batch, before, strict=True):
                if not done.done():
                    done.set_result(found)
        self.forget()
        self._timer = asyncio.get_running_loop().call_later(_QUIET_S, self._settle_now)

    def _next_batch(self) -> list[tuple[Change, asyncio.Future[Mapping[str, Stored]]]]:
        size = count = 0
        while count < len(self._waiting) and size < _MOST_AT_ONCE:
            change, _ = self._waiting[count]
            size += len(change.points) + len(change.gone)
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _commit(self, changes: Sequence[Change]) -> list[Mapping[str, Stored]]:
        if not self._open:
            await self._keep(closed=False)
        keys = list(dict.fromkeys(key for change in changes for key in (*(point.id for point in change.points), *change.gone)))
        there = {stored.id: stored for stored in await self._store.retrieve(self._collection, keys)}
        plan = _Plan(there)
        before = [plan.add(change) for change in changes]
        points = [point for point in plan.after.values() if point]
        gone = [key for key, point in plan.after.items() if point is None]
        if points:
            await self._store.upsert(self._collection, points)
        if gone:
            await self._store.delete(self._collection, gone)
        for scope, (came, went) in plan.moves().items():
            self.ledger.change(scope, came, went)
        self._since_optimised += len(points) + len(gone)
        if self._since_optimised >= _OPTIMISE_AFTER:
            self._since_optimised = 0
            await self._store.optimise(self._collection)
        return before

    async def _settle(self) -> None:
        async with self._turn:
            if self._doubtful:
                self.ledger = Ledger(await self._store.inventory(self._collection, MARK))
                self._doubtful = False
            if self._open:
                await self._store.flush(self._collection)
                await self._keep(closed=True)

    def _settle_now(self) -> None:
        self._settling = asyncio.create_task(self._settle_if_possible())

    async def _settle_if_possible(self) -> None:
        # A store that is away is tried again with the next change, and at the latest when the estate is closed.
        with contextlib.suppress(StoreError):
            await self._settle()

    async def _keep(self, *, closed: bool) -> None:
        await asyncio.to_thread(self._book.write, {"closed": closed, **self.ledger.said()})
        self._open = not closed


class _Plan:
    """What several changes come to, one after the other."""

    def __init__(self, there: Mapping[str, Stored]) -> None:
        self._there = there
        self._now = dict(there)
        self.after: dict[str, Point | None] = {}

    def add(self, change: Change) -> Mapping[str, Stored]:
        """What it finds there of the points it writes and of those it takes out."""
        gone = [key for key in change.gone if key in self._now and (not change.scope or self._now[key].payload.get(SCOPE) == change.scope)]
        found = {key: self._now[key] for key in (*(point.id for point in change.points), *gone) if key in self._now}
        for point in change.points:
            self.after[point.id], self._now[point.id] = point, Stored(point.id, point.payload)
        for key in gone:
            self.after[key] = None
            del self._now[key]
        return found

    def moves(self) -> dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
        """Ids and marks that came and that went, by scope."""
        moves: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {}
        for key in self.after:
            for side, known in enumerate((self._now, self._there)):
                if key in known:
                    payload = known[key].payload
                    moves.setdefault(str(payload.get(SCOPE)), ([], []))[side].append((key, str(payload.get(MARK))))
        return moves
