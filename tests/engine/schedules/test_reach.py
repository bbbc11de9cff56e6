"""Where a schedule reaches, in lines for people."""

from __future__ import annotations

from dataclasses import replace

from engine.schedules.reach import MOST_PLACES, reach
from tests.engine.execution.samples import vm


def test_places_are_counted_and_the_fullest_stands_first():
    one = replace(vm("a"), account_name="shop-dev", region="eu-west-1", tags={"env": "dev"})
    other = replace(one, id="b", region="us-east-1")
    assert reach([other, one, replace(one, id="c")]) == (
        "2 in shop-dev (aws), eu-west-1, development",
        "1 in shop-dev (aws), us-east-1, development",
    )


def test_what_nobody_named_or_knows_is_said():
    bare = replace(vm("a"), account="123456789012", account_name="", region="", tags={})
    assert reach([bare]) == ("1 in 123456789012 (aws), no region, environment unknown",)


def test_many_places_are_counted_in_one_line():
    many = [replace(vm("a"), id=str(number), region=f"region-{number}") for number in range(MOST_PLACES + 3)]
    assert len(reach(many)) == MOST_PLACES + 1
    assert reach(many)[-1] == "3 in 3 more places"
    assert reach([]) == ()
