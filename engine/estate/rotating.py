"""The estate under another data key: read with the old, written beside with the new, then put in its place. Edge (files, through the estate).

Killed at any point, the next call goes on: what was written beside is written over, and the place is taken by renaming alone. The five
collections that stand in the same store are not carried over: the next start makes them anew from the journal.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import WrongKey
from engine.estate.estate import FOLDER, Estate
from engine.estate.where import EVERYTHING
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from engine.store.manifest import read_manifest

BESIDE, BEFORE = "rotating", "rotated"
_PAGE = 200


class EstateRotation:
    """One of the parts that `engine.secrets.rotation` carries over. Nobody else may have the estate open meanwhile.

    `left` names folders beside the estate that tell of its other collections, and go with them.
    """

    def __init__(self, home: Path, left: Sequence[str] = ()) -> None:
        self._home = home
        self._left = left

    async def rotate(self, old: Keys, new: Keys, progress: Callable[[int, int], None]) -> None:
        """Seals everything with `new`; gone from the disk is what only `old` opens. Raises what opening the estate raises."""
        await asyncio.to_thread(self._finish_swap)
        if not await asyncio.to_thread(_opens_with, self._home / FOLDER, new):
            await self._copy(old, new, progress)
            await asyncio.to_thread(self._swap)
        await asyncio.to_thread(self._clear)

    async def _copy(self, old: Keys, new: Keys, progress: Callable[[int, int], None]) -> None:
        # Meanings are made anew by the next start: their vectors are turned by the new key.
        settings = EstateSettings(embeddings="off")
        source = await Estate.open(self._home, old, settings)
        try:
            copy = await Estate.open(self._home / BESIDE, new, settings)
            try:
                await _copied(source, copy, progress)
            finally:
                await copy.close()
        finally:
            await source.close()

    def _swap(self) -> None:
        shutil.rmtree(self._home / BEFORE, ignore_errors=True)
        (self._home / FOLDER).rename(self._home / BEFORE)
        (self._home / BESIDE / FOLDER).rename(self._home / FOLDER)

    def _finish_swap(self) -> None:
        """After a kill between the two renames, the copy is whole and nothing is in its place."""
        if (self._home / BEFORE).exists() and not (self._home / FOLDER).exists():
            (self._home / BESIDE / FOLDER).rename(self._home / FOLDER)

    def _clear(self) -> None:
        for name in (BEFORE, BESIDE, *self._left):
            shutil.rmtree(self._home / name, ignore_errors=True)
        # What was put aside as broken is sealed with the old key too.
        for broken in (self._home / FOLDER).glob("broken-*"):
            shutil.rmtree(broken, ignore_errors=True)


async def _copied(source: Estate, copy: Estate, progress: Callable[[int, int], None]) -> None:
    total, done, after = await source.count(EVERYTHING), 0, ""
    while True:
        page, after = await source.page(EVERYTHING, after, _PAGE)
        await asyncio.gather(*(copy.replace(resource) for resource in page))
        done += len(page)
        progress(done, total)
        if not after:
            break
    for gap in source.gaps():
        await copy.note_gap(gap)


def _opens_with(folder: Path, keys: Keys) -> bool:
    """Whether the estate is under these keys, or is not there at all, so that nothing is left to do."""
    try:
        return read_manifest(folder, keys) is not None or not folder.exists()
    except WrongKey:
        return False
