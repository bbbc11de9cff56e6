"""What `data.key` holds: one or more wrapped data keys, which is current, which rotation is under way. Pure.

Format 2 is one JSON object: `folder` (a random id), `store` (what wraps), `since`, `current` (a key's id), `keys` (id to when it was made and
how it is wrapped), `rotation`, and `check`, a MAC of all else under the current data key. Format 1 held one key and nothing else.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from engine.errors import Corrupted
from engine.secrets.derive import ID_DIGITS, Keys
from engine.secrets.store import Context, Wrapped
from engine.settings import KeyKind

FORMAT = 2
FOLDER_BYTES = 16
_ID = re.compile(rf"[0-9a-f]{{{ID_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Rotation:
    """A change of the data key under way: from key to key (ids), since when, of which parts, and which of them hold nothing old any more."""

    old: str
    new: str
    since: str
    parts: tuple[str, ...]
    done: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part not in self.done)


@dataclass(frozen=True, slots=True)
class Kept:
    """One data key as it lies on the disk. `made` is ISO 8601 in UTC, empty where it is not known."""

    made: str
    wrapped: Wrapped


@dataclass(frozen=True, slots=True)
class Record:
    """The file. `since` is when it was last wrapped by this store, ISO 8601 in UTC; `folder` and ids are empty in format 1."""

    folder: str
    store: KeyKind
    since: str
    current: str
    keys: Mapping[str, Kept]
    rotation: Rotation | None = None
    check: str = ""

    def context(self, key_id: str) -> Context:
        """What that key is bound to."""
        return Context(self.folder, key_id)


@dataclass(frozen=True, slots=True)
class Ring:
    """The data keys of a folder, open. `others` are still needed to read what a rotation has not come to."""

    folder: str
    current: Keys
    others: tuple[Keys, ...] = ()
    rotation: Rotation | None = None

    def of(self, key_id: str) -> Keys:
        """The key with this id. Raises KeyError."""
        return {keys.id: keys for keys in (self.current, *self.others)}[key_id]

    def for_others(self, purpose: str) -> tuple[bytes, ...]:
        """The subkeys for a purpose of all keys but the current one."""
        return tuple(keys.for_(purpose) for keys in self.others)


def checked(record: Record, current: Keys) -> Record:
    """The record with the check that only the current data key gives."""
    return replace(record, check=_check(record, current))


def holds(record: Record, current: Keys) -> bool:
    """Whether the record is what was written with that key. Format 1 had no check."""
    return not record.folder or hmac.compare_digest(record.check, _check(record, current))


def to_bytes(record: Record) -> bytes:
    """The file's content."""
    return json.dumps({**_plain(record), "check": record.check}, indent=1).encode() + b"\n"


def from_bytes(data: bytes, what: str) -> Record:
    """The record of a file; `what` names it. Raises Corrupted."""
    try:
        plain = json.loads(data)
        record = _first_format(plain) if plain.get("format") == 1 else _record(plain)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Corrupted(f"{what} is not a wrapped data key.", what=what, hint="Put it back from a backup.") from None
    return record


def _check(record: Record, current: Keys) -> str:
    plain = json.dumps(_plain(record), sort_keys=True, separators=(",", ":")).encode()
    return hmac.digest(current.for_("ring"), plain, "sha256").hex()


def _plain(record: Record) -> dict[str, Any]:
    under_way = record.rotation
    rotation = under_way and {
        "old": under_way.old,
        "new": under_way.new,
        "since": under_way.since,
        "parts": list(under_way.parts),
        "done": list(under_way.done),
    }
    return {
        "format": FORMAT,
        "folder": record.folder,
        "store": record.store,
        "since": record.since,
        "current": record.current,
        "keys": {key_id: {"made": kept.made, "wrapped": dict(kept.wrapped)} for key_id, kept in record.keys.items()},
        "rotation": rotation,
    }


def _record(plain: dict[str, Any]) -> Record:
    """Raises ValueError, KeyError or TypeError for anything that `_plain` does not write."""
    keys = {key_id: Kept(str(kept["made"]), _wrapped(kept["wrapped"])) for key_id, kept in plain["keys"].items()}
    under_way = plain["rotation"]
    rotation = under_way and Rotation(
        str(under_way["old"]), str(under_way["new"]), str(under_way["since"]), tuple(under_way["parts"]), tuple(under_way["done"])
    )
    whole = plain["format"] == FORMAT and len(bytes.fromhex(plain["folder"])) == FOLDER_BYTES and plain["current"] in keys
    whole = whole and all(_ID.fullmatch(key_id) for key_id in keys)
    if not whole or (rotation and not {rotation.old, rotation.new} <= set(keys)):
        raise ValueError("not a record")
    return Record(
        plain["folder"], _kind(plain["store"]), str(plain["since"]), plain["current"], keys, rotation or None, str(plain["check"])
    )


def _first_format(plain: dict[str, Any]) -> Record:
    wrapped = _wrapped({"salt": plain["salt"], "sealed": plain["wrapped"]})
    if not all(bytes.fromhex(field) for field in wrapped.values()):
        raise ValueError("not a record")
    return Record("", _kind(plain["store"]), "", "", {"": Kept("", wrapped)})


def _wrapped(fields: dict[str, Any]) -> Wrapped:
    if not fields or not all(isinstance(name, str) and isinstance(value, str) for name, value in fields.items()):
        raise ValueError("not wrapped")
    return fields


def _kind(name: Any) -> KeyKind:
    if name not in get_args(KeyKind):
        raise ValueError("no such store")
    return cast(KeyKind, name)
