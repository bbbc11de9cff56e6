"""The small files beside the collections: what the store is, what could not be seen, and how much should be there. Edge (files)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import Corrupted, DiskFull, StoreError, WrongKey
from engine.logs import Log
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto

FORMAT = 2
MANIFEST = "manifest.json"
_log = Log("escher.estate")
_FULL_ERRNOS = {28, 122}  # ENOSPC, EDQUOT


@dataclass(frozen=True, slots=True)
class Manifest:
    """The way the points were made (`recorder.layout`), and which collection holds them: of two, the other one is not whole."""

    layout: str = ""
    collection: str = "cloud_estate"


def read_manifest(folder: Path, keys: Keys) -> Manifest | None:
    """None where no store is yet. Raises WrongKey, Corrupted."""
    path = folder / MANIFEST
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        whole = record["format"] == FORMAT and record["sum"] == _sum(record)
    except FileNotFoundError:
        if any(child.is_dir() for child in folder.glob("*/segments")):
            raise Corrupted(
                f"{path} is gone, and the store beside it is not.", what=str(path), hint="Scan again to make it anew."
            ) from None
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        whole, record = False, {}
    if not whole:
        raise Corrupted(f"{path} is not what was written there.", what=str(path), hint="Scan again to make it anew.")
    if not hmac.compare_digest(record["check"], _check(keys)):
        raise WrongKey(f"The key does not open the estate in {folder}.", hint="Is this the key it was made with?")
    return Manifest(str(record.get("layout", "")), str(record.get("collection") or Manifest().collection))


def write_manifest(folder: Path, keys: Keys, manifest: Manifest) -> None:
    """Raises StoreError, DiskFull."""
    record: dict[str, Any] = {"format": FORMAT, "check": _check(keys), "layout": manifest.layout, "collection": manifest.collection}
    record["sum"] = _sum(record)
    write_whole(folder / MANIFEST, json.dumps(record, sort_keys=True, indent=1).encode() + b"\n")


class SealedFile:
    """One value of JSON in a file, sealed for its name, replaced at once."""

    def __init__(self, path: Path, crypto: Crypto) -> None:
        self._path = path
        self._crypto = crypto
        # What was found wrong with it by `read_if_whole`, as a sentence.
        self.broken = ""

    def read(self) -> Any:
        """The value, None when nothing was written. Raises Corrupted naming the file."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return json.loads(self._crypto.open(self._path.name, data.decode("ascii", errors="replace")))
        except Corrupted:
            raise Corrupted(
                f"{self._path} is not what was written there.", what=str(self._path), hint="Move it away and scan again."
            ) from None

    def read_if_whole(self) -> Any:
        """The value, None when nothing was written or it is broken, which is logged: for what can be found out again."""
        try:
            return self.read()
        except Corrupted as error:
            _log.warning("a file was not what was written there and is made anew", what=error.what)
            self.broken = error.message
            self.remove()
            return None

    def remove(self) -> None:
        """Takes the file away; none is no error."""
        self._path.unlink(missing_ok=True)

    def write(self, value: Any) -> None:
        """Raises StoreError, DiskFull."""
        write_whole(self._path, self._crypto.seal(self._path.name, json.dumps(value).encode()).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Puts new content in place of the old: either stands there whole. Raises DiskFull, StoreError."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        if error.errno in _FULL_ERRNOS:
            raise DiskFull(f"The disk took nothing more at {path}.", hint="Free some space and repeat.") from None
        raise StoreError(f"{path} could not be written: {error.strerror}.") from None


def _check(keys: Keys) -> str:
    return hmac.new(keys.for_("check"), b"escher estate", hashlib.sha256).hexdigest()


def _sum(record: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in record.items() if key != "sum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
