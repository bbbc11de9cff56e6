"""What a cloud says of a permission, as a value."""

from __future__ import annotations

from engine.clouds.permission import Check, allowed, denied, unknown
from tests.engine.execution.samples import vm

ONE, TWO = vm("one"), vm("two")


def test_each_verdict_carries_what_people_need():
    assert allowed("op", "1", (ONE, TWO), "role x") == Check("op", "1", "allowed", (ONE.id, TWO.id), principal="role x")
    assert unknown("op", "1", (ONE,), "Throttled.") == Check("op", "1", "unknown", (ONE.id,), why="Throttled.")
    refused = denied("op", "1", (ONE,), ["b", "a", "b"], "role x")
    assert (refused.verdict, refused.missing, refused.why) == ("denied", ("a", "b"), "a and b are not granted.")
    assert denied("op", "1", (ONE,), ["a"]).why == "a is not granted."


def test_a_reason_is_a_line_that_fits_a_card():
    assert unknown("op", "1", (ONE,), "No answer: x received.\n<html>busy</html>").why == "No answer: x received."
    assert unknown("op", "1", (ONE,), "a" * 300).why == "a" * 200 + "\u2026"


def test_it_can_be_said_of_fewer_targets():
    assert allowed("op", "1", (ONE, TWO)).only([TWO.id, "other"]).targets == (TWO.id,)
