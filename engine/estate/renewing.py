"""The estate made anew beside the one that serves, and put in its place while everybody goes on working. Edge (through the store).

Two occasions: another data key, and an unclean end, after which contents can be checked and what finds them (the store's indexes) cannot. Every
resource is opened and written into a second collection; whatever changes meanwhile goes into both. When both hold the same, the manifest names
the second one, which is the one moment that counts: killed before it, the first serves and a new try begins with nothing; killed after it, what
is left of the first is taken away by the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import thread_time
from typing import TypeVar

from engine.errors import Corrupted, StoreError
from engine.estate.estate import COLLECTION, Estate
from engine.estate.gate import Gate
from engine.estate.recorder import layout
from engine.estate.resource import Resource
from engine.estate.where import EVERYTHING
from engine.logs import Log
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from engine.store.edge.client import EdgeStore
from engine.store.manifest import Manifest, write_manifest
from engine.store.opening import book_of

PAGE = 250
_TRIES = 3
_MENDING_S = 0.05
SMALL_FILES = ("inventory", "gaps", "kinds")
Progress = Callable[[int, int], None]
_T = TypeVar("_T")
_log = Log("escher.estate")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an estate lies and how it is opened: its folder, its settings, where models are kept."""

    folder: Path
    settings: EstateSettings
    cache: Path


class Generation:
    """One estate of a place, and the gate that everybody passes who asks it something."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.gate = Gate()


class Renewing:
    """The generation that serves and, at times, the one that is to follow it. Questions go through `asking`, changes through `write`."""

    def __init__(self, place: Place, serving: Estate) -> None:
        self._place = place
        self.serving = Generation(serving)
        self._next: Estate | None = None
        # What went wrong with the next one, which then is not what it should be and is begun anew.
        self._spoiled: StoreError | None = None
        self._changes = Gate()
        self._turn = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def asking(self) -> AsyncIterator[Estate]:
        """The estate that serves, which stays until the question is answered."""
        serving = self.serving
        async with serving.gate.passing():
            yield serving.estate

    async def write(self, change: Callable[[Estate], Awaitable[_T]]) -> _T:
        """Makes a change in the estate that serves, and in the one that is to follow it."""
        async with self._changes.passing():
            following = self._next
            if following is None:
                return await change(self.serving.estate)
            try:
                done = await change(self.serving.estate)
                await change(following)
            except StoreError as error:
                self._spoiled = error
                raise
            except BaseException:
                self._spoiled = StoreError("A change was stopped in the middle.")
                raise
            return done

    async def renew(self, keys: Keys, progress: Progress) -> None:
        """Everything written anew under these keys, which may be those of now. Raises StoreError, DiskFull; then all is as it was."""
        async with self._turn:
            for left in reversed(range(_TRIES)):
                try:
                    await self._renewed(keys, progress)
                except StoreError as error:
                    if not left:
                        raise
                    _log.warning("the estate is made anew once more", why=error.message)
                else:
                    return

    async def clear(self) -> None:
        """Takes away what others than the estate that serves left: collections, and the small files beside them. Raises StoreError."""
        store, name = self.serving.estate.store, self.serving.estate.name
        for other in await store.collections():
            if other.name.startswith(COLLECTION) and other.name != name and not other.name.startswith(f"{name}_kinds-"):
                await store.remove(other.name)
        await asyncio.to_thread(self._clear_files, name.removeprefix(COLLECTION))

    async def forget_broken(self) -> None:
        """Takes away what was put aside as broken, which is under a key of before."""
        for folder in self._place.folder.glob("broken-*"):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _renewed(self, keys: Keys, progress: Progress) -> None:
        old = self.serving
        await self.clear()
        fresh = Estate(self._place.folder, keys, old.estate.store, _another_name(old.estate.name, keys))
        try:
            await fresh.check()
            async with self._changes.alone():
                self._next, self._spoiled = fresh, None
            await self._copied(old.estate, fresh, progress)
            async with self._changes.alone():
                await self._take_over(old.estate, fresh)
        except BaseException:
            self._next = None
            await fresh.leave()
            raise
        try:
            await fresh.begin(self._place.settings, self._place.cache)
        finally:
            async with old.gate.alone():
                await old.estate.leave()
        await self.clear()

    async def _copied(self, old: Estate, fresh: Estate, progress: Progress) -> None:
        """Page after page, each while nothing changes; in between others have as much time as a page took."""
        total, done, after = await old.count(EVERYTHING), 0, ""
        progress(0, total)
        while True:
            began = thread_time()
            async with self._changes.alone():
                if self._spoiled:
                    raise self._spoiled
                page, after = await _page(old, after)
                await fresh.put(page)
            done += len(page)
            progress(min(done, total), total)
            if not after:
                return
            await asyncio.sleep(thread_time() - began)

    async def _take_over(self, old: Estate, fresh: Estate) -> None:
        """While nothing changes: when both hold the same, the fresh one is it from here on."""
        if self._spoiled:
            raise self._spoiled
        for gap in old.gaps():
            await fresh.note_gap(gap)
        counts = [await one.count(EVERYTHING) for one in (old, fresh)]
        if counts[0] != counts[1]:
            raise StoreError(f"Of {counts[0]} resources {counts[1]} were written anew.", hint="Repeat to go on.")
        await fresh.settle()
        await asyncio.to_thread(write_manifest, self._place.folder, fresh.keys, Manifest(layout(), fresh.name))
        if isinstance(fresh.store, EdgeStore):
            fresh.store.book = book_of(self._place.folder, fresh.keys)
        self.serving, self._next = Generation(fresh), None

    def _clear_files(self, ours: str) -> None:
        for name in SMALL_FILES:
            for path in self._place.folder.glob(f"{name}*"):
                # Ours may just be written, beside.
                if path.name.removesuffix(".new") != f"{name}{ours}":
                    path.unlink(missing_ok=True)


def _another_name(now: str, keys: Keys) -> str:
    """What the next generation's collection is called: by its key, or as the first one ever when that is taken."""
    named = f"{COLLECTION}-{keys.id}"
    return COLLECTION if now == named else named


async def _page(old: Estate, after: str) -> tuple[list[Resource], str]:
    """The next resources. One that is not whole was taken out when it was met: then the page is asked for again."""
    while True:
        try:
            return await old.page(EVERYTHING, after, PAGE)
        except Corrupted:
            await asyncio.sleep(_MENDING_S)
