"""The part of an approved plan that the world needs now: nothing but what was approved, and nothing that is as wished already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clouds.tables import TABLES
from engine.estate.resource import Resource
from engine.execution.binding import Limits, command
from engine.execution.plan import LeftOut, Plan, Step
from engine.planning.recurring import ALREADY, WAITS, contained, headline, part
from tests.engine.execution.samples import database, plan, step, stopping, vm, volume

OPERATIONS = {name: operation for table in TABLES.values() for name, operation in table.items()}
ONE, TWO = vm("one"), vm("two")
LIMITS = Limits(60, 2, "20261121-2000")
STOP, START, RESIZE, REBOOT = "ec2:StopInstances", "ec2:StartInstances", "ec2:ModifyInstanceAttribute", "ec2:RebootInstances"
RESIZING = (
    step("s1.1", ONE, STOP),
    step("s2.1", ONE, RESIZE, {"instance_type": "t3.small"}, needs=("s1.1",)),
    step("s3.1", ONE, START, needs=("s2.1",)),
)


def any_step(id_: str, resource: Resource, operation: str, arguments: dict[str, Any] | None = None, **changes: Any) -> Step:
    known = OPERATIONS[operation]
    made = step(id_, ONE, STOP)
    given = arguments or {}
    return replace(made, operation=operation, target=resource.id, arguments=given, kind=known.kind, title=known.title,
                   command=command(known, resource, given), inverse=known.inverse(resource, given) if known.inverse else None, **changes)  # fmt: skip


def now(*resources: Resource) -> dict[str, Resource]:
    return {one.id: one for one in resources}


def ids(review: Plan, *resources: Resource) -> list[str]:
    return [one.id for one in part(review, now(*resources), OPERATIONS, LIMITS).steps]


def test_only_what_runs_is_stopped():
    review = stopping(ONE, TWO)
    bound = part(review, now(ONE, replace(TWO, state="stopped")), OPERATIONS, LIMITS)
    assert [one.id for one in bound.steps] == ["s1.1"]
    assert bound.targets == (ONE,)
    assert bound.left_out == (LeftOut(1, ALREADY),)


def test_what_is_not_there_is_left_out_silently_and_what_was_not_approved_never_comes_in():
    assert part(stopping(ONE), now(TWO), OPERATIONS, LIMITS) == part(stopping(), {}, OPERATIONS, LIMITS)


@pytest.mark.parametrize("state", ["pending", "stopping", "shutting-down", "terminated"])
def test_a_state_in_which_it_makes_no_sense_is_told(state):
    bound = part(stopping(ONE), now(replace(ONE, state=state)), OPERATIONS, LIMITS)
    assert bound.steps == ()
    assert bound.left_out == (LeftOut(1, f"cannot stop while {state}"),)


def test_steps_are_bound_afresh_to_what_is_there_now():
    review = plan(*RESIZING, targets=[ONE])
    later = replace(ONE, properties={**ONE.properties, "instance_type": "m5.large"})
    stop, resize, start = part(review, now(later), OPERATIONS, LIMITS).steps
    assert resize.inverse is not None
    assert resize.inverse.arguments == {"instance_type": "m5.large"}, "the way back leads to what it is now, not to what it was"
    assert (stop.needs, resize.needs, start.needs) == ((), ("s1.1",), ("s2.1",))
    assert [one.timeout_s for one in (stop, resize, start)] == [60, 60, 60]
    assert resize.retries == 2


def test_what_was_stopped_before_is_not_started_after():
    assert ids(plan(*RESIZING, targets=[ONE]), replace(ONE, state="stopped")) == ["s2.1"]


def test_a_stop_and_a_start_around_nothing_are_left_out():
    small = replace(ONE, properties={**ONE.properties, "instance_type": "t3.small"})
    assert ids(plan(*RESIZING, targets=[ONE]), small) == []


def test_a_stop_and_a_start_that_were_asked_for_are_done():
    both = plan(step("s1.1", ONE, STOP), step("s2.1", ONE, START, needs=("s1.1",)), targets=[ONE])
    assert ids(both, ONE) == ["s1.1", "s2.1"]
    assert ids(both, replace(ONE, state="stopped")) == []


def test_a_restart_and_a_copy_are_always_needed():
    disk = volume("data")
    review = plan(step("s1.1", ONE, REBOOT), step("s2.1", disk, "ec2:CreateSnapshot"), targets=[ONE, disk])
    assert ids(review, ONE, disk) == ["s1.1", "s2.1"]
    assert ids(review, replace(ONE, state="stopped"), disk) == ["s2.1"]


def test_where_one_step_cannot_be_done_none_is_and_nothing_that_waits_for_it():
    review = plan(*RESIZING[:1], replace(RESIZING[1], operation="ec2:Forgotten"), RESIZING[2], step("s4.1", TWO, STOP, needs=("s1.1",)),
                  step("s5.1", vm("three"), STOP), targets=[ONE, TWO, vm("three")])  # fmt: skip
    bound = part(review, now(ONE, TWO, vm("three")), OPERATIONS, LIMITS)
    assert [one.id for one in bound.steps] == ["s5.1"], "nothing is stopped that could not be started again"
    assert set(bound.left_out) == {LeftOut(1, "ec2:Forgotten is not an operation Escher knows any more"), LeftOut(1, WAITS)}


def test_what_waits_for_a_target_that_is_gone_is_not_done():
    disk = volume("data")
    review = plan(step("s1.1", disk, "ec2:CreateSnapshot"), step("s2.1", ONE, STOP, needs=("s1.1",)), targets=[disk, ONE])
    assert ids(review, ONE) == []
    assert ids(review, ONE, disk) == ["s1.1", "s2.1"]


def test_names_of_new_things_get_the_time_of_the_run_and_a_persons_own_stay():
    db = database("main")
    operation = "rds:CreateDBSnapshot"
    (fresh,) = (one.name for one in OPERATIONS[operation].takes if one.fresh)
    review = plan(any_step("s1.1", db, operation, {fresh: "escher-main-20261120-120000"}), targets=[db])
    (bound,) = part(review, now(db), OPERATIONS, LIMITS).steps
    assert bound.arguments == {fresh: "escher-main-20261121-2000"}
    named = plan(any_step("s1.1", db, operation, {fresh: "before-the-release"}), targets=[db])
    assert part(named, now(db), OPERATIONS, LIMITS).steps[0].arguments == {fresh: "before-the-release"}


def test_a_machine_that_azure_calls_stopped_is_stopped_already():
    azure = vm("az", "running", cloud="azure", native_type="Microsoft.Compute/virtualMachines", properties={"resource_group": "rg"})
    stop = any_step("s1.1", azure, "Microsoft.Compute/virtualMachines/deallocate/action")
    review = plan(stop, targets=[azure])
    assert ids(review, azure) == ["s1.1"]
    assert ids(review, replace(azure, state="stopped")) == []
    assert ids(review, replace(azure, state="deallocated")) == []


def test_a_part_is_contained_and_more_is_not():
    review = stopping(ONE, TWO)
    assert contained(stopping(TWO), review, OPERATIONS)
    assert contained(review, review, OPERATIONS)
    assert not contained(stopping(ONE, vm("three")), review, OPERATIONS)
    assert not contained(plan(step("s1.1", ONE, START), targets=[ONE]), review, OPERATIONS)
    assert not contained(plan(step("a", ONE), step("b", ONE), targets=[ONE]), stopping(ONE), OPERATIONS), "twice is more than once"
    sized = plan(*RESIZING, targets=[ONE])
    other = plan(RESIZING[0], replace(RESIZING[1], arguments={"instance_type": "m5.large"}), targets=[ONE])
    assert not contained(other, sized, OPERATIONS)


def test_a_fresh_name_of_another_time_is_contained_and_a_persons_own_is_not():
    db = database("main")
    (fresh,) = (one.name for one in OPERATIONS["rds:CreateDBSnapshot"].takes if one.fresh)

    def copying(name: str) -> Plan:
        return plan(any_step("s1.1", db, "rds:CreateDBSnapshot", {fresh: name}), targets=[db])

    assert contained(copying("escher-main-20261121-200000"), copying("escher-main-20261120-120000"), OPERATIONS)
    assert not contained(copying("my-own"), copying("escher-main-20261120-120000"), OPERATIONS)
    assert contained(plan(any_step("s1.1", db, "rds:CreateDBSnapshot"), targets=[db]),
                     plan(any_step("s1.1", db, "rds:CreateDBSnapshot"), targets=[db]), {})  # fmt: skip


def test_the_headline():
    assert headline(stopping(ONE, TWO).steps, [ONE, TWO]) == "Stop 2 compute instances"
    assert headline(RESIZING, [ONE]) == "Stop, resize, start 1 compute instance"
    assert headline(stopping(ONE).steps, [ONE, volume("data")]) == "Stop 1 resource"


states = st.sampled_from(["running", "stopped", "pending", "stopping", "terminated"])
sizes = st.sampled_from(["t3.large", "t3.small"])
machines = st.lists(st.tuples(states, sizes), min_size=1, max_size=5)
STEPS = (STOP, START, REBOOT, RESIZE)


@given(machines, st.lists(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), min_size=1, max_size=5), st.data())
def test_whatever_the_world_a_part_is_contained_whole_in_order_and_needed_once(found, chains, data):
    targets = [
        vm(f"m{number}", state, properties={"instance_id": "i", "instance_type": size}) for number, (state, size) in enumerate(found)
    ]
    review = plan(*_chained(targets, chains), targets=targets)
    there = data.draw(st.lists(st.sampled_from(targets), unique_by=lambda one: one.id))
    bound = part(review, now(*there), OPERATIONS, LIMITS)
    made = replace(review, steps=bound.steps, targets=bound.targets)
    assert contained(made, review, OPERATIONS)
    assert {one.target for one in bound.steps} <= {one.id for one in there}
    done: set[str] = set()
    for one in bound.steps:
        assert set(one.needs) <= done, "a step waits for one that comes later or not at all"
        done.add(one.id)
    assert all(resource.state in ("running", "stopped") for resource in bound.targets)


def _chained(targets: Sequence[Resource], chains: Sequence[Sequence[str]]) -> list[Step]:
    made = []
    for number, (target, chain) in enumerate(zip(targets, chains, strict=False)):
        before: tuple[str, ...] = ()
        for place, operation in enumerate(chain):
            given = {"instance_type": "t3.small"} if operation == RESIZE else {}
            made.append(any_step(f"s{place}.{number}", target, operation, given, needs=before))
            before = (made[-1].id,)
    return made
