"""Words of a text as search compares them: split, lower case, without endings. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

# "DescribeDBInstances" is describe, db, instances; "ListVPCs" is list, vpcs; "IPv6" stays whole.
_PIECES = re.compile(r"IPv\d|[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
WORDS = re.compile(r"[A-Za-z0-9]+")
# Nothing a person asks for differs by these.
_STOP_WORDS = (
    "a an the of for in on at to from by with within into as is are was be been being it its this that these those your you our my we i "
    "and or if which whose who what where when how can could will would should may please me us any some such there their them they do "
    "does using use used uses via about given specified provided following also than then not no so"
)
STOP = frozenset(_STOP_WORDS.split())
# Endings from the longest to the shortest with what takes their place and how much must stand before them; the first that fits is taken.
# The vowel a dropped "e" leaves is taken off all words alike, so that "create", "creates", "creating" and "creation" meet.
_ENDINGS: tuple[tuple[str, str, int], ...] = (
    ("izations", "", 3), ("ization", "", 3), ("ifications", "", 3), ("ification", "", 3), ("ations", "", 4), ("ation", "", 4),
    ("ements", "", 4), ("ement", "", 4), ("ments", "", 4), ("ment", "", 4), ("ingly", "", 4), ("ities", "", 4), ("ity", "", 4),
    ("ables", "", 4), ("able", "", 4), ("ibles", "", 4), ("ible", "", 4), ("ances", "", 5), ("ators", "", 4), ("ator", "", 4),
    ("izers", "", 4), ("izer", "", 4), ("izing", "", 3), ("ized", "", 3), ("izes", "", 3), ("ize", "", 3),
    ("ating", "", 4), ("ated", "", 4), ("ates", "", 4), ("ate", "", 4), ("ifies", "", 3), ("ified", "", 3), ("ify", "", 3),
    ("sses", "ss", 2), ("tions", "t", 3), ("tion", "t", 3), ("sions", "s", 3), ("sion", "s", 3),
    ("ives", "", 4), ("ive", "", 4), ("ings", "", 3), ("ing", "", 3), ("ies", "i", 2), ("ied", "i", 2), ("xes", "x", 2),
    ("ches", "ch", 2), ("shes", "sh", 2), ("ers", "er", 4), ("ed", "", 3), ("es", "", 3), ("ly", "", 4), ("ss", "ss", 1), ("us", "us", 2),
    ("is", "is", 2), ("s", "", 2), ("y", "i", 2), ("e", "", 3),
)  # fmt: skip
_BY_LAST: dict[str, tuple[tuple[str, str, int], ...]] = {
    last: tuple(one for one in _ENDINGS if one[0][-1] == last) for last in {ending[-1] for ending, _, _ in _ENDINGS}
}
_MOST_WORDS = 64
# Words of names that people spell out: `reboot-db-instance` is about a database.
_SPELT_OUT = {"db": "databas", "dbs": "databas"}


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without its ending: `instances` and `instance` are `instanc`. A light stemmer: one ending, never below two letters."""
    if word in _SPELT_OUT:
        return _SPELT_OUT[word]
    for ending, instead, least in _BY_LAST.get(word[-1:], ()):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return _undoubled(word[: -len(ending)] + instead)
    return word


def _undoubled(word: str) -> str:
    """`stopp` (of stopping) is `stop`."""
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word


def split_name(name: str) -> tuple[str, ...]:
    """The words of an operation's or parameter's name, lower case: `DescribeDBInstances`, `stop-db-instance`, `resource_group`."""
    return tuple(piece.lower() for piece in _PIECES.findall(name))


def is_plural(word: str) -> bool:
    """Whether a lower-case noun looks like more than one; `status`, `analysis` and `address` do not."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a sentence in order, lower case, stop words and all. `DBInstance` in a sentence stays whole."""
    return tuple(word.lower() for word in WORDS.findall(text))


def word_stems(word: str) -> tuple[str, ...]:
    """The stems of one word as it was written, none for a stop word; `DBInstance` is found whole and by its parts."""
    whole, parts = word.lower(), split_name(word)
    spelt = (whole,) if len(parts) < 2 else (whole, *parts)
    return tuple(stem(one) for one in spelt if one not in STOP)
