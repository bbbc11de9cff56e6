"""A sweep of all clouds taken into the estate, with progress; what changed goes into the journal. Edge.

Journal entries: `estate.changed` (cloud, account, region, type, changes: resource id, aspect, before, after), a few for a part that changed
much. A kill between taking in and writing down loses the telling, not the state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.clock import Clock
from engine.clouds.cloud import Cloud
from engine.collections.alerts_events import CHANGED, bodies
from engine.estate.resource import CloudName, Gap, Swept
from engine.estate.view import Changes, EstateStore
from engine.journal.journal import Journal
from engine.settings import AccountSettings


@dataclass(slots=True)
class Tally:
    """What a sweep has found so far."""

    parts: int = 0
    resources: int = 0
    added: int = 0
    changed: int = 0
    vanished: int = 0
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a sweep reads, and what it writes to."""

    clouds: Mapping[CloudName, Cloud]
    estate: EstateStore
    journal: Journal


class Sweeper:
    """Sweeps every configured cloud at once. One sweep at a time: a second call waits for the first."""

    def __init__(self, reach: Reach, accounts: Iterable[AccountSettings], clock: Clock) -> None:
        self._clouds = reach.clouds
        self._estate = reach.estate
        self._journal = reach.journal
        self._clock = clock
        self.last: datetime | None = None  # when a sweep of this process last ended
        self._declared = {(account.cloud, account.id): account.environment for account in accounts if account.environment}
        self._one_at_a_time = asyncio.Lock()

    async def sweep(self, progress: Callable[[Tally], None] = lambda _: None) -> Tally:
        """Everything the clouds show, in the estate; what they would not show, as gaps. Raises StoreError, JournalError."""
        tally = Tally()
        async with self._one_at_a_time, asyncio.TaskGroup() as group:
            for cloud in self._clouds.values():
                group.create_task(self._one(cloud, tally, progress))
        self.last = self._clock.now()
        return tally

    async def _one(self, cloud: Cloud, tally: Tally, progress: Callable[[Tally], None]) -> None:
        async for part in cloud.sweep():
            if isinstance(part, Gap):
                await self._estate.note_gap(part)
                tally.gaps.append(part)
            else:
                await self._take_in(part, tally)
            progress(tally)

    async def _take_in(self, part: Swept, tally: Tally) -> None:
        changes = await self._estate.take_in(self._with_environment(part))
        tally.parts += 1
        tally.resources += len(part.resources)
        tally.added += len(changes.added)
        tally.changed += len(changes.changed)
        tally.vanished += len(changes.vanished)
        scope = {"cloud": part.cloud, "account": part.account, "region": part.region, "type": part.type}
        for body in bodies(scope, told(changes)):
            await self._journal.append(CHANGED, body)

    def _with_environment(self, part: Swept) -> Swept:
        """The part with the environment its account is declared for, which facts fall back on when no tag says."""
        declared = self._declared.get((part.cloud, part.account))
        if declared is None:
            return part
        return replace(
            part, resources=tuple(replace(one, properties={**one.properties, "account_environment": declared}) for one in part.resources)
        )


def told(changes: Changes) -> list[tuple[str, str, str, str]]:
    """What changed, as events: resource id, aspect, before, after. Pure.

    Where nothing was known of a part, its resources did not appear now: they were seen for the first time, which is one event.
    """
    if changes.added and not (changes.changed or changes.vanished or changes.unchanged):
        return [("", "first seen", "", str(len(changes.added)))]
    appeared = [(resource, "appeared", "", "there") for resource in changes.added]
    vanished = [(resource, "vanished", "there", "") for resource in changes.vanished]
    return [*appeared, *vanished, *((one.resource_id, one.aspect, one.before, one.after) for one in changes.details)]
