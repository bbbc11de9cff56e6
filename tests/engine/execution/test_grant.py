"""Only a grant of our own desk, for this very plan, in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import GrantRefused
from engine.execution.grant import check, issue
from tests.engine.execution.samples import GRANT_KEY, NOW, granted, stopping, vm

PLAN = stopping(vm("one"))
GRANT = granted(PLAN)


def test_a_true_grant_passes():
    check(GRANT, PLAN, GRANT_KEY, NOW)


@pytest.mark.parametrize(
    "forged",
    [
        replace(GRANT, seal=""),
        replace(GRANT, seal="0" * 64),
        replace(GRANT, id="grant-2"),
        replace(GRANT, approved_by=("mona", "theo")),
        replace(GRANT, why="because"),
        replace(GRANT, expires_at=GRANT.expires_at + timedelta(days=1)),
        replace(GRANT, digest=stopping(vm("two")).digest),
        issue(GRANT, bytes(32)),
    ],
)
def test_a_forged_or_altered_grant_is_refused(forged):
    with pytest.raises(GrantRefused, match="not issued by this Escher"):
        check(forged, PLAN, GRANT_KEY, NOW)


@pytest.mark.parametrize("other", [stopping(vm("one"), vm("two")), stopping(vm("one"), id="plan-2"), stopping(vm("one", "stopped"))])
def test_a_grant_for_another_plan_is_refused(other):
    with pytest.raises(GrantRefused, match="not the one that was approved"):
        check(GRANT, other, GRANT_KEY, NOW)


def test_a_late_grant_is_refused():
    check(GRANT, PLAN, GRANT_KEY, NOW + timedelta(minutes=59))
    with pytest.raises(GrantRefused, match="expired at 13:00 UTC"):
        check(GRANT, PLAN, GRANT_KEY, NOW + timedelta(hours=1))
