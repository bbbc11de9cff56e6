"""Reads a journal's folder from end to end and says whether it is whole. Edge (reads files; blocking, so run it in a thread)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import WrongKey
from engine.journal.entry import GENESIS, Entry
from engine.journal.records import HEADER_BYTES, Head, Sealer, Slot, slots

HEAD = "head"
Trouble = Literal["", "changed", "missing", "reordered", "duplicated", "foreign"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the journal is whole.

    `trouble` names what is wrong with the first bad entry, `sequence` and `file` say which and where; all empty when whole.
    `torn` is how many bytes of a never acknowledged write stand at the end: what a crash leaves, and no trouble.
    """

    entries: int
    last_hash: str
    trouble: Trouble = ""
    sequence: int = 0
    file: str = ""
    torn: int = 0

    @property
    def whole(self) -> bool:
        return not self.trouble

    def __str__(self) -> str:
        if self.whole:
            tail = f"; {self.torn} bytes of an unfinished write at the end" if self.torn else ""
            return f"The journal is whole: {self.entries} entries, last hash {self.last_hash[:16]}{tail}."
        what = f"entry {self.sequence}" if self.sequence else "the record of the last entry"
        return f"The journal is broken: {what} is {self.trouble} in {self.file}."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands on disk."""

    path: Path
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Torn:
    """A tail that no acknowledgement covers: `path` from `offset` on."""

    path: Path
    offset: int
    size: int


class Broken(Exception):
    """Reading came to a bad entry; carries the verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict))
        self.verdict = verdict


class Reader:
    """One pass over a folder: yields the true entries in order and stops with Broken at the first that is not.

    Each segment is of one key; while the data key is replaced there are two. After the pass `torn` holds the unfinished tail, if any.
    """

    def __init__(self, folder: Path, sealers: Sequence[Sealer]) -> None:
        self._sealers = sealers
        self._segments = segments(folder)
        self._last: Entry | None = None
        self.head = read_head(folder, sealers)
        self.torn: Torn | None = None

    def __iter__(self) -> Iterator[tuple[Entry, Place]]:
        for number, path in enumerate(self._segments):
            yield from self._segment(path, last=number == len(self._segments) - 1)
        reached = self._last.sequence if self._last else 0
        if reached < self.head.sequence:
            where = self._segments[-1].name if self._segments else HEAD
            raise self._broken("missing", reached + 1, where)

    def _segment(self, path: Path, *, last: bool) -> Iterator[tuple[Entry, Place]]:
        data = path.read_bytes()
        start = data[:HEADER_BYTES]
        sealer = next((one for one in self._sealers if one.header_holds(start, path.name) == self.head.journal), None)
        if sealer is None:
            if last and len(data) < HEADER_BYTES and first_of(path) > self.head.sequence:
                self.torn = Torn(path, 0, len(data))
                return
            raise self._broken("changed", first_of(path), path.name)
        for slot in slots(data):
            entry = self._entry(slot, path, sealer, last=last)
            if entry is None:
                self.torn = Torn(path, slot.offset, len(data) - slot.offset)
                return
            self._last = entry
            yield entry, Place(path, slot.offset, slot.size)

    def _entry(self, slot: Slot, path: Path, sealer: Sealer, *, last: bool) -> Entry | None:
        """The true entry in a slot, None where the torn tail begins. Raises Broken."""
        expected = self._last.sequence + 1 if self._last else 1
        if slot.fault:
            # Only what the head does not cover can be the rest of an unfinished write; anything older was acknowledged.
            if last and expected > self.head.sequence:
                return None
            raise self._broken("changed", expected, path.name)
        entry = sealer.open(slot, self.head.journal, path.name)
        if entry is None:
            trouble: Trouble = "changed" if slot.sequence == expected else "foreign"
            raise self._broken(trouble, slot.sequence, path.name)
        if slot.sequence < expected:
            raise self._broken("duplicated", slot.sequence, path.name)
        if slot.sequence > expected:
            raise self._broken("reordered" if self._stands_later(expected) else "missing", expected, path.name)
        if not entry.is_true() or not entry.follows(self._last) or not self._agrees(entry):
            raise self._broken("changed", expected, path.name)
        return entry

    def _agrees(self, entry: Entry) -> bool:
        return entry.sequence != self.head.sequence or entry.hash == self.head.hash

    def _stands_later(self, sequence: int) -> bool:
        return any(slot.sequence == sequence for path in self._segments for slot in slots(path.read_bytes()))

    def _broken(self, trouble: Trouble, sequence: int, file: str) -> Broken:
        seen, digest = (self._last.sequence, self._last.hash) if self._last else (0, GENESIS)
        return Broken(Verdict(seen, digest, trouble, sequence, file))


def verify(folder: Path, key: bytes, older: Sequence[bytes] = ()) -> Verdict:
    """Whether every entry ever acknowledged is there, unchanged and in order; `older` are the keys of a rotation that is under way.

    What it cannot tell: a whole folder put back to an older, whole state. Raises WrongKey.
    """
    return verified(folder, [Sealer(one) for one in (key, *older)])


def verified(folder: Path, sealers: Sequence[Sealer]) -> Verdict:
    """`verify` by whoever has the sealers already. Raises WrongKey."""
    entries, digest = 0, GENESIS
    try:
        reader = Reader(folder, sealers)
        for entry, _ in reader:
            entries, digest = entry.sequence, entry.hash
    except Broken as broken:
        return broken.verdict
    return Verdict(entries, digest, torn=reader.torn.size if reader.torn else 0)


def read_head(folder: Path, sealers: Sequence[Sealer]) -> Head:
    """The head of the journal. Raises WrongKey when nothing here was written with these keys, Broken when only the head is bad."""
    try:
        data = (folder / HEAD).read_bytes()
    except FileNotFoundError:
        data = b""
    if head := next((head for sealer in sealers if (head := sealer.open_head(data))), None):
        return head
    files = segments(folder)
    if data and not any(sealer.header_holds(first_bytes(path), path.name) for path in files for sealer in sealers):
        raise WrongKey(f"The key does not open the journal in {folder}.", hint="Is this the key it was written with?")
    raise Broken(Verdict(0, GENESIS, "changed" if data else "missing", 0, HEAD))


def segments(folder: Path) -> list[Path]:
    """The segment files, oldest first."""
    return sorted(folder.glob("journal-*.log"))


def segment_name(first: int) -> str:
    return f"journal-{first:012d}.log"


def first_of(path: Path) -> int:
    """The number of the first entry a segment may hold, from its name; 0 for a name that is not one of ours."""
    digits = path.stem.removeprefix("journal-")
    return int(digits) if digits.isdigit() else 0


def first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER_BYTES)
