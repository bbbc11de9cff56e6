"""Plans, grants and an executor over a fake cloud, for tests of what runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.clock import Clock, FakeClock
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.fake import FakeCloud
from engine.clouds.operation import ArgumentValue
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.execution.binding import command
from engine.execution.executor import Executor, Hands
from engine.execution.grant import Grant, issue
from engine.execution.plan import Plan, Step
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from engine.settings import ExecutionSettings

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
GRANT_KEY = bytes(range(32, 64))


def vm(name: str, state: str = "running", env: str = "dev", **changes: Any) -> Resource:
    """An EC2 instance in an account whose name says no environment."""
    facts: dict[str, Any] = {
        "cloud": "aws",
        "type": "compute_instance",
        "native_type": "AWS::EC2::Instance",
        "id": f"arn:aws:ec2:us-east-1:444455556666:instance/i-{name}",
        "account": "444455556666",
        "account_name": "acme-four",
        "region": "us-east-1",
        "tags": {"env": env} if env else {},
        "properties": {"instance_id": f"i-{name}", "instance_type": "t3.large"},
        "monthly_cost": 60.0,
    }
    return Resource(name=name, state=state, **(facts | changes))


def volume(name: str, env: str = "dev", **changes: Any) -> Resource:
    """An EBS volume that nothing uses."""
    made = vm(name, "available", env, properties={"volume_id": f"vol-{name}", "attached": False})
    own = {"id": made.id.replace("instance/i-", "volume/vol-"), "type": "disk", "native_type": "AWS::EC2::Volume"}
    return replace(made, **(own | changes))


def database(name: str, env: str = "dev", **changes: Any) -> Resource:
    """An RDS database."""
    made = vm(name, "available", env, properties={"engine": "postgres", "instance_class": "db.t3.large"})
    own = {"id": f"arn:aws:rds:us-east-1:444455556666:db:{name}", "type": "database_instance", "native_type": "AWS::RDS::DBInstance"}
    return replace(made, **(own | changes))


def step(
    id_: str, resource: Resource, operation: str = "ec2:StopInstances", arguments: dict[str, ArgumentValue] | None = None, **changes: Any
) -> Step:
    """A step as binding makes it: its facts from the operations' table."""
    known = OPERATIONS[operation]
    given = arguments or {}
    inverse = known.inverse(resource, given) if known.inverse else None
    facts: dict[str, Any] = {
        "kind": known.kind,
        "title": known.title,
        "command": command(known, resource, given),
        "inverse": inverse,
        "no_way_back": "" if inverse else known.no_way_back,
        "timeout_s": 5.0,
        "settles_s": 5.0,
    }
    return Step(id_, operation, resource.id, given, **(facts | changes))


def plan(*steps: Step, targets: Iterable[Resource], **changes: Any) -> Plan:
    """A plan of these steps, good for an hour."""
    facts: dict[str, Any] = {
        "id": "plan-1",
        "title": "Stop things",
        "asked_by": "eve",
        "message": "stop things",
        "made_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "risk": "low",
    }
    return Plan(targets=tuple(targets), steps=steps, **(facts | changes))


def stopping(*resources: Resource, **changes: Any) -> Plan:
    """A plan that stops these, each in a step of its own."""
    return plan(*(step(f"s1.{n}", one) for n, one in enumerate(resources, start=1)), targets=resources, **changes)


def granted(planned: Plan, id_: str = "grant-1", approved_by: Sequence[str] = ("mona",)) -> Grant:
    """A grant as the desk issues it."""
    return issue(Grant(id_, planned.id, planned.digest, tuple(approved_by), "", planned.expires_at), GRANT_KEY)


@dataclass
class Bench:
    """An executor over a fake cloud, with a real journal."""

    cloud: FakeCloud
    journal: Journal
    executor: Executor
    estate: MemoryEstate
    clock: Clock

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.journal.entries()]

    def entries(self, *kinds: str) -> list[Entry]:
        return list(self.journal.entries(set(kinds)))

    def sent(self) -> list[tuple[str, str]]:
        """Name of the target and operation of every call that left, in order."""
        return [(call.resource.name, call.operation) for call in self.cloud.performed]

    def restarted(self) -> Executor:
        """The executor as the next start would make it."""
        return make_executor(self.cloud, self.journal, self.estate, self.clock)


def make_executor(cloud: FakeCloud, journal: Journal, estate: MemoryEstate, clock: Clock, **settings: Any) -> Executor:
    facts = {"poll_s": 0.01, "step_timeout_s": 5.0, "width": 8} | settings
    return Executor(Hands({"aws": cloud}, journal, estate, clock, ExecutionSettings(**facts), GRANT_KEY))


async def bench(folder: Path, resources: Iterable[Resource], clock: Clock | None = None, **settings: Any) -> Bench:
    known = tuple(resources)
    clock = clock or FakeClock(NOW)
    journal = await Journal.open(folder, KEY, clock)
    cloud, estate = FakeCloud(known, OPERATIONS), MemoryEstate(known)
    return Bench(cloud, journal, make_executor(cloud, journal, estate, clock, **settings), estate, clock)
