"""Who uses a resource, from metrics and tags."""

from __future__ import annotations

import pytest

from engine.execution.plan import Breaks
from engine.planning.usage import listed, owned, use, used
from tests.engine.execution.samples import database, vm


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (list("abcde"), "a, b, c and 2 more")],
)
def test_names_are_listed_as_people_do(names, said):
    assert listed(names) == said


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        ({"cpu_avg_7d": 42.4}, "42 % CPU on average in the last 7 days"),
        ({"cpu_avg_7d": 4.9}, ""),
        ({"connections_sum_1d": 12.0}, "12 connections in the last day"),
        (
            {"requests_max_24h": 1500.0, "cpu_avg_7d": 50.0},
            "50 % CPU on average in the last 7 days, 1,500 requests at most in the last 24 hours",
        ),
        ({"connections_sum_1d": 0.0}, ""),
        ({"odd": 3.0}, ""),
        ({}, ""),
    ],
)
def test_what_metrics_show(metrics, said):
    assert use(vm("one", metrics=metrics)) == said


def test_what_is_stopped_is_not_used():
    assert use(vm("one", "stopped", metrics={"cpu_avg_7d": 90.0})) == ""
    assert use(database("pg", metrics={"connections_sum_1d": 3.0})) == "3 connections in the last day"


def test_the_used_ones_are_named():
    busy, idle = vm("busy", metrics={"cpu_avg_7d": 42.0}), vm("idle", metrics={"cpu_avg_7d": 1.0})
    assert used([busy]) == [Breaks("busy is in use: 42 % CPU on average in the last 7 days.", (busy.id,))]
    assert used([busy, idle]) == [Breaks("1 of 2 is in use: busy (42 % CPU on average in the last 7 days).", (busy.id,))]
    assert used([idle]) == []


def test_owners_by_how_much_they_own():
    one, two, three = (vm(name, tags={"owner": owner}) for name, owner in (("a", "ines"), ("b", "payments"), ("c", "payments")))
    assert owned([one]) == [Breaks("Owned by ines.", (one.id,))]
    (said,) = owned([one, two, three])
    assert said == Breaks("Owned by payments (2 of 3) and ines (1 of 3).", (two.id, three.id, one.id))
    assert owned([vm("d")]) == []
