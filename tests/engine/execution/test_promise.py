"""Whether an effect shows, for every operation there is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clouds.tables import TABLES
from engine.execution.promise import missing
from tests.engine.execution.samples import database, vm

ONE = vm("one", tags={"env": "dev", "team": "pay"})


@pytest.mark.parametrize(
    ("promise", "arguments", "lacks"),
    [
        ({"state": "running"}, {}, ""),
        ({"state": "stopped"}, {}, "state is running, not yet stopped"),
        ({"state": "stopped|running"}, {}, ""),
        ({"state": "stopped|deallocated"}, {}, "state is running, not yet stopped|deallocated"),
        ({"gone": True}, {}, "it is still there (running)"),
        ({"properties.instance_type": "$size"}, {"size": "t3.large"}, ""),
        ({"properties.instance_type": "$size"}, {"size": "t3.small"}, "instance_type is t3.large, not yet t3.small"),
        ({"tags.$key": "$value"}, {"key": "team", "value": "pay"}, ""),
        ({"tags.$key": "$value"}, {"key": "team", "value": "ops"}, "key is pay, not yet ops"),
        ({"tags.$key": ""}, {"key": "owner"}, ""),
        ({"tags.$key": ""}, {"key": "team"}, "key is pay, not yet "),
        ({"properties.public": False}, {}, "public is None, not yet False"),
        ({"state": "running", "properties.instance_type": "x"}, {}, "instance_type is t3.large, not yet x"),
        ({}, {}, ""),
    ],
)
def test_what_is_promised_is_held_against_what_is_there(promise, arguments, lacks):
    assert missing(promise, arguments, ONE) == lacks


def test_a_flag_is_not_a_word():
    shut = replace(ONE, properties={"public_access_block": True, "count": 2})
    assert missing({"properties.public_access_block": "$block"}, {"block": True}, shut) == ""
    assert missing({"properties.public_access_block": True}, {}, replace(ONE, properties={"public_access_block": "True"})) != ""
    assert missing({"properties.count": 2}, {}, shut) == ""


def test_what_is_gone_keeps_only_the_promise_to_be_gone():
    assert missing({"gone": True}, {}, None) == ""
    assert missing({"state": "stopped"}, {}, None) == "it is gone"


def test_what_is_made_is_known_by_its_state():
    assert missing({"produced": "completed"}, {}, ONE, "completed") == ""
    assert missing({"produced": "completed"}, {}, ONE, "pending") == "what it makes is pending"
    assert missing({"produced": "completed"}, {}, ONE, None) == "what it makes is not there yet"
    assert missing({"produced": "ready|Succeeded"}, {}, ONE, "succeeded") == ""


def test_no_operation_promises_nothing():
    """An empty promise would be kept before anything happened."""
    here = database("x", state="nowhere", tags={}, properties={})
    for table in TABLES.values():
        for operation in table.values():
            arguments = {one.name: "something" for one in operation.takes}
            if operation.promise != {"tags.$key": ""}:
                assert missing(operation.promise, arguments, here), operation.name
