"""When a schedule runs next, over time zones and changes of the clocks, and how that is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ScheduleRefused
from engine.schedules.cadence import check, checked, in_words, mark, next_after, upcoming
from engine.schedules.schedule import Cadence


def cadence(cron: str, zone: str = "UTC") -> Cadence:
    return Cadence("as said", zone, cron=cron)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(cron: str, zone: str, after: str, count: int) -> list[str]:
    return [f"{one:%m-%d %H:%M}" for one in upcoming(cadence(cron, zone), at(after), count)]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 20 * * *", "UTC", "2026-11-20 20:00", ["11-21 20:00", "11-22 20:00"]),  # strictly after
        ("0 20 * * *", "UTC", "2026-11-20 19:59:59.9", ["11-20 20:00"]),
        ("0 20 * * 1-5", "Europe/Berlin", "2026-11-20 12:00", ["11-20 19:00", "11-23 19:00"]),  # a Friday, then Monday
        ("0 9 * * 0", "UTC", "2026-11-20 12:00", ["11-22 09:00"]),  # Sunday is 0 …
        ("0 9 * * 7", "UTC", "2026-11-20 12:00", ["11-22 09:00"]),  # … and 7
        ("0 9 * * 1", "UTC", "2026-11-20 12:00", ["11-23 09:00"]),  # Monday is 1
        ("0 6 * * 5-7", "UTC", "2026-11-20 12:00", ["11-21 06:00", "11-22 06:00", "11-27 06:00"]),
        ("0 6 * * MON,thu", "UTC", "2026-11-20 12:00", ["11-23 06:00", "11-26 06:00"]),
        ("*/20 8-9 * * *", "UTC", "2026-11-20 09:30", ["11-20 09:40", "11-21 08:00"]),
        ("5/25 0 * * *", "UTC", "2026-11-20 09:30", ["11-21 00:05", "11-21 00:30", "11-21 00:55"]),
        ("0 0 * * */2", "UTC", "2026-11-20 12:00", ["11-21 00:00", "11-22 00:00", "11-24 00:00"]),  # Saturday, Sunday, Tuesday
        ("0 9 1 * 1", "UTC", "2026-11-25 12:00", ["11-30 09:00", "12-01 09:00", "12-07 09:00"]),  # either, as cron does
        ("0 3 1 jan-feb *", "UTC", "2026-11-25 12:00", ["01-01 03:00", "02-01 03:00", "01-01 03:00"]),
        ("0 0 29 2 *", "UTC", "2026-11-25 12:00", ["02-29 00:00"]),
        # 02:30 does not exist on 29 March in Berlin: it runs when the clocks have moved, at 03:00.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28 00:00", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        # 02:30 comes twice on 25 October: it runs at the first.
        ("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", ["10-25 00:30", "10-26 01:30"]),
        ("0 * * * *", "Europe/Berlin", "2026-10-24 23:30", ["10-25 00:00", "10-25 02:00"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25 00:45", ["10-26 01:30"]),  # asked between the two
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00", ["10-03 15:30"]),  # a gap of half an hour
    ],
)  # fmt: skip
def test_the_next_times(cron, zone, after, expected):
    assert times(cron, zone, after, len(expected)) == expected


def test_a_single_moment_comes_once():
    once = Cadence("in 2 hours", "Europe/Berlin", run_at=datetime(2026, 11, 20, 15, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    assert next_after(once, at("2026-11-20 12:00")) == at("2026-11-20 14:00")
    assert next_after(once, at("2026-11-20 14:00")) is None
    assert upcoming(once, at("2026-11-20 12:00"), 3) == (at("2026-11-20 14:00"),)


def test_the_end_of_time_is_no_time():
    assert next_after(cadence("0 0 1 1 *"), datetime(9999, 6, 1, tzinfo=UTC)) is None


crons = st.builds(
    lambda minute, hour, days: f"{minute} {hour} * * {days}",
    st.sampled_from(["0", "30", "*/15", "59"]),
    st.sampled_from(["0", "1", "2", "3", "23", "*/2", "1-3"]),
    st.sampled_from(["*", "1-5", "0,6", "3"]),
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])
LONG_AGO, FAR = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None), datetime(2029, 1, 1, tzinfo=UTC).replace(tzinfo=None)
moments = st.datetimes(LONG_AGO, FAR).map(lambda one: one.replace(tzinfo=UTC))


@settings(max_examples=150, deadline=None)
@given(crons, zones, moments)
def test_times_go_forward_are_on_the_line_and_none_lies_between(cron, zone, moment):
    first = next_after(cadence(cron, zone), moment)
    assert first is not None
    assert first > moment
    assert first.utcoffset() == timedelta(0)
    # The same answer from anywhere before it: nothing is left out.
    between = moment + (first - moment) / 2
    assert next_after(cadence(cron, zone), between) == first
    second = next_after(cadence(cron, zone), first)
    assert second is not None
    assert second > first


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 20 * *", "has 4 fields, not five"),
        ("60 20 * * *", "The minute of the cron line, '60', is not within 0 to 59"),
        ("0 24 * * *", "The hour of the cron line, '24', is not within 0 to 23"),
        ("0 0 0 * *", "The day of the month of the cron line, '0', is not within 1 to 31"),
        ("0 0 * 13 *", "The month of the cron line, '13'"),
        ("0 0 * foo *", "The month of the cron line, 'foo', is not read"),
        ("0 0 * * 8", "The day of the week of the cron line, '8'"),
        ("0 0 * * fri-mon", "'fri-mon', runs backwards"),
        ("*/0 0 * * *", "'*/0', steps by nothing"),
        ("*-5 0 * * *", "'*-5', is not read"),
        ("last 0 * * *", "'last', is not read"),
        (", 0 * * *", "The minute of the cron line, '', is not read"),
        ("0 0 31 2,4 *", "never comes: no such month has a day 31"),
    ],
)
def test_a_line_that_cannot_be_names_the_field(cron, said):
    with pytest.raises(ScheduleRefused) as refused:
        check(cron)
    assert said in refused.value.message


def test_a_day_that_never_comes_beside_a_weekday_that_does():
    assert times("0 0 31 2 1", "UTC", "2026-11-20 12:00", 1) == ["02-01 00:00"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Cadence("", "UTC"), "either a cron line or one moment"),
        (Cadence("", "UTC", "0 0 * * *", at("2026-11-20 12:00")), "either a cron line or one moment"),
        (Cadence("", "UTC", run_at=datetime(2026, 11, 20)), "without a time zone"),  # noqa: DTZ001 - what is refused
        (Cadence("", "Mars/Base", "0 0 * * *"), "'Mars/Base' is no time zone"),
        (Cadence("", "../etc/passwd", "0 0 * * *"), "is no time zone"),
        (Cadence("", "UTC", "0 0 * *"), "has 4 fields"),
    ],
)
def test_a_cadence_that_cannot_be(wrong, said):
    with pytest.raises(ScheduleRefused, match=said):
        checked(wrong)


def test_a_cadence_that_can_be():
    good = cadence("0 20 * * 1-5", "Europe/Berlin")
    assert checked(good) is good


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 20 * * *", "every day at 20:00"),
        ("30 7 * * 1-5", "every weekday at 07:30"),
        ("0 9 * * 0,6", "every weekend day at 09:00"),
        ("0 6 * * 1,4", "every Monday and Thursday at 06:00"),
        ("0 6 * * 0,1,5", "every Monday, Friday and Sunday at 06:00"),
        ("0 3 1 * *", "on the 1st of every month at 03:00"),
        ("0 3 2,13,23 * *", "on the 2nd, 13th and 23rd of every month at 03:00"),
        ("0 3 4 1,7 *", "on the 4th of January and July at 03:00"),
        ("0 3 * 12 *", "every day in December at 03:00"),
        ("0 3 * 12 1", "every Monday in December at 03:00"),
        ("0 9 1 * 1", "on the 1st of every month and every Monday at 09:00"),
        ("0 8,20 * * *", "every day at 08:00 and 20:00"),
        ("0,30 8 * * *", "every day at 08:00 and 08:30"),
        ("0 * * * *", "every hour"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("5,50 * * * 1", "every hour at 5 and 50 past, every Monday"),
        ("0 */2 * * *", "every 2 hours"),
        ("10 */2 * * *", "every 2 hours at 10 past"),
        ("*/10 9-17 * * 1-5",
         "every 10 minutes from 09:00, 10:00, 11:00, 12:00, 13:00, 14:00, 15:00, 16:00 and 17:00, every weekday"),
    ],
)  # fmt: skip
def test_in_words(cron, said):
    assert in_words(cadence(cron, "Europe/Berlin")) == f"{said} Europe/Berlin"


def test_a_single_moment_in_words_stands_in_its_zone():
    assert in_words(Cadence("x", "UTC", run_at=at("2026-11-22 09:00"))) == "once, 2026-11-22 09:00 UTC"
    assert in_words(Cadence("x", "Europe/Berlin", run_at=at("2026-11-22 09:00"))) == "once, 2026-11-22 10:00 Europe/Berlin"


def test_another_time_wish_or_pick_is_another_mark():
    one = mark("sched-1", cadence("0 20 * * *"), "stop them", {0: ("a", "b")})
    assert one.startswith("sched-1@")
    assert len(one) == len("sched-1@") + 16
    assert one == mark("sched-1", cadence("0 20 * * *"), "stop them", {0: ("b", "a")})
    others = {
        mark("sched-1", cadence("0 21 * * *"), "stop them", {0: ("a", "b")}),
        mark("sched-1", cadence("0 20 * * *", "Europe/Berlin"), "stop them", {0: ("a", "b")}),
        mark("sched-1", cadence("0 20 * * *"), "start them", {0: ("a", "b")}),
        mark("sched-1", cadence("0 20 * * *"), "stop them", {0: ("a",)}),
        mark("sched-1", Cadence("", "UTC", run_at=at("2026-11-22 09:00")), "stop them", {0: ("a", "b")}),
    }
    assert len(others) == 5
    assert one not in others
