"""A plan's digest covers everything that decides what runs, and the journal gives back the same plan."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.clouds.operation import Inverse
from engine.clouds.permission import Check
from engine.execution.plan import Breaks, LeftOut, from_json, to_json, worse
from tests.engine.execution.samples import plan, step, vm

ONE, TWO = vm("one"), vm("two")
TAGS = {"key": "team", "value": "pay"}
PLAN = plan(
    step("s1", ONE),
    step("s2", TWO, "ec2:CreateTags", TAGS, needs=("s1",), why="asked for", retries=1),
    targets=(ONE, TWO),
    left_out=(LeftOut(2, "already stopped"),),
    reasons=("interrupts",),
    sources=("playbook x",),
    place={"platform": "web", "channel": "c", "thread": "t"},
    impact=(Breaks("two refers to one.", (ONE.id,), (TWO.id,)),),
    checks=(Check("ec2:StopInstances", "444455556666", "denied", (ONE.id,), ("ec2:StopInstances",), "role x", "why"),),
)


def with_step(number: int, **changes):
    steps = list(PLAN.steps)
    steps[number] = replace(steps[number], **changes)
    return replace(PLAN, steps=tuple(steps))


def with_target(**changes):
    return replace(PLAN, targets=(replace(ONE, **changes), TWO))


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAN, id="plan-2"),
        replace(PLAN, asked_by="mona"),
        replace(PLAN, expires_at=PLAN.expires_at + timedelta(seconds=1)),
        replace(PLAN, targets=(ONE,)),
        replace(PLAN, targets=(ONE, TWO, vm("three"))),
        replace(PLAN, steps=PLAN.steps[:1]),
        replace(PLAN, steps=PLAN.steps[::-1]),
        with_step(0, operation="ec2:TerminateInstances"),
        with_step(0, target=TWO.id),
        with_step(0, inverse=None),
        with_step(0, inverse=Inverse("ec2:StartInstances", {"x": 1})),
        with_step(1, arguments={"key": "team", "value": "ops"}),
        with_step(1, arguments={"key": "team"}),
        with_step(1, needs=()),
        with_step(1, id="s3"),
        with_target(state="stopped"),
        with_target(account="999900001111"),
        with_target(region="eu-west-1"),
        with_target(id=ONE.id + "0"),
    ],
)
def test_whatever_decides_changes_the_digest(changed):
    assert changed.digest != PLAN.digest


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAN, title="x"),
        with_target(monthly_cost=1.0),
        with_target(metrics={"cpu": 1.0}),
        replace(PLAN, impact=()),
        replace(PLAN, checks=()),
    ],
)
def test_what_only_tells_does_not(changed):
    assert changed.digest == PLAN.digest


def test_it_comes_back_from_the_journal_as_it_was():
    written = json.loads(json.dumps(to_json(PLAN)))
    assert from_json(written) == PLAN
    assert from_json(written).digest == PLAN.digest == written["digest"]


def test_a_plan_of_before_there_were_impact_and_checks_still_comes_back():
    written = json.loads(json.dumps(to_json(PLAN)))
    del written["impact"], written["checks"]
    assert from_json(written) == replace(PLAN, impact=(), checks=())


def test_a_plan_changed_in_the_journal_is_noticed():
    written = json.loads(json.dumps(to_json(PLAN)))
    written["steps"][0]["operation"] = "ec2:TerminateInstances"
    with pytest.raises(ValueError, match="does not fit its digest"):
        from_json(written)


def test_what_it_says_of_itself():
    assert PLAN.operations == ("ec2:StopInstances", "ec2:CreateTags")
    assert PLAN.changed == (ONE, TWO)
    assert replace(PLAN, steps=PLAN.steps[:1]).changed == (ONE,)
    assert PLAN.target(PLAN.steps[1]) == TWO
    assert (worse("low", "high"), worse("critical", "medium")) == ("high", "critical")


# A plan as the journal of an Escher from before there were schedules holds it.
OLD = {
    "id": "plan-1", "title": "Stop things", "asked_by": "eve", "message": "stop things", "made_at": "2026-11-20T12:00:00+00:00",
    "expires_at": "2026-11-20T13:00:00+00:00", "risk": "low", "reasons": [], "left_out": [], "monthly_delta": 0.0, "by_name": False,
    "explanation": "", "sources": [], "undoes": "", "advice": "", "place": {}, "impact": [], "checks": [], "why": {},
    "targets": [{
        "cloud": "aws", "type": "compute_instance", "native_type": "AWS::EC2::Instance", "id": "arn:aws:ec2:us-east-1:444455556666:instance/i-one",
        "name": "one", "account": "444455556666", "account_name": "acme-four", "region": "us-east-1", "state": "running", "tags": {"env": "dev"},
        "properties": {"instance_id": "i-one", "instance_type": "t3.large"}, "monthly_cost": 60.0, "metrics": {},
    }],
    "steps": [{
        "id": "s1.1", "operation": "ec2:StopInstances", "target": "arn:aws:ec2:us-east-1:444455556666:instance/i-one", "arguments": {},
        "kind": "power", "title": "Stop", "command": ["aws"], "needs": [], "inverse": {"operation": "ec2:StartInstances", "arguments": {}},
        "no_way_back": "", "why": "", "retries": 0, "timeout_s": 5.0, "settles_s": 5.0,
    }],
    "digest": "70e2378c7d62d0a6924ae7e12742cac470ef9f34c5339e68cefe3f2c6b71a112",
}  # fmt: skip


def test_a_plan_from_before_schedules_keeps_its_digest():
    old = from_json(OLD)
    assert (old.digest, old.schedule, old.fires) == (OLD["digest"], "", "")


def test_the_schedule_is_part_of_the_digest_and_what_fired_it_is_not():
    assert replace(PLAN, schedule="sched-1@0").digest not in (PLAN.digest, replace(PLAN, schedule="sched-1@1").digest)
    assert replace(PLAN, fires="sched-1@now").digest == PLAN.digest
    both = replace(PLAN, schedule="sched-1@0", fires="x")
    assert from_json(json.loads(json.dumps(to_json(both)))) == both
