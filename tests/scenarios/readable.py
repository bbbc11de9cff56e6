"""Looks for words in every byte of a folder: as they are, in other cases, in UTF-16, in hex, and in base64 at each alignment."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(word: str) -> dict[bytes, str]:
    """How a word may stand in a file, and what that is called. Those of upper and lower case are looked for without regard to it."""
    plain = word.encode()
    made = {plain: "as it is", plain.hex().encode(): "in hex"}
    made |= {word.encode(encoding): f"in {encoding}" for encoding in ("utf-16-le", "utf-16-be")}
    return made


def coded(word: str) -> dict[bytes, str]:
    """The stretches of base64 that are the same whatever stands around the word, for the three places where it may begin."""
    made: dict[bytes, str] = {}
    for way in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            before, rest = -(-shift * 8 // 6), (shift + len(word.encode())) % 3
            whole = way(bytes(shift) + word.encode()).rstrip(b"=")
            made[whole[before : len(whole) - (1 if rest else 0)]] = f"in base64, shifted by {shift}"
    return made


def dense(path: Path) -> bytes:
    """A file's content without its holes, which stores keep in reserve."""
    parts: list[bytes] = []
    with path.open("rb") as file:
        size, start = os.fstat(file.fileno()).st_size, 0
        while start < size:
            try:
                start = os.lseek(file.fileno(), start, os.SEEK_DATA)
            except OSError:  # nothing but a hole up to the end
                break
            end = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            parts.append(os.pread(file.fileno(), end - start, start))
            start = end
    return b"".join(parts)


def files(folder: Path) -> Iterator[Path]:
    """Every file below."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def readable(folder: Path, words: Iterable[str]) -> list[str]:
    """What can be read in the folder that should not, as sentences; names of files and folders are looked at too."""
    lower = {form.lower(): f"{word!r} {how}" for word in words for form, how in forms(word).items()}
    exact = {form: f"{word!r} {how}" for word in words for form, how in coded(word).items()}
    found: list[str] = []
    for path in files(folder):
        data = str(path.relative_to(folder)).encode() + b"\0" + dense(path)
        for table, text in ((lower, data.lower()), (exact, data)):
            pattern = re.compile(b"|".join(re.escape(form) for form in table))
            found += [f"{path.relative_to(folder)} tells {table[hit]}" for hit in set(pattern.findall(text))]
    return found
