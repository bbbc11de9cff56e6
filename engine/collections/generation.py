"""The five collections under one data key, and how far they have followed the journal. Edge (through the store).

A new key makes a generation of its own beside the old one, and takes its place when it is whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from engine.clock import Clock
from engine.collections.alerts_events import ALERTS_EVENTS, AlertsEvents
from engine.collections.chat_history import CHAT_HISTORY, ChatHistory
from engine.collections.executed_operations import EnvironmentOf, ExecutedOperations, declared
from engine.collections.immutable_reports import IMMUTABLE_REPORTS, Chain, ImmutableReports
from engine.collections.positions import Position, Positions
from engine.collections.shelf import Shelf
from engine.collections.user_playbooks import USER_PLAYBOOKS, UserPlaybooks, Versions
from engine.errors import Corrupted, StoreError
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from engine.logs import Log
from engine.secrets.derive import Keys
from engine.store.store import Store

BATCH = 256
# Positions are written with every batch that changed something, and else when so many entries have passed that concern no collection.
_UNWRITTEN = 1000
_log = Log("escher.library")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the collections are made of and kept in. `whole` says that the store's files are known to be those that were written."""

    store: Store
    journal: Journal
    clock: Clock
    folder: Path
    environment_of: EnvironmentOf
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Pens:
    """What alone writes new reports and playbooks: one for a process, whatever the generation."""

    chain: Chain
    versions: Versions


class Generation:
    """Open it with `begin`; `advance` follows the journal."""

    def __init__(self, sources: Sources, keys: Keys, pens: Pens) -> None:
        self.id = keys.id
        self._sources = sources
        self.positions = Positions(sources.folder, keys)
        store = sources.store
        chat, events = Shelf(store, keys, CHAT_HISTORY), Shelf(store, keys, ALERTS_EVENTS)
        executed = Shelf(store, keys, declared(sources.environment_of))
        reports, playbooks = Shelf(store, keys, IMMUTABLE_REPORTS), Shelf(store, keys, USER_PLAYBOOKS)
        self.shelves: Sequence[Shelf[Any]] = (chat, executed, reports, events, playbooks)
        self._kinds = frozenset[str]().union(*(shelf.declared.kinds for shelf in self.shelves))
        self.chat = ChatHistory(chat)
        self.operations = ExecutedOperations(executed)
        self.reports = ImmutableReports(reports, pens.chain)
        self.events = AlertsEvents(events)
        self.playbooks = UserPlaybooks(playbooks, pens.versions)
        self.strange: set[int] = set()  # entries that were not understood, by number

    async def begin(self) -> list[str]:
        """Opens the collections; gives what had to be begun anew, as sentences. Raises StoreError."""
        await self.positions.load()
        return [said for shelf in self.shelves if (said := await self._opened(shelf))]

    @property
    def position(self) -> int:
        """The number of the entry that every collection tells of."""
        return self.positions.least(shelf.declared.name for shelf in self.shelves)

    async def advance(self) -> int:
        """Takes in the next entries of the journal; how many, 0 when there are none. Raises StoreError, JournalError."""
        head = self._sources.journal.last
        start = self.position
        if start >= head[0]:
            return 0
        entries = await asyncio.to_thread(self._next, start)
        if len(entries) == BATCH:
            head = entries[-1].sequence, entries[-1].hash
        elif entries:
            head = max(head, (entries[-1].sequence, entries[-1].hash))
        if self.positions.closed and entries:
            await self.positions.keep()  # a crash from here on is an unclean end
        for shelf in self.shelves:
            await self._take_in(shelf, entries, head)
        if entries or head[0] - start > _UNWRITTEN:
            await self.positions.keep()
        return head[0] - start

    async def check(self) -> None:
        """After an unclean end: that every record opens, is found by what it should be, and none is missing; `mend` makes anew what is not."""
        for shelf in self.shelves:
            position = self.positions.of(shelf.declared.name) or Position()
            try:
                count = 0
                async for record in shelf.records(check=True):
                    count += record.sequence <= position.sequence
            except StoreError as error:
                shelf.broken = shelf.broken or f"{shelf.declared.name} ({error.message})"
                continue
            if count != position.count:
                shelf.broken = f"{shelf.declared.name} ({position.count} records were written and {count} are there)"

    async def mend(self) -> list[str]:
        """Begins anew what was found to be broken, which `advance` fills again; gives sentences. Raises StoreError."""
        broken = [shelf for shelf in self.shelves if shelf.broken]
        said = [f"{shelf.broken} was not what was written there." for shelf in broken]
        for shelf in broken:
            await self._clear(shelf)
        return said

    async def clear(self) -> None:
        """Begins all of it anew. Raises StoreError."""
        for shelf in self.shelves:
            await self._clear(shelf)

    @property
    def sound(self) -> bool:
        """Nothing is known to be broken."""
        return not any(shelf.broken for shelf in self.shelves)

    async def remove(self) -> None:
        """Takes the whole generation away. Raises StoreError."""
        for shelf in self.shelves:
            await self._sources.store.remove(shelf.collection.name)
        await self.positions.remove()

    async def _opened(self, shelf: Shelf[Any]) -> str:
        """Opens a collection; says why what was there could not be gone on with."""
        position = self.positions.of(shelf.declared.name)
        if position is None:
            await self._clear(shelf)
            return ""
        why = ""
        try:
            if not await shelf.ensure() and position.sequence:
                why = f"{shelf.declared.name} was gone."
        except Corrupted as error:
            why = error.message
        if not why and not await asyncio.to_thread(self._agrees, position):
            why = f"{shelf.declared.name} was made of another journal."
        if why:
            await self._clear(shelf)
        return why

    async def _clear(self, shelf: Shelf[Any]) -> None:
        """The position goes first: after a kill in between, what is still there is projected again, which changes nothing."""
        self.positions.put({shelf.declared.name: Position()})
        await self.positions.keep()
        await shelf.clear()
        shelf.broken = ""

    def _agrees(self, position: Position) -> bool:
        """Whether the journal still has the entry that the collection came to."""
        if position.sequence == 0:
            return True
        entry = next(self._sources.journal.entries(after=position.sequence - 1), None)
        return entry is not None and entry.hash == position.hash

    def _next(self, start: int) -> list[Entry]:
        return list(islice(self._sources.journal.entries(self._kinds, after=start), BATCH))

    async def _take_in(self, shelf: Shelf[Any], entries: Sequence[Entry], head: tuple[int, str]) -> None:
        position = self.positions.of(shelf.declared.name) or Position()
        if position.sequence >= head[0]:
            return
        changed, strange = await shelf.project([entry for entry in entries if entry.sequence > position.sequence])
        self._note(strange)
        begun = sum(record.sequence > position.sequence for record in changed)
        self.positions.put({shelf.declared.name: replace(position, sequence=head[0], hash=head[1], count=position.count + begun)})

    def _note(self, strange: Sequence[Entry]) -> None:
        for entry in strange:
            self.strange.add(entry.sequence)
            _log.error("an entry of the journal was not understood and stands in no collection", sequence=entry.sequence, kind=entry.kind)
