"""What changed of a resource, as people read it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.estate.changes import details
from engine.estate.view import Change
from tests.engine.estate.samples import ALL, LEDGER, WEB_1


def changed(**aspects):
    return dataclasses.replace(WEB_1, **aspects)


def told(before, after):
    return [(change.aspect, change.before, change.after) for change in details(before, after)]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (changed(state="stopped"), [("state", "running", "stopped")]),
        (changed(properties={**WEB_1.properties, "instance_type": "t3.micro"}), [("size", "t3.large", "t3.micro")]),
        (changed(properties={**WEB_1.properties, "public_ip": "203.0.113.9"}), [("exposure", "", "public, public_ip")]),
        (
            changed(properties={**WEB_1.properties, "ingress": [{"cidr": "0.0.0.0/0", "port": 22}]}),
            [("exposure", "", "open_to_world, public")],
        ),
        (
            changed(tags={"Environment": "staging", "app": "checkout", "tier": "gold"}),
            [("tags", "Environment=production, owner=lena@acme.example", "Environment=staging, tier=gold")],
        ),
        (changed(tags={}), [("tags", "Environment=production, app=checkout, owner=lena@acme.example", "")]),
        (changed(metrics={"cpu_avg_7d": 1.0}, monthly_cost=1.0), []),
        (changed(properties={**WEB_1.properties, "multi_az": True}), []),
    ],
)
def test_each_aspect_is_told_by_what_differs_and_nothing_else_is(after, expected):
    assert told(WEB_1, after) == expected
    assert told(after, WEB_1) == [(aspect, now, was) for aspect, was, now in expected]


def test_several_aspects_are_told_one_by_one():
    after = changed(state="stopped", tags={}, properties={"instance_type": "t3.micro", "public_ip": "203.0.113.9"})
    assert [change.aspect for change in details(WEB_1, after)] == ["state", "size", "exposure", "tags"]


def test_tags_that_read_alike_and_differ_are_told():
    assert told(changed(tags={"a": "x, b=y"}), changed(tags={"a": "x", "b": "y"})) == [("tags", "a=x, b=y", "a=x, b=y")]


def test_a_change_names_its_resource():
    assert details(LEDGER, dataclasses.replace(LEDGER, state="stopped")) == (Change(LEDGER.id, "state", LEDGER.state, "stopped"),)


@given(st.sampled_from(ALL), st.sampled_from(ALL))
def test_nothing_is_told_exactly_when_state_size_tags_and_exposure_are_the_same(before, after):
    found = details(before, after)
    assert (found == ()) == (details(after, before) == ())
    if before == after:
        assert found == ()
    if before.state != after.state or before.tags != after.tags:
        assert {change.aspect for change in found} >= {name for name in ("state", "tags") if getattr(before, name) != getattr(after, name)}
