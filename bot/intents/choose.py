"""The one place where it is decided what a message is: operate, schedule, ask, learn, help, chat, or refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from engine.request.lexicon import Lexicon
from engine.request.reading import Reading, Speech

Intent = Literal["operate", "pick", "ask", "learn", "help", "chat", "refuse", "forbid", "empty", "schedule"]


_PLAIN: Mapping[Speech, Intent] = {
    "empty": "empty",
    "refused": "refuse",
    "forbidding": "forbid",
    "how_to": "learn",
    "knowledge": "learn",
    "help": "help",
    "chat": "chat",
    "unclear": "chat",
}
# Questions about the plan on the card rather than about resources.
_EXPLAINS = re.compile(
    r"(?:please |so |but |and )*(?:explain|why|what (?:would|will|does) (?:happen|(?:it|this|that|the plan) do)|how risky"
    r"|is (?:it|this|that) (?:safe|risky|dangerous)|can (?:it|this|that|i|we) (?:be undone|undo)|what(?:'s| is) the way back)\b"
)


def choose(reading: Reading, lexicon: Lexicon, *, question_open: bool, planned: bool = False) -> Intent:
    """The intent of a message. `question_open`: the thread waits for the person to choose among resources; `planned`: it has a plan."""
    if reading.speech == "command":
        return "schedule" if reading.when is not None else "operate"
    if reading.speech != "question":
        return _PLAIN[reading.speech]
    if planned and _explains(reading):
        return "learn"
    return "pick" if question_open and _picks(reading, lexicon) else "ask"


def _explains(reading: Reading) -> bool:
    return _EXPLAINS.match(reading.text.lower()) is not None and not (reading.about.names or reading.about.filters)


def _picks(reading: Reading, lexicon: Lexicon) -> bool:
    """A short answer to "which one?": a name, a filter, a number; no question word and no question mark.

    "show all stopped dev vms" asks to see them, though a change waits for its targets.
    """
    about = reading.about
    return (
        not reading.text.endswith("?")
        and not _asks(reading.text, lexicon)
        and not reading.counts
        and bool(about.names or about.filters or about.refers or about.quantity or about.universal)
    )


def _asks(text: str, lexicon: Lexicon) -> bool:
    words = re.findall(r"[\w'-]+", text.lower())
    phrases = (tuple(words[at : at + length]) for at in range(len(words)) for length in range(1, lexicon.reach.get(words[at], 0) + 1))
    return any(lexicon.reads(phrase, "question") for phrase in phrases)
