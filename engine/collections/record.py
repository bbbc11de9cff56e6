"""What every record of the collections has, what it is found by, and how a collection is declared. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Self, TypeVar

from engine.journal.entry import Entry

# More records than these no entry makes: those who write entries split what is larger.
MOST_OF_AN_ENTRY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that happened.

    `key` names it in its collection, `at` is when it began (ISO 8601 in UTC), `sequence` the number of the journal entry it began with, `part`
    which of the records of that entry it is, and `last` the number of the newest entry that it tells of.
    """

    key: str
    at: str
    sequence: int
    part: int = 0
    last: int = 0

    @property
    def order(self) -> int:
        """Grows with time; no two records of a collection share it."""
        return self.sequence * MOST_OF_AN_ENTRY + self.part

    def to_json(self) -> dict[str, Any]:
        """The record as plain data; `from_json` takes it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A record from plain data. Raises TypeError for anything else."""
        return cls(**{name: _frozen(value) for name, value in data.items()})


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a record is found by: the words of `text`, and `fields`, each a name and a value, a name as often as it has values."""

    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def _nothing(entry: Entry) -> Iterable[str]:
    del entry
    return ()


@dataclass(frozen=True, slots=True)
class Declared(Generic[R]):
    """A collection: the journal kinds it is made of, and the pure functions that make it.

    `project` takes an entry and the records there are of those keys that `touches` names for it, and gives the records as they are after it. An
    entry may be projected again: what a record tells of already is passed over. Both raise KeyError, TypeError or ValueError for an entry that
    is not what they know. With `keyed`, a record's key is a UUID and is where it is kept; otherwise that is made of the key.
    """

    name: str
    kinds: frozenset[str]
    read: Callable[[Mapping[str, Any]], R]
    project: Callable[[Entry, Mapping[str, R]], Iterable[R]]
    marks: Callable[[R], Marks]
    touches: Callable[[Entry], Iterable[str]] = field(default=_nothing)
    keyed: bool = False


def given(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that were asked for."""
    return {name: value for name, value in fields.items() if value}


def _frozen(value: Any) -> Any:
    """JSON knows lists only."""
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
