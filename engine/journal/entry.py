"""One line of the journal: a hash-chained entry and its canonical JSON. Pure.

Each entry's hash covers its number, time, kind, body and the hash before it, so that no entry can be changed, dropped or moved without
every later hash telling.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: `sequence` counts from 1, `at` is ISO 8601 in UTC, `kind` a word such as `plan.made`, hashes are hex SHA-256."""

    sequence: int
    at: str
    kind: str
    body: Mapping[str, Any]
    previous: str
    hash: str

    def to_json(self) -> dict[str, Any]:
        """The entry as plain JSON data; `from_json` takes it back."""
        return {
            "sequence": self.sequence,
            "at": self.at,
            "kind": self.kind,
            "body": dict(self.body),
            "previous": self.previous,
            "hash": self.hash,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """An entry from JSON data. Raises KeyError or TypeError for anything else."""
        return cls(
            sequence=data["sequence"],
            at=data["at"],
            kind=data["kind"],
            body=dict(data["body"]),
            previous=data["previous"],
            hash=data["hash"],
        )

    def is_true(self) -> bool:
        """Whether the hash is the hash of the content."""
        return self.hash == _digest(self.sequence, self.at, self.kind, self.body, self.previous)

    def follows(self, earlier: Entry | None) -> bool:
        """Whether this entry stands directly after `earlier`; None asks whether it is the first."""
        if earlier is None:
            return self.sequence == 1 and self.previous == GENESIS
        return self.sequence == earlier.sequence + 1 and self.previous == earlier.hash


def canonical(data: Any) -> bytes:
    """JSON that is the same bytes for the same data: sorted keys, no spaces, UTF-8, no NaN. Raises TypeError or ValueError."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def link(previous: tuple[int, str], at: str, kind: str, body: Mapping[str, Any]) -> Entry:
    """The entry after the one with number and hash `previous`; `(0, GENESIS)` starts a journal.

    Raises TypeError or ValueError when `body` is not JSON.
    """
    number, earlier = previous
    # A body that JSON would change (tuples, number keys) is stored as what it will be read back as, so the hash holds.
    plain: dict[str, Any] = json.loads(canonical(body))
    return Entry(number + 1, at, kind, plain, earlier, _digest(number + 1, at, kind, plain, earlier))


def _digest(sequence: int, at: str, kind: str, body: Mapping[str, Any], previous: str) -> str:
    return hashlib.sha256(canonical([sequence, at, kind, body, previous])).hexdigest()
