"""Wishes for later: what is a time, what only sounds like one, and what is left of the sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.request.times import LEFT_OUT, NOW_AND_LATER, answered, only_a_time, take_time
from engine.request.whens import SEVERAL


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
        ("at 8pm stop it every friday", "stop it", "0 20 * * 5"),
        ("stop it, every weekday, at 7pm.", "stop it", "0 19 * * 1-5"),
        ("each weekday at 19:00 Berlin time stop the vms", "stop the vms", "0 19 * * 1-5"),
        ("mondays and thursdays at 6 stop it", "stop it", "0 6 * * 1,4"),
        ("stop it every monday, wednesday and friday at 7 pm", "stop it", "0 19 * * 1,3,5"),
        ("on the 1st of every month at 03:00 snapshot it", "snapshot it", "0 3 1 * *"),
        ("snapshot it on the 1st and 15th of each month at 03:00", "snapshot it", "0 3 1,15 * *"),
        ("stop it monthly on the 5th at 3am", "stop it", "0 3 5 * *"),
        ("stop it every month on the 5th at 3am", "stop it", "0 3 5 * *"),
        ("stop it weekly on sunday at 3am", "stop it", "0 3 * * 0"),
        ("stop it once a week on friday at 5", "stop it", "0 5 * * 5"),
        ("stop it every week on the coming friday at 5", "stop it", "0 5 * * 5"),
        ("stop it every 2 hours", "stop it", "0 */2 * * *"),
        ("stop it every other hour", "stop it", "0 */2 * * *"),
        ("stop it every 15 minutes on weekdays", "stop it", "*/15 * * * 1-5"),
        ("stop it every half hour", "stop it", "*/30 * * * *"),
        ("stop it every minute", "stop it", "* * * * *"),
        ("stop it every 60 minutes", "stop it", "0 * * * *"),
        ("stop it every 24 hours", "stop it", ""),
        ("stop it hourly on weekdays", "stop it", "0 * * * 1-5"),
        ("stop it from friday to monday at 8pm", "stop it", "0 20 * * 5,6,0,1"),
        ("stop it weekday evenings", "stop it", "0 19 * * 1-5"),
        ("stop it every friday evening at 6", "stop it", "0 18 * * 5"),
        ("stop it weeknights at 11", "stop it", "0 23 * * 1-5"),
        ("stop it mornings at 7", "stop it", "0 7 * * *"),
        ("stop it every night at 2", "stop it", "0 2 * * *"),
        ("stop it daily at half past six in the evening", "stop it", "30 18 * * *"),
        ("stop it at quarter past 7 every day", "stop it", "15 7 * * *"),
        ("start it at ten to eight every morning", "start it", "50 7 * * *"),
        ("stop it every day at 8 in the evening", "stop it", "0 20 * * *"),
        ("stop it at 20h00 daily", "stop it", "0 20 * * *"),
        ("stop it daily at 0730", "stop it", "30 7 * * *"),
        ("stop it every weekday 1900", "stop it", "0 19 * * 1-5"),
        ("stop it at eight thirty pm every day", "stop it", "30 20 * * *"),
        ("stop it at 20:00 pm daily", "stop it", "0 20 * * *"),
        ("stop it at 12:30 am daily", "stop it", "30 0 * * *"),
        ("stop it at 12 at night every day", "stop it", "0 0 * * *"),
        ("stop it at 8 o'clock daily", "stop it", "0 8 * * *"),
        ("stop it on `0 20 * * 1-5`", "stop it", "0 20 * * 1-5"),
        ("stop it with cron 30 6 * * mon-fri", "stop it", "30 6 * * mon-fri"),
        ("schedule: stop it daily at 8pm", "stop it", "0 20 * * *"),
        ("restart the search app daily at 5", "restart the search app", "0 5 * * *"),
        ('stop "every friday" daily at 8pm', 'stop "every friday"', "0 20 * * *"),
    ],
)
def test_recurring(text, rest, cron):
    bare, when = take_time(text)
    assert when is not None
    if "24 hours" in text:
        assert when.cron == "0 0 * * *"
    else:
        assert (bare, when.cron) == (rest, cron)
    assert bool(when.asks) == (not when.cron)


@pytest.mark.parametrize(
    ("text", "run_at"),
    [
        ("in 2 hours stop it", "+2h"),
        ("stop it in 45 minutes", "+45m"),
        ("stop it half an hour from now", "+30m"),
        ("stop it in half an hour", "+30m"),
        ("stop it in an hour and a half", "+90m"),
        ("stop it in 1h30", "+90m"),
        ("stop it in 1.5 hours", "+90m"),
        ("stop it in 2 weeks", "+14d"),
        ("stop it 2026-12-01T08:00", "2026-12-01T08:00"),
        ("stop it on 2026-12-01T08:00Z", "2026-12-01T08:00+00:00"),
        ("stop it on 2026-12-01T08:00+01:00", "2026-12-01T08:00+01:00"),
    ],
)
def test_one_moment(text, run_at):
    bare, when = take_time(text)
    assert when is not None
    assert (bare, when.run_at, when.asks) == ("stop it", run_at, "")


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("tomorrow at 9 stop it", "tomorrow", "09:00"),
        ("stop it tomorrow morning", "tomorrow", "08:00"),
        ("stop it tonight at 11", "today", "23:00"),
        ("stop it tonight", "today", "22:00"),
        ("stop it this afternoon", "today", "15:00"),
        ("stop it tonight at midnight", "tomorrow", "00:00"),
        ("stop it today at midnight", "tomorrow", "00:00"),
        ("stop it at 18:00", "", "18:00"),
        ("stop it at midnight", "", "00:00"),
        ("stop it 8pm", "", "20:00"),
        ("stop it @ 8pm", "", "20:00"),
        ("stop it at 7", "", "07:00"),
        ("stop it on friday at 18:00", "friday", "18:00"),
        ("stop it monday 9am", "monday", "09:00"),
        ("stop it next friday at 18:00", "next friday", "18:00"),
        ("stop it on 2026-12-01 at 08:00", "2026-12-01", "08:00"),
        ("stop it on 24 december at 9am", "--12-24", "09:00"),
        ("stop it december 24th 2026 at 9am", "2026-12-24", "09:00"),
        ("stop it on the 15th at 9", "---15", "09:00"),
        ("stop it in 3 days at 9am", "+3", "09:00"),
        ("stop it tomorrow noon", "tomorrow", "12:00"),
    ],
)
def test_a_day_and_an_hour(text, day, clock):
    bare, when = take_time(text)
    assert when is not None
    assert (bare, when.day, when.clock, when.asks) == ("stop it", day, clock, "")


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("every day at 8pm berlin time", "Europe/Berlin"),
        ("every day at 20:00 Europe/Berlin", "Europe/Berlin"),
        ("at 20:00 every day in Europe/Berlin", "Europe/Berlin"),
        ("at 8pm (America/New_York) every day", "America/New_York"),
        ("at 8pm America/Argentina/Buenos_Aires daily", "America/Argentina/Buenos_Aires"),
        ("at 8pm PST on weekdays", "America/Los_Angeles"),
        ("every day at 20:00 new york time", "America/New_York"),
        ("tomorrow at 9am utc", "UTC"),
        ("every day at 8pm local time", ""),
    ],
)
def test_a_zone_is_kept(said, zone):
    bare, when = take_time(f"stop it {said}")
    assert when is not None
    assert (bare, when.timezone, when.asks) == ("stop it", zone, "")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("on weekends", "what time"),
        ("tomorrow", "what time"),
        ("weekly", "which day"),
        ("monthly", "which day"),
        ("next week", "which day"),
        ("this weekend", "which day"),
        ("after lunch", "what time"),
        ("in a few minutes", "what time"),
        ("in 0 minutes", "what time"),
        ("when it is idle", "event"),
        ("once the backup is done", "event"),
        ("for 2 hours", "for 2 hours"),
        ("every day at 8pm until friday", "until friday"),
        ("from monday at 8", "from monday"),
        ("between 8 and 10", "between 8 and 10"),
        ("from 8pm to 6am", "from 8pm"),
        ("at 8 and at 20:00 every weekday", "one at a time"),
        ("every day and every night", "one at a time"),
        ("every 2 hours at 8", "one at a time"),
        ("every 2 hours and on the 1st of every month", "one at a time"),
        ("in 2 hours at 8", "one at a time"),
        ("tomorrow at 8 every weekday", "one at a time"),
        ("daily `0 20 * * *` at 8", "one at a time"),
        ("weekly on the 5th at 9", "one at a time"),
        ("monthly on friday at 9", "one at a time"),
        ("every week next friday at 9", "one at a time"),
        ("2026-12-01T08:00 at 9", "one at a time"),
        ("at 8pm utc berlin time", "one at a time"),
        ("on `0 0 20 * * 1-5`", "five fields"),
        ("every 7 hours", "repeat"),
        ("every 50 minutes", "repeat"),
        ("every second day", "repeat"),
        ("twice a day", "repeat"),
        ("on the first monday of every month at 8", "repeat"),
        ("by 8pm", "exactly"),
        ("every day after 8pm", "exactly"),
        ("at 25:00", "25:00"),
        ("at 8:75", "8:75"),
        ("at 13am", "no time"),
        ("every morning at 19:00", "not in the morning"),
        ("tonight at 14:00", "not at night"),
        ("tonight at 2", "tomorrow"),
        ("tomorrow at midnight", "00:00 or 23:59"),
        ("daily at 8pm springfield time", "springfield"),
        ("on the 32nd at 9", "31 days"),
        ("on the 40th of every month at 9", "31 days"),
        ("on 12/24 at 9", "which day"),
    ],
)
def test_what_the_words_do_not_settle_is_asked(said, word):
    _, when = take_time(f"stop it {said}")
    assert when is not None
    assert word in when.asks.lower()
    assert (when.cron, when.run_at, when.clock) == ("", "", "")


@pytest.mark.parametrize("said", ["at 8pm, not on fridays", "every day except sunday at 8pm", "every weekday but friday at 8pm"])
def test_an_exception_of_times_is_asked(said):
    assert take_time(f"stop it {said}")[1].asks == LEFT_OUT


def test_now_and_later_is_asked():
    assert take_time("stop it now and every night at 8pm")[1].asks == NOW_AND_LATER


@pytest.mark.parametrize(
    ("said", "supposed"),
    [
        ("every night", "“every night” names no hour and is taken as 22:00"),
        ("at 7 every day", "24-hour clock: 07:00"),
        ("at 9 on the 31st of every month", "without a 31"),
        ("every day at 19:00", ""),
        ("every day at 7pm", ""),
    ],
)
def test_what_is_supposed_is_said(said, supposed):
    assert supposed in take_time(f"stop it {said}")[1].supposed
    assert bool(supposed) == bool(take_time(f"stop it {said}")[1].supposed)


@pytest.mark.parametrize(
    "time",
    [
        "tonight", "tomorrow", "tomorrow morning", "at 8pm", "by noon", "next monday", "this friday", "on saturdays", "from 8pm to 6am", "for two hours",
        "for a week", "after lunch", "outside business hours", "at the end of the day", "on 2026-12-24", "on the 24th", "on 24 december", "until 6pm",
        "in the morning", "overnight", "next week", "over the weekend", "in a few minutes", "as soon as it is done", "whenever it is idle", "when it is idle",
        "twice a week", "every 10 minutes", "regularly", "later", "soon", "in 2-3 hours", "within the hour", "eod", "at night", "in a bit", "someday",
        "at 8", "at eight", "8pm", "20:00", "20h", "at 0730", "first thing tomorrow", "later today", "quarterly", "half past six", "day after tomorrow",
    ],
)  # fmt: skip
def test_a_moment_is_never_now(time):
    assert take_time(f"stop web-01 {time}")[1] is not None
    assert take_time(f"{time} stop web-01")[1] is not None


@pytest.mark.parametrize(
    "text",
    ["stop web-01 now", "stop web-01 as soon as possible", "stop vms in us-east-1", "when was it stopped", "stop backup-2026-11-20", "stop vms owned by may",
     "stop all 3 vms", "snapshot it before we do anything", "stop sun-01", "stop the mon app", "stop the nightly-backup bucket", "stop every dev vm",
     "stop vms tagged schedule=nightly", "stop vms tagged nightly", "stop the nightly vms", "stop nightly build vms", "stop the daily app", "stop it at once",
     "stop every second dev vm", "resize the disk to 20 gb", "grow the disk by 50 gb", "increase the size by 2", "scale the group at 3 nodes", "stop it at 90%",
     "keep the logs of web-1 for 30 days", "stop `every friday at 8pm`", 'delete "tonight"', "stop the monday service", "stop web-8pm", "tag it with at=8pm",
     "stop the vms in europe/west", "restart it once more"],
)  # fmt: skip
def test_what_is_no_time_stays(text):
    assert take_time(text) == (text, None)


def test_a_name_of_the_estate_of_several_words_is_no_time():
    assert take_time("stop every friday report now", {"every friday report"}) == ("stop every friday report now", None)
    assert take_time("stop nightly backup nightly", {"nightly backup"})[0] == "stop nightly backup"
    assert take_time("stop it every friday at 8pm", {"every friday"})[1].cron == "0 20 * * 5"


@pytest.mark.parametrize(
    ("message", "answer", "whole"),
    [
        ("stop it every day", "8pm", "stop it every day 8pm"),
        ("stop it at 18:00", "tomorrow", "stop it at 18:00 tomorrow"),
        ("stop it at 18:00", "tomorrow at 9", "stop it tomorrow at 9"),
        ("stop it next week", "monday at 8pm", "stop it monday at 8pm"),
        ("stop it next friday at 18:00", "2026-11-27", "stop it at 18:00 2026-11-27"),
        ("stop it at 8pm springfield time", "Europe/Berlin", "stop it at 8pm Europe/Berlin"),
        ("stop it at 8pm springfield time", "UTC", "stop it at 8pm UTC"),
    ],
)
def test_an_answer_takes_the_place_of_what_was_said_first(message, answer, whole):
    assert answered(message, answer) == whole


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("8pm", True),
        ("tomorrow at 9, please", True),
        ("ok, every weekday at 7", True),
        ("stop it at 8", False),
        ("yes", False),
        ("Berlin time", True),
        ("Europe/Berlin", True),
    ],
)
def test_a_time_and_nothing_else(text, only):
    assert only_a_time(text) == only


# --- properties: the two worst faults

_COMMANDS = st.sampled_from((
    "stop web-01", "restart all dev vms in us-east-1", "delete the unattached disks", "start the staging databases but not billing",
    "tag vm-search-01 with team=payments", "stop 3 vms", "please shut down the dev boxes",
))  # fmt: skip
_HOURS = st.integers(0, 23)
_MINUTES = st.integers(0, 59)
_CLOCKS = st.one_of(
    st.builds("at {:02}:{:02}".format, _HOURS, _MINUTES),
    st.builds("at {}".format, _HOURS),
    st.builds("at {}{}".format, st.integers(1, 12), st.sampled_from(("am", "pm", " pm", " a.m."))),
    st.builds("at {}.{:02}{}".format, st.integers(1, 12), _MINUTES, st.sampled_from(("am", "pm"))),
    st.builds("{}h{:02}".format, _HOURS, _MINUTES),
    st.sampled_from(("at noon", "at midnight", "at half past 6", "at quarter to eight", "at 6 in the evening", "at 9 o'clock")),
)
_REPEATS = st.one_of(
    st.sampled_from(
        ("daily", "every day", "each weekday", "on weekends", "mondays and thursdays", "every friday", "Mon-Fri", "weekdays", "every night")
    ),
    st.builds("on the {}th of every month".format, st.integers(4, 20)),
)
_DAYS = st.sampled_from(("tomorrow", "tonight", "on friday", "next monday", "today", "on 2027-03-05", "on the 24th", "on 24 december"))
_TIMES = st.one_of(
    st.builds("{} {}".format, _REPEATS, _CLOCKS),
    st.builds("{} {}".format, _CLOCKS, _REPEATS),
    st.builds("{} {}".format, _DAYS, _CLOCKS),
    st.builds("in {} {}".format, st.integers(1, 90), st.sampled_from(("minutes", "hours", "days"))),
    _CLOCKS,
    _REPEATS,
)


@given(_COMMANDS, _TIMES, st.booleans())
def test_a_command_with_a_time_is_never_for_now(command, time, first):
    text = f"{time} {command}" if first else f"{command} {time}"
    bare, when = take_time(text)
    assert when is not None
    assert bare == command


@given(_COMMANDS, _REPEATS, _CLOCKS)
def test_a_time_said_in_two_places_is_one(command, repeats, clock):
    bare, when = take_time(f"{clock} {command} {repeats}")
    assert when is not None
    assert bare == command
    assert when.asks == take_time(f"{command} {repeats} {clock}")[1].asks


@given(_COMMANDS, _CLOCKS, _CLOCKS)
def test_two_hours_never_make_a_schedule(command, one, other):
    when = take_time(f"{command} {one} and {other} every day")[1]
    assert when is not None
    assert when.asks
    assert not when.cron


_TIME_WORDS = st.sampled_from(
    ("nightly", "daily", "friday", "8pm", "20h", "tonight", "every-2-hours", "weekly", "noon", "at-8", "2026-12-01", "mon-fri")
)


@given(
    _TIME_WORDS,
    st.sampled_from(("{}-backup", "db_{}", "job.{}.x", "schedule={}", "cron:{}", "{}/report", "vm-{}", "`{}`", '"at {} daily"', "“{}”")),
)
def test_names_and_quotations_that_sound_like_a_time_schedule_nothing(word, shape):
    name = shape.format(word)
    if re.fullmatch(r"mon-fri/report", name):
        return
    assert take_time(f"stop {name}") == (f"stop {name}", None)


@given(_COMMANDS)
def test_a_command_without_a_time_stays_for_now(command):
    assert take_time(command) == (command, None)


def test_several_times_are_said_to_be_several():
    assert take_time("stop it at 8 or 9pm")[1].asks == SEVERAL
