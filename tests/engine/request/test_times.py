"""Wishes for later."""

from __future__ import annotations

import pytest

from engine.request.times import take_time


@pytest.mark.parametrize(
    ("text", "rest", "cron"),
    [
        ("stop all dev VMs at 8pm daily", "stop all dev VMs", "0 20 * * *"),
        ("every weekday at 7:30 start it", "start it", "30 7 * * 1-5"),
        ("on weekends stop it", "stop it", ""),
        ("stop it every friday at noon", "stop it", "0 12 * * 5"),
        ("stop it on monday and friday at 6", "stop it", "0 6 * * 1,5"),
        ("stop it mon-fri at 19:15", "stop it", "15 19 * * 1-5"),
        ("stop it every night", "stop it", "0 22 * * *"),
        ("stop it hourly", "stop it", "0 * * * *"),
        ("stop it at midnight every sunday", "stop it", "0 0 * * 0"),
    ],
)
def test_recurring(text, rest, cron):
    bare, when = take_time(text)
    assert (bare, when.cron) == (rest, cron)


@pytest.mark.parametrize(
    ("text", "run_at"),
    [
        ("in 2 hours stop it", "+2h"),
        ("stop it in 45 minutes", "+45m"),
        ("stop it half an hour from now", "+30m"),
        ("stop it in half an hour", "+30m"),
    ],
)
def test_relative(text, run_at):
    _, when = take_time(text)
    assert when is not None
    assert when.run_at == run_at


def test_a_zone_is_kept():
    assert take_time("stop it every day at 8pm berlin time")[1].timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    "time",
    [
        "tonight", "tomorrow", "tomorrow morning", "at 8pm", "by noon", "next monday", "this friday", "on saturdays", "from 8pm to 6am", "for two hours",
        "for a week", "after lunch", "outside business hours", "at the end of the day", "on 2026-12-24", "on the 24th", "on 24 december", "until 6pm",
        "in the morning", "overnight", "next week", "over the weekend", "in a few minutes", "as soon as it is done", "whenever it is idle", "when it is idle",
        "twice a week", "every 10 minutes", "regularly", "later",
    ],
)  # fmt: skip
def test_a_moment_is_never_now(time):
    assert take_time(f"stop web-01 {time}")[1] is not None


@pytest.mark.parametrize(
    "text",
    ["stop web-01 now", "stop web-01 as soon as possible", "stop vms in us-east-1", "when was it stopped", "stop backup-2026-11-20", "stop vms owned by may",
     "stop all 3 vms", "snapshot it before we do anything", "stop sun-01", "stop the mon app"],
)  # fmt: skip
def test_what_is_no_time_stays(text):
    assert take_time(text) == (text, None)
