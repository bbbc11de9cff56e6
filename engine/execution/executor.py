"""Runs granted plans: the one place that changes a cloud. Edge; it owns the tasks and timers that the pure machine asks for.

Order of writing, for every step: "step.sending" is on the disk before the call leaves, "step.accepted" when it made something new, and
"step.settled" after the effect was seen. A kill between them leaves a step whose truth is in the cloud, and `recover` looks there. A grant is
used by the "run.started" entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.clock import Clock, fresh_id
from engine.clouds.cloud import Cloud
from engine.clouds.operation import Call, Operation, Receipt
from engine.errors import (
    CloudError,
    Drifted,
    EscherError,
    GrantRefused,
    JournalError,
    Refused,
    StoreError,
    Throttled,
    Unreachable,
)
from engine.estate.resource import CloudName, Resource
from engine.estate.view import EstateStore
from engine.execution import grant as grants
from engine.execution import machine
from engine.execution.drift import drift, sentence
from engine.execution.effects import ALIKE, Effects, Expected, known_as
from engine.execution.grant import Grant
from engine.execution.history import Left, interrupted, runs
from engine.execution.plan import Plan, Step, to_json
from engine.execution.report import Notes, Report
from engine.journal.journal import Journal
from engine.settings import ExecutionSettings

Watcher = Callable[[Report], None]
_READS_AT_ONCE = 64


@dataclass(slots=True)
class _Live:
    """A run under way."""

    id: str
    plan: Plan
    approved_by: tuple[str, ...]
    started_at: datetime
    run: machine.Run
    watch: Watcher
    notes: Notes = field(default_factory=Notes)
    events: asyncio.Queue[machine.Event] = field(default_factory=asyncio.Queue)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    sending: dict[tuple[str, int], asyncio.Task[None]] = field(default_factory=dict)
    broken: EscherError | None = None  # the journal could not be written

    def report(self, finished_at: datetime | None = None, *, interrupted: bool = False) -> Report:
        return Report(self.id, self.plan, self.approved_by, self.started_at, self.notes.steps(self.run), finished_at, interrupted)


@dataclass(frozen=True, slots=True)
class Hands:
    """What the executor works with."""

    clouds: Mapping[CloudName, Cloud]
    journal: Journal
    estate: EstateStore
    clock: Clock
    settings: ExecutionSettings
    grant_key: bytes = field(repr=False)


class Executor:
    """One for a process."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._effects = Effects(hands.clouds, hands.estate, hands.clock, hands.settings.poll_s)
        self._operations: Mapping[str, Operation] = {name: op for cloud in hands.clouds.values() for name, op in cloud.operations.items()}
        self._used = {entry.body["grant"] for entry in hands.journal.entries({"run.started"})}
        self._undone = {left.run for left in runs(hands.journal.entries()).values() if left.undone_by}
        self._live: dict[str, _Live] = {}

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation of every configured cloud, by name."""
        return self._operations

    async def execute(self, plan: Plan, grant: Grant, watch: Watcher = lambda _: None) -> Report:
        """Runs a plan to its end. Raises GrantRefused or Drifted before anything is touched; a step's failure is in the report, not raised.

        Raises JournalError or DiskFull when "run.started" cannot be written: then nothing was touched either.
        """
        self._redeem(plan, grant)
        try:
            await self._same_world(plan)
        except BaseException:
            self._used.discard(grant.id)  # nothing ran: the refusal is for this moment
            self._undone.discard(plan.undoes)
            raise
        live = _Live(
            fresh_id("run"), plan, grant.approved_by, self._hands.clock.now(), machine.begin(plan.steps, self._hands.settings.width), watch
        )
        await self._hands.journal.append(
            "run.started",
            {
                "run": live.id,
                "plan": to_json(plan),
                "grant": grant.id,
                "approved_by": list(grant.approved_by),
                "at": live.started_at.isoformat(),
            },
        )
        report = await self._drive(live, *machine.advance(live.run, machine.Begun()))
        if not report.done:
            self._undone.discard(plan.undoes)
        return report

    async def recover(self, watch: Watcher = lambda _: None) -> list[Report]:
        """Finishes what a kill interrupted: looks at what had been sent, begins nothing new. Call once, before any `execute`."""
        return list(await asyncio.gather(*(self._finish(left, watch) for left in interrupted(self._hands.journal.entries()))))

    async def _finish(self, left: Left, watch: Watcher) -> Report:
        run, commands = machine.resume(left.plan.steps, left.over, left.sent, self._hands.settings.width)
        live = _Live(left.run, left.plan, left.approved_by, left.started_at, run, watch)
        live.notes.receipts.update(left.receipts)
        report = await self._drive(live, run, commands, interrupted=True)
        if not report.done:
            self._undone.discard(left.plan.undoes)
        return report

    def cancel(self, run_id: str, by: str) -> bool:
        """Stops what has not begun; False when the run is not under way."""
        live = self._live.get(run_id)
        if live is None:
            return False
        live.events.put_nowait(machine.Cancelled(by))
        return True

    def under_way(self) -> tuple[Report, ...]:
        """Runs under way now."""
        return tuple(live.report() for live in self._live.values())

    # --- before

    def _redeem(self, plan: Plan, grant: Grant) -> None:
        grants.check(grant, plan, self._hands.grant_key, self._hands.clock.now())
        if plan.schedule:
            raise GrantRefused("This plan is the review of a schedule: it is for later, and never runs itself.")
        if grant.id in self._used:
            raise GrantRefused("This approval was used already.", hint="Ask again to get a fresh plan.")
        if unknown := [step.operation for step in plan.steps if step.operation not in self._operations]:
            raise Refused(f"{unknown[0]} is not an operation Escher knows.")
        if plan.undoes in self._undone:
            raise Refused("This was undone already, or is being undone now.")
        self._used.add(grant.id)
        if plan.undoes:
            self._undone.add(plan.undoes)

    async def _same_world(self, plan: Plan) -> None:
        """Every target read from its cloud at the moment of execution. Raises Drifted saying what changed."""
        gate = asyncio.Semaphore(_READS_AT_ONCE)

        async def differences(planned: Resource) -> tuple[str, ...]:
            async with gate:
                return drift(planned, await self._read(planned))

        # Not a task group: that would wrap the refusal, and nobody who waits for one would know it.
        looked = await asyncio.gather(*(differences(resource) for resource in plan.changed))
        if changes := [change for found in looked for change in found]:
            raise Drifted(f"The world changed since this plan was made: {sentence(changes)}. Nothing was touched.", changes=tuple(changes))

    async def _read(self, resource: Resource) -> Resource | None:
        try:
            return known_as(resource, await self._hands.clouds[resource.cloud].read(resource))
        except CloudError as error:
            raise Refused(f"{resource.name} could not be looked at before the change: {error} Nothing was touched.") from error

    # --- during

    async def _drive(self, live: _Live, run: machine.Run, commands: Sequence[machine.Command], *, interrupted: bool = False) -> Report:
        self._live[live.id] = live
        live.run = run
        try:
            self._obey(live, commands)
            while not live.run.over:
                live.watch(live.report())
                event = await live.events.get()
                live.run, more = machine.advance(live.run, event)
                self._obey(live, more)
            if live.tasks:
                await asyncio.gather(*live.tasks)
            if live.broken is not None:
                raise live.broken  # "run.finished" stays unwritten: the next start looks at what is open
        finally:
            for task in live.tasks:
                task.cancel()
            del self._live[live.id]
        finished = self._hands.clock.now()
        await self._hands.journal.append("run.finished", {"run": live.id, "at": finished.isoformat(), "interrupted": interrupted})
        report = live.report(finished, interrupted=interrupted)
        live.watch(report)
        return report

    def _obey(self, live: _Live, commands: Sequence[machine.Command]) -> None:
        for command in commands:
            match command:
                case machine.Send(step=step, attempt=attempt):
                    live.sending[step.id, attempt] = self._spawn(live, self._send(live, command))
                case machine.Watch():
                    self._spawn(live, self._watch(live, command))
                case machine.Abandon(step=step, attempt=attempt):
                    live.sending[step.id, attempt].cancel()
                case machine.Settle():
                    live.notes.over_at[command.step.id] = self._hands.clock.now()
                    self._spawn(live, self._settle(live, command))

    def _spawn(self, live: _Live, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        live.tasks.add(task)
        task.add_done_callback(live.tasks.discard)
        return task

    async def _send(self, live: _Live, command: machine.Send) -> None:
        step, attempt = command.step, command.attempt
        if command.wait_s:
            await self._hands.clock.sleep(command.wait_s)
        try:
            await self._hands.journal.append("step.sending", {"run": live.id, "step": step.id, "attempt": attempt})
        except (JournalError, StoreError) as error:
            self._break(live, error)
            live.events.put_nowait(machine.Failed(step.id, attempt, f"not sent: {error}", certain=True))
            return
        live.notes.sent_at.setdefault(step.id, self._hands.clock.now())
        live.events.put_nowait(await self._perform(live, step, attempt))

    async def _perform(self, live: _Live, step: Step, attempt: int) -> machine.Event:
        call = _call(live.id, step, live.plan)
        try:
            async with asyncio.timeout(step.timeout_s):
                receipt = await self._hands.clouds[call.resource.cloud].perform(call)
        except TimeoutError:
            return machine.TimedOut(step.id, attempt)
        except CloudError as error:
            again = isinstance(error, Throttled | Unreachable)
            return machine.Failed(step.id, attempt, str(error), certain=not isinstance(error, Unreachable), again=again)
        except Exception as error:  # noqa: BLE001 - the edge of a run: a fault of ours says nothing of what the cloud did, so the cloud is looked at
            return machine.Failed(step.id, attempt, f"a fault inside Escher: {type(error).__name__}: {error}", certain=False)
        live.notes.receipts[step.id] = receipt
        if receipt.produced:
            await self._note_made(live, step, receipt)
        return machine.Accepted(step.id, attempt)

    async def _note_made(self, live: _Live, step: Step, receipt: Receipt) -> None:
        """What a call made is known from its answer alone, so it is written down at once."""
        body = {"run": live.id, "step": step.id, "request_id": receipt.request_id, "produced": receipt.produced}
        try:
            await self._hands.journal.append("step.accepted", body)
        except (JournalError, StoreError) as error:
            self._break(live, error)

    def _break(self, live: _Live, error: EscherError) -> None:
        """The journal cannot be written: nothing new begins, and whoever waits for the run is told."""
        live.broken = live.broken or error
        live.events.put_nowait(machine.Cancelled("a journal that cannot be written"))

    async def _watch(self, live: _Live, command: machine.Watch) -> None:
        step, attempt = command.step, command.attempt
        lacks, given_up = ALIKE, False
        if command.accepted or not self._effects.cannot_tell(live.plan, step, self._operations.get(step.operation)):
            receipt = live.notes.receipts.get(step.id, Receipt())
            lacks, given_up = await self._effects.shown(Expected(_call(live.id, step, live.plan), receipt, command.for_s))
        live.events.put_nowait(machine.NotSeen(step.id, attempt, lacks, given_up) if lacks else machine.Seen(step.id, attempt))

    async def _settle(self, live: _Live, command: machine.Settle) -> None:
        made = live.notes.receipts.get(command.step.id, Receipt())
        body = {"run": live.id, "step": command.step.id, "attempt": command.attempt, "state": command.state, "detail": command.detail}
        try:
            await self._hands.journal.append("step.settled", {**body, "request_id": made.request_id, "produced": made.produced})
        except (JournalError, StoreError) as error:
            self._break(live, error)


def _call(run_id: str, step: Step, plan: Plan) -> Call:
    return Call(step.operation, plan.target(step), step.arguments, token=f"{run_id}-{step.id}")
