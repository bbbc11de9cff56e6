"""What sweeps saw change: state, size, tags, exposure, what came and what went. Pure but for the shelf it reads.

Made of `estate.changed`. One entry holds up to `CHANGES_AN_ENTRY` changes of one part of a sweep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from engine.collections.record import Declared, Marks, Record, given
from engine.collections.shelf import Shelf
from engine.journal.entry import Entry

CHANGED = "estate.changed"
CHANGES_AN_ENTRY = 200
# The four of a resource that stays; it appeared or vanished; or a whole part of the estate was seen for the first time.
Aspect = Literal["state", "size", "tags", "exposure", "appeared", "vanished", "first seen"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
Turn = Literal["found", "resolved", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateEvent(Record):
    """One change. `resource` is an id, empty where a whole part was first seen, then `after` says of how many resources.

    `cloud`, `account`, `region` and `type` are the part of the sweep; `before` and `after` each side as people read it.
    """

    resource: str
    aspect: str
    before: str
    after: str
    cloud: str
    account: str
    region: str
    type: str

    @property
    def turn(self) -> Turn:
        """`found` where there is something now that was not there, `resolved` where it is gone."""
        return "found" if not self.before else "changed" if self.after else "resolved"


def _project(entry: Entry, there: Mapping[str, EstateEvent]) -> Iterator[EstateEvent]:
    del there
    body = entry.body
    scope = {name: body[name] for name in ("cloud", "account", "region", "type")}
    for part, (resource, aspect, before, after) in enumerate(body["changes"]):
        yield EstateEvent(
            key=f"{entry.hash}:{part}", at=entry.at, sequence=entry.sequence, part=part, last=entry.sequence,
            resource=resource, aspect=aspect, before=before, after=after, **scope,
        )  # fmt: skip


def _marks(event: EstateEvent) -> Marks:
    text = f"{event.resource} {event.aspect} {event.before} {event.after}"
    fields = {"resource": event.resource.lower(), "aspect": event.aspect, "turn": event.turn, "account": event.account, "type": event.type}
    return Marks(text, tuple(fields.items()))


ALERTS_EVENTS: Declared[EstateEvent] = Declared("alerts_events", frozenset({CHANGED}), EstateEvent.from_json, _project, _marks)


@dataclass(frozen=True, slots=True)
class Seen:
    """Which events: all that fit every field that is not empty; `resource` is an id."""

    resource: str = ""
    aspect: str = ""
    turn: str = ""
    account: str = ""
    since: datetime | None = None
    limit: int = 50

    @property
    def fields(self) -> dict[str, str]:
        """As the shelf takes them."""
        return given({"resource": self.resource.lower(), "aspect": self.aspect, "turn": self.turn, "account": self.account})


class AlertsEvents:
    """Reading the collection. All raise StoreError."""

    def __init__(self, shelf: Shelf[EstateEvent]) -> None:
        self._shelf = shelf

    async def latest(self, seen: Seen = Seen()) -> list[EstateEvent]:
        """Events, newest first."""
        return await self._shelf.latest(seen.fields, seen.limit, seen.since)

    async def search(self, text: str, seen: Seen = Seen()) -> list[EstateEvent]:
        """Events whose resource or sides say every word, newest first, then those that say something like it: a resource by its name."""
        return await self._shelf.search(text, seen.fields, seen.limit, seen.since)


def bodies(scope: Mapping[str, str], changes: list[tuple[str, str, str, str]]) -> Iterator[dict[str, Any]]:
    """The bodies of the `estate.changed` entries that tell of these changes: resource id, aspect, before and after."""
    for start in range(0, len(changes), CHANGES_AN_ENTRY):
        yield {**scope, "changes": [list(change) for change in changes[start : start + CHANGES_AN_ENTRY]]}
