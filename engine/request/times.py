"""Wishes for later, taken out of a sentence: "every weekday at 7:30", "in 2 hours", "tomorrow at 9am utc". Pure.

Whoever finds a time in a message must not act now: a `When` always turns a command into something for later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.request.reading import When

_DAYS: Mapping[str, int] = {
    "sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
    "sun": 0, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thurs": 4, "fri": 5, "sat": 6,
}  # fmt: skip
_ZONES: Mapping[str, str] = {
    "utc": "UTC", "gmt": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "est": "America/New_York", "edt": "America/New_York",
    "eastern": "America/New_York", "et": "America/New_York", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "berlin time": "Europe/Berlin", "london time": "Europe/London", "bst": "Europe/London",
    "new york time": "America/New_York", "paris time": "Europe/Paris", "ist": "Asia/Kolkata", "tokyo time": "Asia/Tokyo", "jst": "Asia/Tokyo",
}  # fmt: skip
_DAY = "|".join(sorted(_DAYS, key=len, reverse=True))
_CLOCK = r"(?:(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)?(?:\s*o'clock)?|(?P<named>midnight|noon|midday))"
_ZONE = r"(?:\s+(?P<zone>[a-z]+/[a-z_]+|" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\b)?"
_AT = rf"(?:\s*(?:at|@|around|by)\s+{_CLOCK}{_ZONE})"
_EVERY = (
    r"(?P<every>daily|nightly|every ?day|each day|every night|each night|every evening|every morning|each morning|each evening|weekdays"
    r"|(?:every|each|on) (?:week ?days?|working days?|business days?|work ?days?)|(?:every|each|on) weekends?|weekly|hourly|every hour|on weekends"
    rf"|(?:every|each|on) (?:{_DAY})s?(?:(?:,| and| or|, and) (?:on )?(?:{_DAY})s?)*"
    rf"|(?:{_DAY})s?(?: to | through |-)(?:{_DAY})s?|monday through friday)"
)
_RECURRING = (
    re.compile(rf"(?:\b{_EVERY}){_AT}", re.IGNORECASE),
    re.compile(rf"{_AT}\s*,?\s*(?:on\s+)?{_EVERY}\b", re.IGNORECASE),
    re.compile(rf"\b{_EVERY}\b", re.IGNORECASE),
)
_RELATIVE = re.compile(
    r"\b(?:in|after)\s+(?P<count>\d+|half an|an?|one|two|three|four|five|six|eight|ten)\s*(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d)(?:\s+from now)?\b|"
    r"\b(?P<count2>\d+|half an|an|one|two|three)\s*(?P<unit2>minutes?|mins?|hours?|hrs?|days?)\s+from now\b",
    re.IGNORECASE,
)
_MONTH = "january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_LASTING = r"for (?:the )?(?:next )?(?:\d{1,4}|an?|one|two|three|four|five|six|eight|ten|twelve|half an|a few|a couple of) ?(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?)"
# "keep the logs for 30 days": how long something is kept is an amount, and nothing is put off.
_KEPT = re.compile(r"^(?:\W*\w+\W+){0,3}?(?:set|change|keep|enable|turn on|switch on)\b.*\b(?:retention|backups?|logs)\b", re.IGNORECASE)
# Moments that no clock line can say; found, they only keep a change from being made now.
_MOMENTS = (
    r"from \d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)? ?(?:to|until|till|-) ?\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)",
    _LASTING,
    r"(?:on )?\d{4}-\d{2}-\d{2}",
    rf"(?:on )?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})",
    rf"(?:on )?(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?",
    r"on the \d{1,2}(?:st|nd|rd|th)",
    r"(?:after|before|during|over|outside|at) (?:lunch|work|hours|dinner|breakfast|christmas|the holidays?|(?:office|business|working|opening) hours|the weekend|dawn|dusk|sunset|night)",
    r"after hours|out of hours|off[- ]hours|overnight|weeknights|nights and weekends",
    r"(?:at |by )?(?:the )?end of (?:the )?(?:day|week|month|business|shift)|eod|eow|close of business",
    r"(?:in|this|tomorrow) (?:the )?(?:morning|afternoon|evening)|(?:this|next) (?:week|weekend|month|quarter)|over the weekend|in the night",
    r"once|as soon as(?! possible)|whenever|someday|eventually",
    r"(?<=\w )when(?! (?:was|is|did|were|does|do|will|can))",
    r"(?:in|after) (?:a few|a couple of|several|half an|\d{1,4}|an?|one|two|three) ?(?:seconds?|secs?|weeks?|months?|minutes?|hours?|days?)",
    r"(?:every|each) (?:\d{1,3} )?(?:minutes?|hours?|weeks?|months?|quarter)|twice a (?:day|week)|once a (?:day|week|month)|regularly|periodically|always",
)
_ONCE = (
    re.compile(rf"\b(?P<day>tonight|tomorrow(?: morning| evening| night)?|today|(?:next |on |this )?(?:{_DAY})){_AT}", re.IGNORECASE),
    re.compile(rf"(?<!\w){_AT}\s+(?P<day>tonight|tomorrow|today|(?:next |on |this )?(?:{_DAY}))\b", re.IGNORECASE),
    re.compile(r"\b(?P<day>tonight|tomorrow(?: morning| evening| night)?|next week|later(?: today)?)\b", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)(?:at|by)\s+(?:(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}})\s*(?P<half>am|pm)?|\s*(?P<half2>am|pm))|(?P<named>midnight|noon)){_ZONE}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<day>until|till)\b.*$", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?P<day>(?:next|this|coming|on(?: the)?(?: next)?) (?:{_DAY})s?)\b", re.IGNORECASE),
    *(re.compile(rf"(?<![\w-])(?P<day>{words})(?![\w-])", re.IGNORECASE) for words in _MOMENTS),
)
_NUMBER = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_PART_OF_DAY = {"night": (22, 0), "nightly": (22, 0), "evening": (19, 0), "morning": (8, 0)}


def take_time(text: str) -> tuple[str, When | None]:
    """The text without its time, and the time; the text as it is and None when it holds none."""
    for pattern in _RECURRING:
        if match := pattern.search(text):
            return _without(text, match), _recurring(match)
    if match := _RELATIVE.search(text):
        return _without(text, match), _relative(match)
    for pattern in _ONCE:
        if (match := pattern.search(text)) and not (_KEPT.search(text) and re.match(_LASTING, match.group(0), re.IGNORECASE)):
            return _without(text, match), _once(match)
    return text, None


def _without(text: str, match: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", f"{text[: match.start()]} {text[match.end() :]}").strip(" ,")


def _recurring(match: re.Match[str]) -> When:
    every = match["every"].lower()
    words = match.group(0).strip()
    clock = _clock(match)
    if "hour" in every:
        return When(words, cron="0 * * * *", timezone=_zone(match))
    if clock is None:
        clock = next((time for part, time in _PART_OF_DAY.items() if part in every), None)
    if clock is None:
        return When(words, timezone=_zone(match))
    return When(words, cron=f"{clock[1]} {clock[0]} * * {_days(every)}", timezone=_zone(match))


def _days(every: str) -> str:
    """The day-of-week field of a cron line."""
    if re.search(r"week ?day|working day|business day|work ?day", every):
        return "1-5"
    if "weekend" in every:
        return "0,6"
    named = [_DAYS[day] for day in re.findall(_DAY, every)]
    if len(named) == 2 and re.search(r" to | through |-", every):
        return f"{named[0]}-{named[1]}"
    return ",".join(str(day) for day in dict.fromkeys(named)) or ("1" if every == "weekly" else "*")


def _clock(match: re.Match[str]) -> tuple[int, int] | None:
    groups = match.groupdict()
    if named := groups.get("named"):
        return (0, 0) if named.lower() == "midnight" else (12, 0)
    if not groups.get("hour"):
        return None
    hour, half = int(groups["hour"]), (groups.get("half") or groups.get("half2") or "").lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    minute = int(groups.get("minute") or 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _zone(match: re.Match[str]) -> str:
    said = (match.groupdict().get("zone") or "").lower()
    return _ZONES.get(said, "/".join(part.title() for part in said.split("/")) if "/" in said else "")


def _relative(match: re.Match[str]) -> When:
    said = (match["count"] or match["count2"]).lower()
    unit = (match["unit"] or match["unit2"]).lower()[0]
    if said == "half an":
        return When(match.group(0).strip(), run_at="+30m")
    count = int(said) if said.isdigit() else _NUMBER[said]
    return When(match.group(0).strip(), run_at=f"+{count}{unit}")


def _once(match: re.Match[str]) -> When:
    """A single time. Its date depends on the clock and zone, which are not known here: `run_at` stays empty and the words are kept."""
    return When(match.group(0).strip(), timezone=_zone(match))
