"""The one way into the estate's collection: what many parts of a sweep change goes in together, and the ledger is kept beside it. Edge.

The ledger says how much should be there. While changes come its book is marked open and names the scopes that change; when they have stopped for
a moment, all is flushed and it is closed with the new sums. A store whose closed book does not add up has lost or altered points; one with an open
book was interrupted: what it says of other scopes still holds (`rechecking`), and the next sweep completes those that it names.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import StoreError
from engine.estate.ledger import Ledger
from engine.estate.recorder import MARK, SCOPE
from engine.store.manifest import SealedFile
from engine.store.store import Point, Store, Stored

_QUIET_S = 0.5
# Tidying up takes the store about a second for so many, in which it answers nobody.
_OPTIMISE_AFTER = 20_000
# Up to so many scopes the open book names, each before it changes; with more, any may have.
_MOST_NAMED = 64


@dataclass(frozen=True, slots=True)
class Change:
    """Points to write, and ids to take out; those only that are in this scope when one is named."""

    points: Sequence[Point] = ()
    gone: Sequence[str] = ()
    scope: str = ""


_Batch = list[tuple[Change, asyncio.Future[Mapping[str, Stored]]]]


class Writer:
    """Writes changes in the order they come. When `write` returns, they are found by every search; on the disk they are a moment later."""

    # Few enough that others are made while these are written.
    most_at_once = 256

    def __init__(self, store: Store, collection: str, book: SealedFile, ledger: Ledger, *, closed: bool) -> None:
        """`ledger` is what is there; `closed` says that the book says so too."""
        self._store = store
        self._collection = collection
        self._book = book
        self.ledger = ledger
        self._open = not closed
        # What the book said when it was closed last, and which scopes changed since; None for too many to name.
        self._settled = ledger.said_by_scope()
        self._changing: set[str] | None = set() if closed else None
        self._doubtful = False
        self._waiting: _Batch = []
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

    def forget(self) -> None:
        """Settles nothing by itself any more, until something is written again."""
        if self._timer:
            self._timer.cancel()

    async def _work(self) -> None:
        """Puts one batch after the other; while one is written the next is looked up and planned, so that the store need not wait for us."""
        planned: _Planned | None = None
        while planned or self._waiting:
            planned = planned or await self._looked_up(self._next_batch())
            if planned is None:
                continue
            coming = asyncio.create_task(self._looked_up(self._next_batch(), planned.plan)) if self._waiting else None
            # It asks first: behind the writing it would be answered only when that is done.
            await asyncio.sleep(0)
            is_written = await self._put(planned)
            following = await coming if coming else None
            if following and not is_written:
                # It was planned on what was not written.
                following = await self._looked_up(following.batch)
            planned = following
        self.forget()
        self._timer = asyncio.get_running_loop().call_later(_QUIET_S, self._settle_now)

    async def _looked_up(self, batch: _Batch, earlier: _Plan | None = None) -> _Planned | None:
        """What the changes come to, after those of an earlier plan that is being written; None when the store is away, which they are told."""
        keys = dict.fromkeys(key for change, _ in batch for key in (*(point.id for point in change.points), *change.gone))
        try:
            found = await self._store.retrieve(self._collection, list(keys))
        except StoreError as error:
            self._failed(batch, error)
            return None
        plan = _Plan({stored.id: stored for stored in found} if earlier is None else earlier.then(keys, found))
        return _Planned(batch, plan, [plan.add(change) for change, _ in batch])

    async def _put(self, planned: _Planned) -> bool:
        """Writes what was planned and tells those who wait for it; whether it was written."""
        try:
            async with self._turn:
                await self._commit(planned.plan)
        except StoreError as error:
            self._failed(planned.batch, error)
            return False
        for (_, done), found in zip(planned.batch, planned.before, strict=True):
            if not done.done():
                done.set_result(found)
        return True

    def _failed(self, batch: _Batch, error: StoreError) -> None:
        # What of it was done is not known; it is counted before anybody relies on a sum.
        self._doubtful = True
        self.ledger.doubt()
        for _, done in batch:
            if not done.done():
                done.set_exception(error)

    def _next_batch(self) -> _Batch:
        size = count = 0
        while count < len(self._waiting) and size < self.most_at_once:
            change, _ = self._waiting[count]
            size += len(change.points) + len(change.gone)
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _commit(self, plan: _Plan) -> None:
        moves = plan.moves()
        await self._open_for(moves)
        points = [point for point in plan.after.values() if point]
        gone = [key for key, point in plan.after.items() if point is None]
        if points:
            await self._store.upsert(self._collection, points)
        if gone:
            await self._store.delete(self._collection, gone)
        for scope, (came, went) in moves.items():
            self.ledger.change(scope, came, went)
        self._since_optimised += len(points) + len(gone)
        if self._since_optimised >= _OPTIMISE_AFTER:
            self._since_optimised = 0
            await self._store.optimise(self._collection)

    async def _settle(self) -> None:
        async with self._turn:
            if self._doubtful:
                self.ledger = Ledger(await self._store.inventory(self._collection, MARK))
                self._doubtful = False
            if self._open:
                await self._store.flush(self._collection)
                await self._keep_closed()

    def _settle_now(self) -> None:
        self._settling = asyncio.create_task(self._settle_if_possible())

    async def _settle_if_possible(self) -> None:
        # A store that is away is tried again with the next change, and at the latest when the estate is closed.
        with contextlib.suppress(StoreError):
            await self._settle()

    async def _open_for(self, scopes: Iterable[str]) -> None:
        """The book marked open, and these scopes named in it, before anything of them changes."""
        named = self._changing
        if self._open and (named is None or named.issuperset(scopes)):
            return
        now = (named or set()).union(scopes) if self._open else set(scopes)
        self._changing = now if len(now) <= _MOST_NAMED else None
        self._open = True
        changing = None if self._changing is None else sorted(self._changing)
        await asyncio.to_thread(self._book.write, {"closed": False, **self._settled, "changing": changing})

    async def _keep_closed(self) -> None:
        self._settled = self.ledger.said_by_scope()
        await asyncio.to_thread(self._book.write, {"closed": True, **self._settled})
        self._open = False


@dataclass(frozen=True, slots=True)
class _Planned:
    """Changes that go in together, what they come to, and what each found there."""

    batch: _Batch
    plan: _Plan
    before: Sequence[Mapping[str, Stored]]


class _Plan:
    """What several changes come to, one after the other."""

    def __init__(self, there: Mapping[str, Stored]) -> None:
        self._there = there
        self._now = dict(there)
        self.after: dict[str, Point | None] = {}

    def then(self, keys: Iterable[str], found: Iterable[Stored]) -> Mapping[str, Stored]:
        """What is there of these keys when this is written, of which something may be among what was found and something not yet."""
        there = {stored.id: stored for stored in found if stored.id not in self.after}
        return there | {key: self._now[key] for key in keys if key in self.after and key in self._now}

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
