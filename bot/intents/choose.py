"""The one place where it is decided what a message is: operate, ask, learn, help, chat, or refused. Pure."""

from __future__ import annotations

import re
from typing import Literal

from engine.request.lexicon import Lexicon
from engine.request.reading import Reading

Intent = Literal["operate", "pick", "ask", "learn", "help", "chat", "refuse", "forbid", "empty", "later"]


def choose(reading: Reading, lexicon: Lexicon, *, question_open: bool) -> Intent:
    """The intent of a message. `question_open`: the thread waits for the person to choose among resources."""
    match reading.speech:
        case "empty":
            return "empty"
        case "refused":
            return "refuse"
        case "forbidding":
            return "forbid"
        case "how_to" | "knowledge":
            return "learn"
        case "help":
            return "help"
        case "command":
            return "later" if reading.when is not None else "operate"
        case "question" if question_open and _picks(reading, lexicon):
            return "pick"
        case "question":
            return "ask"
        case "chat" | "unclear":
            return "chat"


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
