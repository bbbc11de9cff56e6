"""The life of an approval request: who may move it, when, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.states import TABLE, Click, Press, Request, State, Vote, decide, expire

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ROLES = {
    "eve": frozenset({"executor"}),
    "mona": frozenset({"manager"}),
    "theo": frozenset({"manager"}),
    "max": frozenset({"manager", "executor"}),
    "vic": frozenset({"viewer"}),
}


def request(**changes) -> Request:
    return replace(Request("plan-1", "d1", "eve", 1, NOW + timedelta(hours=1)), **changes)


def click(event: Press, by: str, digest: str = "d1", at: datetime = NOW, reason: str = "") -> Click:
    return Click(event, by, ROLES[by], digest, at, reason)


def test_one_manager_approves():
    decided = decide(request(), click("approve", "mona"))
    assert (decided.request.state, decided.refused) == ("approved", "")
    assert decided.request.votes == (Vote("mona", NOW),)


def test_a_critical_plan_needs_two_managers():
    once = decide(request(needs=2), click("approve", "mona")).request
    assert once.state == "asked"
    again = decide(once, click("approve", "mona"))
    assert again.request == once
    assert again.refused == "You approved this already; it needs another manager."
    assert decide(once, click("approve", "theo")).request.state == "approved"


@pytest.mark.parametrize(("by", "why"), [("eve", "Only a manager"), ("vic", "Only a manager")])
def test_who_is_no_manager_does_not_approve(by, why):
    decided = decide(request(), click("approve", by))
    assert decided.request == request()
    assert why in decided.refused
    assert decided.who_can == "A manager other than the person who asked."


def test_the_requester_does_not_approve_though_a_manager():
    asked = request(asked_by="max")
    assert decide(asked, click("approve", "max")).refused == "You asked for this, so somebody else must approve it."
    assert decide(replace(asked, requester_may_approve=True), click("approve", "max")).request.state == "approved"


def test_a_manager_denies_with_a_reason_and_nobody_else_does():
    decided = decide(request(), click("deny", "mona", reason="not on a Friday"))
    assert decided.request.state == "denied"
    assert decided.request.closed == Vote("mona", NOW, "not on a Friday")
    assert "withdraw" in decide(request(), click("deny", "eve")).refused


def test_the_requester_or_a_manager_withdraws():
    assert decide(request(), click("withdraw", "eve")).request.state == "withdrawn"
    assert decide(request(), click("withdraw", "mona")).request.state == "withdrawn"
    assert decide(request(), click("withdraw", "vic")).refused == "Only the person who asked can withdraw this."
    assert decide(request(state="approved"), click("withdraw", "eve")).request.state == "withdrawn"


def test_a_click_on_another_version_moves_nothing():
    decided = decide(request(), click("approve", "mona", digest="d0"))
    assert decided.request == request()
    assert "another version" in decided.refused


def test_a_late_click_finds_it_expired():
    late = decide(request(), click("approve", "mona", at=NOW + timedelta(hours=1)))
    assert late.request.state == "expired"
    assert late.refused == "Nothing to approve: it expired."
    assert decide(request(), click("approve", "mona", at=NOW + timedelta(minutes=59, seconds=59))).request.state == "approved"


def test_an_approval_expires_too_and_what_is_decided_does_not():
    after = NOW + timedelta(days=1)
    assert expire(request(state="approved"), after).state == "expired"
    for state in ("denied", "withdrawn", "used", "expired"):
        assert expire(request(state=state), after).state == state


@pytest.mark.parametrize("event", get_args(Press))
@pytest.mark.parametrize("state", get_args(State))
def test_what_stands_in_no_table_moves_nothing_and_says_how_things_are(state: State, event: Press):
    asked = request(state=state)
    decided = decide(asked, click(event, "mona"))
    if event in TABLE[state]:
        assert (decided.request.state, decided.refused) == (TABLE[state][event], "")
    else:
        assert decided.request == asked
        assert decided.refused.startswith(f"Nothing to {event}: it ")


CLICKS = st.builds(
    lambda event, by, digest, minute: (event, by, digest, minute),
    st.sampled_from(get_args(Press)),
    st.sampled_from(sorted(ROLES)),
    st.sampled_from(["d1", "d1", "d1", "d2"]),
    st.integers(0, 70),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CLICKS, max_size=14), st.integers(1, 2), st.sampled_from(["eve", "max"]))
def test_whoever_clicks_whatever(clicks, needs, asked_by):
    now = request(needs=needs, asked_by=asked_by)
    for event, by, digest, minute in sorted(clicks, key=lambda one: one[3]):
        before = now
        decided = decide(now, click(event, by, digest, NOW + timedelta(minutes=minute)))
        now = decided.request
        if decided.refused:
            assert now in (before, replace(before, state="expired"))
        if digest != "d1" or minute >= 60:
            assert decided.refused
        if not TABLE[before.state]:
            assert now == before, "decided is decided"
    managers = {vote.by for vote in now.votes}
    assert len(managers) == len(now.votes)
    assert all("manager" in ROLES[by] and by != asked_by for by in managers)
    if now.state == "approved":
        assert len(managers) == needs
