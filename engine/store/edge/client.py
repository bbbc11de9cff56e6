"""The store as the engine sees it: Qdrant Edge in a process of its own, started here and started anew when it dies. Edge.

When it is closed, a hash of every file is kept; when it is opened after a clean end, the files must be those. After any other end nothing is
kept, and whoever opened it checks what is there by its contents (`whole` tells).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import Corrupted, DiskFull, StoreError
from engine.store.edge.rows import point, row
from engine.store.inventory import Inventory
from engine.store.manifest import SealedFile
from engine.store.process import Gone, Process, question
from engine.store.store import PAGE, Collection, Condition, Point, Sparse, Stored, Token

WORKER = "engine.store.edge.worker"
_CHUNK = 512
_FEW = 100
_DISK_FULL = "No space left on device"
_T = TypeVar("_T")


class OtherMake(StoreError):
    """A collection is there and was made otherwise than asked for."""


class EdgeStore:
    """A `Store`. Questions go one at a time; long work is cut into pieces so that others get their turn."""

    def __init__(self, folder: Path, book: SealedFile) -> None:
        self._folder = folder
        self.book = book
        self._process: Process | None = None
        self._collections: dict[str, Collection] = {}
        self._turn = asyncio.Lock()
        self._closed = False
        self.whole = False
        # Whoever opened it is still looking through it after an unclean end: no hash is kept of what may be broken.
        self.unsure = False

    @classmethod
    async def open(cls, folder: Path, book: SealedFile) -> EdgeStore:
        """Opens the store in `folder`; `book` keeps the files' hashes, sealed.

        Raises StoreError when it is in use or cannot start, Corrupted naming the first file that is not what was written.
        """
        store = cls(folder, book)
        async with store._turn:
            await store._start()
            try:
                await store._check_files()
            except BaseException:
                await store._gone()
                raise
        return store

    async def ensure(self, collection: Collection) -> bool:
        return await self._to_the_end(self._ensured(collection))

    async def remove(self, collection: str) -> None:
        self._collections.pop(collection, None)
        await self._to_the_end(self._asked("remove", {"name": collection}))

    async def collections(self) -> list[Collection]:
        specs = await self._to_the_end(self._asked("collections", {}))
        return [Collection(name, **spec) for name, spec in sorted(specs.items())]

    async def set_aside(self) -> None:
        """Puts every collection in a folder beside, where nobody looks at it again but a person. The store is empty then."""
        self._collections.clear()
        await self._to_the_end(self._asked("set_aside", {}))

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        self._collections[collection]
        for start in range(0, len(points), _CHUNK):
            piece = [row(point) for point in points[start : start + _CHUNK]]
            await self._ask("upsert", collection, points=piece)

    async def delete(self, collection: str, ids: Sequence[str]) -> None:
        await self._ask("delete", collection, ids=list(ids))

    async def retrieve(self, collection: str, ids: Sequence[str], keys: Sequence[str] | None = None) -> list[Stored]:
        self._collections[collection]
        found: list[Stored] = []
        for start in range(0, len(ids), PAGE):
            found += _stored(await self._ask("retrieve", collection, ids=list(ids[start : start + PAGE]), keys=_listed(keys)))
        return found

    async def scroll(
        self, collection: str, condition: Condition, keys: Sequence[str] | None = None, *, tokens: bool = False, after: str = ""
    ) -> AsyncIterator[Stored]:
        start, limit = after or None, _FEW
        while True:
            page, following = await self._ask(
                "scroll", collection, condition=condition, keys=_listed(keys), after=start, limit=limit, tokens=tokens
            )
            for stored in _stored(page):
                if stored.id != after:
                    yield stored
            if following is None:
                return
            # Most who ask want few; who wants many is not kept waiting by small pages.
            start, limit = following, PAGE

    async def points(self, collection: str) -> AsyncIterator[Point]:
        after: str | None = None
        while True:
            page, after = await self._ask("points", collection, after=after, limit=_FEW)
            for one in page:
                yield point(one)
            if after is None:
                return

    async def latest(self, collection: str, condition: Condition, limit: int, before: int | None = None) -> list[Stored]:
        return _stored(await self._ask("latest", collection, condition=condition, limit=limit, before=before))

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        vector = [list(grams.indices), list(grams.values)]
        return _stored(await self._ask("nearest_grams", collection, grams=vector, condition=condition, limit=limit))

    async def nearest_vector(self, collection: str, vector: Sequence[float], condition: Condition, limit: int) -> list[Stored]:
        return _stored(await self._ask("nearest_vector", collection, vector=list(vector), condition=condition, limit=limit))

    async def count(self, collection: str, condition: Condition) -> int:
        return int(await self._ask("count", collection, condition=condition))

    async def facet(self, collection: str, condition: Condition) -> Mapping[Token, int]:
        return dict(await self._ask("facet", collection, condition=condition))

    async def known(self, collection: str, tokens: Sequence[Token]) -> list[bool]:
        bears: list[bool] = await self._ask("known", collection, tokens=list(tokens))
        return bears

    async def inventory(self, collection: str, key: str) -> Inventory:
        count, total = await self._ask("inventory", collection, key=key)
        return Inventory(count, int(total, 16))

    async def flush(self, collection: str) -> None:
        await self._ask("flush", collection)

    async def optimise(self, collection: str) -> None:
        await self._ask("optimise", collection)

    async def memory(self) -> int:
        """Resident bytes of the store's process."""
        return int(await self._to_the_end(self._asked("memory", {})))

    @property
    def pid(self) -> int | None:
        """The store's process, None when none runs."""
        return self._process.pid if self._process else None

    async def close(self) -> None:
        async with self._turn:
            self._closed = True
            if self._process:
                # Cancelled or not, the socket closes and the process ends.
                process, self._process = self._process, None
                try:
                    with contextlib.suppress(Gone):
                        digests = await process.ask("close", {})
                        if not self.unsure:
                            await asyncio.to_thread(self.book.write, digests["ok"])
                finally:
                    await process.end()

    async def _ask(self, operation: str, collection: str, **arguments: Any) -> Any:
        # Made while the one before is being answered: the process is not kept waiting for it.
        made = question(operation, {"collection": collection, **arguments})
        return await self._to_the_end(self._asked_of(operation, collection, made))

    async def _to_the_end(self, asked: Coroutine[Any, Any, _T]) -> _T:
        """Asked in turn. Whoever asked may be cancelled meanwhile; the turn ends when the answer is there, or the next would take it for its own."""
        try:
            await self._turn.acquire()
        except BaseException:
            asked.close()
            raise
        asking = asyncio.create_task(asked)
        asking.add_done_callback(lambda _: self._turn.release())
        return await asyncio.shield(asking)

    async def _ensured(self, collection: Collection) -> bool:
        there = await self._ensure(collection)
        self._collections[collection.name] = collection
        return there

    async def _asked_of(self, operation: str, collection: str, made: bytes) -> Any:
        if collection not in self._collections:
            raise KeyError(collection)
        return await self._answered(operation, made)

    async def _asked(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        return await self._answered(operation, question(operation, arguments))

    async def _answered(self, operation: str, made: bytes) -> Any:
        if self._closed:
            raise StoreError("The store is closed.")
        if self._process is None:
            await self._start()
        return await self._question(operation, made)

    async def _question(self, operation: str, made: bytes) -> Any:
        assert self._process is not None
        try:
            answer = await self._process.answer(made)
        except Gone:
            words = await self._gone()
            if _DISK_FULL in words:
                raise DiskFull(f"The disk took nothing more at {self._folder}.", hint="Free some space and repeat.") from None
            raise StoreError(
                f"The store's process ended in the middle of `{operation}`: {words or 'it said nothing'}.", hint="It is started anew."
            ) from None
        except asyncio.CancelledError:
            # The answer is still to come and would be taken for the next one's: start over with a fresh process.
            await asyncio.shield(self._gone())
            raise
        match answer.get("told"):
            case "busy":
                await self._gone()
                raise StoreError(answer["sentence"], hint="Only one runs on a data folder at a time.")
            case "spec":
                raise OtherMake(answer["sentence"], hint="Remove the collection, or open it as it was made.")
        return answer["ok"]

    async def _gone(self) -> str:
        process, self._process = self._process, None
        return await process.end() if process else ""

    async def _start(self) -> None:
        self._process = await Process.start(WORKER)
        await self._question("open", question("open", {"folder": str(self._folder)}))
        for collection in self._collections.values():
            await self._ensure(collection)

    async def _ensure(self, collection: Collection) -> bool:
        spec = asdict(collection)
        try:
            return bool(await self._asked("ensure", {"name": spec.pop("name"), "spec": spec}))
        except DiskFull:
            raise
        except StoreError as error:
            if "ended in the middle" not in error.message:
                raise
            folder = self._folder / collection.name
            raise Corrupted(
                f"The collection in {folder} cannot be opened: {error.message}", what=str(folder), hint="Scan again to make it anew."
            ) from None

    async def _check_files(self) -> None:
        kept = await asyncio.to_thread(self.book.read_if_whole)
        if kept is None:
            return
        found = await self._asked("digests", {})
        for name in sorted(kept.keys() | found.keys()):
            if kept.get(name) != found.get(name):
                path = self._folder / name
                how = "is gone" if name not in found else "was not there" if name not in kept else "is not what was written there"
                raise Corrupted(f"{path} {how}.", what=str(path), hint="Scan again to make it anew.")
        await asyncio.to_thread(self.book.remove)
        self.whole = True


def _listed(keys: Sequence[str] | None) -> list[str] | None:
    return None if keys is None else list(keys)


def _stored(rows: Sequence[Sequence[Any]]) -> list[Stored]:
    return [Stored(row[0], row[1], row[2], tuple(row[3]) if len(row) > 3 else ()) for row in rows]
