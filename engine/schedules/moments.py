"""When words mean, at a clock and in a zone: a `When` made into a cadence, or into the question that must be asked. Pure.

Nothing is guessed: a moment that is past, a day that could be two, a time that the clocks leave out are asked back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.request.reading import When
from engine.schedules.schedule import Cadence

LONGEST_AHEAD = timedelta(days=2 * 366)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Names of one zone, by the one that people read.
_UTC = dict.fromkeys(("Etc/UTC", "Etc/Universal", "Etc/Zulu", "Etc/UCT", "UCT", "Universal", "Zulu", "GMT", "Etc/GMT"), "UTC")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What cannot be settled, as one short question."""

    question: str


class _Open(Exception):
    """What must be asked."""


def settle(when: When, now: datetime, zone: str) -> Cadence | Unsettled:
    """What the words mean now (UTC). `zone` is the IANA name that holds where nobody said one."""
    if when.asks:
        return Unsettled(when.asks)
    name = when.timezone or zone
    try:
        here = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Unsettled(f"I do not know the time zone “{name}”. Say it as Europe/Berlin: in which zone?")
    name = _UTC.get(name, name)
    if when.cron:
        return Cadence(when.words, name, cron=when.cron)
    try:
        at = _moment(when, now, here)
    except _Open as question:
        return Unsettled(str(question))
    if at - now > LONGEST_AHEAD:
        return Unsettled(f"{at.astimezone(here):%Y-%m-%d} is more than two years away. On which day, and at what time?")
    return Cadence(when.words, name, run_at=at)


def _moment(when: When, now: datetime, zone: ZoneInfo) -> datetime:
    """The one moment, in UTC. Raises _Open."""
    if when.run_at.startswith("+"):
        return now + timedelta(**{_UNITS[when.run_at[-1]]: int(when.run_at[1:-1])})
    if when.run_at:
        return _dated(when.run_at, now, zone)
    clock = time.fromisoformat(when.clock)
    return _on(when.day, clock, now, zone)


def _dated(said: str, now: datetime, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise _Open(f"There is no {said.replace('T', ' ')}. On which day, and at what time?") from None
    at = at.astimezone(UTC) if at.tzinfo else _at(at.date(), at.time(), zone)
    if at <= now:
        raise _Open(f"{_told(at, zone)} has passed. On which day, and at what time?")
    return at


def _on(day: str, clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment that a day and a time of day mean. Raises _Open."""
    today = now.astimezone(zone).date()
    if day in ("", "today"):
        return _today(day, clock, now, zone)
    if day == "tomorrow":
        return _at(today + timedelta(days=1), clock, zone)
    if day.startswith("+"):
        return _at(today + timedelta(days=int(day[1:])), clock, zone)
    if day.removeprefix("next ") in _WEEKDAYS:
        return _weekday(day, clock, now, zone)
    return _calendar(day, clock, now, zone)


def _today(day: str, clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    if not day and clock == time(0):
        return _at(today + timedelta(days=1), clock, zone)  # midnight is always the next one
    at = _at(today, clock, zone)
    if at <= now:
        raise _Open(f"{clock:%H:%M} has passed today. Tomorrow at {clock:%H:%M}, or when?")
    return at


def _weekday(day: str, clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    here = now.astimezone(zone).date()
    name = day.removeprefix("next ")
    ahead = (_WEEKDAYS.index(name) - here.weekday()) % 7
    coming = _at(here + timedelta(days=ahead), clock, zone)
    after = here + timedelta(days=ahead + 7)
    if ahead == 0 and not day.startswith("next ") and coming <= now:
        return _at(after, clock, zone)
    if ahead == 0 or (day.startswith("next ") and _same_week(here, here + timedelta(days=ahead))):
        raise _Open(f"Which {name.capitalize()}: {here + timedelta(days=ahead)} or {after}?")
    return coming


def _same_week(one: date, other: date) -> bool:
    return one.isocalendar()[:2] == other.isocalendar()[:2]


def _calendar(day: str, clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    if re.fullmatch(r"---\d\d", day):
        return _day_of_month(int(day[3:]), clock, now, zone)
    whole = day if not day.startswith("--") else f"{today.year}-{day[2:]}"
    try:
        found = date.fromisoformat(whole)
    except ValueError:
        raise _Open(f"There is no {whole}. On which day, and at what time?") from None
    at = _at(found, clock, zone)
    if at <= now:
        raise _Open(f"{_told(at, zone)} has passed. On which day, with the year, and at what time?")
    return at


def _day_of_month(number: int, clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The next month, this one included, that has the day still before it."""
    first = now.astimezone(zone).date().replace(day=1)
    while True:
        try:
            at = _at(first.replace(day=number), clock, zone)
        except ValueError:
            at = now
        if at > now:
            return at
        first = (first + timedelta(days=32)).replace(day=1)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC; the first one where the clocks show it twice. Raises _Open where they never do."""
    local = datetime.combine(day, clock, zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise _Open(f"{clock:%H:%M} does not come on {day} in {zone.key}: the clocks go forward. At what time?")
    return at


def _told(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
