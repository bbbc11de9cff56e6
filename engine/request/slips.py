"""Slips of the finger: how far one word is from another, and one name from another when only slips set them apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.store.grams import normalised

FAR = 9
_NUMBER = re.compile(r"\d+")
_SHORTEST = 4  # letters; in a shorter word a slip makes another word: dev, uat, api
_LONG = 6  # letters; a longer word bears two slips


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with the next; FAR when the lengths already say that it is far."""
    if abs(len(one) - len(other)) > 2:
        return FAR
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def between_names(said: str, name: str) -> int:
    """How many slips make `said` of `name`, part by part and in order; FAR when more than slips sets them apart.

    Case and punctuation are no slip. A number, a short word, a part too many or too few, and another order are more than a slip: they are
    what tells one thing from its neighbour (`web-01` from `web-02`, `app-dev` from `app-prod`).
    """
    one, other = normalised(said).split(), normalised(name).split()
    if one and "".join(one) == "".join(other) and _numbers(one) == _numbers(other):
        return 0
    if not one or len(one) != len(other):
        return FAR
    return min(FAR, sum(_between_parts(a, b) for a, b in zip(one, other, strict=True)))


def _numbers(parts: Sequence[str]) -> list[str]:
    """`web 1 1` and `web 11` are different things."""
    return _NUMBER.findall(" ".join(parts))


def _between_parts(one: str, other: str) -> int:
    if one == other:
        return 0
    shorter = min(len(one), len(other))
    if shorter < _SHORTEST or not (one.isalpha() and other.isalpha()):
        return FAR
    far = distance(one, other)
    return far if far <= (2 if shorter > _LONG else 1) else FAR
