"""The process that owns the shards. Edge.

    python -m engine.store.edge.worker FD

It never has a key: what it stores is sealed already.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.store.edge.digests import digests
from engine.store.edge.shard import SPEC, Shard, SpecChanged, spec_in
from engine.store.serving import Told, memory, serve

# What a folder put aside begins with: nobody looks at it again but a person.
ASIDE = "broken-"
_LOCK_SECONDS = 1.5
_OF_A_SHARD = frozenset(
    {
        "upsert",
        "delete",
        "retrieve",
        "scroll",
        "latest",
        "nearest_grams",
        "nearest_vector",
        "count",
        "facet",
        "known",
        "inventory",
        "points",
        "flush",
        "optimise",
    }
)


class Worker:
    """The operations by name; each takes and gives JSON."""

    def __init__(self) -> None:
        self._folder = Path()
        self._shards: dict[str, Shard] = {}
        self._lock = -1
        self._operations: Mapping[str, Callable[..., Any]] = {
            "open": self.open,
            "digests": self.digests,
            "collections": self.collections,
            "ensure": self.ensure,
            "remove": self.remove,
            "set_aside": self.set_aside,
            "memory": memory,
            "close": self.close,
        }

    def answer(self, name: str, arguments: Mapping[str, Any]) -> Any:
        if name in self._operations:
            return self._operations[name](**arguments)
        if name not in _OF_A_SHARD:
            raise ValueError(f"{name!r} is no operation")
        rest = dict(arguments)
        return getattr(self._shards[rest.pop("collection")], name)(**rest)

    def open(self, folder: str) -> None:
        """Takes the lock. Told `busy` when another process has it."""
        self._folder = Path(folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(self._folder / "lock")

    def digests(self) -> dict[str, str]:
        """A hash of each file of the collections, by its path in the store's folder."""
        return digests(self._folder, self._folders())

    def collections(self) -> dict[str, Any]:
        """How each collection in the folder was made, by name, opened or not."""
        made = (path.parent for path in self._folder.glob(f"*/{SPEC}") if not path.parent.name.startswith(ASIDE))
        return {folder.name: spec_in(folder) for folder in made}

    def ensure(self, name: str, spec: Mapping[str, Any]) -> bool:
        """Opens a collection, made empty where there is none; whether it was there. Told `spec` when it is there and of another make."""
        if shard := self._shards.get(name):
            if shard.spec != dict(spec):
                raise Told("spec", f"{name} was made as {shard.spec}, not as {dict(spec)}.")
            return True
        folder = self._folder / name
        there = (folder / "segments").exists()
        try:
            self._shards[name] = Shard(folder, spec)
        except SpecChanged as error:
            raise Told("spec", str(error)) from None
        return there

    def remove(self, name: str) -> None:
        """Takes a collection away; killed in the middle, it is gone or whole."""
        self._move(name, gone := self._folder / f"{ASIDE}removed")
        shutil.rmtree(gone, ignore_errors=True)

    def set_aside(self) -> None:
        """Puts every folder of a collection beside, in the place of what was put there before."""
        for folder in self._folders():
            self._move(folder.name, self._folder / f"{ASIDE}{folder.name}")

    def _folders(self) -> list[Path]:
        return [folder for folder in self._folder.iterdir() if folder.is_dir() and not folder.name.startswith(ASIDE)]

    def _move(self, name: str, place: Path) -> None:
        if shard := self._shards.pop(name, None):
            shard.close()
        shutil.rmtree(place, ignore_errors=True)
        if (self._folder / name).exists():
            (self._folder / name).rename(place)

    def close(self) -> dict[str, str]:
        """Flushes and closes everything; what lies on the disk then."""
        for shard in self._shards.values():
            shard.flush()
            shard.close()
        self._shards.clear()
        return self.digests()


def _locked(path: Path) -> int:
    """The store's lock, waited for as long as a dying owner may take."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Told("busy", f"The estate in {path.parent} is in use by another Escher.") from None
            time.sleep(0.05)
        else:
            return file


if __name__ == "__main__":
    serve(int(sys.argv[1]), Worker().answer)
