"""What a person should know beside a plan: machines behind a load balancer."""

from __future__ import annotations

import pytest

from ai_server.agents.noting import note
from ai_server.agents.planner import reply
from ai_server.wire import Order, PlanRequest
from tests.ai_server.asking import knowledge, vm


def told(message: str, *orders: tuple[str, str], groups=None) -> str:
    request = PlanRequest(
        message=message, orders=[Order(action=action, on=tuple(on.split())) for action, on in orders], groups=groups or [served("g1")]
    )
    return note(request, reply(request, knowledge()), knowledge())


def served(handle: str, **more):
    return vm(handle, flags=("balanced",), **more)


def test_a_stop_of_what_is_behind_a_load_balancer_proposes_to_drain_first():
    said = told("stop g1", ("stop", "g1"), groups=[served("g1", count=3)])
    assert said.startswith("3 of these stand behind a load balancer")
    assert "“drain and stop …”" in said
    assert told("restart g1", ("restart", "g1")).startswith("1 of these stands")


@pytest.mark.parametrize(
    ("message", "orders", "groups"),
    [
        ("drain and stop g1", [("drain", "g1"), ("stop", "g1")], None),
        ("drain g1, then stop it", [("drain", "g1"), ("stop", "")], None),
        ("drain g1", [("drain", "g1")], None),
        ("start g1", [("start", "g1")], [served("g1", state="stopped")]),
        ("stop g1", [("stop", "g1")], [vm("g1")]),
        ("stop g1", [("stop", "g1")], [served("g1", state="stopped")]),
        ("stop g1", [("stop", "g1")], [vm("g1", "gcp", flags=("balanced",))]),
    ],
)
def test_nothing_is_said_where_it_was_done_is_not_so_or_cannot_be(message, orders, groups):
    assert told(message, *orders, groups=groups) == ""


def test_only_those_not_drained_before_are_counted():
    groups = [served("g1", count=2), served("g2", count=5)]
    assert told("drain g1 and stop g1 and g2", ("drain", "g1"), ("stop", "g1 g2"), groups=groups).startswith("5 of these stand")


def test_what_is_no_plan_has_no_note():
    assert told("stop g1", ("stop", ""), groups=[served("g1")]) == ""
