"""The hour of a time as people say it: "8pm", "quarter past 7", "half past six in the evening", "noon". Pure.

Where nothing tells morning from evening, an hour is read by the 24-hour clock and marked as `bare`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from engine.request.timewords import NUMBERS

AT_WHAT_TIME = "At what time?"
EXACTLY = "At what time exactly?"
# Parts of the day with the hours that belong to them.
_HOURS: Mapping[str, range | frozenset[int]] = {
    "morning": range(12), "afternoon": range(12, 19), "evening": range(16, 24), "night": frozenset({*range(18, 24), *range(6)}),
}  # fmt: skip


class Part(Protocol):
    """A piece of a sentence, as `times.Piece`."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def said(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour and minute as said; `bare` without anything that tells morning from evening."""

    hour: int
    minute: int
    bare: bool = False
    midnight: bool = False

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


class Ask(Exception):
    """No fault: what must be asked."""


def number(said: str) -> int:
    return int(said) if said.isdigit() else NUMBERS[" ".join(said.split())]


def clock_of(part: Part, day_part: str) -> Clock:
    """The hour and minute, by the part of the day where one was said. Raises Ask."""
    said = part.said
    if said.get("about"):
        raise Ask(EXACTLY)
    if "fraction" in said:
        clock = _fraction(said)
    elif named := said.get("named"):
        clock = Clock(0, 0, midnight=True) if named == "midnight" else Clock(12, 0)
    else:
        minute = said.get("minute", "0")
        bare = "minute" not in said and not said["hour"].startswith("0") and number(said["hour"]) <= 12
        clock = Clock(number(said["hour"]), number(minute), bare)
    clock = _in_half(clock, said.get("half", "").replace(".", ""))
    if clock.hour > 23 or clock.minute > 59:
        raise Ask(f"There is no {clock}. {AT_WHAT_TIME}")
    own = said.get("part") or said.get("night", "") or day_part
    return _in_part(clock, own) if own and not said.get("half") else _fitting(clock, own)


def _fraction(said: Mapping[str, str]) -> Clock:
    named = {"noon": 12, "midnight": 0}
    hour = named[said["hour"]] if said["hour"] in named else number(said["hour"])
    fraction = re.sub(r"^a\s+", "", said["fraction"])
    minutes = {"half": 30, "quarter": 15}.get(fraction) or number(fraction)
    if said["past"] in ("past", "after"):
        return Clock(hour, minutes, hour <= 12)
    return Clock((hour - 1) % 24, 60 - minutes, hour <= 12)


def _in_half(clock: Clock, half: str) -> Clock:
    if not half:
        return clock
    if not 1 <= clock.hour <= 12:
        if half == "pm" and 13 <= clock.hour <= 23:
            return replace(clock, bare=False)
        raise Ask(f"{clock} {half} is no time. {AT_WHAT_TIME}")
    return Clock(clock.hour % 12 + (12 if half == "pm" else 0), clock.minute)


def _in_part(clock: Clock, part: str) -> Clock:
    """ "8 in the evening", "tonight at 11", "every night at 2"."""
    hour = clock.hour
    if (part in ("afternoon", "evening") and 1 <= hour <= 11) or (part == "night" and 6 <= hour <= 11):
        hour += 12
    elif part == "night" and hour == 12:
        hour = 0
    return _fitting(replace(clock, hour=hour, bare=False), part)


def _fitting(clock: Clock, part: str) -> Clock:
    if part and clock.hour not in _HOURS[part]:
        raise Ask(f"{clock} is not in the {part}. {AT_WHAT_TIME}" if part != "night" else f"{clock} is not at night. {AT_WHAT_TIME}")
    return clock
