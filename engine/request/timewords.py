"""The words people say times with: tables, and one pattern for each kind of time in the order in which they are looked for. Pure data.

In the text that the patterns see, what is claimed already stands as `CLAIMED`, and names and quotations stand as `HIDDEN`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal["lead", "span", "bound", "vague", "every", "often", "monthly", "days", "date", "day", "clock", "zone"]
CLAIMED, HIDDEN = "\x01", "\x02"

DAYS: Mapping[str, int] = {
    "sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
    "sun": 0, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "weds": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6,
}  # fmt: skip
MONTHS: Mapping[str, int] = {
    **{name: number for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"), start=1)},
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
NUMBERS: Mapping[str, int] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "twenty-five": 25, "twenty five": 25, "thirty": 30, "forty-five": 45, "forty five": 45,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
ORDINALS: Mapping[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "fifteenth": 15, "twentieth": 20}
# A part of the day that is said without an hour has this one, and the card says so.
PARTS: Mapping[str, str] = {"morning": "08:00", "afternoon": "15:00", "evening": "19:00", "night": "22:00"}
_ABBREVIATED: Mapping[str, str] = {
    "utc": "UTC", "gmt": "UTC", "zulu": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "bst": "Europe/London", "est": "America/New_York",
    "edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York", "ct": "America/Chicago", "cdt": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "sgt": "Asia/Singapore",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "brt": "America/Sao_Paulo",
    "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "msk": "Europe/Moscow", "hkt": "Asia/Hong_Kong",
}  # fmt: skip
_CITIES: Mapping[str, str] = {
    "berlin": "Europe/Berlin", "german": "Europe/Berlin", "frankfurt": "Europe/Berlin", "munich": "Europe/Berlin", "london": "Europe/London",
    "uk": "Europe/London", "dublin": "Europe/Dublin", "irish": "Europe/Dublin", "paris": "Europe/Paris", "french": "Europe/Paris",
    "madrid": "Europe/Madrid", "rome": "Europe/Rome", "milan": "Europe/Rome", "amsterdam": "Europe/Amsterdam", "brussels": "Europe/Brussels",
    "zurich": "Europe/Zurich", "swiss": "Europe/Zurich", "vienna": "Europe/Vienna", "prague": "Europe/Prague", "warsaw": "Europe/Warsaw",
    "stockholm": "Europe/Stockholm", "oslo": "Europe/Oslo", "copenhagen": "Europe/Copenhagen", "helsinki": "Europe/Helsinki",
    "lisbon": "Europe/Lisbon", "athens": "Europe/Athens", "istanbul": "Europe/Istanbul", "kyiv": "Europe/Kyiv", "bucharest": "Europe/Bucharest",
    "new york": "America/New_York", "ny": "America/New_York", "boston": "America/New_York", "us eastern": "America/New_York",
    "toronto": "America/Toronto", "chicago": "America/Chicago", "us central": "America/Chicago", "denver": "America/Denver",
    "us mountain": "America/Denver", "los angeles": "America/Los_Angeles", "la": "America/Los_Angeles", "seattle": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles", "us pacific": "America/Los_Angeles", "california": "America/Los_Angeles", "vancouver": "America/Vancouver",
    "mexico city": "America/Mexico_City", "sao paulo": "America/Sao_Paulo", "buenos aires": "America/Argentina/Buenos_Aires",
    "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata", "bangalore": "Asia/Kolkata", "india": "Asia/Kolkata", "indian": "Asia/Kolkata",
    "tokyo": "Asia/Tokyo", "japan": "Asia/Tokyo", "seoul": "Asia/Seoul", "singapore": "Asia/Singapore", "hong kong": "Asia/Hong_Kong",
    "shanghai": "Asia/Shanghai", "beijing": "Asia/Shanghai", "dubai": "Asia/Dubai", "tel aviv": "Asia/Jerusalem", "jakarta": "Asia/Jakarta",
    "sydney": "Australia/Sydney", "melbourne": "Australia/Melbourne", "auckland": "Pacific/Auckland", "johannesburg": "Africa/Johannesburg",
    "cape town": "Africa/Johannesburg", "nairobi": "Africa/Nairobi", "cairo": "Africa/Cairo", "lagos": "Africa/Lagos",
}  # fmt: skip
ZONES: Mapping[str, str] = {**_ABBREVIATED, **{f"{city} time": zone for city, zone in _CITIES.items()}}

_ALL_DAYS = "|".join(sorted(DAYS, key=len, reverse=True))
DAY = rf"(?:{_ALL_DAYS})s?"
_LONG_DAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_COUNT = r"\d{1,4}(?:\.5)?|half an?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty[- ]five|sixty|ninety"
_UNIT = "minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?"
_PART = r"(?:\s+(?P<part>morning|afternoon|evening|night)s?)?"
_ORDINAL = r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|tenth|fifteenth|twentieth)"
_HOUR_WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HALF = r"(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
_IN_PART = r"(?:\s+(?:in the\s+(?P<part>morning|afternoon|evening|night)|at\s+(?P<night>night)))"
_IN_PART_2 = _IN_PART.replace("<part>", "<part2>").replace("<night>", "<night2>")
_BEFORE = r"(?:(?P<about>by|before|after|past|not later than|no later than)|at|around|about|circa)"
# "at 90%", "at 3 nodes": no hour.
_NO_AMOUNT = r"(?!\s*(?:%|percent|[gtmk]i?b\b|nodes?\b|replicas?\b|instances?\b|vms?\b|machines?\b|servers?\b|v?cpus?\b|cores?\b|iops\b|copies\b|times\b|dollars\b|\$|[\d.:]))"
_AREAS = "africa|america|antarctica|asia|atlantic|australia|europe|indian|pacific|etc"
# What an adverb such as "daily" stands before when it says a time and is no part of a name.
_ZONE_WORDS = "|".join(ZONES)
_ADVERB_END = (
    rf"(?=\s*(?:(?:{_ZONE_WORDS}|(?:{_AREAS})/[a-z_/]+)\b|"
    r"$|[,.;:!?)\x01\d]|(?:at|@|on|in|around|about|and|then|please|the|all|every|each|from|until|till|starting|by|before|after)\b))"
)
_NO_NOUN = r"(?<!\bthe\s)(?<!\ba\s)(?<!\bour\s)(?<!\bmy\s)(?<!\ball\s)(?<!\bevery\s)(?<!\bthese\s)(?<!\bthose\s)(?<!\bof\s)"


def _adverb(words: str) -> str:
    return rf"(?:(?<=^){words}|(?<=[,;]\s){words}|{_NO_NOUN}{words}{_ADVERB_END})"


_TIMEISH = (
    rf"(?:(?:next|this|coming|the)\s+)?(?:{DAY}|(?:{_MONTH})|tomorrow|today|tonight|now(?:\s+on)?|then(?:\s+on)?|week|month|noon|midnight|weekend"
    rf"|\d{{1,2}}(?::\d\d)?\s*(?:am|pm)|\d{{1,2}}:\d\d|\d{{4}}-\d\d-\d\d|{_ORDINAL})\b"
)
_DAY_LIST = rf"{DAY}(?:\s*(?:,\s*and\s+|,|/|&|\band\b)\s*(?:(?:on|every|each)\s+)?{DAY})+"
_DAY_RANGE = rf"(?:from\s+)?{DAY}\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b|\btill?\b|\buntil\b)\s*{DAY}"

# (kind, pattern), in the order in which they claim their words.
_SAID: tuple[tuple[Kind, str], ...] = (
    ("lead", r"^\W*(?:(?:please|can you|could you|would you|escher)[,\s]+)*schedule\b(?:\s+(?:it|that|this|for me))?(?:\s+(?:to|for)\b(?=\s+[a-z]))?\s*:?"),
    ("span", r"\b(?:in|after)\s+(?P<hours>\d{1,2})\s?h(?:ours?|rs?)?\s?(?:and\s+)?(?P<minutes>\d{1,2})\s?(?:m|mins?|minutes?)?\b(?!\s+or\b)"),
    ("span", rf"\b(?:in|after)\s+(?P<count>{_COUNT})\s?(?P<unit>{_UNIT})(?P<and_half>\s+and\s+a\s+half)?(?:'?s?'?\s+time|\s+from now)?\b(?!\s+(?:or|and a)\b)"),
    ("span", rf"\b(?P<count>{_COUNT})\s?(?P<unit>{_UNIT})(?P<and_half>\s+and\s+a\s+half)?\s+from now\b"),
    ("vague", rf"\b(?:on\s+)?(?:every|each)\s+(?:other|second|third|2nd|3rd|{_COUNT})\s?(?:days?|nights?|weeks?|months?|quarters?|years?|{_LONG_DAY}s?)\b"),
    ("vague", rf"\b(?:on\s+)?(?:the\s+)?(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+(?:{_LONG_DAY}|weekday|working day|business day|day)\s+of\b(?:\s+(?:the|every|each)\s+\w+)?"),
    ("vague", r"\b(?:bi-?weekly|bi-?monthly|fortnightly|quarterly|yearly|annually|(?:every|each) (?:quarter|year|few \w+)|(?:twice|thrice|\w+ times) (?:a|an|per|every) (?:hour|day|week|month|year)|once (?:a|per|every) year|regularly|periodically|from time to time|now and then)\b"),
    ("days", rf"\b(?:(?:every|each|on|weekly on)\s+)?(?:{_DAY_RANGE})\b{_PART}"),
    ("bound", r"\b(?:until|till)\b[^,;]*"),
    ("bound", rf"\b(?:starting|beginning|effective|commencing|ending|from|since|through|up to|as of)\s+(?:(?:on|at|in)\s+)?{_TIMEISH}(?:\s*(?:to|-|–)\s*{_TIMEISH})?"),
    ("bound", rf"\bbetween\s+(?:\d{{1,2}}|{_TIMEISH})\s*(?:am|pm)?\s+and\s+(?:\d{{1,2}}|{_TIMEISH})(?:\s*(?:am|pm)\b)?"),
    ("bound", r"\bfor (?:the )?(?:next )?(?:\d{1,4}|an?|one|two|three|four|five|six|eight|ten|twelve|half an|a few|a couple of) ?(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|nights?)\b"),
    ("every", r"\b(?:every|each)\s+(?:(?P<n>\d{1,3}|two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty|half|other|second)(?:\s+an)?\s*-?\s*)?(?P<every>minutes?|mins?|m|hours?|hrs?|h)\b"),
    ("every", _adverb(r"\bhourly\b")),
    ("monthly", rf"\b(?:(?:on|every)\s+)?(?:the\s+)?(?P<dom>(?:{_ORDINAL}|\d{{1,2}})(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)(?:the\s+)?{_ORDINAL})*)\s+(?:day\s+)?(?:of\s+)?(?:every|each)\s+month\b"),
    ("monthly", rf"\b(?:monthly|(?:every|each) month)\s*,?\s*on\s+(?:the\s+)?(?P<dom>{_ORDINAL}(?:(?:\s*,\s*|\s+and\s+|\s*,\s*and\s+)(?:the\s+)?{_ORDINAL})*)(?:\s+day)?\b"),
    ("monthly", r"\bevery\s+(?P<dom>\d{1,2}(?:st|nd|rd|th))\b(?:\s+(?:day\s+)?of\s+(?:the|a|each|every)\s+month\b)?(?!\s+[a-z]*(?:vm|machine|instance|server|box))"),
    ("often", _adverb(r"\b(?:weekly|monthly)\b")),
    ("often", r"\b(?:every|each|once (?:a|per|every)) (?:week|month)\b(?!\s*(?:day|end))"),
    ("days", rf"\b(?:(?:every|each|on|weekly on)\s+)?(?:{_DAY_LIST})\b{_PART}"),
    ("days", r"\b(?:every|each|on|during)\s+(?:all\s+)?(?:the\s+)?(?P<group>(?:week-? ?|working |business |work ?)days?)\b" + _PART),
    ("days", r"\b(?:(?:on|at|during)\s+(?:the\s+)?|(?:every|each)\s+)(?P<group>week-?ends?)(?<!the weekend)\b" + _PART),
    ("days", _NO_NOUN + r"\b(?P<group>weekdays|weekends|weekdays'?|working days|business days)\b(?!\s*=)" + _PART),
    ("days", _NO_NOUN + r"\b(?P<group>weekday|weekend)\s+(?P<part>morning|afternoon|evening|night)s\b"),
    ("days", r"\b(?P<group>week)(?P<part>night)s\b"),
    ("days", rf"\b(?:(?:every|each|weekly on)\s+){DAY}\b{_PART}"),
    ("days", rf"{_NO_NOUN}\b(?:on\s+)?{_LONG_DAY}s\b{_PART}"),
    ("days", rf"{_NO_NOUN}\b(?:on\s+)?{_LONG_DAY}\s+(?P<part>morning|afternoon|evening|night)s\b"),
    ("days", r"\bonce (?:a|per|every) day\b"),
    ("days", r"\b(?:every|each)\s*(?:single\s+)?(?:day|(?P<part>night|evening|morning|afternoon))\b" + r"(?!\s*=)"),
    ("days", _adverb(r"\b(?:daily|nightly|everyday|day by day)\b")),
    ("days", r"\b(?:in the\s+)?(?P<part>morning|evening|afternoon|night)s(?=\s*(?:$|[,.;!?]|\bat\b|\d))"),
    ("date", r"\b(?:on\s+)?(?P<iso>\d{4}-\d{2}-\d{2})(?:\s*T\s*(?P<iso_clock>\d{2}:\d{2})(?::\d{2})?(?:\.\d+)?(?P<offset>z|[+-]\d{2}:?\d{2})?)?(?!\d)"),
    ("date", rf"\b(?:on\s+)?(?:the\s+)?(?P<dom>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_MONTH})\b(?:,?\s+(?P<year>20\d\d)\b(?!:))?"),
    ("date", rf"\b(?:on\s+)?(?P<month>{_MONTH})\s+(?:the\s+)?(?P<dom>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d)(?!\s*(?:am|pm))(?:,?\s+(?P<year>20\d\d)\b(?!:))?"),
    ("vague", r"\bon\s+\d{1,2}[/.]\d{1,2}(?:[/.](?:\d\d){1,2})?\b|\b\d{1,2}/\d{1,2}/(?:\d\d){1,2}\b"),
    ("date", rf"\bon\s+the\s+(?P<dom>{_ORDINAL})\b(?!\s+of\b)"),
    ("vague", r"\b(?:the )?day after tomorrow\b|\b(?:at |by )?(?:the )?(?:end|start|beginning|middle) of (?:the |next |this )?(?:day|week|month|quarter|year|business|shift)\b|\b(?:eod|eow|eom|cob|close of business)\b"),
    ("day", r"\b(?P<day>tomorrow|today|this)\s*,?\s+(?P<part>morning|afternoon|evening|night)\b"),
    ("day", r"\b(?:later\s+|for\s+)?(?P<day>tonight|tomorrow|today)(?!'s\s+[a-z])\b"),
    ("day", rf"\b(?:on|this|coming|for)\s+(?:(?:the|this|coming)\s+)*(?P<next>next\s+)?(?P<weekday>{_ALL_DAYS})\b{_PART}"),
    ("day", rf"\b(?P<next>next\s+)(?P<weekday>{_ALL_DAYS})\b{_PART}"),
    ("clock", rf"(?:\b{_BEFORE}\s+|@\s*|\b)(?P<fraction>half|(?:a\s+)?quarter|five|ten|twenty(?:[- ]five)?|\d{{1,2}})(?:\s+minutes)?\s+(?P<past>past|after|to|before)\s+(?P<hour>\d{{1,2}}|{_HOUR_WORD}|noon|midnight)\b(?:\s*{_HALF})?{_IN_PART}?"),
    ("clock", rf"(?:\b{_BEFORE}\s*|@\s*|\b)(?P<hour>\d{{1,2}})(?:[:.h]?(?P<minute>\d{{2}}))?\s*{_HALF}"),
    ("clock", rf"(?:(?:\b{_BEFORE}|@)\s*|(?<![\w.:/-]))(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}})(?::00)?(?:\s*h(?:rs|ours)?)?(?![\d:])\b{_IN_PART}?"),
    ("clock", rf"(?:(?:\b{_BEFORE}|@)\s*|(?<![\w.:/-]))(?P<hour>\d{{1,2}}|{_HOUR_WORD})(?:\s+o'?clock\b{_IN_PART}?|{_IN_PART_2})"),
    ("clock", rf"(?:\bat|@)\s*(?P<hour>\d{{2}})(?P<minute>\d{{2}})\s*(?:h|hrs|hours)?\b{_NO_AMOUNT}|(?<![\w.:/-])(?P<hour2>[01]\d|2[0-3])(?P<minute2>\d{{2}})\s*(?:h|hrs)\b"),
    ("clock", rf"(?:\bat|@)\s*(?P<hour>\d{{1,2}})(?:\.(?P<minute>\d{{2}}))?h?\b{_NO_AMOUNT}|(?<![\w.:/-])(?P<hour2>[01]?\d|2[0-3])h\b"),
    ("clock", rf"\bat\s+(?P<hour>{_HOUR_WORD})\b(?:\s+(?P<minute>fifteen|thirty|forty[- ]five)\b)?(?:\s*{_HALF})?{_NO_AMOUNT}(?!\s+(?:of|dev|prod|uat|staging|test)\b)"),
    ("clock", rf"\b{_BEFORE}\s+(?P<named>midnight|noon|midday|mid-day)\b"),
    ("clock", r"(?<=\x01)[\s,]*(?P<named>midnight|noon|midday)\b|\b(?P<named2>midnight|noon|midday)\b(?=[\s,]*\x01)"),
    ("clock", r"(?<=\x01)[\s,]*(?:(?:and|or|&)\s+)?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\b(?=\s*(?:$|[,;.!?\x01]))"),
    ("clock", r"(?<=\x01)[\s,]*(?:and|or|&)\s+(?:at\s+)?(?P<hour>\d{1,2})\b(?=\s*(?:$|[,;.!?\x01]))"),
    ("day", rf"(?<=\x01)[\s,]*(?P<weekday>{_LONG_DAY}|mon|tue|wed|thu|fri|sat|sun)\b{_PART}|\b(?P<weekday2>{_LONG_DAY})\b(?=[\s,]*\x01)"),
    ("date", r"(?<=\x01)\s*,?\s*(?:the\s+)?(?P<dom>\d{1,2}(?:st|nd|rd|th))\b(?!\s+of\b)"),
    ("days", r"(?<=\x01)[\s,]*\b(?:daily|nightly|everyday)\b"),
    ("often", r"(?<=\x01)[\s,]*\b(?:weekly|monthly)\b"),
    ("clock", r"(?<=\x01)[\s,]*(?:in the\s+(?P<part>morning|afternoon|evening|night)|at\s+(?P<night>night))\b"),
    ("zone", r"(?<=\x01)[\s,]*\(?(?P<zone>(?:" + "|".join(sorted(_ABBREVIATED, key=len, reverse=True)) + r"))\b(?![+-]\d)(?:\s+time\b)?\)?"),
    ("zone", r"\b(?:in\s+)?(?P<zone>(?:" + "|".join(sorted(_CITIES, key=len, reverse=True)) + r")\s+time)\b(?!\s+zone)"),
    ("zone", rf"\(?\b(?:in\s+)?(?P<zone>(?:{_AREAS})/[a-z_]+(?:/[a-z_]+)?)\b\)?"),
    ("zone", r"(?<=\x01)[\s,]*(?:local|my|our)\s+time\b"),
    ("zone", r"(?<=\x01)[\s,]*(?:(?:in\s+)?(?P<strange>[a-z]+)\s+time\b(?!\s+zone))"),
    ("vague", r"\b(?:after|before|during|over|outside|outside of|within|at|in|through) (?:the )?(?:lunch|work|hours|dinner|breakfast|christmas|easter|holidays?|(?:office|business|working|opening) hours|weekend|dawn|dusk|sunset|sunrise|night|nighttime|daytime|maintenance window|release|deployment)\b|\bovernight\b"),
    ("vague", r"\bafter[- ]hours\b|\bout of hours\b|\boff[- ]hours\b|\bnights and weekends\b"),
    ("vague", r"\b(?:in|this|the next) (?:the )?(?:morning|afternoon|evening|night)\b|\b(?:this|next|coming) (?:week|weekend|month|quarter|year|sprint)\b"),
    ("vague", r"(?<!\bat )\bonce\b(?! more)|\bas soon as\b(?! possible)|\bwhenever\b|\bsomeday\b|\bsome day\b|\beventually\b|(?<!\bas )\bsoon\b|\bsometime\b|\b(?:a bit |a little |much )?later(?: on)?\b|\bat some point\b|\bin a (?:bit|while|moment|minute or two|day or two)\b"),
    ("vague", r"(?:^\W*|(?<=[\w\x02] ))when\b(?! (?:was|is|did|were|does|do|will|can|are|should|would|could|has|have)\b)"),
    ("vague", rf"\b(?:in|after|within|every|each) (?:about |around |roughly )?(?:the (?:next )?)?(?:a few|a couple of|several|some|{_COUNT}|\d{{1,4}} ?(?:-|–|to|or) ?\d{{1,4}}|[\d.]+) ?(?:seconds?|secs?|s|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b(?: or (?:so|two|three))?"),
    ("vague", r"\b(?:within|in) (?:the|an?) (?:next )?(?:hour|day|week|month)\b|\balways\b|\bfrom now on\b"),
    ("vague", rf"\bhalf (?:{_HOUR_WORD})\b|\b(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)|first|last day) of (?:the|this|next) month\b"),
)  # fmt: skip
PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _SAID)

# A token of this shape is no name though it has letters and marks in it.
TIME_TOKEN = re.compile(
    rf"(?:\d{{1,2}}(?:[:.h]\d{{2}})?(?:am|pm|a\.m\.?|p\.m\.?|h|hrs)?|a\.m\.?|p\.m\.?|\d{{4}}-\d\d-\d\d(?:t[\d:.]+(?:z|[+-]\d\d:?\d\d)?)?|{DAY}(?:[-–—/,]{DAY})+"
    rf"|(?:{_AREAS})/[a-z_]+(?:/[a-z_]+)?|\d{{1,2}}(?:st|nd|rd|th)|\d{{1,4}}(?:\.5)?(?:s|m|mins?|minutes?|h|hrs?|hours?|d|days?)|\d{{1,2}}h\d{{1,2}}m?|@?\d{{1,2}}(?::\d\d)?(?:am|pm)?"
    r"|\d{1,4}[-–]\d{1,4}|off-hours|after-hours|mid-day|half-hour|week-?days?|week-?ends?|bi-?weekly|bi-?monthly|twenty-five|forty-five)(?:'s)?",
    re.IGNORECASE,
)
