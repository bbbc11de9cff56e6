"""How alike two names are to somebody who may have mistyped one: word by word, in whatever order, slips forgiven and numbers not. Pure.

Letters in common (`engine.store.grams`) find what may be meant among a hundred thousand; this tells which of those few it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.store.grams import normalised

# Among so many found by their letters is the one that is meant, 9,999 times of 10,000.
LOOKED_AT = 24
# What sets two names apart, counted in letters. A word that was said and is not there weighs more than one that was left out, as people leave
# out what goes without saying; a number is never a slip, and another number more than a word too many; words in another order are a small
# matter, but not none.
_SAID_NOT_THERE, _LEFT_OUT, _EACH_LETTER = 3.0, 2.0, 0.25
_NUMBER_MISSING, _OTHER_NUMBER = 3.0, 5.0
_OUT_OF_ORDER = 0.5
_APART_OR_TOGETHER = 1.0
# A word is another word's slip when at most so large a part of it differs.
_MOST_OF_A_WORD = 0.5


def alike(said: str, name: str) -> float:
    """0 to 1; 1 when they differ in case and punctuation only. Not the same both ways: see above."""
    one, other = _words(said), _words(name)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    length = sum(map(len, one)) + sum(map(len, other))
    return max(0.0, 1.0 - min(_by_words(one, other), _by_letters(one, other)) * 2 / (length + 2))


@lru_cache(maxsize=64)
def _words(name: str) -> tuple[str, ...]:
    return tuple(normalised(name).split())


def _by_words(said: Sequence[str], name: Sequence[str]) -> float:
    """What it costs to make one of the other when words are the same, slips of each other, too many, left out, or moved."""
    pairs, cost = _paired(said, name)
    paired_said, paired_name = {at for at, _ in pairs}, {at for _, at in pairs}
    cost += sum(_alone(word, _SAID_NOT_THERE) for at, word in enumerate(said) if at not in paired_said)
    cost += sum(_alone(word, _LEFT_OUT) for at, word in enumerate(name) if at not in paired_name)
    return cost + _OUT_OF_ORDER * _crossings([there for _, there in sorted(pairs)])


def _paired(said: Sequence[str], name: Sequence[str]) -> tuple[list[tuple[int, int]], float]:
    """Which word is which, by place, and the slips between them: the same words first, then those of the fewest slips."""
    pairs: list[tuple[int, int]] = []
    left, there = list(range(len(said))), list(range(len(name)))
    for at in list(left):
        same = [to for to in there if name[to] == said[at]]
        if same:
            to = min(same, key=lambda place: abs(place - at))
            pairs.append((at, to))
            left.remove(at)
            there.remove(to)
    slips = sorted((far, abs(at - to), at, to) for at in left for to in there if (far := _slip(said[at], name[to])))
    cost = 0.0
    for far, _, at, to in slips:
        if at in left and to in there:
            pairs.append((at, to))
            left.remove(at)
            there.remove(to)
            cost += far
    return pairs, cost


def _slip(one: str, other: str) -> float:
    """What it costs to take one word for the other; 0 when nobody would."""
    if _is_number(one) and _is_number(other):
        return _OTHER_NUMBER
    if one.isdigit() or other.isdigit():
        return 0
    far = slips(one, other)
    return far if far <= _MOST_OF_A_WORD * max(len(one), len(other)) else 0


def _alone(word: str, weight: float) -> float:
    return weight + _EACH_LETTER * len(word) + (_NUMBER_MISSING if _is_number(word) else 0.0)


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _crossings(places: Sequence[int]) -> int:
    return sum(one > other for at, one in enumerate(places) for other in places[at + 1 :])


def _by_letters(said: Sequence[str], name: Sequence[str]) -> float:
    """What it costs when words ran together or apart: letters in their order, and numbers as they are."""
    one, other = "".join(said), "".join(name)
    return slips(one, other) + _APART_OR_TOGETHER + _NUMBER_MISSING * (_digits(one) != _digits(other))


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def slips(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with the next: optimal string alignment, all of a column at once in the bits of a number.

    Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003).
    """
    if not one or not other:
        return len(one) + len(other)
    places: dict[str, int] = {}
    for at, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << at
    whole, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    plus, minus, diagonal, before, score = whole, 0, 0, 0, len(one)
    for letter in other:
        match = places.get(letter, 0)
        swapped = (((~diagonal) & match) << 1) & before
        diagonal = ((((match & plus) + plus) ^ plus) | match | minus | swapped) & whole
        up = (minus | ~(diagonal | plus)) & whole
        down = diagonal & plus
        score += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & whole
        down = (down << 1) & whole
        plus = (down | ~(diagonal | up)) & whole
        minus = diagonal & up
        before = match
    return score
