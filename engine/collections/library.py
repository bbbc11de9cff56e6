"""What happened, searchable: five collections that follow the journal in the background. Edge.

The journal is the truth. Everything here can be dropped and made of it again with the same result; nothing that a person waits for waits for
this. What is found broken is made anew by itself, and `healed` says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from engine.collections.alerts_events import AlertsEvents
from engine.collections.chat_history import ChatHistory
from engine.collections.executed_operations import ExecutedOperations
from engine.collections.generation import Generation, Pens, Sources
from engine.collections.immutable_reports import Chain, ImmutableReports
from engine.collections.user_playbooks import UserPlaybooks, Versions
from engine.errors import JournalError, StoreError
from engine.logs import Log
from engine.secrets.derive import Keys

# Entries are gathered for so long before they are taken in, and after a failure that much longer, in seconds.
REST_S = 0.25
RETRY_S = 5.0
Progress = Callable[[int, int], None]
_log = Log("escher.library")


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand: records in each collection, entries of the journal not taken in yet, entries not understood, what is wrong."""

    records: dict[str, int]
    behind: int
    strange: int = 0
    trouble: str = ""
    healed: str = ""


class Library:
    """Open it with `Library.open`, then `follow`. Every question may be asked at once; what was not taken in yet is not found."""

    def __init__(self, sources: Sources, keys: Keys) -> None:
        self._sources = sources
        self._pens = Pens(Chain(sources.journal, sources.clock), Versions(sources.journal))
        self._generation = Generation(sources, keys, self._pens)
        self._turn = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._to_check = False
        self.trouble = ""
        self.healed = ""

    @classmethod
    async def open(cls, sources: Sources, keys: Keys) -> Self:
        """The library of a store and a journal. Raises StoreError."""
        library = cls(sources, keys)
        library._healed(await library._generation.begin())
        if not sources.whole:
            # After an unclean end nobody can tell a damaged index from a sound one, and it would hide records: the journal has all of them.
            await library._generation.clear()
        library._to_check = sources.whole and not library._generation.positions.closed
        return library

    @property
    def chat(self) -> ChatHistory:
        return self._generation.chat

    @property
    def operations(self) -> ExecutedOperations:
        return self._generation.operations

    @property
    def reports(self) -> ImmutableReports:
        return self._generation.reports

    @property
    def events(self) -> AlertsEvents:
        return self._generation.events

    @property
    def playbooks(self) -> UserPlaybooks:
        return self._generation.playbooks

    @property
    def behind(self) -> int:
        """How many entries of the journal were not taken in yet."""
        return max(0, self._sources.journal.last[0] - self._generation.position)

    async def status(self) -> Status:
        """How things stand. Raises StoreError."""
        generation = self._generation
        records = {shelf.declared.name: await shelf.count({}) for shelf in generation.shelves}
        return Status(records, self.behind, len(generation.strange), self.trouble, self.healed)

    def follow(self) -> None:
        """Takes in what the journal gets, from now on, in the background."""
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    async def catch_up(self, progress: Progress = lambda _done, _of: None) -> None:
        """Takes in all there is; `progress` counts entries of the journal. Raises StoreError, JournalError."""
        async with self._turn:
            await self._advance(self._generation, progress)

    async def fresh(self, seconds: float) -> bool:
        """Waits for what there is to be taken in, but no longer than that; whether it was. Raises StoreError, JournalError."""
        catching_up = asyncio.create_task(self.catch_up())
        done, _ = await asyncio.wait({catching_up}, timeout=seconds)
        if done:
            await catching_up
        else:
            catching_up.add_done_callback(_passed_over)
        return bool(done)

    async def rebuild(self, progress: Progress = lambda _done, _of: None) -> None:
        """Drops everything and makes it of the journal again. Killed in the middle, the next start goes on. Raises StoreError, JournalError."""
        async with self._turn:
            await self._generation.clear()
            await self._advance(self._generation, progress)
            for shelf in self._generation.shelves:
                await shelf.optimise()

    async def rotate(self, old: Keys, new: Keys, progress: Progress) -> None:
        """Makes the collections anew with another key, beside those there are, and takes the old ones away when all is there.

        May be killed at any point and called again with the same keys. Raises StoreError, JournalError.
        """
        following = self._generation
        if following.id != new.id:
            following = Generation(self._sources, new, self._pens)
            await following.begin()
            await self._advance(following, progress)
        async with self._turn:
            await self._advance(following, progress)
            self._generation = following
        await Generation(self._sources, old, self._pens).remove()

    async def close(self) -> None:
        """Stops following; the store is somebody else's. Idempotent."""
        self._stopping.set()
        if self._following is not None:
            await self._following
        async with self._turn:
            positions = self._generation.positions
            if positions.closed:
                return
            try:
                await positions.keep(closed=self._generation.sound and not self._to_check)
            except StoreError as error:  # the next start takes it for a crash, and checks
                _log.error("how far the journal was followed is not written down", why=error.message)

    async def _advance(self, generation: Generation, progress: Progress) -> None:
        done = generation.position
        progress(done, self._sources.journal.last[0])
        while not self._stopping.is_set() and (taken := await generation.advance()):
            done += taken
            progress(done, self._sources.journal.last[0])

    async def _follow(self) -> None:
        while not self._stopping.is_set():
            pause = REST_S
            try:
                await self._tick()
                self.trouble = ""
            except (StoreError, JournalError) as error:
                if not self.trouble:
                    _log.error("the journal cannot be followed", why=error.message)
                self.trouble, pause = str(error), RETRY_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()

    async def _tick(self) -> None:
        if self._to_check:
            await self._generation.check()
            self._to_check = False
        async with self._turn:
            self._healed(await self._generation.mend())
            await self._advance(self._generation, lambda _done, _of: None)

    def _healed(self, said: list[str]) -> None:
        if said:
            self.healed = " ".join((*said, "It is made anew from the journal."))
            _log.warning("a collection was broken and is made anew", what=said)


def _passed_over(task: asyncio.Task[None]) -> None:
    """A failure that nobody waits for any more: following meets it again and tells of it."""
    if not task.cancelled():
        task.exception()
