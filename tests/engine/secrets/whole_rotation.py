"""What is killed: a whole replacement of the data key, with a journal and a part that keeps one sealed file. Edge."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engine.journal.journal import Journal
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.file import FileStore, replace_private
from engine.secrets.held import seal, unseal
from engine.secrets.ring import Ring
from engine.secrets.rotation import Progress, rotate
from tests.engine.journal.rotating import SEGMENT, clock

SECRET, BOUND = b"resource-of-acme", b"estate"


class SealedFile:
    """A part with one value in one file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "estate"

    def write(self, keys: Keys) -> None:
        replace_private(self.path, seal(keys.for_("payload"), SECRET, BOUND).encode())

    def read(self, keys: Keys) -> bytes | None:
        return unseal(keys.for_("payload"), self.path.read_text(), BOUND)

    async def rotate(self, old: Keys, new: Keys, progress: Progress) -> None:
        progress(0, 1)
        if self.read(new) is None:
            assert self.read(old) == SECRET
            await asyncio.to_thread(self.write, new)
        progress(1, 1)


def data_key(folder: Path) -> DataKeyFile:
    return DataKeyFile(folder, FileStore(folder), clock())


async def opened(folder: Path, ring: Ring) -> Journal:
    key, older = ring.current.for_("journal"), ring.for_others("journal")
    return await Journal.open(folder / "journal", key, clock(), older=older, segment_bytes=SEGMENT)


async def act(folder: Path) -> None:
    journal = await opened(folder, await data_key(folder).open())
    try:
        await rotate(data_key(folder), {"journal": journal, "estate": SealedFile(folder)}, lambda _part, _done, _total: None)
    finally:
        await journal.close()
