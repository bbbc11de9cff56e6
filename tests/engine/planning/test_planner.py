"""The only road to a plan: what is refused before anything leaves, and what reaches the desk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from engine.advisor.replies import Advice, Draft, DraftStep, Said
from engine.approvals.desk import Desk
from engine.clock import FakeClock
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.fake import FakeCloud
from engine.clouds.operation import Call, Receipt
from engine.errors import AdvisorError, PlanRefused, Refused, Unreachable
from engine.estate.memory import MemoryEstate
from engine.execution.binding import Limits
from engine.execution.machine import StepState
from engine.execution.plan import LeftOut, from_json
from engine.execution.report import Report, StepReport
from engine.journal.journal import Journal
from engine.planning.planner import Ask, NothingToDo, Planner, Room
from engine.planning.saving import monthly_delta
from engine.request.seal import Sealed, Wanted
from engine.settings import Person, PolicySettings
from tests.engine.execution.samples import GRANT_KEY, KEY, NOW, database, plan, step, vm, volume

EVE = Person(id="eve", name="Eve", roles=("executor",))
VIC = Person(id="vic", name="Vic")
ONE, TWO, PROD, DISK = vm("one"), vm("two"), vm("main", env="prod"), volume("data")
PLACE = {"platform": "web", "channel": "general", "thread": "m1"}


@dataclass
class Oracle:
    """Says what a test wants and keeps what it was asked."""

    reply: Draft | Said | AdvisorError
    asked: list[Sealed] = field(default_factory=list)

    async def advise(self, sealed: Sealed) -> Advice:
        self.asked.append(sealed)
        if isinstance(self.reply, AdvisorError):
            raise self.reply
        return Advice(self.reply, b'{"sent": 1}', "http://oracle/v1/plan")

    async def away(self) -> str:
        return ""

    async def close(self) -> None: ...


@dataclass
class Bench:
    planner: Planner
    oracle: Oracle
    desk: Desk
    journal: Journal
    cloud: FakeCloud
    estate: MemoryEstate


@pytest.fixture
async def made(tmp_path):
    clock = FakeClock(NOW)
    journal = await Journal.open(tmp_path, KEY, clock)
    policy = PolicySettings(approval_minutes=30)
    desk = Desk(journal, clock, GRANT_KEY, policy)
    cloud = FakeCloud([ONE, TWO, PROD, DISK], OPERATIONS)
    oracle = Oracle(draft("ec2:StopInstances"))
    estate = MemoryEstate([ONE, TWO, PROD, DISK])
    planner = Planner(Room(oracle, desk, journal, clock, {"aws": cloud}, policy, Limits(60, 1), estate))
    yield Bench(planner, oracle, desk, journal, cloud, estate)
    await planner.close()
    await journal.close()


def draft(operation: str, on: str = "g1", **changes) -> Draft:
    return Draft("A title", (DraftStep("s1", operation, tuple(on.split()), {}, (), "why"),), **changes)


def ask(*targets, action: str = "stop", person: Person = EVE, **changes) -> Ask:
    return Ask(person, "stop it", "stop it", (Wanted(action, targets),), **({"place": PLACE} | changes))


async def test_a_plan_reaches_the_desk_with_all_it_needs(made):
    left = (LeftOut(1, "excluded"),)
    filed = await made.planner.propose(ask(ONE, TWO, left_out=left))
    planned = filed.plan
    assert planned.targets == (ONE, TWO)
    assert (planned.asked_by, planned.message, planned.place, planned.risk) == ("eve", "stop it", PLACE, "low")
    assert planned.expires_at == NOW + timedelta(minutes=30)
    assert planned.left_out == left
    assert planned.monthly_delta == -120.0
    assert [one.timeout_s for one in planned.steps] == [60, 60]
    assert filed.request.state == "approved"
    assert made.desk.find(planned.id) == filed
    assert made.planner.sent_for(planned) == ('{"sent": 1}',)
    assert [entry.kind for entry in made.journal.entries()] == ["advisor.asked", "plan.made", "approval.asked"]
    assert made.cloud.performed == []


@pytest.mark.parametrize("said", ["low", "medium", "high", "critical"])
async def test_the_risk_is_the_higher_of_the_two(made, said):
    made.oracle.reply = draft("ec2:StopInstances", risk=said)
    assert (await made.planner.propose(ask(ONE))).plan.risk == said
    assert (await made.planner.propose(ask(PROD))).plan.risk == max("medium", said, key=["low", "medium", "high", "critical"].index)


async def test_who_may_not_ask_is_told_before_anything_leaves(made):
    with pytest.raises(Refused, match="You may look and ask"):
        await made.planner.propose(ask(ONE, person=VIC))
    assert made.oracle.asked == []


async def test_what_is_never_planned_never_leaves(made):
    with pytest.raises(PlanRefused, match="never deleted by a filter"):
        await made.planner.propose(ask(database("main", env="prod"), action="delete"))
    assert made.oracle.asked == []


async def test_what_cannot_be_stopped_never_leaves_and_is_told(made):
    replica = database("replica", properties={"engine": "postgres", "replica_of": "main"})
    filed = await made.planner.propose(ask(ONE, replica, why={ONE.id: "name is one", replica.id: "x"}))
    assert filed.plan.targets == (ONE,)
    assert filed.plan.left_out == (LeftOut(1, "cannot be stopped (replica): It is a read replica, and RDS stops none."),)
    assert filed.plan.why == {ONE.id: "name is one"}
    assert [group.ids for group in made.oracle.asked[0].groups] == [(ONE.id,)]
    with pytest.raises(PlanRefused, match="replica cannot be stopped"):
        await made.planner.propose(ask(replica))
    assert len(made.oracle.asked) == 1


async def test_a_member_of_a_group_raises_the_risk(made):
    member = vm("member", tags={"env": "dev", "aws:autoscaling:groupName": "web"})
    filed = await made.planner.propose(ask(member))
    assert (filed.plan.risk, filed.request.state) == ("medium", "asked")
    assert "a group replaces what is stopped" in filed.plan.reasons
    assert any("auto-scaling group web" in one.sentence for one in filed.plan.impact)


async def test_words_are_handed_on(made):
    made.oracle.reply = Said("clarification", "To what size?")
    assert await made.planner.propose(ask(ONE)) == made.oracle.reply
    assert [entry.kind for entry in made.journal.entries()] == ["advisor.asked"]


async def test_nothing_to_do_is_no_plan(made):
    made.oracle.reply = Draft("A title", (), (("g1", "already stopped"),))
    assert await made.planner.propose(ask(ONE)) == NothingToDo((LeftOut(1, "already stopped"),), "A title")
    assert made.desk.waiting() == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (draft("ec2:LaunchRockets"), "not an operation"),
        (draft("ec2:TerminateInstances"), "only stop was asked for"),
        (draft("ec2:StopInstances", "g1 g2"), "was not part of the request"),
        (Draft("A title", ()), "says nothing about g1"),
        (AdvisorError("The AI server is away."), "away"),
    ],
)
async def test_a_bad_draft_files_nothing(made, reply, why):
    made.oracle.reply = reply
    with pytest.raises((Refused, AdvisorError), match=why):
        await made.planner.propose(ask(ONE))
    assert not list(made.journal.entries({"plan.made"}))


# --- what it breaks, and whether it is permitted


async def test_a_plan_says_what_it_breaks_and_what_the_cloud_permits(made):
    balancer = replace(ONE, type="load_balancer", id=f"{ONE.id}-front", name="front", properties={"targets": ["i-one", "i-two"]})
    await made.estate.replace(balancer)
    made.cloud.deny("ec2:StopInstances", TWO.id)
    planned = (await made.planner.propose(ask(ONE, TWO))).plan
    assert [(one.sentence, one.dependents) for one in planned.impact] == [
        ("front refers to one.", (balancer.id,)),
        ("front refers to two.", (balancer.id,)),
    ]
    assert [(one.verdict, one.targets, one.missing) for one in planned.checks] == [("denied", (TWO.id,), ("ec2:StopInstances",))]
    assert replace(planned, impact=(), checks=()).digest == planned.digest
    (written,) = made.journal.entries({"plan.made"})
    assert from_json(written.body["plan"]) == planned
    smaller = (await made.planner.fewer(planned, [ONE.id], EVE)).plan
    assert [one.sentence for one in smaller.impact] == ["front refers to one."]
    assert [one.verdict for one in smaller.checks] == ["allowed"]


async def test_an_undo_says_so_too(made):
    made.cloud.change(ONE.id, state="stopped")
    planned = (await made.planner.undo(ran(step("s1", ONE), targets=[ONE]), EVE, PLACE)).plan
    assert planned.impact == (), "nobody misses what is started"
    assert [(one.operation, one.verdict) for one in planned.checks] == [("ec2:StartInstances", "allowed")]


# --- fewer targets


async def test_fewer_targets_are_a_new_plan_with_a_new_digest(made):
    filed = await made.planner.propose(ask(ONE, TWO))
    smaller = (await made.planner.fewer(filed.plan, [TWO.id, "not-in-it"], EVE)).plan
    assert smaller.targets == (TWO,)
    assert [one.target for one in smaller.steps] == [TWO.id]
    assert (smaller.id == filed.plan.id, smaller.digest == filed.plan.digest) == (False, False)
    assert smaller.left_out == (LeftOut(1, "not picked"),)
    assert made.planner.sent_for(smaller) == ('{"sent": 1}',)


async def test_fewer_never_lowers_the_risk(made):
    made.oracle.reply = draft("ec2:StopInstances", risk="high")
    filed = await made.planner.propose(ask(ONE, TWO))
    assert (await made.planner.fewer(filed.plan, [ONE.id], EVE)).plan.risk == "high"


async def test_fewer_is_refused_where_nothing_or_half_a_chain_is_left(made):
    filed = await made.planner.propose(ask(ONE, TWO))
    with pytest.raises(PlanRefused, match="nothing to do"):
        await made.planner.fewer(filed.plan, [], EVE)
    chain = plan(step("s1", ONE), step("s2", TWO, needs=("s1",)), targets=[ONE, TWO])
    with pytest.raises(PlanRefused, match="Step s2 needs a step on a target that was not picked"):
        await made.planner.fewer(chain, [TWO.id], EVE)
    with pytest.raises(Refused, match="You may look and ask"):
        await made.planner.fewer(filed.plan, [ONE.id], VIC)


# --- undo


def ran(*steps, targets, produced: str = "") -> Report:
    told = tuple(StepReport(one, StepState.DONE, produced=produced) for one in steps)
    return Report("run-1", plan(*steps, targets=targets), (), NOW, told, NOW)


async def test_an_undo_is_a_plan_over_what_is_there_now(made):
    made.cloud.change(ONE.id, state="stopped")
    filed = await made.planner.undo(ran(step("s1", ONE), targets=[ONE]), EVE, PLACE)
    assert (filed.plan.undoes, filed.plan.title, filed.plan.by_name) == ("run-1", "Undo: Stop things", True)
    assert [one.operation for one in filed.plan.steps] == ["ec2:StartInstances"]
    assert filed.plan.targets[0].state == "stopped"
    assert made.oracle.asked == [], "an undo needs no AI server"
    assert made.planner.sent_for(filed.plan) == ()


async def test_an_undo_of_something_made_acts_on_what_was_made(made):
    receipt = await made.cloud.perform(Call("ec2:CreateSnapshot", DISK, {}, "t"))
    assert receipt != Receipt()
    filed = await made.planner.undo(ran(step("s1", DISK, "ec2:CreateSnapshot"), targets=[DISK], produced=receipt.produced), EVE, PLACE)
    assert [(one.operation, one.target) for one in filed.plan.steps] == [("ec2:DeleteSnapshot", receipt.produced)]
    with pytest.raises(PlanRefused, match="does not fit data"):
        await made.planner.undo(ran(step("s1", DISK, "ec2:CreateSnapshot"), targets=[DISK]), EVE, PLACE)


async def test_an_undo_of_what_is_gone_or_cannot_be_seen_is_refused(made):
    report = ran(step("s1", ONE), targets=[ONE])
    made.cloud.fail("read", Unreachable("HTTP 500."))
    with pytest.raises(Refused, match="one could not be looked at: HTTP 500"):
        await made.planner.undo(report, EVE, PLACE)
    made.cloud.remove(ONE.id)
    with pytest.raises(PlanRefused, match="one is gone"):
        await made.planner.undo(report, EVE, PLACE)
    with pytest.raises(Refused, match="You may look and ask"):
        await made.planner.undo(report, VIC, PLACE)


async def test_an_undo_in_production_waits_too(made):
    made.cloud.change(PROD.id, state="stopped")
    assert (await made.planner.undo(ran(step("s1", PROD), targets=[PROD]), EVE, PLACE)).request.state == "asked"


@pytest.mark.parametrize(
    ("steps", "delta"),
    [
        ([step("s1", ONE)], -60.0),
        ([step("s1", ONE, "ec2:StartInstances")], 60.0),
        ([step("s1", ONE), step("s2", ONE, "ec2:StartInstances")], 0.0),
        ([step("s1", ONE, "ec2:RebootInstances")], 0.0),
        ([step("s1", ONE), step("s2", ONE, "ec2:TerminateInstances")], -60.0),
        ([step("s1", ONE, "ec2:CreateTags", {"key": "a", "value": "b"})], 0.0),
        ([], 0.0),
    ],
)
def test_what_a_plan_saves(steps, delta):
    assert monthly_delta(steps, {ONE.id: ONE}) == delta
