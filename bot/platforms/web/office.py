"""What the pages beside the chat read: the Office, and the plain values it answers with. Pure (Protocol and values)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.cards.card import Card, Column

FILTERS = ("cloud", "type", "environment", "state")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of resources, as text.

    `page` counts from 1; `total` counts every match, not only this page's. `ids`, when given, are the rows' resource ids in the rows'
    order, and make each first cell a button that opens the resource. `choices` are what each filter may be set to. `notes` are
    sentences people must see beside the rows: gaps, a search that was understood loosely.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    page: int
    size: int = 50
    ids: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // max(1, self.size)))


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the journal as people read it. `digest` is its hash, which binds it to the entry before."""

    number: int
    at: str
    who: str
    what: str
    detail: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries, newest first. `verified` says whether the whole chain holds, `sentence` how that is known; `before` continues, None ends."""

    entries: tuple[JournalEntry, ...]
    verified: bool
    sentence: str
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand. `counts` by name: `resources`, `executions`, `approvals` stand beside their pages in the navigation."""

    counts: Mapping[str, int]
    gaps: Sequence[str]
    advisor_up: bool
    last_scan: str


class Office(Protocol):
    """What the console pages may read. Nothing here changes anything: buttons go through the inbox.

    Laws: every method may raise EscherError, whose sentence is then shown; none waits for a cloud.
    """

    async def resources(self, query: str, filters: Mapping[str, str], page: int, sort: str) -> Page:
        """Resources that match. `filters` holds keys of FILTERS that are set; `sort` is a column's title, with `-` before it for
        descending, or empty; what is not known is ignored.
        """
        ...

    async def resource(self, resource_id: str) -> Card | None:
        """One resource in full, or None when the estate does not know it."""
        ...

    async def executions(self) -> Sequence[Card]:
        """Runs, newest first."""
        ...

    async def approvals(self, login: str) -> Sequence[Card]:
        """Plans that wait, as this person may see and decide them."""
        ...

    async def journal(self, before: int | None) -> JournalPage:
        """Entries with a number below `before`, or the newest."""
        ...

    async def status(self) -> Status:
        """How things stand now."""
        ...
