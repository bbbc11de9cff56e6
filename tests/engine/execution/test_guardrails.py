"""The engine's own floor of risk, and what is never planned."""

from __future__ import annotations

import pytest

from engine.clouds.operation import OperationClass
from engine.errors import PlanRefused
from engine.execution.guardrails import FLOOR, check, check_wish, environments, raised, risk_floor
from engine.execution.plan import RISK_ORDER
from engine.settings import PolicySettings
from tests.engine.execution.samples import database, plan, step, stopping, vm, volume

POLICY = PolicySettings()


def test_every_class_has_a_floor_and_production_is_never_below():
    assert set(FLOOR) == set(OperationClass)
    for outside, inside in FLOOR.values():
        assert RISK_ORDER.index(outside) <= RISK_ORDER.index(inside)


@pytest.mark.parametrize("env", ["production", "", "banana"])
def test_what_nobody_knows_counts_as_production(env):
    target = vm("a", env=env)
    level, reasons = risk_floor([step("s1", target)], [target])
    assert level == "medium"
    assert reasons == (("touches production",) if env == "production" else ("the environment of a target is unknown",))


def test_stopping_dev_is_low_and_many_raise_it():
    assert risk_floor([step("s1", vm("a"))], [vm("a")]) == ("low", ())
    for count, level in ((10, "low"), (11, "medium"), (50, "medium"), (51, "high")):
        targets = [vm(f"n{n}") for n in range(count)]
        assert risk_floor([step(f"s{n}", one) for n, one in enumerate(targets)], targets)[0] == level


def test_the_worst_step_decides_and_each_reason_stands_once():
    main = database("main", env="prod", properties={"multi_az": True, "engine": "postgres"})
    steps = [step("s1", main, "rds:StopDBInstance"), step("s2", main, "rds:DeleteDBInstance", {"skip_final_snapshot": False})]
    level, reasons = risk_floor(steps, [main])
    assert level == "critical"
    assert reasons == (
        "touches production",
        "interrupts a Multi-AZ database",
        "deletes",
        "cannot be undone: A deleted database comes back only from a snapshot, at a new address.",
    )


@pytest.mark.parametrize("floor", RISK_ORDER)
@pytest.mark.parametrize("said", RISK_ORDER)
def test_the_server_may_raise_and_never_lower(floor, said):
    assert raised(floor, said) == max(floor, said, key=RISK_ORDER.index)


def test_a_risk_nobody_knows_is_critical():
    assert raised("low", "harmless") == "critical"


def test_production_databases_and_snapshots_are_never_deleted_by_a_filter():
    for target in (database("main", env="prod"), database("main", env=""), database("main", env="prod", type="snapshot")):
        with pytest.raises(PlanRefused, match="never deleted by a filter") as refused:
            check_wish("delete", [volume("x"), target], by_name=False)
        assert "names each one exactly" in refused.value.who_can
        check_wish("delete", [target], by_name=True)
        check_wish("stop", [target], by_name=False)
    check_wish("delete", [database("scratch"), volume("data", env="prod")], by_name=False)


def deleting(target, **changes):
    operation = "rds:DeleteDBInstance" if target.type == "database_instance" else "ec2:DeleteVolume"
    given = {"skip_final_snapshot": False} if target.type == "database_instance" else {}
    return plan(step("s1", target, operation, given), targets=(target,), **changes)


def test_what_a_plan_deletes_is_checked_again_whatever_the_wish_was():
    with pytest.raises(PlanRefused, match="never deleted by a filter"):
        check(deleting(database("main", env="prod")), POLICY)
    check(deleting(database("main", env="prod"), by_name=True), POLICY)


def test_deletion_protection_holds_whoever_approves():
    guarded = database("main", properties={"deletion_protection": True})
    with pytest.raises(PlanRefused, match="main has deletion protection on"):
        check(deleting(guarded, by_name=True), POLICY)


def test_protected_tags_hold_whoever_approves():
    policy = PolicySettings(protected_tags={"keep": "forever"})
    with pytest.raises(PlanRefused, match="tagged keep=forever"):
        check(deleting(volume("v", tags={"env": "dev", "keep": "forever"})), policy)
    check(deleting(volume("v", tags={"env": "dev", "keep": "a-while"})), policy)
    check(stopping(vm("v", tags={"env": "dev", "keep": "forever"})), policy)


def test_taking_back_what_was_made_is_not_held_up_by_the_guards():
    made = database("main", env="prod", type="snapshot", native_type="AWS::RDS::DBSnapshot")
    check(plan(step("u1", made, "rds:DeleteDBSnapshot"), targets=(made,), undoes="run-1"), POLICY)


def test_a_plan_that_does_nothing_or_too_much_is_refused():
    with pytest.raises(PlanRefused, match="does nothing"):
        check(plan(targets=()), POLICY)
    with pytest.raises(PlanRefused, match="touch 3 resources; the most allowed is 2"):
        check(stopping(vm("a"), vm("b"), vm("c")), PolicySettings(most_targets=2))


def test_a_plan_that_waits_for_itself_is_refused():
    one = vm("a")
    with pytest.raises(PlanRefused, match="Step s1 waits for s2"):
        check(plan(step("s1", one, needs=("s2",)), step("s2", one, needs=("s1",)), targets=(one,)), POLICY)


def test_how_targets_were_placed_is_counted():
    targets = [vm("a"), vm("b", env="", account_name="acme-prod"), vm("c", env="")]
    assert environments(targets) == ({"development": 1, "production": 1, "unknown": 1}, 1)
