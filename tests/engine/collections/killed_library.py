"""A process that makes the collections of a journal again and again, to be killed: `python -m tests.engine.collections.killed_library FOLDER`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.clock import SystemClock
from engine.collections import generation
from engine.collections.library import Library
from engine.journal.journal import Journal
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import SealedFile
from tests.engine.collections.stage import KEYS, sources


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    """The library of a folder: a real journal, a real store."""
    journal = await Journal.open(folder / "journal", KEYS.for_("journal"), SystemClock())
    store = await EdgeStore.open(folder / "store", SealedFile(folder / "files", Crypto(KEYS, "store")))
    library = await Library.open(sources(folder / "library", journal, store, whole=store.whole), KEYS)
    try:
        yield library
    finally:
        await library.close()
        await store.close()
        await journal.close()


async def main(folder: Path) -> None:
    generation.BATCH = 16
    async with opened(folder) as library:
        print("open", flush=True)
        await library._tick()
        while True:
            await library.rebuild()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
