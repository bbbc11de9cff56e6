"""How the journal touches the disk: one lock, writes that are whole or not there, and what an error of the disk means. Edge (blocking)."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from engine.errors import DiskFull, JournalError
from engine.journal.records import HEADER_BYTES
from engine.journal.verify import Torn

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def take_lock(folder: Path) -> int:
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


def write_whole(file: int, data: bytes, offset: int) -> None:
    """All of `data` at `offset`, on the disk. A disk that takes only a part raises OSError at the rest."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
    os.fsync(file)


def replace(path: Path, data: bytes) -> None:
    """Puts new content in place of the old at once: either is there, never a half."""
    fresh = path.with_suffix(".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_whole(file, data, 0)
    finally:
        os.close(file)
    fresh.replace(path)


def sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def set_aside(torn: Torn) -> None:
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


def told(error: OSError, path: Path) -> DiskFull | JournalError:
    if error.errno in _FULL:
        return DiskFull(f"The disk took nothing more at {path}; the entry was not written.", hint="Free some space and repeat.")
    return JournalError(f"{path} could not be written: {error.strerror}.")
