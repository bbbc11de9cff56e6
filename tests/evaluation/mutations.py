"""Names as people get them wrong: a part dropped, another order, slips of the finger, another digit, all run together. Pure for a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.estate.resource import Resource

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
# How often what was meant is not in the estate, so that every sure answer is wrong.
ABSENT = 0.25
Parts = list[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """`said` for `meant`; `absent` when `meant` was taken out of the estate before anybody looked."""

    said: str
    meant: str
    way: str
    absent: bool


def mentions(names: Sequence[str], count: int, seed: int) -> list[Mention]:
    """So many mentions that are no name of the estate; the same for the same seed."""
    dice, known, found = random.Random(seed), {name.lower() for name in names}, list[Mention]()
    while len(found) < count:
        meant, way = dice.choice(names), dice.choice(tuple(WAYS))
        said = _mutated(meant, way, dice)
        if said and said.lower() not in known:
            found.append(Mention(said, meant, way, dice.random() < ABSENT))
    return found


def without(resources: Sequence[Resource], name: str) -> list[Resource]:
    """The estate without everything of that name."""
    return [resource for resource in resources if resource.name != name]


def _mutated(name: str, way: str, dice: random.Random) -> str:
    """The name got wrong in one way; '' where it has nothing to get wrong so."""
    separator = next((letter for letter in name if letter in "-_/ "), "-")
    parts = [part for part in re.split(r"[-_/ ]+", name) if part]
    if way == "joined":
        return "".join(parts)
    changed = WAYS[way](parts, dice)
    return separator.join(changed) if changed else ""


def _drop(parts: Parts, dice: random.Random) -> Parts:
    if len(parts) < 3:
        return []
    gone = dice.randrange(len(parts))
    return [part for at, part in enumerate(parts) if at != gone]


def _order(parts: Parts, dice: random.Random) -> Parts:
    if len(parts) < 2:
        return []
    one, other = dice.sample(range(len(parts)), 2)
    swapped = list(parts)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return swapped


def _digits(parts: Parts, dice: random.Random) -> Parts:
    """Two digits swapped, or one of them another."""
    numbers = [at for at, part in enumerate(parts) if part.isdigit()]
    if not numbers:
        return []
    at = dice.choice(numbers)
    digits = list(parts[at])
    if len(digits) > 1 and dice.random() < 0.5:
        digits.reverse()
    else:
        digits[dice.randrange(len(digits))] = dice.choice(DIGITS)
    return [*parts[:at], "".join(digits), *parts[at + 1 :]]


def _typo(parts: Parts, dice: random.Random) -> Parts:
    words = [at for at, part in enumerate(parts) if part.isalpha() and len(part) > 3]
    if not words:
        return []
    at = dice.choice(words)
    return [*parts[:at], _slip(parts[at], dice), *parts[at + 1 :]]


def _two_typos(parts: Parts, dice: random.Random) -> Parts:
    return _typo(_typo(parts, dice), dice)


def _slip(word: str, dice: random.Random) -> str:
    """A letter dropped, added, swapped with the next, or another."""
    at, kind = dice.randrange(len(word)), dice.choice(("drop", "add", "swap", "other"))
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "add":
        return word[:at] + dice.choice(LETTERS) + word[at:]
    if kind == "swap" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice(LETTERS) + word[at + 1 :]


WAYS: Mapping[str, Callable[[Parts, random.Random], Parts]] = {
    "drop": _drop,
    "order": _order,
    "digits": _digits,
    "typo": _typo,
    "two typos": _two_typos,
    "joined": lambda parts, _: parts,
}
