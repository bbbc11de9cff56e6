"""What is looked through after an unclean end, while everybody already works: is every resource whole, and is none lost? Edge (through the store).

The store's files had no hashes then, and its log may have ended in the middle. Every point is opened and its tokens compared; what is broken is
taken out. All are counted by scope, and where the book knew of a scope that had not changed since it was written, the sums must be the same.
What is lost or taken out is put back by the next sweep of its scope; until then people are told that it is lacking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import thread_time
from typing import cast

from engine.errors import Corrupted
from engine.estate.ledger import Ledger
from engine.estate.memory import scope_of
from engine.estate.recorder import MARK, SCOPE, Recorder, Scope
from engine.estate.resource import CloudName, Gap, GapReason
from engine.estate.slices import Slices
from engine.store.inventory import Inventory
from engine.store.store import Store, Stored, every, has

_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Lacking:
    """A scope that holds less, or other things, than was written there. `scope` is None when nothing is left there to say which it is."""

    scope: Scope | None
    written: int
    there: int

    @property
    def sentence(self) -> str:
        where = "a part of the estate" if self.scope is None else " ".join(part for part in self.scope if part)
        return f"Of {where}, {self.written} resources were written and {self.there} whole ones are there after an unclean end."


@dataclass(slots=True)
class Findings:
    """What was found: how many points were looked at, how many were broken and taken out, and which scopes lack something."""

    looked_at: int = 0
    broken: int = 0
    lacking: list[Lacking] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """What people should know."""
        broken = [f"{self.broken} resources were not whole and are taken out."] if self.broken else []
        return [*(lacking.sentence for lacking in self.lacking), *broken]

    @property
    def gaps(self) -> list[Gap]:
        """The scopes that lack something, for as long as no sweep has filled them."""
        return [
            Gap(
                cast(CloudName, one.scope[0]),
                one.scope[1],
                "",
                *one.scope[2:],
                GapReason.BROKEN,
                "looking through the estate",
                one.sentence,
            )
            for one in self.lacking
            if one.scope
        ]


@dataclass(frozen=True, slots=True)
class Recheck:
    """One look through a collection; `expected` are the scopes whose sums the book still knows, `take_out` takes a broken point out."""

    store: Store
    collection: str
    recorder: Recorder
    expected: Mapping[str, Inventory]
    take_out: Callable[[str], Awaitable[object]]

    async def run(self, ledger: Ledger) -> Findings:
        """Takes about a tenth of a millisecond of processor a resource, and as long again to let others go first. Raises StoreError, Corrupted."""
        slices, found, there = Slices(), Findings(), dict[str, Inventory]()
        touched, all_touches = {name: ledger.touched(name) for name in self.expected}, ledger.touches
        page: list[Stored] = []
        async for stored in self.store.scroll(self.collection, every(()), tokens=True):
            page.append(stored)
            if len(page) == _AT_ONCE:
                await self._look(page, slices, found, there)
                page = []
        await self._look(page, slices, found, there)
        for name, written in sorted(self.expected.items()):
            if ledger.touched(name) == touched[name] and there.get(name, Inventory()) != written:
                found.lacking.append(Lacking(await self._scope(name), written.count, there.get(name, Inventory()).count))
        ledger.learn_all(there, all_touches)
        return found

    async def _look(self, page: Sequence[Stored], slices: Slices, found: Findings, there: dict[str, Inventory]) -> None:
        """Sums what is whole by scope, and takes out what is not."""
        began = thread_time()
        whole = await slices.each(self._is_whole, page)
        for stored, is_whole in zip(page, whole, strict=True):
            if is_whole:
                name = str(stored.payload.get(SCOPE))
                there[name] = there.get(name, Inventory()) + Inventory.of([(stored.id, str(stored.payload.get(MARK)))])
            else:
                await self.take_out(stored.id)
        found.looked_at += len(page)
        found.broken += whole.count(False)
        await asyncio.sleep(thread_time() - began)

    def _is_whole(self, stored: Stored) -> bool:
        try:
            self.recorder.check(stored)
        except Corrupted:
            return False
        return True

    async def _scope(self, name: str) -> Scope | None:
        """Which scope it is, from any resource that is left there."""
        async for stored in self.store.scroll(self.collection, has([int(name)])):
            return scope_of(self.recorder.resource(stored))
        return None
