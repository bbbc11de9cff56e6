"""Segments under a new key: each is written whole beside the old one, and takes its place at once. Edge (blocking, so run it in a thread).

Records keep their lengths, so every entry stays where it stands; the hash chain runs over what is said, not over how it is sealed.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import JournalError
from engine.journal.disk import sync_folder, told, write_whole
from engine.journal.records import HEADER_BYTES, Sealer, slots
from engine.journal.verify import first_bytes, segments


def reseal(path: Path, journal: bytes, old: Sealer, new: Sealer) -> None:
    """One segment from the old key to the new one; after a kill it is whole under either.

    What does not open, or is not what was written, stops this and stays as it is. Raises JournalError, DiskFull.
    """
    data = path.read_bytes()
    if old.header_holds(data[:HEADER_BYTES], path.name) != journal:
        raise JournalError(f"{path} was written with neither the old nor the new key.", hint="`escher audit verify` says more.")
    fresh = bytearray(new.header(journal, path.name))
    for slot in slots(data):
        entry = None if slot.fault else old.open(slot, journal, path.name)
        if entry is None or not entry.is_true():
            raise JournalError(
                f"{path} at byte {slot.offset} is not what was written there, so it was not sealed anew.",
                hint="`escher audit verify` says more; restore a backup.",
            )
        fresh += new.seal(entry, journal, path.name)
    if len(fresh) != len(data):
        raise JournalError(f"{path} would change its length under a new key; it was left as it is.")
    try:
        _put(path, bytes(fresh))
    except OSError as error:
        raise told(error, path) from error


def under(sealer: Sealer, path: Path) -> bool:
    """Whether a segment was written with this key."""
    return sealer.header_holds(first_bytes(path), path.name) is not None


def progress(folder: Path, key: bytes) -> tuple[int, int]:
    """How many segments of the journal are under this key, and how many there are."""
    sealer = Sealer(key)
    files = segments(folder)
    return sum(under(sealer, path) for path in files), len(files)


def _put(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_whole(file, data, 0)
    finally:
        os.close(file)
    if fresh.read_bytes() != data:
        raise JournalError(f"{fresh} does not hold what was written to it.", hint="Look at the disk; the old segment stands.")
    fresh.replace(path)
    # The old key is dropped after this: the new name has to be on the disk, not only in its cache.
    sync_folder(path.parent)
