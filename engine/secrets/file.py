"""A key file in ESCHER_HOME that its owner alone may read. Edge (reads and writes one file)."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from pathlib import Path

from engine.errors import DiskFull, SettingsError, StoreError
from engine.secrets.held import HeldStore

KEY_FILE = "key"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FileStore(HeldStore):
    """Protects a copy of the data folder without the key file, and nothing more: keep the two apart in backups."""

    def __init__(self, home: Path) -> None:
        super().__init__("file", KeyFile(home / KEY_FILE))


class KeyFile:
    """The shelf: a file with mode 600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = f"the key file {path}"

    async def read(self) -> str | None:
        try:
            return (await asyncio.to_thread(read_private, self._path)).decode("ascii", errors="replace")
        except FileNotFoundError:
            return None

    async def write(self, text: str, over: str | None) -> None:
        del over  # whoever writes holds the data folder's lock
        await asyncio.to_thread(replace_private, self._path, text.encode())

    async def clear(self) -> str:
        try:
            await asyncio.to_thread(self._path.unlink, missing_ok=True)
        except OSError as error:
            return f"{self._path} could not be removed ({error.strerror}): remove it yourself, it is needed no more."
        return ""


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner may read. Raises SettingsError when others may, FileNotFoundError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise SettingsError(f"{path} may be read by others (mode {mode:o}).", hint=f"Run `chmod 600 {path}`.")
    return path.read_bytes()


def write_private(path: Path, data: bytes) -> None:
    """Writes a file with mode 600, on the disk when this returns. Raises DiskFull, StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise _told(error, path) from None


def put_in_place(fresh: Path, path: Path) -> None:
    """A file that is whole takes the place of another: after a crash either is there. Raises StoreError."""
    try:
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise _told(error, path) from None


def replace_private(path: Path, data: bytes) -> None:
    """New content in place of the old, whole or not at all. Raises DiskFull, StoreError."""
    fresh = path.with_name(f"{path.name}.new")
    write_private(fresh, data)
    put_in_place(fresh, path)


def _told(error: OSError, path: Path) -> StoreError:
    if error.errno in _FULL:
        return DiskFull(f"The disk took nothing more at {path}.", hint="Free some space and repeat.")
    return StoreError(f"{path} could not be written: {error.strerror}.")
