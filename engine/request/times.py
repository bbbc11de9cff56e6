"""Wishes for later, taken out of a sentence: "every weekday at 7:30", "in 2 hours", "tomorrow at 9am utc", wherever its parts stand. Pure.

Whoever finds a time in a message must not act now: a `When` always turns a command into something for later, also where nobody can tell when
that is; then it asks. Names, tags and quoted words that sound like a time are none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.request.reading import When
from engine.request.timewords import CLAIMED, HIDDEN, PATTERNS, TIME_TOKEN, ZONES, Kind
from engine.request.whens import when_of

_NAMED = (
    # "tagged nightly", "owned by friday", "the app daily", "the midnight service": a value stands there and no time.
    r"\b(?:tagged|labelled|labeled|named|called|(?:owned|managed|created|used) by|tag|label)\s+(?:as\s+|with\s+)?(?!{prepositions}\b)(\S+)",
    r"\b(?:the|an|of|for|in)\s+(?:app|application|service|team)\s+(?!{prepositions}\b)(\S+)",
    r"(?<!\bin )\b(?:the|an?|our)\s+([\w'-]+)\s+(?:apps?|applications?|services?|teams?|tags?|labels?|accounts?|projects?|subscriptions?|clusters?|groups?|jobs?)\b",
)
_PREPOSITIONS = "(?:at|on|in|every|each|the|an?|all|it|them|with|by|from|until|and)"
_NAMES = tuple(re.compile(pattern.replace("{prepositions}", _PREPOSITIONS), re.IGNORECASE) for pattern in _NAMED)
_QUOTED = re.compile(r'"[^"]+"|“[^”]+”|`[^`]+`')
_CRON_FIELD = r"(?:[*?]|\d{1,2}|[a-z]{3})(?:[-/,](?:\*|\d{1,2}|[a-z]{3}))*"
_CRON = re.compile(
    rf"(?:\b(?:on|at|with|by|using|cron|crontab|line|expression|schedule|the|a)\s*:?\s+)*[`\"“]\s*(?P<quoted>[\d*]\S*(?:\s+{_CRON_FIELD}){{4,6}})\s*[`\"”]"
    rf"|(?:\b(?:on|at|with|by|using|the|a)\s+)*\b(?:cron|crontab)(?:\s+(?:line|expression))?\s*[:=]?\s+(?P<bare>[\d*]\S*(?:\s+{_CRON_FIELD}){{4,6}})",
    re.IGNORECASE,
)
# "keep the logs for 30 days": how long something is kept is an amount, and nothing is put off.
_KEPT = re.compile(r"^(?:\W*\w+\W+){0,3}?(?:set|change|keep|enable|turn on|switch on)\b.*\b(?:retention|backups?|logs)\b", re.IGNORECASE)
_NOT = re.compile(
    rf"(?:\bnot|n't|\bexcept(?:ing)?(?: for)?|\bexcluding|\bbut|\bother than|\bapart from|\bunless|\bwithout|\bskip(?:ping)?|\bnever)"
    rf"\s*(?:\b(?:on|at|in|for|during|the|every|this)\b|\s)*{CLAIMED}",
    re.IGNORECASE,
)
# What may stand around a time that is the whole message.
_AROUND = re.compile(r"\b(?:ok|okay|please|then|yes|make it|do it|and|at|on|the)\b|\W")
_NOW = re.compile(r"\b(?:right now|now|immediately|right away|at once|straight away)\b", re.IGNORECASE)
_SLOT: Mapping[str, Literal["day", "clock", "zone"]] = {
    "span": "day", "every": "day", "often": "day", "monthly": "day", "days": "day", "date": "day", "day": "day", "clock": "clock", "zone": "zone",
}  # fmt: skip

LEFT_OUT = "I cannot leave times out of a schedule. Say the times that are meant, and no exceptions: when exactly?"
NOW_AND_LATER = "Now, or at that time? Say one at a time."


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence that says something of a time; `said` are its words by what they are, lower case."""

    kind: Kind | Literal["cron"]
    start: int
    end: int
    text: str
    said: Mapping[str, str]


def take_time(text: str, known: Collection[str] = ()) -> tuple[str, When | None]:
    """The text without its time, and the time; the text as it is and None when it holds none.

    `known` are phrases that the estate knows: one of several words ("nightly backup") is a name, whatever it sounds like.
    """
    pieces, seen = _pieces(text, known)
    if all(piece.kind == "zone" for piece in pieces):
        return text, None  # "in europe/west" says no time
    bare = _without(text, pieces)
    when = when_of(pieces)
    if _NOT.search(seen):
        return bare, When(when.words, asks=LEFT_OUT)
    if not when.asks and _NOW.search(bare):
        return bare, When(when.words, asks=NOW_AND_LATER)
    return bare, when


def only_a_time(text: str) -> bool:
    """Whether a message says a time, or a zone, and nothing else: the answer to "At what time?"."""
    pieces, _ = _pieces(text, ())
    bare = _without(text, pieces)
    return _is_zone(text) or (bool(pieces) and not _AROUND.sub("", bare.lower()))


def answered(message: str, answer: str, known: Collection[str] = ()) -> str:
    """The message with a time that was asked for: what the answer says again takes the place of what was said first."""
    said, _ = _pieces(message, known)
    anew = {"zone"} if _is_zone(answer) else {_SLOT.get(piece.kind, "") for piece in _pieces(answer, ())[0]}
    kept = [piece.text.strip(" ,") for piece in said if (slot := _SLOT.get(piece.kind)) and slot not in anew]
    return " ".join((_without(message, said), *kept, answer.strip()))


def _is_zone(text: str) -> bool:
    """A zone by its short name alone: "UTC", "Berlin time"."""
    return " ".join(text.lower().strip(" .!").split()) in ZONES


def _pieces(text: str, known: Collection[str]) -> tuple[list[Piece], str]:
    """The parts of a text that say a time, in their order, and the text as the patterns saw it at last."""
    pieces: list[Piece] = []
    seen = text
    for match in _CRON.finditer(text):
        line = match["quoted"] or match["bare"]
        pieces.append(Piece("cron", match.start(), match.end(), match.group(0), {"cron": " ".join(line.split())}))
    seen = _claimed(seen, pieces)
    seen = _names_hidden(seen, known)
    kept = _KEPT.search(text) is not None
    for kind, pattern in PATTERNS:
        found = [_piece(kind, match) for match in pattern.finditer(seen)]
        if kind == "bound" and kept:
            found = [piece for piece in found if not piece.text.lower().startswith("for ")]
        pieces += found
        seen = _claimed(seen, found)
    return sorted(pieces, key=lambda piece: piece.start), seen


def _piece(kind: Kind, match: re.Match[str]) -> Piece:
    said = {name.rstrip("2"): value.lower() for name, value in match.groupdict().items() if value}
    return Piece(kind, match.start(), match.end(), match.group(0), said)


def _claimed(seen: str, pieces: Sequence[Piece]) -> str:
    for piece in pieces:
        seen = seen[: piece.start] + CLAIMED * (piece.end - piece.start) + seen[piece.end :]
    return seen


def _names_hidden(text: str, known: Collection[str]) -> str:
    """The text with everything hidden that names something: quotations, ids, tags, phrases of the estate."""
    for match in _QUOTED.finditer(text):
        text = _hidden(text, match.start(), match.end())
    for pattern in _NAMES:
        for match in pattern.finditer(text):
            text = _hidden(text, *match.span(1)) if not TIME_TOKEN.fullmatch(match[1].strip(",.;:!?")) else text
    for phrase in known:
        if " " in phrase:
            for match in re.finditer(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", text, re.IGNORECASE):
                text = _hidden(text, match.start(), match.end()) if _names_something(phrase) else text
    for match in re.finditer(rf"[^\s{CLAIMED}{HIDDEN}]+", text):
        core = match.group(0).strip("()'\"[]<>,.;:!?")
        marked = any(mark in core for mark in "-_/=:@\\#+.") or any(one.isdigit() for one in core)
        if marked and any(one.isalpha() for one in core) and not TIME_TOKEN.fullmatch(core):
            text = _hidden(text, match.start(), match.end())
    return text


def _names_something(phrase: str) -> bool:
    """Whether a phrase says more than a time: "nightly backup", not "every friday"."""
    bare, when = take_time(phrase)
    return when is None or len(re.findall(r"[a-z]{3,}", bare.lower())) > 0


def _hidden(text: str, start: int, end: int) -> str:
    return text[:start] + HIDDEN * (end - start) + text[end:]


def _without(text: str, pieces: Sequence[Piece]) -> str:
    """The text without these parts and without what joined them to each other."""
    marked = _claimed(text, pieces)
    joined = rf"{CLAIMED}+(?:[\s,]*(?:\b(?:and|on|at|in|sharp|exactly)\b[\s,]*)*{CLAIMED}+)+"
    marked = re.sub(joined, CLAIMED, marked)
    marked = re.sub(rf"{CLAIMED}+(?:\s+(?:sharp|exactly|precisely)\b)?", " ", marked)
    marked = re.sub(r"\s*,(?:\s*,)+", ",", marked)
    marked = re.sub(r"\s+([,;.!?])", r"\1", re.sub(r"\s+", " ", marked))
    return re.sub(r"^(?:[\s,;:.-]|and\b|then\b)+|[\s,;:-]+$|\s+(?:and|then|on|at)$", "", marked)
