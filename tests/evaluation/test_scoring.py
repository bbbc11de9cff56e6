"""The scorer, on results whose worth is plain."""

from __future__ import annotations

import pytest

from tests.evaluation.scoring import score

PLAN = {"id": "a", "text": "stop a", "expect": {"outcome": "plan", "targets": ["r1", "r2"], "operations": ["op"], "approval": True}}
CHAT = {"id": "b", "text": "hi", "expect": {"outcome": "chat", "never": ["op"], "mentions": ["Hello"]}}
GOOD = {"id": "a", "outcome": "plan", "targets": ["r1", "r2"], "operations": ["op"], "approval": True}


@pytest.mark.parametrize(
    ("change", "wrong", "fault"),
    [
        ({}, 0, ""),
        ({"targets": ["r1"]}, 0, "1 targets missed"),
        ({"targets": ["r1", "r2", "r3"]}, 1, "1 targets too many"),
        ({"operations": ["other"]}, 0, "operation other"),
        ({"operations": []}, 0, "no operation"),
        ({"approval": False}, 0, "no approval asked"),
        ({"outcome": "clarify"}, 0, "clarify instead of plan"),
    ],
)
def test_a_plan(change, wrong, fault):
    result = score([PLAN], [GOOD | change])
    assert (result.wrong_targets, result.unasked_actions, result.verdicts[0].faults) == (wrong, 0, (fault,) if fault else ())


def test_a_plan_nobody_asked_for():
    result = score([CHAT], [GOOD | {"id": "b", "text": "hello"}])
    assert (result.wrong_targets, result.unasked_actions) == (2, 1)
    assert "forbidden op" in result.verdicts[0].faults


def test_a_missing_result_is_wrong():
    assert score([CHAT], []).share == 0.0


def test_words_are_looked_for_whatever_their_case():
    assert score([CHAT], [{"id": "b", "outcome": "chat", "text": "HELLO you"}]).share == 1.0


@pytest.mark.parametrize(
    ("expected", "got", "fault"),
    [
        ({"cron": "0 7 * * 1-5"}, "0 7 * * 1-5", ()),
        ({"cron": "0 7 * * 1-5"}, "0 7 * * *", ("cron 0 7 * * * instead of 0 7 * * 1-5",)),
        ({}, "0 7 * * *", ()),
    ],
)
def test_a_schedule(expected, got, fault):
    case = {"id": "s", "text": "later", "expect": {"outcome": "schedule", "targets": [], **expected}}
    assert score([case], [{"id": "s", "outcome": "schedule", "cron": got}]).verdicts[0].faults == fault
