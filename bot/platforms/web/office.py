"""What the pages beside the chat read: the Office, and the plain values it answers with. Pure (Protocol and values)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.cards.card import Card, Column

FILTERS = ("cloud", "type", "environment", "state")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words as in chat, filters by FILTERS' names, an order, and where the part that is wanted begins.

    `sort` is a column's title, with `-` before it for descending, or empty; `after` is a page's `following`, or empty for the start.
    """

    query: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what was found, as text.

    `total` counts every match, not only this part's; `following` is where the next part begins, "" after the last. `ids`, when given, are
    the rows' resource ids in the rows' order, and make each first cell a button that opens the resource. `sortable` is false where there is
    too much to put in order. `choices` are what each filter may be set to. `notes` are sentences people must see beside the rows: gaps, a
    search that was understood loosely.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    following: str = ""
    ids: tuple[str, ...] = ()
    sortable: bool = True
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
    """How things stand. `counts` by name: `resources`, `executions`, `approvals`, `schedules` stand beside their pages in the navigation."""

    counts: Mapping[str, int]
    gaps: Sequence[str]
    advisor_up: bool
    last_scan: str


class Office(Protocol):
    """What the console pages may read. Nothing here changes anything: buttons go through the inbox.

    Laws: every method may raise EscherError, whose sentence is then shown; none waits for a cloud.
    """

    async def resources(self, search: Search) -> Page:
        """Resources that match. A filter, an order or a place that is not known is ignored."""
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

    async def schedules(self) -> Sequence[Card]:
        """What is done later or again and again, the next to run first."""
        ...

    async def journal(self, before: int | None) -> JournalPage:
        """Entries with a number below `before`, or the newest."""
        ...

    async def status(self) -> Status:
        """How things stand now."""
        ...
