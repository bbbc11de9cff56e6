"""When a plan waits, for how many, and why."""

from __future__ import annotations

import pytest

from engine.approvals.policy import decide
from engine.settings import PolicySettings
from tests.engine.execution.samples import database, plan, step, stopping, vm, volume

POLICY = PolicySettings()


def test_low_risk_outside_production_runs_at_once():
    decision = decide(stopping(vm("a")), ["executor"], POLICY)
    assert (decision.needs, decision.because, decision.refused) == (0, ("low risk outside production",), "")


@pytest.mark.parametrize("roles", [["viewer"], []])
def test_who_only_looks_is_told_so(roles):
    decision = decide(stopping(vm("a")), roles, POLICY)
    assert decision.refused == "You may look and ask, but not change anything."
    assert "executor or manager" in decision.who_can


def test_a_manager_may_ask_too():
    assert decide(stopping(vm("a")), ["manager"], POLICY).refused == ""


@pytest.mark.parametrize(
    ("env", "why"),
    [
        *((env, "it touches production") for env in ("production", "prod")),
        *((env, "nobody knows the environment of a target") for env in ("", "banana")),
    ],
)
def test_production_and_the_unknown_wait(env, why):
    decision = decide(stopping(vm("a"), vm("b", env=env)), ["executor"], POLICY)
    assert (decision.needs, decision.because) == (1, (why,))


def test_only_targets_that_are_changed_count():
    decision = decide(plan(step("s1", vm("a")), targets=(vm("a"), vm("prod-one", env="prod"))), ["executor"], POLICY)
    assert decision.needs == 0


def test_more_than_ten_wait_and_ten_do_not():
    assert decide(stopping(*(vm(f"n{n}") for n in range(10))), ["executor"], POLICY).needs == 0
    decision = decide(stopping(*(vm(f"n{n}") for n in range(11))), ["executor"], POLICY)
    assert decision.because == ("it reaches 11 resources, more than 10",)
    assert decide(stopping(vm("a"), vm("b")), ["executor"], PolicySettings(approve_above_targets=1)).needs == 1


def test_deleting_waits_anywhere():
    doomed = volume("scratch")
    decision = decide(plan(step("s1", doomed, "ec2:DeleteVolume"), targets=(doomed,), risk="high"), ["executor"], POLICY)
    assert (decision.needs, decision.because) == (1, ("it deletes",))


def test_a_raised_risk_alone_waits():
    assert decide(stopping(vm("a"), risk="medium"), ["executor"], POLICY).because == ("its risk is medium",)


def test_critical_asks_two():
    main = database("main", env="prod")
    planned = plan(step("s1", main, "rds:DeleteDBInstance", {"skip_final_snapshot": False}), targets=(main,), risk="critical")
    decision = decide(planned, ["manager"], POLICY)
    assert decision.needs == 2
    assert decision.because == ("it deletes", "it touches production")
    assert decide(stopping(vm("a"), risk="critical"), ["executor"], POLICY).needs == 2
