"""Takes in what sweeps saw, and knows whether what was written is what is there. Edge (through the store)."""

from __future__ import annotations

import asyncio
import dataclasses
import weakref
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from engine.errors import Corrupted, DiskFull, StoreError
from engine.estate.changes import details
from engine.estate.ledger import Ledger
from engine.estate.memory import scope_of
from engine.estate.rechecking import Findings, Recheck
from engine.estate.recorder import MARK, SCOPE, Made, Marked, Recorder, Scope
from engine.estate.resource import Resource, Swept
from engine.estate.slices import Slices
from engine.estate.view import Change as Detail
from engine.estate.view import Changes
from engine.estate.writing import Change, Writer
from engine.logs import Log
from engine.store.inventory import Inventory
from engine.store.manifest import SealedFile
from engine.store.store import Point, Store, Stored, Token, every, has

# Up to so many points, opening after an unclean end reads every one; beyond, it counts and sums them, and `recheck` reads them afterwards.
_READ_ALL_BELOW = 2_000
_AT_ONCE = 500
_log = Log("escher.estate")
_R = TypeVar("_R")


class Learner(Protocol):
    """Who wants to know of the kinds of what is written."""

    async def learn(self, kinds: Mapping[str, tuple[Token, ...]]) -> None:
        """Takes note, with the tokens of what all resources of a kind have in common; waits for nothing."""
        ...


class Intake:
    """The one writer of a collection. Parts of different scopes are taken in side by side, those of one scope in turn."""

    def __init__(self, store: Store, collection: str, recorder: Recorder, book: SealedFile) -> None:
        self._store = store
        self._collection = collection
        self._recorder = recorder
        self._book = book
        self._slices = Slices()
        self._turns: weakref.WeakValueDictionary[Scope, asyncio.Lock] = weakref.WeakValueDictionary()
        self._writer: Writer | None = None
        self._unsure: Mapping[str, Inventory] = {}
        self.learner: Learner | None = None

    async def check(self, folder: Path, *, whole: bool, renew: bool = False) -> None:
        """That what was written is what is there, before anything else; with `renew`, every point is then made anew.

        `whole` says that the files are known to be those that were written; `renew`, that another version made them otherwise.
        Raises Corrupted naming the folder or the point.
        """
        book = await asyncio.to_thread(self._book.read_if_whole)
        if self._writer:
            self._writer.forget()
        closed = bool(book and book["closed"])
        trusted = whole and closed and book["count"] == await self._store.count(self._collection, every(()))
        ledger = Ledger.read(book) if trusted else Ledger(await self._counted(folder))
        if closed and Ledger.read(book).whole != ledger.whole:
            counted = f"{book['count']} resources were written and {ledger.whole.count} are there"
            raise Corrupted(f"{folder} is not what was written there: {counted}.", what=str(folder), hint="Scan again to make it anew.")
        self._writer = Writer(self._store, self._collection, self._book, ledger, closed=closed)
        if renew:
            await self._renew()
        elif not whole and ledger.whole.count <= _READ_ALL_BELOW:
            await self._readable(folder, self.verify())
        # What was made anew has other marks than the book says.
        self._unsure = {} if whole or renew else _as_it_was(book)
        await self._writer.settle()

    async def recheck(self) -> Findings:
        """Whether every resource is whole and, after an unclean end, none lost (`rechecking`). Raises StoreError."""
        assert self._writer
        found = await Recheck(self._store, self._collection, self._recorder, self._unsure, self.forget).run(self._writer.ledger)
        self._unsure = {}
        return found

    async def verify(self) -> int:
        """Opens every point and compares its tokens; gives their number. Raises Corrupted naming the first bad one."""
        count = 0
        async for stored in self._store.scroll(self._collection, every(()), tokens=True):
            self._recorder.check(stored)
            count += 1
        return count

    async def take_in(self, part: Swept) -> Changes:
        scope = scope_of(part)
        turn = self._turns.setdefault(scope, asyncio.Lock())
        async with turn:
            return await self._take_in(part, scope)

    async def replace(self, resource: Resource) -> None:
        """One resource as it is now; it keeps the scope in which a sweep saw it, so that the next one can miss it."""
        turn = self._turns.setdefault(scope_of(resource), asyncio.Lock())
        async with turn:
            marked = self._recorder.marked(resource)
            made = self._recorder.made(marked, scope_of(resource))
            point = made.point
            for stored in await self._store.retrieve(self._collection, [point.id], (MARK, SCOPE)):
                if stored.payload.get(MARK) == marked.mark:
                    return
                point = _in_scope_of(point, stored)
            await self._learn([made])
            await self._write(Change([point]))

    async def put(self, resources: Sequence[Resource]) -> None:
        """Resources as they are, each into the scope that it is of, whatever was there of it."""
        made = await self._slices.each(lambda one: self._recorder.made(self._recorder.marked(one), scope_of(one)), resources)
        await self._learn(made)
        await self._write(Change([one.point for one in made]))

    async def forget(self, key: str) -> None:
        """Takes one point out, if it is there."""
        await self._write(Change(gone=[key]))

    async def settle(self) -> None:
        """Everything taken in on the disk."""
        if self._writer:
            await self._writer.settle()

    async def close(self) -> None:
        if self._writer:
            await self._writer.close()

    async def _take_in(self, part: Swept, scope: Scope) -> Changes:
        seen = {resource.id: resource for resource in part.resources}
        marked = await self._slices.each(self._recorder.marked, seen.values())
        marks = {known.key: known.mark for known in marked}
        there = await self._there(scope, marks)
        # A resource that another scope had is written again even when unchanged: it belongs here now.
        to_write = [known for known in marked if there.get(known.key) != known.mark]
        added, changed, told = list[str](), list[str](), list[Detail]()
        async for some, before in self._put(to_write, scope):
            added += [known.resource.id for known in some if known.key not in before]
            other = [known for known in some if known.key in before and before[known.key].payload.get(MARK) != known.mark]
            changed += [known.resource.id for known in other]
            for found in await self._slices.each(self._details, ((before[known.key], known.resource) for known in other)):
                told += found
        vanished = await self._drop([key for key in there if key not in marks], scope)
        return Changes(
            added=tuple(sorted(added)),
            changed=tuple(sorted(changed)),
            vanished=tuple(sorted(vanished)),
            unchanged=len(seen) - len(added) - len(changed),
            details=tuple(sorted(told, key=lambda detail: detail.resource_id)),
        )

    async def _there(self, scope: Scope, marks: Mapping[str, str]) -> Mapping[str, str]:
        """Point id → mark of what the scope holds; nothing is looked up when the ledger knows that it holds what was seen."""
        assert self._writer
        token, ledger = self._recorder.scope_token(scope), self._writer.ledger
        known = ledger.scope(str(token))
        if known is not None and (known.count == 0 or known == Inventory.of(marks.items())):
            return marks if known.count else {}
        touched = ledger.touched(str(token))
        found = self._store.scroll(self._collection, has([token]), (MARK,))
        there = {stored.id: str(stored.payload.get(MARK)) async for stored in found}
        ledger.learn(str(token), Inventory.of(there.items()), touched)
        return there

    async def _put(self, marked: Sequence[Marked], scope: Scope) -> AsyncIterator[tuple[Sequence[Marked], Mapping[str, Stored]]]:
        """Writes resources, the next few hundred made while the last are written; gives those written and what they replaced, by id."""
        pieces = [marked[start : start + _AT_ONCE] for start in range(0, len(marked), _AT_ONCE)]
        ahead = _ahead(self._slices.each(lambda known: self._recorder.made(known, scope), piece) for piece in pieces)
        for piece in pieces:
            made = await anext(ahead)
            await self._learn(made)
            yield piece, await self._write(Change([one.point for one in made]))

    async def _drop(self, keys: Sequence[str], scope: Scope) -> list[str]:
        """Takes points out that are still of this scope; the ids of the resources they held."""
        gone = await self._write(Change(gone=keys, scope=str(self._recorder.scope_token(scope))))
        resources = await self._slices.each(self._whole, gone.values())
        return [resource.id for resource in resources if resource]

    def _details(self, pair: tuple[Stored, Resource]) -> tuple[Detail, ...]:
        before, after = pair
        was = self._whole(before)
        return details(was, after) if was else ()

    def _whole(self, stored: Stored) -> Resource | None:
        """The resource of a point that is replaced or taken out; None when it is broken, which is then over."""
        try:
            return self._recorder.resource(stored)
        except Corrupted as error:
            _log.warning("a resource was not what was written there and is written anew", what=error.what)
            return None

    async def _write(self, change: Change) -> Mapping[str, Stored]:
        assert self._writer
        return await self._writer.write(change)

    async def _learn(self, made: Sequence[Made]) -> None:
        if self.learner and made:
            await self.learner.learn({one.kind: one.of_kind for one in made})

    async def _counted(self, folder: Path) -> Inventory:
        return await self._readable(folder, self._store.inventory(self._collection, MARK))

    async def _readable(self, folder: Path, reading: Awaitable[_R]) -> _R:
        """What reading gives; a store that ends over it has something broken. Raises Corrupted, DiskFull."""
        try:
            return await reading
        except (Corrupted, DiskFull):
            raise
        except StoreError as error:
            raise Corrupted(f"{folder} cannot be read: {error.message}", what=str(folder), hint="Scan again to make it anew.") from None

    async def _renew(self) -> None:
        """Interrupted, it begins again at the next start: the manifest tells the old way until all points are made the new one."""
        batch: list[Stored] = []
        async for stored in self._store.scroll(self._collection, every(())):
            batch.append(stored)
            if len(batch) >= _AT_ONCE:
                await self._renew_some(batch)
                batch = []
        await self._renew_some(batch)

    async def _renew_some(self, batch: Sequence[Stored]) -> None:
        def made(stored: Stored) -> Point:
            resource = self._recorder.resource(stored)
            return _in_scope_of(self._recorder.point(self._recorder.marked(resource), scope_of(resource)), stored)

        await self._write(Change(await self._slices.each(made, batch)))


def _as_it_was(book: Mapping[str, Any] | None) -> Mapping[str, Inventory]:
    """The scopes whose sums a book still knows: all that did not change after it was closed last."""
    if not book or "scopes" not in book:
        return {}
    changing = [] if book["closed"] else book.get("changing")
    return {} if changing is None else {name: there for name, there in Ledger.read(book).scopes.items() if name not in changing}


async def _ahead(works: Iterable[Coroutine[Any, Any, _R]]) -> AsyncIterator[_R]:
    """What each gives, in order; the next is at work while the caller handles the last."""
    ahead: list[asyncio.Task[_R]] = []
    try:
        for work in works:
            ahead.append(asyncio.create_task(work))
            if len(ahead) > 1:
                yield await ahead.pop(0)
        while ahead:
            yield await ahead.pop(0)
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


def _in_scope_of(point: Point, stored: Stored) -> Point:
    """The point in the scope that the stored one has."""
    scope = stored.payload[SCOPE]
    tokens = {*point.tokens, int(scope)} - ({int(point.payload[SCOPE])} - {int(scope)})
    return dataclasses.replace(point, payload={**point.payload, SCOPE: scope}, tokens=tuple(sorted(tokens)))
