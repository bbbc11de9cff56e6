"""An engine with schedules over fake clouds, an AI server in memory that can be away, and a clock moved by hand."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.advisor.replies import Advice, Draft, DraftStep, Inquiry, Said
from engine.approvals.desk import Pressed
from engine.approvals.filed import Filed
from engine.clock import FakeClock
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.fake import FakeCloud
from engine.errors import AdvisorError
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.planning.planner import Ask
from engine.request.seal import Sealed
from engine.schedules.keeper import Keeper
from engine.schedules.schedule import Cadence, Fired, Schedule
from engine.schedules.schedules import Proposed, Schedules, Wish
from engine.schedules.states import Press
from engine.settings import Person, parse
from engine.wiring import Engine, Parts, open_engine
from tests.engine.execution.samples import vm
from tests.engine.schedules.samples import NIGHTLY, NOW, PLACE

PEOPLE = (
    Person(id="eve", name="Eve", roles=("executor",)),
    Person(id="mona", name="Mona", roles=("manager",)),
    Person(id="theo", name="Theo", roles=("manager",)),
)
EVE, MONA, THEO = PEOPLE
PRESS = Press("eve", frozenset({"executor"}))
_BY_ACTION = {"stop": "ec2:StopInstances", "start": "ec2:StartInstances", "terminate": "ec2:TerminateInstances"}
PROD = tuple(vm(f"shop-{number}", env="production") for number in (1, 2, 3))
DEV = tuple(vm(f"lab-{number}") for number in (1, 2))


@dataclass
class Oracle:
    """Plans every group of every order by its state, as the AI server does; `away` makes it unreachable, `reply` says something else."""

    away_because: str = ""
    reply: Draft | Said | Inquiry | None = None
    risk: Any = "low"
    asked: list[Sealed] = field(default_factory=list)

    async def advise(self, sealed: Sealed) -> Advice:
        if self.away_because:
            raise AdvisorError(self.away_because)
        self.asked.append(sealed)
        return Advice(self.reply or self._draft(sealed), b"{}", "http://oracle/v1/plan")

    def _draft(self, sealed: Sealed) -> Draft:
        steps, left = [], []
        groups = {group.handle: group for group in sealed.groups}
        for order in sealed.orders:
            for handle in order.on:
                unfit = {"stop": "stopped", "start": "running"}.get(order.action)
                if groups[handle].told["state"] == unfit:
                    left.append((handle, f"already {unfit}"))
                else:
                    steps.append(DraftStep(f"s{len(steps) + 1}", _BY_ACTION[order.action], (handle,), {}, (), "why"))
        return Draft("Title", tuple(steps), tuple(left), self.risk)

    async def away(self) -> str:
        return self.away_because

    async def close(self) -> None: ...


@dataclass
class Bench:
    """`told` is what the keeper told, in order: the schedule's id and what became of the time, None for a heads-up."""

    engine: Engine
    oracle: Oracle
    cloud: FakeCloud
    estate: MemoryEstate
    clock: FakeClock
    keeper: Keeper
    told: list[tuple[str, Fired | None]]

    @property
    def schedules(self) -> Schedules:
        return self.engine.schedules

    async def propose(self, message: str = "stop all production instances", cadence: Cadence = NIGHTLY, **more: Any) -> Proposed:
        person: Person = more.pop("person", EVE)
        proposed = await self.schedules.propose(Wish(Ask(person, message, "", (), place=PLACE), cadence, **more))
        assert isinstance(proposed, Proposed), proposed
        return proposed

    async def active(self, message: str = "stop all production instances", cadence: Cadence = NIGHTLY, **more: Any) -> Schedule:
        """A schedule that whoever must has approved."""
        proposed = await self.propose(message, cadence, **more)
        return await self.approve(proposed.filed)

    async def approve(self, filed: Filed, *people: Person) -> Schedule:
        for person in (people or (MONA, THEO))[: filed.request.needs]:
            decided = await self.engine.desk.click(filed.plan.id, Pressed("approve", person, filed.plan.digest))
            assert decided is not None
            assert not decided.refused
        return await self.schedules.approved(filed.plan.id)

    async def put(self, *resources: Resource) -> None:
        """Makes resources, in the cloud and in the estate."""
        for resource in resources:
            self.cloud.add(resource)
            await self.estate.replace(resource)

    async def tick(self) -> list[tuple[str, Fired | None]]:
        """One look at the clock to its end, and what was told because of it."""
        before = len(self.told)
        await self.keeper.tick()
        await self.keeper.settled()
        return self.told[before:]

    async def at(self, hours: float) -> Fired:
        """So many hours later, where one time comes: what became of it."""
        self.clock.advance(timedelta(hours=hours).total_seconds())
        (found,) = [fired for _, fired in await self.tick() if fired is not None]
        return found

    def sent(self) -> list[tuple[str, str]]:
        return [(call.resource.name, call.operation.partition(":")[2]) for call in self.cloud.performed]

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        return [entry.body for entry in self.engine.journal.entries({kind})]


@contextlib.asynccontextmanager
async def bench(
    home: Path, resources: Sequence[Resource] = (*PROD, *DEV), people: Sequence[Person] = PEOPLE, **more: Any
) -> AsyncIterator[Bench]:
    """`more`: `cloud` and `clock` of an earlier bench, to start again in its folder; the rest are settings."""
    clock: FakeClock = more.pop("clock", None) or FakeClock(NOW)
    cloud: FakeCloud = more.pop("cloud", None) or FakeCloud(resources, OPERATIONS)
    facts = {"estate": {"key": "file"}, "execution": {"poll_s": 0.01}, "schedules": {"heads_up_minutes": 0, "timezone": "UTC"}, **more}
    made = parse(facts, source="test").model_copy(update={"people": tuple(people)})
    oracle, estate = Oracle(), MemoryEstate(resources)
    engine = await open_engine(home, made, {}, Parts(estate=estate, clouds={"aws": cloud}, advisor=oracle, clock=clock))
    told: list[tuple[str, Fired | None]] = []

    async def tell(schedule: Schedule, fired: Fired | None) -> None:
        told.append((schedule.id, fired))

    try:
        keeper = Keeper(engine.schedules, clock, tell)
        yield Bench(engine, oracle, cloud, estate, clock, keeper, told)
        await keeper.settled()
    finally:
        await engine.close()
