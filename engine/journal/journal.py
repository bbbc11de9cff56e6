"""The append-only, encrypted, hash-chained record of what happened. Edge.

Law: when `append` returns, the entry is on the disk. Concurrent appends share one write and one fsync; they run in a thread, so the loop
never waits for the disk. One process at a time. After a crash the unfinished tail is cut and kept aside in a `.torn` file. While the data
key is replaced, segments of both keys stand side by side; what is written is written with the newest.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from engine.clock import Clock
from engine.errors import DiskFull, JournalError
from engine.journal.disk import replace, set_aside, sync_folder, take_lock, told, write_whole
from engine.journal.entry import GENESIS, Entry, canonical, link
from engine.journal.records import ID_BYTES, Head, Sealer, opened, slots
from engine.journal.resealing import reseal, under
from engine.journal.verify import HEAD, Broken, Place, Reader, Torn, Verdict, first_of, segment_name, segments, verified
from engine.secrets.derive import Keys

SEGMENT_BYTES = 8 * 1024 * 1024
LONGEST_BODY = 16 * 1024 * 1024
PURPOSE = "journal"


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

    def __init__(self, folder: Path, sealers: Sequence[Sealer], clock: Clock, lock: int) -> None:
        self._folder = folder
        # The first one writes; all of them read.
        self._sealers = list(sealers)
        self._clock = clock
        self._lock = lock
        self._segment_bytes = SEGMENT_BYTES
        self._index: list[tuple[str, Place]] = []
        self._head = Head(bytes(ID_BYTES), 0, GENESIS)
        self._segment: _Segment | None = None
        self._pending: list[_Pending] = []
        self._committer: asyncio.Task[None] | None = None
        self._commit_turn = asyncio.Lock()
        self._resealing = asyncio.Lock()
        self._closing = False
        self._refusal = ""
        self.torn: Torn | None = None

    @classmethod
    async def open(cls, folder: Path, key: bytes, clock: Clock, *, older: Sequence[bytes] = (), segment_bytes: int = SEGMENT_BYTES) -> Self:
        """The journal in `folder`, made there if it is not, locked for this process; `torn` says what a crash left, if anything.

        `older` are the keys that a rotation has not come to the end of: they read, `key` writes.
        Raises WrongKey, JournalError (in use by another process, or broken), DiskFull.
        """
        return await asyncio.to_thread(cls._open, folder, [Sealer(one) for one in (key, *older)], clock, segment_bytes)

    @classmethod
    def _open(cls, folder: Path, sealers: Sequence[Sealer], clock: Clock, segment_bytes: int) -> Self:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = take_lock(folder)
        journal = cls(folder, sealers, clock, lock)
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

    def verdict(self) -> Verdict:
        """Whether all that was ever acknowledged is there, unchanged and in order, by every key that is needed now. Reads all of it: blocking."""
        return verified(self._folder, self._sealers)

    def export(self) -> Iterator[str]:
        """Every entry as one line of JSON; hashes included, so that anyone can check the chain without the key."""
        for entry in self.entries():
            yield json.dumps(entry.to_json(), sort_keys=True, ensure_ascii=False)

    async def rotate(self, old: Keys, new: Keys, progress: Callable[[int, int], None]) -> None:
        """Seals everything with `new`: the next entry at once, in a segment of its own, and every older segment, one by one.

        Nothing of an entry or of its hash changes. Readable and writable meanwhile; may be killed at any point and called again with the same
        keys. `progress` counts segments. Raises DiskFull, JournalError (closed meanwhile, or a segment does not open); then both keys are needed.
        """
        sealer, before = (Sealer(keys.for_(PURPOSE)) for keys in (new, old))
        async with self._resealing:
            async with self._commit_turn:
                await _to_its_end(self._turn_to, sealer, before)
            files = segments(self._folder)
            for done, path in enumerate(files):
                progress(done, len(files))
                if self._closing:
                    raise JournalError("The journal was closed before all of it was sealed anew.", hint="Repeat to go on.")
                if not await asyncio.to_thread(under, sealer, path):
                    await _to_its_end(reseal, path, self._head.journal, before, sealer)
            self._sealers = [sealer]
            progress(len(files), len(files))

    async def close(self) -> None:
        """Finishes what was appended and lets go of the folder. Idempotent."""
        self._closing = True
        if self._committer is not None:
            await self._committer
        async with self._resealing:
            pass
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
                async with self._commit_turn:
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
            record = self._sealers[0].seal(entry, self._head.journal, segment.path.name)
            places.append((entry.kind, Place(segment.path, offset + len(data), len(record))))
            data += record
        head = Head(self._head.journal, entries[-1].sequence, entries[-1].hash)
        try:
            write_whole(segment.file, bytes(data), offset)
            replace(self._folder / HEAD, self._sealers[0].head(head))
        except OSError as error:
            self._take_back(segment)
            raise told(error, segment.path) from error
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
        header = self._sealers[0].header(self._head.journal, path.name)
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                write_whole(file, header, 0)
                sync_folder(self._folder)
            except OSError:
                os.close(file)
                path.unlink()
                raise
        except OSError as error:
            raise told(error, path) from error
        if self._segment:
            os.close(self._segment.file)
        self._segment = _Segment(path, file, len(header))
        return self._segment

    def _load(self) -> None:
        if not (self._folder / HEAD).exists() and not segments(self._folder):
            self._head = Head(os.urandom(ID_BYTES), 0, GENESIS)
            self._save_head()
        reader = Reader(self._folder, self._sealers)
        self._head = reader.head
        for entry, place in reader:
            self._index.append((entry.kind, place))
            self._head = Head(reader.head.journal, entry.sequence, entry.hash)
        self.torn = reader.torn
        if reader.torn:
            set_aside(reader.torn)
        # What stands beyond the head was whole but never acknowledged; from now on it counts.
        if self._head != reader.head:
            self._save_head()
        if files := segments(self._folder):
            self._segment = _Segment(files[-1], os.open(files[-1], os.O_RDWR), files[-1].stat().st_size)
            self._leave_foreign_segment()

    def _turn_to(self, sealer: Sealer, before: Sealer) -> None:
        """From here on `sealer` writes, in a segment of its own."""
        self._sealers = [sealer, before]
        self._leave_foreign_segment()
        self._save_head()

    def _leave_foreign_segment(self) -> None:
        """A segment takes entries of one key only: one of another key is left as it is, and removed when it holds nothing."""
        segment = self._segment
        if segment is None or under(self._sealers[0], segment.path):
            return
        if first_of(segment.path) > self._head.sequence:
            try:
                segment.path.unlink()
                sync_folder(self._folder)
            except OSError as error:
                raise told(error, segment.path) from error
        os.close(segment.file)
        self._segment = None

    def _save_head(self) -> None:
        path = self._folder / HEAD
        try:
            replace(path, self._sealers[0].head(self._head))
        except OSError as error:
            raise told(error, path) from error

    def _read(self, place: Place) -> Entry:
        with place.path.open("rb") as file:
            file.seek(place.offset)
            slot = next(slots(file.read(place.size), 0), None)
        # A segment may be sealed anew between two reads; entries keep their places.
        entry = opened(self._sealers, slot, self._head.journal, place.path.name) if slot else None
        if entry is None or not entry.is_true():
            raise JournalError(f"An entry in {place.path} at byte {place.offset} is not what was written there.")
        return entry


async def _to_its_end(call: Callable[..., None], *told: Any) -> None:
    """A call in a thread that is waited for even when the waiting is cancelled: nothing of it may happen after the lock is let go."""
    work = asyncio.ensure_future(asyncio.to_thread(call, *told))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        if not work.cancelled():
            work.exception()
        raise
