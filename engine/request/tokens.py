"""A message cut into tokens that remember where they stood. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r'"([^"]+)"|“([^”]+)”|`([^`]+)`|([,;()?!])\4*|([^\s,;()?!"“”`]+)')
_TRAILING = ".:'’"
_LEADING = "'‘"
_BREAKS = ".:"  # at the end of a word they end a sentence or open what follows
LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written; `lower` for comparing; `start` and `end` are offsets into the cleaned message."""

    text: str
    lower: str
    start: int
    end: int
    quoted: bool = False


def clean(message: str) -> str:
    """The message without control and invisible formatting characters, and with one kind of apostrophe; right-to-left text stays text."""
    kept = (ch if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co") else " " for ch in message)
    return unicodedata.normalize("NFKC", "".join(kept)).replace("’", "'").strip()


def tokenise(text: str) -> tuple[Token, ...]:
    """The tokens of a cleaned message; `'s` of a possessive is a token of its own."""
    return tuple(token for match in _TOKEN.finditer(text) for token in _split(match))


def _split(match: re.Match[str]) -> Iterator[Token]:
    quoted = next((group for group in match.groups()[:3] if group is not None), None)
    if quoted is not None:
        yield Token(quoted.strip(), quoted.strip().lower(), match.start(), match.end(), quoted=True)
        return
    word, start = match.group(4) or match.group(0), match.start()  # "!!!" is one "!"
    stripped = word.lstrip(_LEADING)
    start += len(word) - len(stripped)
    # "/" and ":" inside stay: they are parts of ids; only what trails is punctuation.
    bare = stripped.rstrip(_TRAILING) or stripped
    ends = bare != stripped and stripped[-1] in _BREAKS
    yield from _possessive(bare, start)
    if ends:
        yield Token(stripped[-1], stripped[-1], start + len(stripped) - 1, start + len(stripped))


def _possessive(stripped: str, start: int) -> Iterator[Token]:
    possessive = re.fullmatch(r"(.+)('s)", stripped)
    if possessive and possessive.group(1).lower() not in ("what", "it", "let", "that", "who", "where", "how", "there", "here", "he", "she"):
        base = possessive.group(1)
        yield Token(base, base.lower(), start, start + len(base))
        yield Token("'s", "'s", start + len(base), start + len(stripped))
        return
    yield Token(stripped, stripped.lower(), start, start + len(stripped))


def phrases(tokens: Sequence[Token], longest: int = LONGEST_PHRASE) -> Iterator[str]:
    """Every run of up to `longest` tokens as one lower-case phrase, and the halves of `key=value`: what to look up in the estate."""
    for first in range(len(tokens)):
        for last in range(first + 1, min(first + longest, len(tokens)) + 1):
            yield " ".join(token.lower for token in tokens[first:last])
        if "=" in (word := tokens[first].lower):
            yield from (half for half in word.split("=", 1) if half)
