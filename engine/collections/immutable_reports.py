"""Reports as they were made: addressed by content, chained, exported with proof. There is no way to change or drop one. Edge (journal).

Made of `report.made`. Making one writes that entry; reading one computes its hashes again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.clock import Clock
from engine.collections.record import Declared, Marks, Record, given
from engine.collections.report_proof import FIRST, Header, digest, export
from engine.collections.shelf import Shelf
from engine.errors import Corrupted, Refused
from engine.journal.entry import Entry, canonical
from engine.journal.journal import Journal

MADE = "report.made"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport(Record):
    """A report; `key` is its id, `content` its content as canonical JSON, `entry` the hash of the journal's entry."""

    number: int
    kind: str
    title: str
    content: str
    previous: str
    entry: str


def _project(entry: Entry, there: Mapping[str, KeptReport]) -> Iterator[KeptReport]:
    del there
    header = Header(**entry.body["header"])
    yield KeptReport(
        key=header.id,
        at=header.made_at,
        sequence=entry.sequence,
        last=entry.sequence,
        number=header.number,
        kind=header.kind,
        title=header.title,
        content=canonical(entry.body["content"]).decode(),
        previous=header.previous,
        entry=entry.hash,
    )


def _marks(report: KeptReport) -> Marks:
    return Marks(f"{report.kind} {report.title}", (("kind", report.kind), ("beginning", report.key[:8])))


IMMUTABLE_REPORTS: Declared[KeptReport] = Declared("immutable_reports", frozenset({MADE}), KeptReport.from_json, _project, _marks)


class Chain:
    """The headers of all reports, as the journal tells them; the one place that makes a new one."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._entries: list[int] = []
        self._headers: list[Header] = []
        self._read = 0
        self._turn = asyncio.Lock()

    async def made(self, kind: str, title: str, content: Any) -> Entry:
        """Writes a report down. Raises JournalError, DiskFull; TypeError or ValueError when the content is not JSON."""
        async with self._turn:
            headers = await self._known()
            previous = headers[-1].id if headers else FIRST
            made_at = self._clock.now().isoformat()
            header = Header(len(headers) + 1, kind, title, made_at, digest(content), previous)
            return await self._journal.append(MADE, {"header": asdict(header), "content": content})

    async def headers(self) -> list[Header]:
        """All reports' headers, oldest first."""
        async with self._turn:
            return list(await self._known())

    async def entry(self, number: int) -> Entry:
        """The entry of the report with this number."""
        async with self._turn:
            await self._known()
            sequence = self._entries[number - 1]
        return await asyncio.to_thread(lambda: next(self._journal.entries({MADE}, after=sequence - 1)))

    async def _known(self) -> list[Header]:
        """Reads on from where it stopped last time."""
        last = self._journal.last[0]
        for entry in await asyncio.to_thread(lambda: list(self._journal.entries({MADE}, after=self._read))):
            self._headers.append(Header(**entry.body["header"]))
            self._entries.append(entry.sequence)
            last = max(last, entry.sequence)
        self._read = last
        return self._headers


class ImmutableReports:
    """Making and reading reports."""

    def __init__(self, shelf: Shelf[KeptReport], chain: Chain) -> None:
        self._shelf = shelf
        self._chain = chain

    async def make(self, kind: str, title: str, content: Any) -> KeptReport:
        """Keeps a report for good. Raises JournalError, DiskFull; TypeError or ValueError when the content is not JSON."""
        return next(_project(await self._chain.made(kind, title, content), {}))

    async def latest(self, kind: str = "", limit: int = 20) -> list[KeptReport]:
        """Reports, newest first, of one kind when it is given. Raises StoreError."""
        return [_sound(report) for report in await self._shelf.latest(given({"kind": kind}), limit)]

    async def get(self, report: str) -> KeptReport:
        """A report by its id or at least the first eight digits of it. Raises Refused when there is none, or more than one."""
        found = [one for one in await self._shelf.latest({"beginning": report[:8]}, 10) if one.key.startswith(report)]
        if len(found) != 1:
            how = "is the beginning of several reports" if found else "is no report"
            raise Refused(f"{report} {how}.", hint="`escher report list` shows their ids.")
        return _sound(found[0])

    async def export(self, report: str) -> dict[str, Any]:
        """A report with its proof, which `verify_export` checks without a key. Raises Refused, StoreError, JournalError."""
        kept = await self.get(report)
        headers = await self._chain.headers()
        return export(await self._chain.entry(kept.number), headers)


def _sound(report: KeptReport) -> KeptReport:
    """The report, when its id is still the one that its content has. Raises Corrupted."""
    header = Header(report.number, report.kind, report.title, report.at, digest(json.loads(report.content)), report.previous)
    if header.id != report.key:
        raise Corrupted(f"Report {report.key} is not what was made.", what=report.key, hint="`escher history rebuild` makes it anew.")
    return report
