"""When a schedule runs next, and how that is said: five-field cron lines over time zones, or one moment. Pure.

A cron line is read on the wall clock of its zone: a time that a change of the clocks leaves out runs at the next valid moment, one that
comes twice runs once, at the first. Sunday is 0 (and 7), and a line that names both days of the month and days of the week means either,
as cron does. apscheduler's trigger is the calculator; nothing of its scheduler is used.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from engine.errors import ScheduleRefused
from engine.schedules.schedule import Cadence

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)  # fmt: skip
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# The zone plays no part in the calculation: the line is read on a wall clock, and `_moment` says when that is.
_WALL = UTC


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    words: Sequence[str] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _DAYS),
)


class _Line(NamedTuple):
    """The values of each field; days of the week from 0, Sunday, to 6."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    @property
    def every_day(self) -> bool:
        return len(self.days) == 31

    @property
    def every_weekday(self) -> bool:
        return len(self.weekdays) == 7


def check(cron: str) -> None:
    """Raises ScheduleRefused naming the field of a cron line that cannot be, or saying that it never comes."""
    _line(cron)


def checked(cadence: Cadence) -> Cadence:
    """The cadence, when it can be one. Raises ScheduleRefused."""
    if bool(cadence.cron) == (cadence.run_at is not None):
        raise ScheduleRefused("A schedule has either a cron line or one moment.", hint="Say when: \u201cevery day at 20:00\u201d.")
    if cadence.run_at is not None and cadence.run_at.tzinfo is None:
        raise ScheduleRefused("A moment without a time zone could be any of two dozen.", hint="Say the zone, or a time from now.")
    try:
        ZoneInfo(cadence.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleRefused(
            f"{cadence.timezone!r} is no time zone of the IANA database.", hint="Write it as Europe/Berlin, or UTC."
        ) from None
    if cadence.cron:
        check(cadence.cron)
    return cadence


def next_after(cadence: Cadence, moment: datetime) -> datetime | None:
    """The first time strictly after `moment`, in UTC; None when there is none. Raises ScheduleRefused for a cadence that cannot be."""
    if cadence.run_at is not None:
        at = cadence.run_at.astimezone(UTC)
        return at if at > moment else None
    zone = ZoneInfo(cadence.timezone)
    wall = moment.astimezone(zone).replace(tzinfo=_WALL, fold=0)
    while (wall_time := _next_wall(cadence.cron, wall)) is not None:
        if (at := _moment(wall_time, zone)) > moment:
            return at
        wall = wall_time
    return None


def upcoming(cadence: Cadence, moment: datetime, most: int) -> tuple[datetime, ...]:
    """The next few times after a moment."""
    found: list[datetime] = []
    at: datetime | None = moment
    while len(found) < most and at is not None and (at := next_after(cadence, at)) is not None:
        found.append(at)
    return tuple(found)


def mark(schedule_id: str, cadence: Cadence, message: str, picked: Mapping[int, Sequence[str]]) -> str:
    """What a review plan is for: `sched-xxxxxxxx@` and 16 hex digits over when, the words and what was picked. Another cadence is another mark."""
    decisive = {
        "cron": cadence.cron,
        "run_at": cadence.run_at.astimezone(UTC).isoformat() if cadence.run_at else "",
        "timezone": cadence.timezone,
        "message": message,
        "picked": sorted((number, sorted(ids)) for number, ids in picked.items()),
    }
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return f"{schedule_id}@{digest[:16]}"


def _next_wall(cron: str, wall: datetime) -> datetime | None:
    """The next wall-clock time of a line strictly after another, both without any zone of their own."""
    found = [trigger.get_next_fire_time(None, wall + timedelta(microseconds=1)) for trigger in _triggers(cron)]
    return min((one for one in found if one is not None), default=None)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time: the first of two; where the clocks leave it out, the moment at which they do."""
    here = wall.replace(tzinfo=zone, fold=0)
    at = here.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=_WALL) == wall:
        return at
    before, after = here.replace(fold=1).astimezone(UTC), at
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)


@lru_cache(maxsize=512)
def _triggers(cron: str) -> tuple[CronTrigger, ...]:
    line = _line(cron)
    days, weekdays = _listed(line.days), ",".join(_DAYS[day] for day in line.weekdays)
    either = not line.every_day and not line.every_weekday
    pairs = ((days, "*"), ("*", weekdays)) if either else ((days, weekdays),)
    return tuple(
        CronTrigger(
            minute=_listed(line.minutes), hour=_listed(line.hours), day=day, month=_listed(line.months), day_of_week=weekday, timezone=_WALL
        )
        for day, weekday in pairs
    )  # fmt: skip


def _listed(values: Sequence[int]) -> str:
    return ",".join(str(value) for value in values)


@lru_cache(maxsize=512)
def _line(cron: str) -> _Line:
    said = cron.split()
    if len(said) != len(_FIELDS):
        raise ScheduleRefused(
            f"The cron line {cron[:80]!r} has {len(said)} fields, not five.", hint="Minute, hour, day of the month, month, day of the week."
        )
    minutes, hours, days, months, weekdays = (_values(field, text) for field, text in zip(_FIELDS, said, strict=True))
    line = _Line(minutes, hours, days, months, tuple(sorted({day % 7 for day in weekdays})))
    if line.every_weekday and all(min(days) > _LONGEST[month - 1] for month in months):
        raise ScheduleRefused(f"The cron line {cron!r} never comes: no such month has a day {min(days)}.")
    return line


def _values(field: _Field, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        found |= _part(field, part)
    return tuple(sorted(found))


def _part(field: _Field, part: str) -> set[int]:
    match = re.fullmatch(r"(?:(\*)|(\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?)(?:/(\d{1,2}))?", part.lower())
    if match is None:
        raise _bad(field, part, "is not read")
    everything, first, last, step = match.groups()
    least = field.least if everything else _number(field, first)
    most = field.most if everything or (step and not last) else _number(field, last or first)
    # A star over the days of the week ends at Saturday: 7 is Sunday once more.
    most = 6 if field.words is _DAYS and everything else most
    if step in ("0", "00"):
        raise _bad(field, part, "steps by nothing")
    if most < least:
        raise _bad(field, part, "runs backwards")
    return set(range(least, most + 1, int(step or 1)))


def _number(field: _Field, said: str) -> int:
    if not said.isdigit():
        if said not in field.words:
            raise _bad(field, said, "is not read")
        return field.words.index(said) + field.least
    if not field.least <= int(said) <= field.most:
        raise _bad(field, said, f"is not within {field.least} to {field.most}")
    return int(said)


def _bad(field: _Field, said: str, why: str) -> ScheduleRefused:
    return ScheduleRefused(
        f"The {field.name} of the cron line, {said!r}, {why}.", hint="Write it as in `0 20 * * 1-5`, or say it in words."
    )


# --- in words


def in_words(cadence: Cadence) -> str:
    """The cadence for people: `every day at 20:00 Europe/Berlin`, `once, 2026-11-22 09:00 UTC`."""
    if cadence.run_at is not None:
        return f"once, {cadence.run_at.astimezone(ZoneInfo(cadence.timezone)):%Y-%m-%d %H:%M} {cadence.timezone}"
    line = _line(cadence.cron)
    days, times = _days_in_words(line), _times_in_words(line)
    return f"{f'{days} {times}' if times.startswith('at ') else f'{times}{_on(days)}'} {cadence.timezone}"


def _on(days: str) -> str:
    return "" if days == "every day" else f", {days}"


def _times_in_words(line: _Line) -> str:
    if len(line.hours) == 24:
        return _minutes_in_words(line.minutes)
    if len(line.minutes) == 1:
        if len(line.hours) > 4 and line.hours == tuple(range(0, 24, line.hours[1])):
            past = f" at {line.minutes[0]} past" if line.minutes[0] else ""
            return f"every {line.hours[1]} hours{past}"
        return "at " + _and([f"{hour:02}:{line.minutes[0]:02}" for hour in line.hours])
    if len(line.hours) * len(line.minutes) <= 4:
        return "at " + _and([f"{hour:02}:{minute:02}" for hour in line.hours for minute in line.minutes])
    return f"{_minutes_in_words(line.minutes)} from {_and([f'{hour:02}:00' for hour in line.hours])}"


def _minutes_in_words(minutes: tuple[int, ...]) -> str:
    if minutes == (0,):
        return "every hour"
    if len(minutes) == 60:
        return "every minute"
    if len(minutes) > 1 and minutes == tuple(range(0, 60, minutes[1])):
        return f"every {minutes[1]} minutes"
    return f"every hour at {_and([str(minute) for minute in minutes])} past"


def _days_in_words(line: _Line) -> str:
    months = "" if len(line.months) == 12 else " of " + _and([_MONTH_NAMES[month - 1] for month in line.months])
    if line.every_day and line.every_weekday:
        return "every day" + (months.replace(" of ", " in ") if months else "")
    said = []
    if not line.every_day:
        said.append("on the " + _and([_nth(day) for day in line.days]) + (months or " of every month"))
    if not line.every_weekday:
        said.append(_weekdays_in_words(line.weekdays) + (months.replace(" of ", " in ") if line.every_day else ""))
    return " and ".join(said)


def _weekdays_in_words(weekdays: tuple[int, ...]) -> str:
    if weekdays == (1, 2, 3, 4, 5):
        return "every weekday"
    if weekdays == (0, 6):
        return "every weekend day"
    return "every " + _and([_DAY_NAMES[day] for day in (*(day for day in weekdays if day), *(day for day in weekdays if not day))])


def _nth(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
