"""Asks the clouds whether a plan's operations are permitted: one question an account and operation, never long, never fatal. Edge."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.clock import Clock
from engine.clouds.cloud import Cloud
from engine.clouds.permission import Check, denied, unknown
from engine.clouds.rights import SINCE
from engine.estate.constraints import constraints
from engine.estate.resource import CloudName, Resource
from engine.execution.plan import Step

KEPT = timedelta(minutes=5)
# Who was denied goes and has it granted; nobody should wait long for the card to notice.
KEPT_OTHERWISE = timedelta(minutes=1)
PATIENCE_S = 0.4
MOST_REMEMBERED = 500
LATE = "The cloud has not answered in time."


@dataclass(frozen=True, slots=True)
class _Batch:
    """One question: an operation on some targets of one account."""

    cloud: CloudName
    account: str
    operation: str
    targets: frozenset[str]


class Checks:
    """One for a process. Answers are kept for a while by the engine's clock; one that comes late is there for the next plan.

    The last answer to each question is remembered beyond that, and told where the cloud does not answer in time. It is not kept with the
    resources: the next sweep would take it for a change of each of them.
    """

    def __init__(self, clouds: Mapping[CloudName, Cloud], clock: Clock, patience_s: float = PATIENCE_S) -> None:
        self._clouds = clouds
        self._clock = clock
        self._patience_s = patience_s
        self._known: dict[_Batch, tuple[datetime, Check]] = {}
        self._last: OrderedDict[_Batch, tuple[datetime, Check]] = OrderedDict()
        self._asking: dict[_Batch, asyncio.Task[Check]] = {}

    async def of(self, steps: Iterable[Step], targets: Mapping[str, Resource]) -> tuple[Check, ...]:
        """What the clouds say of each operation in each account. Waits at most `patience_s`; raises nothing a cloud could cause."""
        batches = _batches(steps, targets)
        known = {batch: self._kept(batch) for batch in batches}
        tasks = {batch: self._ask(batch, batches[batch]) for batch, check in known.items() if check is None}
        if tasks:
            await asyncio.wait(set(tasks.values()), timeout=self._patience_s)
        return tuple(known[batch] or _answer(batch, tasks[batch], mine, self._before(batch)) for batch, mine in batches.items())

    async def close(self) -> None:
        """Stops asking. Idempotent."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _kept(self, batch: _Batch) -> Check | None:
        """An answer of before: to the same question, or a yes for these targets and more."""
        now = self._clock.now()
        self._known = {one: kept for one, kept in self._known.items() if kept[0] > now}
        for one, (_, check) in self._known.items():
            same = (one.cloud, one.account, one.operation) == (batch.cloud, batch.account, batch.operation)
            if one == batch or (same and check.verdict == "allowed" and batch.targets <= set(check.targets)):
                return check if one == batch else check.only(batch.targets)
        return None

    def _ask(self, batch: _Batch, targets: Sequence[Resource]) -> asyncio.Task[Check]:
        """The question under way, or a new one; it goes on when nobody waits for it any more."""
        if batch not in self._asking:
            task = asyncio.create_task(self._clouds[batch.cloud].allowed(batch.account, batch.operation, targets))
            task.add_done_callback(lambda done: self._heard(batch, done))
            self._asking[batch] = task
        return self._asking[batch]

    def _heard(self, batch: _Batch, task: asyncio.Task[Check]) -> None:
        del self._asking[batch]
        if not task.cancelled() and task.exception() is None:
            check = task.result()
            now = self._clock.now()
            self._known[batch] = now + (KEPT if check.verdict == "allowed" else KEPT_OTHERWISE), check
            if check.verdict != "unknown":
                self._remember(batch, now, check)

    def _remember(self, batch: _Batch, now: datetime, check: Check) -> None:
        self._last[batch] = now, check
        self._last.move_to_end(batch)
        if len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)

    def _before(self, batch: _Batch) -> str:
        """What the cloud said to the same question the last time, as a sentence; '' when it was never asked."""
        if batch not in self._last:
            return ""
        at, check = self._last[batch]
        return f" At {at:%H:%M} UTC on {at:%d %B} it said: {check.verdict}{f' ({check.why})' if check.why else ''}."


def _batches(steps: Iterable[Step], targets: Mapping[str, Resource]) -> dict[_Batch, tuple[Resource, ...]]:
    found: dict[tuple[CloudName, str, str], dict[str, Resource]] = {}
    for step in steps:
        target = targets[step.target]
        found.setdefault((target.cloud, target.account, step.operation), {})[target.id] = target
    return {_Batch(*key, frozenset(mine)): tuple(mine.values()) for key, mine in found.items()}


def _answer(batch: _Batch, task: asyncio.Task[Check], targets: Sequence[Resource], before: str) -> Check:
    if not task.done():
        return _by_the_account(batch, targets) or unknown(batch.operation, batch.account, targets, LATE + before)
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is not None:
        return unknown(batch.operation, batch.account, targets, f"Asking broke off: {type(error).__name__}: {error}.")
    check = task.result()
    return (_by_the_account(batch, targets) if check.verdict == "unknown" else None) or check


def _by_the_account(batch: _Batch, targets: Sequence[Resource]) -> Check | None:
    """A denial that the last sweep was told for the whole account, where the cloud does not say more now; None where it was told none."""
    refused = [target for target in targets if batch.operation in constraints(target).denied]
    if not refused:
        return None
    check = denied(batch.operation, batch.account, refused, (batch.operation,))
    return replace(check, why=f"{check.why} So the account says since {refused[0].properties.get(SINCE, 'its last sweep')}.")
