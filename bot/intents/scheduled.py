"""Schedules spoken of in words: "schedules", "pause schedule sched-…", "skip tonight", "snooze it 2 hours". Pure.

Which schedule is meant is said by its id, or by the thread it was asked for in; where that is not one, it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.platforms.platform import Place
from engine.schedules.schedule import Schedule

Verb = Literal["list", "show", "pause", "resume", "skip", "snooze", "end", "review"]
_VERBS: Mapping[str, Verb] = {
    "show": "show", "open": "show", "pause": "pause", "hold": "pause", "suspend": "pause", "resume": "resume", "unpause": "resume", "skip": "skip",
    "snooze": "snooze", "postpone": "snooze", "delay": "snooze", "put off": "snooze", "end": "end", "delete": "end", "cancel": "end", "remove": "end",
    "stop": "end", "review": "review",
}  # fmt: skip
_NUMBERS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "half an": 0.5}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_VERB = rf"(?P<verb>{'|'.join(sorted(_VERBS, key=len, reverse=True))})"
_ID = r"(?P<id>sched-[a-z0-9]{1,20})"
_FOR = r"(?:\s+(?:for|by)?\s*(?P<count>\d{1,4}|half an|an?|one|two|three|four)\s*(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?)\b)?"
_THE = r"(?:the|this|that|my|our)"
_ONE = r"(?:it|this|that|this one|that one|this time|once|(?:the )?next(?: run| time| one)?|(?P<day>tonight|today|tomorrow|this (?:morning|evening|afternoon)))"
_LIST = re.compile(
    r"(?:(?:please )?(?:show|list|view|see|display|give|what are|which are|open)(?: me)?(?: all)?(?: of)?(?: (?P<mine>my)| the| our)? ?)?(?:all )?"
    r"(?:active |paused )?(?:schedules|scheduled (?:jobs|tasks|changes|runs))|what(?:'s| is) scheduled|which schedules (?:are there|do (?:we|i) have)|my schedules",
    re.IGNORECASE,
)
_MOVES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_VERB}\s+(?:{_THE}\s+)?schedule(?:\s+{_ID})?{_FOR}",
        rf"{_VERB}\s+{_ID}{_FOR}",
        rf"(?P<verb>skip)(?:\s+{_ONE})?",
        rf"(?P<verb>snooze|postpone|delay|put off)(?:\s+{_ONE})?{_FOR}",
        rf"(?P<verb>put)\s+(?:it|this|that)\s+off{_FOR}",
        # The schedule, or the machines it is about? Asked where there is a schedule, and otherwise no word of one.
        r"(?P<unsure>pause|resume|end|delete|cancel|stop|remove)\s+(?:it|this|that)",
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of which schedule: its `id` where it was said, else the one of this thread; `day` is whose run is meant ("tonight").

    `unsure` where the words may just as well be about the resources that the thread speaks of.
    """

    verb: Verb
    id: str = ""
    by: timedelta = timedelta(hours=1)
    day: str = ""
    mine: bool = False
    unsure: bool = False


def asked(text: str) -> Asked | None:
    """What a message wants of schedules; None where it is about something else."""
    said = re.sub(
        r"^(?:please|can you|could you|ok|okay)[,\s]+|[\s,]*(?:please|thanks|thank you)?[\s.!?]*$", "", text.strip(), flags=re.IGNORECASE
    )
    if match := _LIST.fullmatch(said):
        return Asked("list", mine="my " in f"{said.lower()} " and "schedules" in said.lower())
    for pattern in _MOVES:
        if match := pattern.fullmatch(said):
            found = match.groupdict()
            word = found.get("verb") or found.get("unsure") or ""
            verb = _VERBS.get(" ".join(word.lower().split()), "snooze")
            unsure = bool(found.get("unsure"))
            return Asked(verb, (found.get("id") or "").lower(), _duration(found), (found.get("day") or "").lower(), unsure=unsure)
    return None


def _duration(found: Mapping[str, str | None]) -> timedelta:
    count, unit = found.get("count"), found.get("unit")
    if not count or not unit:
        return timedelta(hours=1)
    many = float(count) if count.isdigit() else _NUMBERS[count.lower()]
    return timedelta(**{_UNITS[unit[0].lower()]: many})


def of_place(schedules: Sequence[Schedule], place: Place) -> list[Schedule]:
    """The schedules that were asked for in this thread."""
    key = (place.platform, place.channel, place.thread)
    return [one for one in schedules if (one.place.get("platform"), one.place.get("channel"), one.place.get("thread")) == key]


def meant(wanted: Asked, schedules: Sequence[Schedule], place: Place, now: datetime) -> Schedule | str:
    """The one schedule that is meant, or the question to ask. `schedules` are those that have not ended."""
    candidates = of_place(schedules, place) or list(schedules)
    if wanted.unsure:
        return f"The schedule, or the resources? Say \u201c{wanted.verb} the schedule\u201d, or name what else you mean."
    if wanted.verb in ("skip", "snooze"):
        candidates = [one for one in candidates if one.state == "active" and one.next_at is not None] or candidates
    if wanted.day and (then := [one for one in candidates if _runs_on(one, wanted.day, now)]):
        candidates = then
    elif wanted.day and candidates:
        return f"Nothing of that runs {wanted.day}. Say which schedule, as in \u201c{wanted.verb} {candidates[0].id}\u201d."
    if len(candidates) == 1:
        return candidates[0]
    return f"Which schedule? Say its id, as in \u201c{wanted.verb} {candidates[0].id}\u201d." if candidates else "There is no schedule yet."


def _runs_on(schedule: Schedule, day: str, now: datetime) -> bool:
    if schedule.next_at is None:
        return False
    zone = ZoneInfo(schedule.cadence.timezone)
    ahead = 1 if day == "tomorrow" else 0
    runs, today = schedule.next_at.astimezone(zone), now.astimezone(zone)
    # After midnight a run is still tonight's.
    if day == "tonight" and runs.hour < 6 and runs - today < timedelta(hours=18):
        return True
    return runs.date() == today.date() + timedelta(days=ahead)
