"""The way back of a run: inverses, the last first, bound to what is there now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clouds.operation import Inverse
from engine.errors import PlanRefused
from engine.execution.binding import Limits
from engine.execution.machine import StepState
from engine.execution.report import Report, StepReport
from engine.execution.undo import undo_steps
from tests.engine.execution.samples import NOW, OPERATIONS, plan, step, vm, volume

LIMITS = Limits(timeout_s=60, retries=1)
ONE = vm("one")
SIZE = {"instance_type": "t3.small"}


def report(*steps, states=None, produced="", **changes) -> Report:
    states = states or [StepState.DONE] * len(steps)
    told = tuple(StepReport(one, state, produced=produced) for one, state in zip(steps, states, strict=True))
    return Report("run-1", plan(*steps, targets=(ONE,)), ("mona",), NOW, told, **({"finished_at": NOW} | changes))


def taken_back(done: Report, now=None):
    wanted = {one.step.id: (now or {}).get(one.step.id, ONE) for one in done.undoable}
    return undo_steps(done, wanted, OPERATIONS, LIMITS)


def test_one_stop_is_taken_back_by_one_start():
    (back,) = taken_back(report(step("s1", ONE)), {"s1": vm("one", "stopped")})
    assert (back.id, back.operation, back.target, back.title) == ("u1", "ec2:StartInstances", ONE.id, "Start")
    assert back.command == ("aws", "ec2", "start-instances", "--instance-ids", "i-one", "--region", "us-east-1")
    assert back.inverse == Inverse("ec2:StopInstances")
    assert (back.timeout_s, back.retries, back.why) == (60, 1, "takes back ec2:StopInstances")


def test_what_came_last_is_taken_back_first():
    done = report(
        step("s1", ONE), step("s2", ONE, "ec2:ModifyInstanceAttribute", SIZE, needs=("s1",)), step("s3", ONE, "ec2:StartInstances", needs=("s2",))
    )  # fmt: skip
    back = taken_back(done, {name: vm("one", properties={"instance_id": "i-one", **SIZE}) for name in ("s1", "s2", "s3")})
    assert [(one.id, one.operation, one.needs) for one in back] == [
        ("u1", "ec2:StopInstances", ()),
        ("u2", "ec2:ModifyInstanceAttribute", ("u1",)),
        ("u3", "ec2:StartInstances", ("u2",)),
    ]
    assert back[1].arguments == {"instance_type": "t3.large"}


def test_only_what_succeeded_is_taken_back():
    done = report(step("s1", ONE), step("s2", ONE), states=[StepState.FAILED, StepState.DONE])
    assert [one.why for one in taken_back(done)] == ["takes back ec2:StopInstances"]


def test_what_was_made_is_deleted_and_nothing_else():
    disk = volume("data")
    done = report(step("s1", disk, "ec2:CreateSnapshot"), produced="snap-1")
    snapshot = replace(disk, id="snap-1", type="snapshot", native_type="AWS::EC2::Snapshot", properties={"snapshot_id": "snap-1"})
    (back,) = taken_back(done, {"s1": snapshot})
    assert (back.operation, back.target, back.no_way_back) == ("ec2:DeleteSnapshot", "snap-1", "A deleted snapshot cannot be brought back.")
    with pytest.raises(PlanRefused, match=r"ec2:DeleteSnapshot, does not fit data, which is a AWS::EC2::Volume"):
        taken_back(done, {"s1": disk})


def test_what_was_undone_is_not_undone_twice():
    with pytest.raises(PlanRefused, match="undone already"):
        taken_back(report(step("s1", ONE), undone_by="run-2"))


@pytest.mark.parametrize("why", ["restart", "failed", "running"])
def test_where_there_is_no_way_back_it_says_why(why):
    done = {
        "restart": report(step("s1", ONE, "ec2:RebootInstances")),
        "failed": report(step("s1", ONE), states=[StepState.FAILED]),
        "running": report(step("s1", ONE), finished_at=None),
    }[why]
    told = "A reboot interrupts" if why == "restart" else "Nothing of this can be undone."
    with pytest.raises(PlanRefused, match=told):
        taken_back(done)


def test_a_way_back_nobody_knows_is_refused():
    with pytest.raises(PlanRefused, match="x:Y, is not an operation Escher knows"):
        taken_back(report(step("s1", ONE, inverse=Inverse("x:Y"))))
