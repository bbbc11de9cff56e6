"""Every AWS playbook, planned by the AI server's own code and run against a local AWS: promise kept, and taken back where it has a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from ai_server.agents.agreement import objection
from ai_server.agents.planner import reply
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.language import Text
from ai_server.knowledge.loading import load_knowledge
from ai_server.knowledge.playbook import NoWayBack, Playbook
from ai_server.wire import Clarification, Plan, PlanRequest
from deploy.sandbox.aws import start_aws
from engine.advisor.replies import Advice, Draft, DraftStep, Said
from engine.approvals.desk import Desk, Pressed
from engine.approvals.filed import Filed
from engine.clock import SystemClock
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.permissions import checked_as
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource, Swept
from engine.execution.binding import Limits
from engine.execution.executor import Executor, Hands
from engine.execution.plan import Breaks
from engine.execution.promise import missing
from engine.execution.report import Report
from engine.journal.journal import Journal
from engine.planning.planner import Ask, Planner, Room
from engine.request.reading import Given
from engine.request.seal import Sealed, Wanted
from engine.settings import ExecutionSettings, Person, PolicySettings
from tests.engine.clouds.aws.makers import REGION
from tests.engine.clouds.aws.service_makers import ServiceMaker, as_left, seen
from tests.engine.execution.samples import GRANT_KEY, KEY

pytestmark = pytest.mark.asyncio(loop_scope="module")
KNOWLEDGE: Knowledge = load_knowledge()
BOOKS: Mapping[str, Playbook] = {book.id: book for book in KNOWLEDGE.playbooks if book.cloud == "aws"}
ASKER = Person(id="max", name="Max", roles=("manager", "executor"))
APPROVERS = tuple(Person(id=name, name=name.title(), roles=("manager",)) for name in ("mona", "theo"))
POLICY = PolicySettings()


@dataclass(frozen=True)
class Case:
    """How a resource for a playbook is made, and the values a person would type for it."""

    make: str
    values: tuple[tuple[str, str], ...] = ()


def tagged(make: str) -> Case:
    return Case(make, (("tag_key", "team"), ("tag_value", "edge")))


def untagged(make: str) -> Case:
    return Case(make, (("tag_key", "env"),))


def counted(make: str, number: str) -> Case:
    return Case(make, (("number", number),))


# The words of a playbook's id before its action, and what makes such a thing.
KINDS = {
    "ec2": "instance", "ebs": "volume", "ebs-snapshot": "tagged_volume_snapshot", "rds": "database", "rds-snapshot": "tagged_database_snapshot",
    "s3": "bucket", "lambda": "function", "security-group": "tagged_security_group", "asg": "scaling_group", "eip": "address", "ecs": "container_service",
    "dynamodb": "table", "sqs": "queue", "kms": "key", "logs": "log_group", "elb": "load_balancer", "redshift": "warehouse", "events": "rule",
}  # fmt: skip
CASES: Mapping[str, Case] = {
    **{f"aws-{kind}-tag": tagged(make) for kind, make in KINDS.items()},
    **{f"aws-{kind}-untag": untagged(make) for kind, make in KINDS.items()},
    "aws-ec2-start": Case("stopped_instance"),
    "aws-ec2-stop": Case("instance"),
    "aws-ec2-drain": Case("served_instance"),
    "aws-ec2-restart": Case("instance"),
    "aws-ec2-resize": Case("instance", (("size", "t3.large"),)),
    "aws-ec2-terminate": Case("instance"),
    "aws-ec2-protect": Case("instance"),
    "aws-ec2-unprotect": Case("protected_instance"),
    "aws-ebs-snapshot": Case("volume"),
    "aws-ebs-delete": Case("volume"),
    "aws-ebs-snapshot-delete": Case("volume_snapshot"),
    "aws-ebs-grow": counted("volume", "40"),
    "aws-ebs-detach": Case("attached_volume"),
    "aws-rds-start": Case("stopped_database"),
    "aws-rds-stop": Case("database"),
    "aws-rds-restart": Case("database"),
    "aws-rds-resize": Case("database", (("size", "db.t3.large"),)),
    "aws-rds-snapshot": Case("database"),
    "aws-rds-delete": Case("database"),
    "aws-rds-snapshot-delete": Case("database_snapshot"),
    "aws-rds-protect": Case("database"),
    "aws-rds-unprotect": Case("protected_database"),
    "aws-rds-grow": counted("database", "100"),
    "aws-rds-enable-backups": counted("unguarded_database", "7"),
    "aws-rds-enable-multi-az": Case("database"),
    "aws-rds-failover": Case("doubled_database"),
    "aws-s3-block-public-access": Case("bucket"),
    "aws-s3-enable-versioning": Case("bucket"),
    "aws-s3-suspend-versioning": Case("versioned_bucket"),
    "aws-s3-encrypt": Case("encrypted_bucket"),
    "aws-lambda-disable": Case("limited_function"),
    "aws-lambda-enable": Case("disabled_function"),
    "aws-asg-scale": counted("scaling_group", "4"),
    "aws-eip-delete": Case("address"),
    "aws-eip-detach": Case("attached_address"),
    "aws-ecs-scale": counted("container_service", "5"),
    "aws-ecs-restart": Case("container_service"),
    "aws-dynamodb-protect": Case("table"),
    "aws-dynamodb-unprotect": Case("protected_table"),
    "aws-dynamodb-enable-backups": Case("table"),
    "aws-dynamodb-snapshot": Case("table"),
    "aws-dynamodb-delete": Case("table"),
    "aws-dynamodb-backup-delete": Case("table_backup"),
    "aws-sqs-purge": Case("queue"),
    "aws-sqs-delete": Case("queue"),
    "aws-kms-disable": Case("key"),
    "aws-kms-enable": Case("disabled_key"),
    "aws-kms-enable-rotation": Case("key"),
    "aws-logs-set-retention": counted("log_group", "30"),
    "aws-logs-delete": Case("log_group"),
    "aws-elb-protect": Case("load_balancer"),
    "aws-elb-unprotect": Case("protected_load_balancer"),
    "aws-elb-delete": Case("load_balancer"),
    "aws-redshift-stop": Case("warehouse"),
    "aws-redshift-start": Case("paused_warehouse"),
    "aws-redshift-snapshot": Case("warehouse"),
    "aws-redshift-snapshot-delete": Case("warehouse_snapshot"),
    "aws-eks-nodes-scale": counted("node_pool", "4"),
    "aws-events-disable": Case("rule"),
    "aws-events-enable": Case("disabled_rule"),
}


class InProcess:
    """The AI server's agents without the wire between: a sealed request in, as it would leave, and the draft out, as it would come back."""

    async def advise(self, sealed: Sealed) -> Advice:
        request = PlanRequest.model_validate(sealed.wire())
        answer = reply(request, KNOWLEDGE)
        if isinstance(answer, Plan):
            return Advice(_draft(answer), request.model_dump_json().encode(), "in process")
        assert isinstance(answer, Clarification), answer
        return Advice(Said("clarification", answer.question), request.model_dump_json().encode(), "in process")

    async def away(self) -> str:
        return ""

    async def close(self) -> None: ...


def _draft(plan: Plan) -> Draft:
    return Draft(
        title=plan.title,
        steps=tuple(DraftStep(one.id, one.operation, one.on, dict(one.arguments), one.after, one.why) for one in plan.steps),
        left_out=tuple((one.group, one.reason) for one in plan.left_out),
        risk=plan.risk.level,
        risk_reasons=plan.risk.reasons,
        rollback=plan.rollback,
    )


@dataclass
class Bench:
    """A planner, a desk and an executor over one local AWS."""

    cloud: AwsCloud
    make: ServiceMaker
    planner: Planner
    desk: Desk
    executor: Executor
    estate: MemoryEstate

    async def proposed(self, book: Playbook, target: Resource, values: Sequence[tuple[str, str]], words: str = "") -> Any:
        """What comes of a wish for the playbook, in its own words unless others are given."""
        given = tuple(Given(kind, text) for kind, text in values)
        said = words or book.asks[0]
        return await self.planner.propose(Ask(ASKER, said, said, (Wanted(book.action, (target,), given),), by_name=True))

    async def run(self, filed: Filed) -> Report:
        """Approved by as many managers as it takes, and run to its end."""
        for approver in APPROVERS[: filed.request.needs]:
            decided = await self.desk.click(filed.plan.id, Pressed("approve", approver, filed.plan.digest))
            assert decided is not None
            assert not decided.refused
        return await self.executor.execute(filed.plan, await self.desk.grant(filed.plan.id))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory):
    running = await start_aws(tmp_path_factory.mktemp("aws"), seeded=False)
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(sandbox, tmp_path_factory):
    clock, account = SystemClock(), sandbox.accounts[2]
    journal = await Journal.open(tmp_path_factory.mktemp("journal"), KEY, clock)
    cloud, estate, make = AwsCloud([account]), MemoryEstate(()), ServiceMaker(account)
    desk = Desk(journal, clock, GRANT_KEY, POLICY)
    planner = Planner(Room(InProcess(), desk, journal, clock, {"aws": cloud}, POLICY, Limits(30, 0), estate))
    executor = Executor(Hands({"aws": cloud}, journal, estate, clock, ExecutionSettings(poll_s=0.01, step_timeout_s=30), GRANT_KEY))
    yield Bench(cloud, make, planner, desk, executor, estate)
    await planner.close()
    await journal.close()
    await make.close()
    await cloud.close()


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
async def test_a_playbook_is_planned_run_verified_and_taken_back(bench, book):
    case = CASES[book.id]
    before = await seen(bench.cloud, await getattr(bench.make, case.make)())
    changes = book.action not in ("restart", "failover")
    assert bool(missing(book.verification.promise, _said(book, case), before)) is changes, "the promise was kept before"
    filed = await bench.proposed(book, before, case.values)
    assert isinstance(filed, Filed), filed
    assert [step.operation for step in filed.plan.steps] == [step.operation for step in book.steps]
    report = await bench.run(filed)
    assert report.succeeded, [(one.step.operation, one.state, one.detail) for one in report.steps]
    await _kept(bench, book, case, before, report)
    if isinstance(book.rollback, NoWayBack):
        assert any(step.no_way_back for step in filed.plan.steps)
    elif all(step.inverse for step in filed.plan.steps):
        undone = await bench.run(await bench.planner.undo(report, ASKER, {}))
        assert undone.succeeded, [(one.step.operation, one.state, one.detail) for one in undone.steps]
        assert as_left(await seen(bench.cloud, before)) == as_left(before)
    else:
        assert book.action == "restart"


async def _kept(bench: Bench, book: Playbook, case: Case, before: Resource, report: Report) -> None:
    """The playbook's own promise, which is what its reader was told, against what AWS says now."""
    produced = next((one for one in report.steps if one.produced), None)
    state = None
    if produced:
        made = await bench.cloud.read(replace(before, id=produced.produced))
        assert made is not None
        state = made.state
    assert not missing(book.verification.promise, _said(book, case), await bench.cloud.read(before), state)


def _said(book: Playbook, case: Case) -> dict[str, str]:
    values = dict(case.values)
    return {parameter.name: values[parameter.kind] for parameter in book.parameters}


async def test_every_playbook_has_a_case_and_every_case_a_playbook():
    assert set(CASES) == set(BOOKS)


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
async def test_the_ways_people_ask_are_not_taken_for_something_else(book):
    said = {ask: objection(book.action, Text.of(ask), (), KNOWLEDGE.vocabulary) for ask in book.asks}
    assert not [f"{ask}: {why}" for ask, why in said.items() if why]


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
async def test_the_permissions_listed_are_those_the_steps_and_their_ways_back_need(bench, book):
    operations = [bench.cloud.operations[step.operation] for step in book.steps]
    needed = {name for one in operations for name in (checked_as(one.name), *one.permissions)}
    assert needed - {"ec2:CreateTags", "rds:AddTagsToResource"} <= set(book.permissions)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("aws-ec2-protect", "protected_instance", "already protected"),
        ("aws-ec2-unprotect", "instance", "already unprotected"),
        ("aws-ec2-drain", "drained_instance", "no load balancer sends it any"),
        ("aws-ec2-drain", "instance", "no load balancer sends it any"),
        ("aws-ec2-drain", "stopped_instance", "it is stopped"),
        ("aws-rds-failover", "database", "runs in one zone"),
        ("aws-rds-enable-multi-az", "doubled_database", "already runs in several zones"),
        ("aws-rds-enable-backups", "database", "already has automated backups"),
        ("aws-eip-delete", "attached_address", "is in use"),
        ("aws-eip-detach", "address", "already detached"),
        ("aws-ebs-detach", "volume", "already detached"),
        ("aws-lambda-disable", "disabled_function", "already disabled"),
        ("aws-dynamodb-delete", "protected_table", "deletion protection is on"),
        ("aws-dynamodb-enable-backups", "recoverable_table", "already has point-in-time recovery"),
        ("aws-elb-delete", "protected_load_balancer", "deletion protection is on"),
        ("aws-kms-enable-rotation", "disabled_key", "enable it first"),
        ("aws-redshift-stop", "paused_warehouse", "already paused"),
        ("aws-events-enable", "rule", "already enabled"),
    ],
)
async def test_what_needs_nothing_or_must_wait_is_left_out_with_the_reason(bench, name, make, reason):
    target = await seen(bench.cloud, await getattr(bench.make, make)())
    values = (("number", "7"),) if BOOKS[name].parameters else ()
    nothing = await bench.proposed(BOOKS[name], target, values)
    assert not isinstance(nothing, Filed)
    assert reason in " ".join(row.reason for row in nothing.left_out)


@pytest.mark.parametrize("name", ["aws-asg-scale", "aws-ebs-grow", "aws-logs-set-retention", "aws-rds-enable-backups", "aws-ec2-resize"])
async def test_a_value_that_is_missing_is_asked_for(bench, name):
    target = await seen(bench.cloud, await getattr(bench.make, CASES[name].make)())
    said = await bench.proposed(BOOKS[name], target, ())
    assert said.text == BOOKS[name].parameters[0].question


async def test_stopping_what_stands_behind_a_balancer_or_in_a_group_says_so_on_the_plan(bench):
    balancer = await bench.make.load_balancer()
    instance = await bench.make.balanced_instance(balancer)
    group = await bench.make.scaling_group()
    here = AwsCloud([bench.make.account.model_copy(update={"regions": (REGION,)})])
    pieces = [piece async for piece in here.sweep()]
    await here.close()
    swept = [one for piece in pieces if isinstance(piece, Swept) for one in piece.resources]
    behind = next(one for one in swept if one.id == instance.id)
    member = next(one for one in swept if one.tags.get("aws:autoscaling:groupName") == group.name.rpartition("/")[2])
    said = [one.sentence for target in (behind, member) for one in await _impact(bench, target)]
    assert f"{behind.name} gets its traffic from {balancer.name.split('/')[1]}." in said
    assert any(f"{member.name} is in auto-scaling group" in sentence for sentence in said)


async def test_a_machine_is_drained_then_stopped_then_verified_and_taken_back_in_turn(bench):
    before = await seen(bench.cloud, await bench.make.served_instance())
    assert before.properties["target_health"] == "healthy"
    said, wanted = "drain and stop the ec2 instance", tuple(Wanted(action, (before,)) for action in ("drain", "stop"))
    filed = await bench.planner.propose(Ask(ASKER, said, said, wanted, by_name=True))
    first, second = filed.plan.steps
    assert (first.title, second.title, second.needs) == ("Drain", "Stop", (first.id,))
    report = await bench.run(filed)
    assert report.succeeded, [(one.step.operation, one.state, one.detail) for one in report.steps]
    elb = await bench.make.client("elbv2")
    for place in before.properties["target_groups"]:
        health = await elb.describe_target_health(TargetGroupArn=place.rpartition(":")[0])
        assert before.name not in [one["Target"]["Id"] for one in health["TargetHealthDescriptions"]]
    stopped = await seen(bench.cloud, before)
    assert (stopped.state, stopped.properties["target_health"]) == ("stopped", "drained")
    undone = await bench.run(await bench.planner.undo(report, ASKER, {}))
    assert [one.step.operation for one in undone.steps] == ["ec2:StartInstances", "elasticloadbalancing:RegisterTargets"]
    assert undone.succeeded, [(one.step.operation, one.state, one.detail) for one in undone.steps]
    assert as_left(await seen(bench.cloud, before)) == as_left(before)


async def _impact(bench: Bench, target: Resource) -> tuple[Breaks, ...]:
    filed = await bench.proposed(BOOKS["aws-ec2-stop"], target, ())
    assert isinstance(filed, Filed)
    return filed.plan.impact
