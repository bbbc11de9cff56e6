"""How far a generation of collections has followed the journal, in a sealed file. Edge (file)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.journal.entry import GENESIS
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.manifest import SealedFile

# Changes when records, their tokens or their ids are made in another way: everything is then made anew.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Position:
    """The last entry that a collection tells of, by number and hash, and how many records the entries up to it began."""

    sequence: int = 0
    hash: str = GENESIS
    count: int = 0


class Positions:
    """The positions of the collections of one generation, which its keys seal."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        path = folder / f"positions-{keys.id}"
        self._file = SealedFile(path, Crypto(keys, "library"))
        self._at: dict[str, Position] = {}
        self.closed = False

    async def load(self) -> None:
        """What was written last; nothing where that is broken or of another layout, so that all is made anew."""
        kept = await asyncio.to_thread(self._file.read_if_whole)
        if not kept or kept["layout"] != LAYOUT:
            return
        self._at = {name: Position(**one) for name, one in kept["at"].items()}
        self.closed = kept["closed"]

    def of(self, name: str) -> Position | None:
        """Where a collection stands; None where nothing is known of it."""
        return self._at.get(name)

    def put(self, moved: Mapping[str, Position]) -> None:
        """Moves collections; on the disk after `keep`."""
        self._at |= moved

    def least(self, names: Iterable[str]) -> int:
        """The entry that all of them tell of."""
        return min((self._at[name].sequence for name in names), default=0)

    async def keep(self, *, closed: bool = False) -> None:
        """Writes them. Raises StoreError, DiskFull."""
        self.closed = closed
        data = {"layout": LAYOUT, "closed": closed, "at": {name: asdict(one) for name, one in self._at.items()}}
        await asyncio.to_thread(self._file.write, data)

    async def remove(self) -> None:
        """Takes the file away."""
        await asyncio.to_thread(self._file.remove)
