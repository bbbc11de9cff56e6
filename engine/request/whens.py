"""The parts of a time that a sentence holds, made into one `When`; where they do not make one, the question to ask. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.request.clocks import AT_WHAT_TIME, Ask, Clock, Part, clock_of, number
from engine.request.reading import When
from engine.request.timewords import DAYS, MONTHS, ORDINALS, PARTS, ZONES

SEVERAL = "You gave several times. Say one at a time: one schedule for each."
ON_WHICH_DAY = "On which day, and at what time?"
ON_AN_EVENT = "I act at a time, and not on an event. At what time?"
WHICH_MIDNIGHT = "Is that midnight the beginning of that day or its end? Say the day with 00:00 or 23:59."
EARLY_TONIGHT = "That hour is tomorrow's. Say “tomorrow at …” if you mean it."
_RHYTHM = "I cannot repeat that evenly. Say days of the week, days of the month, or every so many minutes or hours that divide a day: when exactly?"
_SIX_FIELDS = "A cron line has five fields: minute, hour, day of the month, month, day of the week. Say it so."
_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DAY = 24 * 60  # minutes
_WORDS = "\x01"  # stands for the words of the whole time
_NEXT_PERIOD = re.compile(r"\b(?:next|this|coming|day after)\b")
_EVENT = re.compile(r"\b(?:once|as soon as|whenever|when)\b")
_REPEATING = re.compile(
    r"\b(?:every|each|times|twice|thrice|per|bi-?\w+|fortnightly|quarterly|yearly|annually|regularly|periodically|always|of every|first|last)\b"
)


def when_of(parts: Sequence[Part]) -> When:
    """One `When` of all the parts, in their order."""
    words = " ".join(part.text.strip(" ,:.") for part in parts if part.kind != "lead")
    try:
        when = _settled(parts)
    except Ask as ask:
        return When(words, timezone=_known_zone(parts), asks=str(ask))
    return replace(when, words=words, supposed=when.supposed.replace(_WORDS, words))


def _settled(parts: Sequence[Part]) -> When:
    by = _sorted(parts)
    for part in (*by["bound"], *by["vague"]):
        raise Ask(_unkept(part.text.strip(" ,").lower()) if part.kind == "bound" else _vague(part.text.strip(" ,").lower()))
    clocks = [part for part in by["clock"] if {"hour", "named", "fraction"} & set(part.said)]
    once = [*by["span"], *by["date"], *by["day"]]
    often = [*by["often"]]
    repeats = [*by["days"], *by["monthly"]]
    if often and len(once) == 1 and not repeats:
        repeats, once = [_repeated(often[0], once[0])], []
    if len(clocks) > 1 or len(once) + bool(repeats or by["every"]) + len(by["cron"]) > 1 or len(repeats) > 1 or len(by["every"]) > 1:
        raise Ask(SEVERAL)
    if len(by["zone"]) > 1 or (by["cron"] and clocks):
        raise Ask(SEVERAL)
    day_part = next((said for one in parts if (said := _part(one))), "")
    clock = clock_of(clocks[0], day_part) if clocks else None
    zone = _zone(by["zone"])
    if by["cron"]:
        return When("", cron=_cron(by["cron"][0].said["cron"]), timezone=zone)
    if by["every"]:
        return When("", cron=_every(by["every"][0], repeats, clock), timezone=zone)
    if repeats:
        return _recurring(repeats[0], clock, day_part, zone)
    if often:
        raise Ask(ON_WHICH_DAY)
    return _once(once[0] if once else None, clock, day_part, zone)


def _sorted(parts: Sequence[Part]) -> dict[str, list[Part]]:
    kinds = ("lead", "cron", "span", "bound", "vague", "every", "often", "monthly", "days", "date", "day", "clock", "zone")
    return {kind: [part for part in parts if part.kind == kind] for kind in kinds}


def _part(part: Part) -> str:
    said = part.said.get("part") or part.said.get("night", "")
    if not said and part.kind in ("day", "days") and re.search(r"\b(?:tonight|nightly)\b", part.text.lower()):
        return "night"
    return said


def _unkept(said: str) -> str:
    if said.startswith("for "):
        return f"I can do that at a set time, and not for a while (“{said}”). Say when to begin and when to go back, one at a time."
    return (
        f"I cannot keep to “{said}”: a schedule goes on until somebody ends it. Say it without, and end it when it is done. At what time?"
    )


def _vague(said: str) -> str:
    if _EVENT.search(said):
        return ON_AN_EVENT
    if _REPEATING.search(said):
        return _RHYTHM
    return ON_WHICH_DAY if _NEXT_PERIOD.search(said) or "/" in said or " of " in said or "weekend" in said else AT_WHAT_TIME


def _zone(parts: Sequence[Part]) -> str:
    if not parts:
        return ""
    if strange := parts[0].said.get("strange"):
        raise Ask(f"I do not know the time zone “{strange}”. Say it as Europe/Berlin: in which zone?")
    said = " ".join(parts[0].said.get("zone", "").split())
    if "/" not in said:
        return ZONES.get(said, "")
    # As the IANA database writes it: America/Argentina/Buenos_Aires, Africa/Dar_es_Salaam.
    return "/".join("_".join(word if word in ("es", "of") else word.capitalize() for word in area.split("_")) for area in said.split("/"))


def _known_zone(parts: Sequence[Part]) -> str:
    try:
        return _zone([part for part in parts if part.kind == "zone"])
    except Ask:
        return ""


def _cron(line: str) -> str:
    if len(line.split()) != 5:
        raise Ask(_SIX_FIELDS)
    return line


def _every(part: Part, repeats: Sequence[Part], clock: Clock | None) -> str:
    if clock is not None or any(one.kind != "days" for one in repeats):
        raise Ask(SEVERAL)
    days = _days(repeats[0]) if repeats else "*"
    if "hourly" in part.text.lower():
        return f"0 * * * {days}"
    said, unit = part.said.get("n", "1"), part.said["every"][0]
    step = {"half": 30, "other": 2, "second": 2}.get(said) or number(said)
    whole = 24 if unit == "h" and said != "half" else 60
    if step > whole or whole % step:
        raise Ask(_RHYTHM)
    each = "*" if step == 1 else f"*/{step}"
    if whole == 24:
        return f"0 {each if step < whole else '0'} * * {days}"
    return f"{each if step < whole else '0'} * * * {days}"


def _repeated(often: Part, once: Part) -> Part:
    """ "Weekly on friday", "every month on the 5th": the day said once is meant again and again."""
    weekly = "week" in often.text.lower()
    if weekly and once.said.get("weekday") and not once.said.get("next"):
        return _Made("days", once.text, once.said)
    if not weekly and once.said.get("dom") and not once.said.get("month"):
        return _Made("monthly", once.text, once.said)
    raise Ask(SEVERAL)


@dataclass(frozen=True, slots=True)
class _Made:
    kind: str
    text: str
    said: Mapping[str, str]


def _recurring(part: Part, clock: Clock | None, day_part: str, zone: str) -> When:
    at, supposed = _hour(clock, day_part)
    if part.kind == "days":
        return When("", cron=f"{at.minute} {at.hour} * * {_days(part)}", timezone=zone, supposed=supposed)
    days = sorted(
        {
            _day_of_month(word)
            for word in re.findall(r"\d{1,2}|[a-z]+", re.sub(r"(?<=\d)(?:st|nd|rd|th)", "", part.said["dom"]))
            if word not in ("and", "the")
        }
    )
    if not all(1 <= day <= 31 for day in days):
        raise Ask("A month has 31 days at most. On which day, and at what time?")
    if days[-1] > 28:
        supposed = " ".join((supposed, f"A month without a {days[-1]}. is passed over.")).strip()
    return When("", cron=f"{at.minute} {at.hour} {','.join(map(str, days))} * *", timezone=zone, supposed=supposed)


def _hour(clock: Clock | None, day_part: str) -> tuple[Clock, str]:
    """The time of day, and what had to be supposed for it. Raises Ask."""
    if clock is not None:
        return clock, f"Read by the 24-hour clock: {clock}." if clock.bare else ""
    if not day_part:
        raise Ask(AT_WHAT_TIME)
    hour, _, minute = PARTS[day_part].partition(":")
    return Clock(int(hour), int(minute)), f"“{_WORDS}” names no hour and is taken as {PARTS[day_part]}; say a time if you mean another."


def _days(part: Part) -> str:
    """The day-of-week field of a cron line."""
    said, group = part.text.lower(), part.said.get("group", "")
    if group.startswith("week") and "end" in group:
        return "0,6"
    if group:
        return "1-5"
    named = [DAYS[word] for word in re.findall("|".join(sorted(DAYS, key=len, reverse=True)), said)]
    if len(named) == 2 and re.search(r"-|–|—|\b(?:to|through|thru|till?|until)\b", said):
        first, last = named
        return f"{first}-{last}" if first < last else ",".join(str(day % 7) for day in range(first, last + 8))
    return ",".join(str(day) for day in dict.fromkeys(named)) or "*"


def _day_of_month(word: str) -> int:
    return int(word) if word.isdigit() else ORDINALS[word]


def _once(part: Part | None, clock: Clock | None, day_part: str, zone: str) -> When:
    if part is not None and part.kind == "span":
        return _span(part, clock, zone)
    day = _day(part) if part is not None else ""
    if part is not None and part.said.get("iso_clock"):
        if clock is not None:
            raise Ask(SEVERAL)
        offset = part.said.get("offset", "").replace("z", "+00:00")
        return When("", run_at=f"{part.said['iso']}T{part.said['iso_clock']}{offset}", timezone=zone)
    at, supposed = _hour(clock, day_part)
    if day == "today" and day_part == "night" and clock is not None and at.hour < 6:
        if not at.midnight:
            raise Ask(EARLY_TONIGHT)
        day = "tomorrow"
    elif at.midnight and day not in ("", "today"):
        raise Ask(WHICH_MIDNIGHT)
    elif at.midnight and day == "today":
        day = "tomorrow"
    return When("", day=day, clock=str(at), timezone=zone, supposed=supposed)


def _span(part: Part, clock: Clock | None, zone: str) -> When:
    minutes = _minutes(part.said)
    days = minutes // _DAY if part.said.get("unit", "")[:1] in ("d", "w") and minutes % _DAY == 0 else 0
    if clock is not None:
        if not days:
            raise Ask(SEVERAL)
        at, supposed = _hour(clock, "")
        return When("", day=f"+{days}", clock=str(at), timezone=zone, supposed=supposed)
    if minutes < 1:
        raise Ask(AT_WHAT_TIME)
    if days:
        return When("", run_at=f"+{days}d", timezone=zone)
    return When("", run_at=f"+{minutes}m" if minutes % 60 else f"+{minutes // 60}h", timezone=zone)


def _minutes(said: Mapping[str, str]) -> int:
    if "hours" in said:
        return int(said["hours"]) * 60 + int(said["minutes"])
    count = said["count"]
    many = 0.5 if count.startswith("half") else float(count) if count[0].isdigit() else float(number(count))
    return round((many + (0.5 if said.get("and_half") else 0)) * {"m": 1, "h": 60, "d": _DAY, "w": 7 * _DAY}[said["unit"][0]])


def _day(part: Part) -> str:
    said = part.said
    if iso := said.get("iso"):
        return iso
    if "dom" in said:
        day = _day_of_month(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", said["dom"]))
        if not 1 <= day <= 31:
            raise Ask("A month has 31 days at most. On which day, and at what time?")
        if "month" not in said:
            return f"---{day:02}"
        year = said.get("year")
        return f"{year}-{MONTHS[said['month']]:02}-{day:02}" if year else f"--{MONTHS[said['month']]:02}-{day:02}"
    if weekday := said.get("weekday"):
        name = _NAMES[DAYS[weekday]]
        return f"next {name}" if said.get("next") else name
    return "tomorrow" if said["day"] == "tomorrow" else "today"
