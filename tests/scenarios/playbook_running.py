"""One playbook from the sealed request to the effect and back: planned by the AI server's code, filed, approved, run, read back, undone. Edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_server import wire
from ai_server.agents import planner as server
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.playbook import Playbook
from engine.advisor.replies import Advice, Draft, DraftStep
from engine.approvals.desk import Desk, Pressed
from engine.approvals.filed import Filed
from engine.clock import SystemClock
from engine.clouds.cloud import Cloud
from engine.estate.memory import MemoryEstate
from engine.estate.resource import CloudName, Resource
from engine.execution.binding import Limits
from engine.execution.executor import Executor, Hands
from engine.execution.report import Report
from engine.journal.journal import Journal
from engine.planning.planner import Ask, Planner, Room
from engine.request.reading import Given
from engine.request.seal import Sealed, Wanted
from engine.settings import ExecutionSettings, Person, PolicySettings

KEY, GRANT_KEY = bytes(range(32)), bytes(range(32, 64))
EVE = Person(id="eve", name="Eve", roles=("executor",))
MANAGERS = tuple(Person(id=name, name=name.title(), roles=("manager",)) for name in ("mona", "theo"))


@dataclass(frozen=True, slots=True)
class Case:
    """What makes a playbook run in the sandbox.

    `target` is a resource's name there, `given` the values a person would have typed; `first` are levers to pull before: a key of the
    sandbox (or `lock` for a lock of the target's own) and what to change there.
    """

    target: str
    given: tuple[Given, ...] = ()
    first: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class InProcess:
    """The AI server's own planner behind the engine's door, without HTTP: what it gets is what would have left."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def advise(self, sealed: Sealed) -> Advice:
        request = wire.PlanRequest.model_validate(sealed.wire())
        reply = server.reply(request, self._knowledge)
        assert isinstance(reply, wire.Plan), reply
        return Advice(_draft(reply), request.model_dump_json().encode(), "here")

    async def away(self) -> str:
        return ""

    async def close(self) -> None:
        """Holds nothing."""


def _draft(plan: wire.Plan) -> Draft:
    return Draft(
        plan.title,
        tuple(DraftStep(step.id, step.operation, step.on, dict(step.arguments), step.after, step.why) for step in plan.steps),
        tuple((part.group, part.reason) for part in plan.left_out),
        plan.risk.level,
        plan.risk.reasons,
    )


def asked(book: Playbook, target: Resource, given: Sequence[Given]) -> Ask:
    """The playbook's own first ask, about this one resource."""
    return Ask(EVE, book.asks[0], book.asks[0], (Wanted(book.action, (target,), tuple(given)),), by_name=True)


@dataclass
class Bench:
    """A planner, a desk and an executor over a real cloud of the sandbox."""

    planner: Planner
    desk: Desk
    executor: Executor
    journal: Journal

    async def proposed(self, book: Playbook, target: Resource, given: Sequence[Given]) -> Filed:
        """The plan for the playbook's own first ask."""
        filed = await self.planner.propose(asked(book, target, given))
        assert isinstance(filed, Filed), filed
        return filed

    async def run(self, filed: Filed) -> Report:
        """Approved by as many managers as it takes, and run to its end."""
        for person in MANAGERS:
            request = self.desk.find(filed.plan.id)
            assert request is not None
            if request.request.state == "asked":
                await self.desk.click(filed.plan.id, Pressed("approve", person, filed.plan.digest))
        return await self.executor.execute(filed.plan, await self.desk.grant(filed.plan.id))

    async def close(self) -> None:
        await self.planner.close()
        await self.journal.close()


async def bench(folder: Path, cloud: Cloud, resources: Sequence[Resource], knowledge: Knowledge) -> Bench:
    """Fresh books in `folder`; the cloud is shared and stays open."""
    clock, policy = SystemClock(), PolicySettings()
    clouds: Mapping[CloudName, Cloud] = {cloud.name: cloud}
    journal = await Journal.open(folder, KEY, clock)
    estate = MemoryEstate(resources)
    desk = Desk(journal, clock, GRANT_KEY, policy)
    room = Room(InProcess(knowledge), desk, journal, clock, clouds, policy, Limits(timeout_s=10.0), estate)
    settings = ExecutionSettings(poll_s=0.02, step_timeout_s=10.0)
    return Bench(Planner(room), desk, Executor(Hands(clouds, journal, estate, clock, settings, GRANT_KEY)), journal)
