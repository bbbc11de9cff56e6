"""The words of a text, and how well a text says what was asked for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from engine.store.grams import likeness

# A word counts as said when one of the text is at least so like it, or begins with it and is not much longer to guess.
LEAST_LIKENESS = 0.45
_BEGINS = 0.9
_SHORTEST_BEGINNING = 3
# Texts are compared word by word up to here; whole words are looked up in all of it.
_MOST_COMPARED = 500
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> tuple[str, ...]:
    """Each word once, folded, in order of first use: `Stop mailer-web_01` → `stop mailer web 01`."""
    return tuple(dict.fromkeys(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())))


def fit(asked: Sequence[str], said: Sequence[str]) -> float:
    """How well words say what was asked, 0 to 1: 1 when every asked word is there, 0 when any of them has nothing like it."""
    there = frozenset(said)
    scores = [1.0 if word in there else _best(word, said) for word in asked]
    return sum(scores) / len(scores) if scores and all(scores) else 0.0


def _best(word: str, said: Sequence[str]) -> float:
    return max((_score(word, other) for other in said[:_MOST_COMPARED]), default=0.0)


def _score(word: str, other: str) -> float:
    if len(word) >= _SHORTEST_BEGINNING and other.startswith(word):
        return _BEGINS
    found = likeness(word, other)
    return min(found, _BEGINS) if found >= LEAST_LIKENESS else 0.0
