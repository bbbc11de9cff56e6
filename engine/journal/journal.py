"""The append-only, encrypted, hash-chained record of what happened. Edge.

Law: when `append` returns, the entry is on the disk. Concurrent appends share one write and one fsync; they run in a thread, so the loop
never waits for the disk. One process at a time. After a crash the unfinished tail is cut and kept aside in a `.torn` file.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from engine.clock import Clock
from engine.errors import DiskFull, JournalError
from engine.journal.entry import GENESIS, Entry, canonical, link
from engine.journal.records import HEADER_BYTES, ID_BYTES, Head, Sealer, slots
from engine.journal.verify import HEAD, Broken, Place, Reader, Torn, segment_name, segments

SEGMENT_BYTES = 8 * 1024 * 1024
LONGEST_BODY = 16 * 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(slots=True)
class _Pending:
    kind: str
    body: Mapping[str, Any]
    done: asyncio.Future[Entry]


@dataclass(slots=True)
class _Segment:
    path: Path
    file: int
    size: int


class Journal:
    """Open it with `Journal.open`; then `append`, `entries`, `close`."""

    def __init__(self, folder: Path, sealer: Sealer, clock: Clock, lock: int) -> None:
        self._folder = folder
        self._sealer = sealer
        self._clock = clock
        self._lock = lock
        self._segment_bytes = SEGMENT_BYTES
        self._index: list[tuple[str, Place]] = []
        self._head = Head(bytes(ID_BYTES), 0, GENESIS)
        self._segment: _Segment | None = None
        self._pending: list[_Pending] = []
        self._committer: asyncio.Task[None] | None = None
        self._refusal = ""
        self.torn: Torn | None = None

    @classmethod
    async def open(cls, folder: Path, key: bytes, clock: Clock, *, segment_bytes: int = SEGMENT_BYTES) -> Self:
        """The journal in `folder`, made there if it is not, locked for this process; `torn` says what a crash left, if anything.

        Raises WrongKey, JournalError (in use by another process, or broken), DiskFull.
        """
        return await asyncio.to_thread(cls._open, folder, key, clock, segment_bytes)

    @classmethod
    def _open(cls, folder: Path, key: bytes, clock: Clock, segment_bytes: int) -> Self:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _take_lock(folder)
        journal = cls(folder, Sealer(key), clock, lock)
        journal._segment_bytes = segment_bytes
        try:
            journal._load()
        except Broken as broken:
            os.close(lock)
            raise JournalError(str(broken.verdict), hint="`escher audit verify` says more; restore a backup.") from None
        except BaseException:
            os.close(lock)
            raise
        return journal

    @property
    def last(self) -> tuple[int, str]:
        """Number and hash of the last entry on disk; `(0, "000…")` when there is none."""
        return self._head.sequence, self._head.hash

    async def append(self, kind: str, body: Mapping[str, Any]) -> Entry:
        """Writes one entry; it is on the disk when this returns, and is not there when this raises.

        A caller that is cancelled may find its entry written. Raises DiskFull, JournalError; TypeError or ValueError when the body is not JSON.
        """
        if self._refusal:
            raise JournalError(self._refusal)
        if len(canonical(dict(body))) > LONGEST_BODY:
            raise ValueError(f"the body of a {kind} entry is longer than {LONGEST_BODY} bytes")
        done: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(kind, body, done))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_all())
        return await done

    def entries(self, kinds: Collection[str] | None = None, *, after: int = 0) -> Iterator[Entry]:
        """The entries on disk in order, of these kinds, with a number above `after`. Raises JournalError naming a changed one."""
        for kind, place in self._index[after:]:
            if kinds is None or kind in kinds:
                yield self._read(place)

    def export(self) -> Iterator[str]:
        """Every entry as one line of JSON; hashes included, so that anyone can check the chain without the key."""
        for entry in self.entries():
            yield json.dumps(entry.to_json(), sort_keys=True, ensure_ascii=False)

    async def close(self) -> None:
        """Finishes what was appended and lets go of the folder. Idempotent."""
        if self._committer is not None:
            await self._committer
        if not self._refusal:
            self._refusal = "The journal is closed."
            if self._segment:
                os.close(self._segment.file)
            os.close(self._lock)

    async def _commit_all(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            entries = self._linked(batch)
            try:
                await asyncio.to_thread(self._commit, entries)
            except (DiskFull, JournalError) as error:
                for pending in batch:
                    if not pending.done.done():
                        pending.done.set_exception(error)
                continue
            for pending, entry in zip(batch, entries, strict=True):
                if not pending.done.done():
                    pending.done.set_result(entry)

    def _linked(self, batch: list[_Pending]) -> list[Entry]:
        entries: list[Entry] = []
        last = self.last
        for pending in batch:
            entry = link(last, self._clock.now().isoformat(), pending.kind, pending.body)
            entries.append(entry)
            last = entry.sequence, entry.hash
        return entries

    def _commit(self, entries: list[Entry]) -> None:
        """One write and one fsync for all, then the head; all or nothing."""
        segment = self._writable(entries[0].sequence)
        offset = segment.size
        places: list[tuple[str, Place]] = []
        data = bytearray()
        for entry in entries:
            record = self._sealer.seal(entry, self._head.journal, segment.path.name)
            places.append((entry.kind, Place(segment.path, offset + len(data), len(record))))
            data += record
        head = Head(self._head.journal, entries[-1].sequence, entries[-1].hash)
        try:
            _write_whole(segment.file, bytes(data), offset)
            _replace(self._folder / HEAD, self._sealer.head(head))
        except OSError as error:
            self._take_back(segment)
            raise _told(error, segment.path) from error
        segment.size += len(data)
        self._head = head
        self._index += places

    def _take_back(self, segment: _Segment) -> None:
        """Cuts a half-written batch off again; where even that fails, the journal takes nothing more."""
        try:
            os.ftruncate(segment.file, segment.size)
            os.fsync(segment.file)
        except OSError as error:
            self._refusal = f"The journal takes nothing more: {segment.path} could not be cut back ({error.strerror})."

    def _writable(self, first: int) -> _Segment:
        """The segment that takes the next entry; a full one is left and a new one begun."""
        if self._segment and self._segment.size < self._segment_bytes:
            return self._segment
        path = self._folder / segment_name(first)
        header = self._sealer.header(self._head.journal, path.name)
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _write_whole(file, header, 0)
                _sync_folder(self._folder)
            except OSError:
                os.close(file)
                path.unlink()
                raise
        except OSError as error:
            raise _told(error, path) from error
        if self._segment:
            os.close(self._segment.file)
        self._segment = _Segment(path, file, len(header))
        return self._segment

    def _load(self) -> None:
        if not (self._folder / HEAD).exists() and not segments(self._folder):
            self._head = Head(os.urandom(ID_BYTES), 0, GENESIS)
            self._save_head()
        reader = Reader(self._folder, self._sealer)
        self._head = reader.head
        for entry, place in reader:
            self._index.append((entry.kind, place))
            self._head = Head(reader.head.journal, entry.sequence, entry.hash)
        self.torn = reader.torn
        if reader.torn:
            _set_aside(reader.torn)
        # What stands beyond the head was whole but never acknowledged; from now on it counts.
        if self._head != reader.head:
            self._save_head()
        if files := segments(self._folder):
            self._segment = _Segment(files[-1], os.open(files[-1], os.O_RDWR), files[-1].stat().st_size)

    def _save_head(self) -> None:
        path = self._folder / HEAD
        try:
            _replace(path, self._sealer.head(self._head))
        except OSError as error:
            raise _told(error, path) from error

    def _read(self, place: Place) -> Entry:
        with place.path.open("rb") as file:
            file.seek(place.offset)
            slot = next(slots(file.read(place.size), 0), None)
        entry = self._sealer.open(slot, self._head.journal, place.path.name) if slot else None
        if entry is None or not entry.is_true():
            raise JournalError(f"An entry in {place.path} at byte {place.offset} is not what was written there.")
        return entry


def _take_lock(folder: Path) -> int:
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(file, 32, 0).decode(errors="replace").strip()
        os.close(file)
        raise JournalError(
            f"The journal in {folder} is in use by process {owner or 'unknown'}.", hint="Only one Escher writes it at a time."
        ) from None
    os.ftruncate(file, 0)
    os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
    return file


def _write_whole(file: int, data: bytes, offset: int) -> None:
    """All of `data` at `offset`, on the disk. A disk that takes only a part raises OSError at the rest."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
    os.fsync(file)


def _replace(path: Path, data: bytes) -> None:
    """Puts new content in place of the old at once: either is there, never a half."""
    fresh = path.with_suffix(".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write_whole(file, data, 0)
    finally:
        os.close(file)
    fresh.replace(path)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _set_aside(torn: Torn) -> None:
    """Keeps the unfinished bytes in a `.torn` file beside the segment, then cuts them off."""
    with torn.path.open("r+b") as file:
        file.seek(torn.offset)
        rest = file.read()
        torn.path.with_suffix(f".{torn.offset}.torn").write_bytes(rest)
        if torn.offset >= HEADER_BYTES:
            file.truncate(torn.offset)
            os.fsync(file.fileno())
            return
    torn.path.unlink()


def _told(error: OSError, path: Path) -> DiskFull | JournalError:
    if error.errno in _FULL:
        return DiskFull(f"The disk took nothing more at {path}; the entry was not written.", hint="Free some space and repeat.")
    return JournalError(f"{path} could not be written: {error.strerror}.")
