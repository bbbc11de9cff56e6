"""A sweep of all clouds taken into the estate, with progress; what changed goes into the journal. Edge.

Before, each account is asked what Escher's credentials may do there; what concerns a resource stands in its properties (`engine.clouds.rights`).

Journal entries: `rights.changed` (cloud, account, allowed, denied: operations), when an account answers otherwise than before;
`estate.changed` (cloud, account, region, type, changes: resource id, aspect, before, after), a few for a part that changed
much. A kill between taking in and writing down loses the telling, not the state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.clock import Clock
from engine.clouds.cloud import Cloud
from engine.clouds.rights import Rights, with_rights
from engine.collections.alerts_events import CHANGED, bodies
from engine.estate.resource import CloudName, Gap, Swept
from engine.estate.view import Changes, EstateStore
from engine.journal.journal import Journal
from engine.settings import AccountSettings

RIGHTS = "rights.changed"
# So long a sweep waits to be told what it may do; who answers later is asked again by the next one.
RIGHTS_S = 10.0


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

    def __init__(self, reach: Reach, accounts: Collection[AccountSettings], clock: Clock) -> None:
        self._clouds = reach.clouds
        self._estate = reach.estate
        self._journal = reach.journal
        self._clock = clock
        self.last: datetime | None = None  # when a sweep of this process last ended
        self._declared = {(account.cloud, account.id): account.environment for account in accounts if account.environment}
        self._accounts: dict[str, list[str]] = {}
        for account in accounts:
            self._accounts.setdefault(account.cloud, []).append(account.id)
        self._rights: dict[tuple[str, str], Rights] = {}
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
        await self._ask_rights(cloud)
        async for part in cloud.sweep():
            if isinstance(part, Gap):
                await self._estate.note_gap(part)
                tally.gaps.append(part)
            else:
                await self._take_in(part, tally)
            progress(tally)

    async def _take_in(self, part: Swept, tally: Tally) -> None:
        changes = await self._estate.take_in(self._with_rights(self._with_environment(part)))
        tally.parts += 1
        tally.resources += len(part.resources)
        tally.added += len(changes.added)
        tally.changed += len(changes.changed)
        tally.vanished += len(changes.vanished)
        scope = {"cloud": part.cloud, "account": part.account, "region": part.region, "type": part.type}
        for body in bodies(scope, told(changes)):
            await self._journal.append(CHANGED, body)

    async def _ask_rights(self, cloud: Cloud) -> None:
        """What each account lets Escher do; where one does not say this time, what it said the last time holds."""
        if not self._rights:
            self._rights = await asyncio.to_thread(_said_before, self._journal)
        accounts = self._accounts.get(cloud.name, [])
        asked = [asyncio.create_task(cloud.rights(account)) for account in accounts]
        if asked:
            await asyncio.wait(asked, timeout=RIGHTS_S)
        for account, answer in zip(accounts, asked, strict=True):
            checks = answer.result() if answer.done() else ()
            answer.cancel()
            now = Rights.of(checks, self._clock.now().isoformat(timespec="seconds"))
            if checks and not now.same(self._rights.get((cloud.name, account), Rights())):
                self._rights[cloud.name, account] = now
                await self._journal.append(RIGHTS, {"cloud": cloud.name, "account": account, "since": now.since, **now.said()})

    def _with_rights(self, part: Swept) -> Swept:
        """The part with what Escher may do with its resources, where that is known."""
        rights = self._rights.get((part.cloud, part.account))
        if rights is None:
            return part
        return replace(part, resources=with_rights(part.resources, rights, self._clouds[part.cloud].operations))

    def _with_environment(self, part: Swept) -> Swept:
        """The part with the environment its account is declared for, which facts fall back on when no tag says."""
        declared = self._declared.get((part.cloud, part.account))
        if declared is None:
            return part
        return replace(
            part, resources=tuple(replace(one, properties={**one.properties, "account_environment": declared}) for one in part.resources)
        )


def _said_before(journal: Journal) -> dict[tuple[str, str], Rights]:
    """What the journal's last entry on each account says."""
    return {
        (entry.body["cloud"], entry.body["account"]): Rights.read(entry.body, entry.body["since"]) for entry in journal.entries({RIGHTS})
    }


def told(changes: Changes) -> list[tuple[str, str, str, str]]:
    """What changed, as events: resource id, aspect, before, after. Pure.

    Where nothing was known of a part, its resources did not appear now: they were seen for the first time, which is one event.
    """
    if changes.added and not (changes.changed or changes.vanished or changes.unchanged):
        return [("", "first seen", "", str(len(changes.added)))]
    appeared = [(resource, "appeared", "", "there") for resource in changes.added]
    vanished = [(resource, "vanished", "there", "") for resource in changes.vanished]
    return [*appeared, *vanished, *((one.resource_id, one.aspect, one.before, one.after) for one in changes.details)]
