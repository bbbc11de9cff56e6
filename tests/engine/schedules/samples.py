"""Schedules for tests of what moves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.schedules.schedule import Cadence, Schedule, Standing

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NIGHTLY = Cadence("every day at 8pm", "UTC", cron="0 20 * * *")
ONCE = Cadence("in 2 hours", "UTC", run_at=NOW + timedelta(hours=2))
PLACE = {"platform": "web", "channel": "general", "thread": "m1"}


def schedule(**changes: Any) -> Schedule:
    """A proposed schedule of Eve's."""
    made = Schedule("sched-1", "Stop them", "stop them every day at 8pm", "eve", NOW, NIGHTLY, place=PLACE, review="plan-1")
    return replace(made, **changes)


def standing(**changes: Any) -> Standing:
    """What Mona approved."""
    return replace(Standing("plan-1", ("mona",), NOW, NOW + timedelta(days=90)), **changes)
