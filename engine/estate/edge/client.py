"""The store as the engine sees it: Qdrant Edge in a process of its own, started here and started anew when it dies. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from engine.errors import Corrupted, DiskFull, StoreError
from engine.estate.edge.frames import LENGTH, length_of, pack, unpack
from engine.estate.inventory import Inventory
from engine.estate.store import PAGE, Condition, Point, Sparse, Stored

# The libraries of the model report how they are used to their makers unless told not to; nothing of ours leaves.
SILENT = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
# What the process inherits; credentials and tokens in the engine's environment are none of its business.
INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
_ROOT = Path(__file__).resolve().parents[3]
_CHUNK = 64
_DISK_FULL = "No space left on device"
_LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where the embedding model is: its name, the folder it lies in ("" for one downloaded to `cache`), and what tells it from others."""

    name: str
    folder: str
    cache: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """How to open the store. `sizes` gives each existing collection's vector length; a new one takes the model's."""

    folder: Path
    collections: tuple[str, ...]
    model: ModelPlace | None
    rotation_key: bytes
    sizes: Mapping[str, int]


class _Process:
    """One running worker and the socket to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: IO[bytes]
    ) -> None:
        self.process = process
        self._reader = reader
        self._writer = writer
        self._words = words

    @classmethod
    async def start(cls) -> _Process:
        ours, theirs = socket.socketpair()
        words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        environment = {key: os.environ[key] for key in INHERITED if key in os.environ} | {"PYTHONPATH": str(_ROOT)} | SILENT
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "engine.estate.edge.worker",
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=environment,
            )
        except OSError as error:
            ours.close()
            words.close()
            raise StoreError(f"The store's process cannot be started: {error.strerror}.") from error
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return cls(process, reader, writer, words)

    async def ask(self, message: Any) -> dict[str, Any]:
        """One question, one answer. Raises ConnectionError or EOFError when the process is gone."""
        self._writer.write(pack(message))
        await self._writer.drain()
        length = length_of(await self._reader.readexactly(LENGTH.size))
        answer: dict[str, Any] = unpack(await self._reader.readexactly(length))
        return answer

    async def end(self) -> str:
        """Closes the connection, which ends the process; gives its last words."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        try:
            await asyncio.wait_for(self.process.wait(), timeout=10)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self._words.seek(0)
        said = self._words.read().decode(errors="replace").strip().splitlines()
        self._words.close()
        return said[-1][:_LONGEST_WORDS] if said else ""


class EdgeStore:
    """A `Store`. Questions go one at a time; long work is cut into pieces so that others get their turn."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        self._process: _Process | None = None
        self._turn = asyncio.Lock()
        self._closed = False
        self.sizes: dict[str, int] = dict(settings.sizes)
        self.meaning_away = ""

    @classmethod
    async def open(cls, settings: EdgeSettings) -> EdgeStore:
        """Raises StoreError when the store is in use or cannot start, Corrupted when its files cannot be read."""
        store = cls(settings)
        async with store._turn:
            await store._start()
        return store

    async def upsert(self, collection: str, points: Sequence[Point]) -> None:
        for start in range(0, len(points), _CHUNK):
            piece = [_plain(point) for point in points[start : start + _CHUNK]]
            await self._ask("upsert", collection=collection, points=piece)

    async def delete(self, collection: str, ids: Sequence[str]) -> None:
        await self._ask("delete", collection=collection, ids=list(ids))

    async def retrieve(self, collection: str, ids: Sequence[str]) -> list[Stored]:
        return _stored(await self._ask("retrieve", collection=collection, ids=list(ids)))

    async def scroll(self, collection: str, condition: Condition, keys: Sequence[str] | None = None) -> AsyncIterator[Stored]:
        after: str | None = None
        while True:
            wanted = None if keys is None else list(keys)
            page, after = await self._ask("scroll", collection=collection, condition=condition, keys=wanted, after=after, limit=PAGE)
            for stored in _stored(page):
                yield stored
            if after is None:
                return

    async def first(self, collection: str, condition: Condition) -> Stored | None:
        page, _ = await self._ask("scroll", collection=collection, condition=condition, keys=None, after=None, limit=1)
        return _stored(page)[0] if page else None

    async def nearest_grams(self, collection: str, grams: Sparse, condition: Condition, limit: int) -> list[Stored]:
        vector = [list(grams.indices), list(grams.values)]
        return _stored(await self._ask("nearest_grams", collection=collection, grams=vector, condition=condition, limit=limit))

    async def nearest_text(self, collection: str, text: str, condition: Condition, limit: int) -> list[Stored]:
        return _stored(await self._ask("nearest_text", collection=collection, text=text, condition=condition, limit=limit))

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors as they are stored (rotated); none when there is no model."""
        vectors: list[list[float]] = await self._ask("embed", texts=list(texts))
        return vectors

    async def count(self, collection: str, condition: Condition) -> int:
        return int(await self._ask("count", collection=collection, condition=condition))

    async def facet(self, collection: str, condition: Condition) -> Mapping[str, int]:
        counts: dict[str, int] = await self._ask("facet", collection=collection, condition=condition)
        return counts

    async def known(self, collection: str, tokens: Sequence[str]) -> list[bool]:
        bears: list[bool] = await self._ask("known", collection=collection, tokens=list(tokens))
        return bears

    async def inventory(self, collection: str, key: str) -> Inventory:
        count, total = await self._ask("inventory", collection=collection, key=key)
        return Inventory(count, int(total, 16))

    async def flush(self, collection: str) -> None:
        await self._ask("flush", collection=collection)

    async def optimise(self, collection: str) -> None:
        await self._ask("optimise", collection=collection)

    async def memory(self) -> int:
        """Resident bytes of the store's process."""
        return int(await self._ask("memory"))

    @property
    def pid(self) -> int | None:
        """The store's process, None when none runs."""
        return self._process.process.pid if self._process else None

    async def close(self) -> None:
        async with self._turn:
            self._closed = True
            if self._process:
                # Cancelled or not, the socket closes and the process ends.
                process, self._process = self._process, None
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    await process.ask({"op": "close", "with": {}})
                await process.end()

    async def _ask(self, op: str, **arguments: Any) -> Any:
        async with self._turn:
            if self._closed:
                raise StoreError("The store is closed.")
            if self._process is None:
                await self._start()
            return await self._question(op, arguments)

    async def _question(self, op: str, arguments: Mapping[str, Any]) -> Any:
        assert self._process is not None
        try:
            answer = await self._process.ask({"op": op, "with": arguments})
        except (ConnectionError, asyncio.IncompleteReadError):
            words = await self._gone()
            if _DISK_FULL in words:
                raise DiskFull(f"The disk took nothing more at {self._settings.folder}.", hint="Free some space and repeat.") from None
            raise StoreError(
                f"The store's process ended in the middle of `{op}`: {words or 'it said nothing'}.", hint="It is started anew."
            ) from None
        except asyncio.CancelledError:
            # The answer is still to come and would be taken for the next one's: start over with a fresh process.
            await asyncio.shield(self._gone())
            raise
        if "busy" in answer:
            await self._gone()
            raise StoreError(answer["busy"], hint="Only one runs on a data folder at a time.")
        return answer["ok"]

    async def _gone(self) -> str:
        process, self._process = self._process, None
        return await process.end() if process else ""

    async def _start(self) -> None:
        self._process = await _Process.start()
        model = self._settings.model
        place = {"name": model.name, "folder": model.folder, "cache": model.cache} if model else None
        key = self._settings.rotation_key.hex()
        opened = await self._question("open", {"folder": str(self._settings.folder), "model": place, "rotation_key": key})
        self.meaning_away = opened["away"]
        for name in self._settings.collections:
            await self._open_collection(name, opened["size"])

    async def _open_collection(self, name: str, model_size: int) -> None:
        size = self.sizes.setdefault(name, model_size)
        if size != model_size and not self.meaning_away:
            self.meaning_away = (
                f"The estate holds vectors of {size} numbers and the model makes {model_size}; scan into a new data folder to use it."
            )
        folder = self._settings.folder / name
        try:
            await self._question("collection", {"name": name, "folder": str(folder), "size": size})
        except DiskFull:
            raise
        except StoreError as error:
            raise Corrupted(
                f"The collection in {folder} cannot be opened: {error.message}",
                what=str(folder),
                hint="Move the folder away and scan again.",
            ) from None


def _plain(point: Point) -> dict[str, Any]:
    grams = [list(point.grams.indices), list(point.grams.values)]
    return {"id": point.id, "payload": dict(point.payload), "grams": grams, "text": point.text}


def _stored(rows: Sequence[Sequence[Any]]) -> list[Stored]:
    return [Stored(row[0], row[1], row[2]) for row in rows]
