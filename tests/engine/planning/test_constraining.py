"""What wishes and plans leave alone because of what their targets are, and the risk that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clouds.aws.operations import OPERATIONS
from engine.errors import PlanRefused
from engine.execution.guardrails import risk_floor
from engine.execution.plan import RISK_ORDER, LeftOut
from engine.planning.constraining import check_stops, possible, risked
from engine.planning.impact import impact
from engine.request.seal import Wanted
from tests.engine.execution.samples import database, step, vm

WEB = vm("web")
REPLICA = database("pg-replica", properties={"engine": "postgres", "replica_of": "pg-main"})
MAIN = database("pg-main", properties={"engine": "postgres", "read_replicas": 1})
SCRATCH = vm("scratch", properties={"instance_store": True})
MEMBER = vm("member", tags={"env": "dev", "aws:autoscaling:groupName": "web"})
SPOT = vm("spot", properties={"spot": True})
STOP = "ec2:StopInstances"


def test_what_cannot_be_stopped_is_left_out_with_the_reason():
    kept, left = possible([Wanted("stop", (WEB, REPLICA, MAIN))])
    assert kept == (Wanted("stop", (WEB,)),)
    assert left == (
        LeftOut(1, "cannot be stopped (pg-replica): It is a read replica, and RDS stops none."),
        LeftOut(1, "cannot be stopped (pg-main): It has read replicas, and RDS stops no database that has."),
    )


def test_a_wish_for_nothing_but_that_is_refused_with_the_reason():
    with pytest.raises(PlanRefused, match="pg-replica cannot be stopped: It is a read replica"):
        possible([Wanted("stop", (REPLICA,))])


def test_other_wishes_and_what_is_stopped_already_are_left_alone():
    still = replace(REPLICA, state="stopped")
    wishes = [Wanted("restart", (REPLICA,)), Wanted("stop", (still,)), Wanted("stop", (SPOT,))]
    assert possible(wishes) == (tuple(wishes), ())


def test_a_plan_that_stops_on_its_way_is_refused():
    rooted = vm("rooted", properties={"root_device": "instance-store"})
    check_stops((step("s1", WEB, STOP), step("s2", rooted, "ec2:RebootInstances")), {WEB.id: WEB, rooted.id: rooted})
    with pytest.raises(PlanRefused, match="rooted would have to be stopped for this"):
        check_stops((step("s1", rooted, STOP),), {rooted.id: rooted})


@pytest.mark.parametrize(
    ("one", "operation", "expected"),
    [
        (WEB, STOP, ("low", ())),
        (SCRATCH, STOP, ("high", ("a stop loses what instance stores hold",))),
        (SCRATCH, "ec2:RebootInstances", ("low", ())),
        (MEMBER, STOP, ("medium", ("a group replaces what is stopped",))),
        (MEMBER, "ec2:CreateTags", ("low", ())),
    ],
)
def test_the_risk_of_what_targets_are(one, operation, expected):
    given_ = {"key": "a", "value": "b"} if operation == "ec2:CreateTags" else {}
    assert risked((step("s1", one, operation, given_),), {one.id: one}) == expected


TARGETS = (WEB, SCRATCH, MEMBER, SPOT)


@given(
    st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4, unique_by=lambda one: one.id),
    st.sampled_from([STOP, "ec2:StartInstances", "ec2:RebootInstances"]),
)
def test_more_targets_never_lower_the_risk(targets, operation):
    def level(some):
        steps = tuple(step(f"s{number}", one, operation) for number, one in enumerate(some))
        known = {one.id: one for one in some}
        return max(RISK_ORDER.index(risked(steps, known)[0]), RISK_ORDER.index(risk_floor(steps, some)[0]))

    assert level(targets) >= max(level([one]) for one in targets)


def test_what_a_stop_takes_along_is_told():
    targets = (SCRATCH, SPOT, MEMBER, vm("fronted", properties={"load_balancers": ["lb-1"]}))
    steps = tuple(step(f"s{number}", one, STOP) for number, one in enumerate(targets))
    said = [one.sentence for one in impact(steps, {one.id: one for one in targets}, [])]
    assert "Stopping scratch loses what its instance store holds." in said
    assert "spot may refuse to stop. It is a spot instance, which can be stopped only when its request is persistent." in said
    assert "member is in auto-scaling group web: it will count that as a failure and start others." in said
    assert "fronted gets its traffic from lb-1." in said


def test_a_stop_is_told_by_the_tables_own_titles():
    titles = {operation.title.lower().split()[0] for operation in OPERATIONS.values()}
    assert "stop" in titles


def test_for_later_what_is_stopped_now_may_run_by_then():
    off = replace(REPLICA, state="stopped")
    assert possible([Wanted("stop", (WEB, off))])[1] == ()
    kept, left = possible([Wanted("stop", (WEB, off))], later=True)
    assert kept == (Wanted("stop", (WEB,)),)
    assert [part.count for part in left] == [1]
