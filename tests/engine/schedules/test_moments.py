"""When words mean: settled against a clock and a zone, or asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.reading import When
from engine.request.times import take_time
from engine.schedules.moments import Unsettled, settle
from engine.schedules.schedule import Cadence

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday; 13:00 in Berlin
BERLIN = "Europe/Berlin"


def said(words: str, now: datetime = NOON, zone: str = BERLIN) -> Cadence | Unsettled:
    when = take_time(f"stop web-1 {words}")[1]
    assert when is not None
    return settle(when, now, zone)


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("at 18:00", "2026-11-20T17:00"),
        ("today at 18:00", "2026-11-20T17:00"),
        ("tonight", "2026-11-20T21:00"),
        ("at midnight", "2026-11-20T23:00"),
        ("tonight at midnight", "2026-11-20T23:00"),
        ("tomorrow at 9am", "2026-11-21T08:00"),
        ("tomorrow at 9am utc", "2026-11-21T09:00"),
        ("on friday at 9", "2026-11-27T08:00"),
        ("on monday at 9", "2026-11-23T08:00"),
        ("next monday at 9", "2026-11-23T08:00"),
        ("on the 24th at 9", "2026-11-24T08:00"),
        ("on the 19th at 9", "2026-12-19T08:00"),
        ("on the 31st at 9", "2026-12-31T08:00"),
        ("on 24 december at 9", "2026-12-24T08:00"),
        ("on 2026-12-01 at 8", "2026-12-01T07:00"),
        ("2026-12-01T08:00", "2026-12-01T07:00"),
        ("2026-12-01T08:00-05:00", "2026-12-01T13:00"),
        ("in 2 hours", "2026-11-20T14:00"),
        ("in 45 minutes", "2026-11-20T12:45"),
        ("in 3 days", "2026-11-23T12:00"),
        ("in 3 days at 9am", "2026-11-23T08:00"),
    ],
)
def test_a_moment(words, at):
    found = said(words)
    assert isinstance(found, Cadence)
    assert (found.run_at, found.cron) == (datetime.fromisoformat(at).replace(tzinfo=UTC), "")
    assert found.words == words


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("at 11:00", "11:00 has passed today. Tomorrow at 11:00, or when?"),
        ("today at 9", "09:00 has passed today."),
        ("on friday at 18:00", "Which Friday: 2026-11-20 or 2026-11-27?"),
        ("next friday at 9", "Which Friday: 2026-11-20 or 2026-11-27?"),
        ("next saturday at 9", "Which Saturday: 2026-11-21 or 2026-11-28?"),
        ("on 20 november at 9", "2026-11-20 09:00 has passed."),
        ("on 2026-11-19 at 9", "2026-11-19 09:00 has passed."),
        ("2026-11-19T09:00", "2026-11-19 09:00 has passed."),
        ("on 2027-02-30 at 9", "There is no 2027-02-30."),
        ("on 2027-02-30T09:00", "There is no 2027-02-30 09:00."),
        ("on 2029-11-19 at 9", "more than two years away"),
        ("every day at 9 Europe/Nowhere", "I do not know the time zone “Europe/Nowhere”."),
        ("on 2027-03-28 at 02:30", "02:30 does not come on 2027-03-28 in Europe/Berlin"),
        ("next week", "On which day, and at what time?"),
        ("every weekend", "At what time?"),
    ],
)
def test_what_is_not_settled_is_asked(words, question):
    found = said(words)
    assert isinstance(found, Unsettled)
    assert question in found.question


def test_a_time_that_comes_twice_is_its_first():
    found = said("on 2026-10-25 at 02:30", datetime(2026, 10, 20, tzinfo=UTC))
    assert isinstance(found, Cadence)
    assert found.run_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_again_and_again():
    assert said("at 8pm daily") == Cadence("at 8pm daily", BERLIN, cron="0 20 * * *")
    assert said("at 8pm daily new york time") == Cadence("at 8pm daily new york time", "America/New_York", cron="0 20 * * *")


@pytest.mark.parametrize("name", ["Etc/UTC", "GMT", "UTC"])
def test_one_zone_has_one_name(name):
    assert said("at 8pm daily", zone=name).timezone == "UTC"


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    st.sampled_from(("", "today", "tomorrow", "+2", "friday", "next monday", "--02-29", "---31", "2027-06-01")),
    st.times().map(lambda clock: f"{clock:%H:%M}"),
    st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")),
)
def test_what_is_settled_is_to_come(now, day, clock, zone):
    found = settle(When("then", day=day, clock=clock), now, zone)
    if isinstance(found, Cadence):
        assert found.run_at is not None
        assert now < found.run_at <= now + timedelta(days=2 * 366)
    else:
        assert found.question.endswith("?")
