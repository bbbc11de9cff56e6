"""A key file in ESCHER_HOME that its owner alone may read. Edge (reads and writes one file)."""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
from pathlib import Path

from engine.errors import Corrupted, SettingsError, WrongKey
from engine.secrets.derive import KEY_BYTES, derive

KEY_FILE = "key"


class FileStore:
    """Protects a copy of the data folder without the key file, and nothing more: keep the two apart in backups."""

    name = "file"

    def __init__(self, home: Path) -> None:
        self._path = home / KEY_FILE

    async def wrapping_key(self, salt: bytes, *, fresh: bool) -> bytes:
        return derive(await asyncio.to_thread(self._secret, fresh=fresh), "wrap", salt)

    def _secret(self, *, fresh: bool) -> bytes:
        if fresh:
            write_once(self._path, secrets.token_hex(KEY_BYTES).encode() + b"\n")
        try:
            text = read_private(self._path)
        except FileNotFoundError:
            raise WrongKey(f"The key file {self._path} is gone.", hint="Put it back from where you keep it.") from None
        try:
            key = bytes.fromhex(text.decode().strip())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise Corrupted(
                f"The key file {self._path} does not hold a key.", what=str(self._path), hint="Put it back from where you keep it."
            )
        return key


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner may read. Raises SettingsError when others may, FileNotFoundError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise SettingsError(f"{path} may be read by others (mode {mode:o}).", hint=f"Run `chmod 600 {path}`.")
    return path.read_bytes()


def write_once(path: Path, data: bytes) -> None:
    """Writes a file with mode 600 unless it is there; of two processes that try, one wins and both find its content whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    write_private(fresh, data)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def write_private(path: Path, data: bytes) -> None:
    """Writes a file with mode 600, on the disk when this returns."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
