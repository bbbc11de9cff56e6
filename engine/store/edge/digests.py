"""A hash of every file under some folders, so that whoever kept them can tell that one was altered. Edge (files).

The store's files have room in reserve: long stretches of zeros, most of which lie nowhere on the disk. They are skipped, and what is hashed is
the same whether they lie there or not.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_BLOCK = 1 << 18
_ZEROS = bytes(_BLOCK)
_THREADS = 2  # hashing lets go of the GIL


def digests(root: Path, folders: Iterable[Path]) -> dict[str, str]:
    """The hash of each file in these folders, at any depth, by its path from `root`."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip((str(path.relative_to(root)) for path in files), pool.map(digest, files), strict=True))


def digest(path: Path) -> str:
    """32 hex digits of a SHA-256 over the file's length and each of its blocks that is not all zeros, with its place."""
    file = os.open(path, os.O_RDONLY)
    try:
        length = os.fstat(file).st_size
        hashed = hashlib.sha256(length.to_bytes(8, "big"))
        at = _data_from(file, 0, length)
        while at < length:
            block = os.pread(file, _BLOCK, at)
            if block != _ZEROS[: len(block)]:
                hashed.update(at.to_bytes(8, "big"))
                hashed.update(block)
            at = _data_from(file, at + _BLOCK, length)
    finally:
        os.close(file)
    return hashed.hexdigest()[:32]


def _data_from(file: int, at: int, length: int) -> int:
    """The start of the first block, from this one on, that lies on the disk; `length` when none does."""
    if at >= length:
        return length
    try:
        return os.lseek(file, at, os.SEEK_DATA) // _BLOCK * _BLOCK
    except OSError as error:
        if error.errno == errno.ENXIO:  # nothing but a hole from here to the end
            return length
        raise
