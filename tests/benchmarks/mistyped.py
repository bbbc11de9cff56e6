"""Names as people mistype them, each of which still means one name: parts left out, parts moved, slips of the finger. Pure for a seed.

A mention that is another thing's very name, or as near to another, has no right answer and is not made. How near is told by two yardsticks that no
search of ours is made of: where parts are missing or moved, the words that one has and the other has not, in whatever order; where a finger
slipped, the letters to add, drop or change (Levenshtein) in the whole; where both happened, by both.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_PARTS = re.compile(r"[-_ .]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """`said` for `meant`, mistyped in one of `WAYS`."""

    said: str
    meant: str
    way: str


def mistyped(names: Sequence[str], count: int, seed: int = 2) -> list[Mention]:
    """So many mentions of different names, as many of each way, that mean one name of these alone."""
    dice, known, found = random.Random(seed), _Names(names), list[Mention]()
    shuffled = sorted(set(names))
    dice.shuffle(shuffled)
    for name in shuffled:
        if len(found) == count:
            break
        way = tuple(WAYS)[len(found) % len(WAYS)]
        said = name
        for step in _steps(WAYS[way], dice):
            before, said = said, step(said, dice)
            if not said or not known.means_alone(said, before, name):
                break
        else:
            # Who writes in a hurry writes no hyphens: every other one does.
            found.append(Mention(said if dice.random() < 0.5 else said.replace("-", " "), name, way))
    return found


Mistake = Callable[[str, random.Random], str]


def _dropped(name: str, dice: random.Random) -> str:
    """A part left out, but not the last; '' where few would be left."""
    parts = name.split("-")
    if len(parts) < 4:
        return ""
    del parts[dice.randrange(len(parts) - 1)]
    return "-".join(parts)


def _moved(name: str, dice: random.Random) -> str:
    """Two neighbouring parts in the other order, the last one where it was."""
    parts = name.split("-")
    if len(parts) < 3:
        return ""
    first = dice.randrange(len(parts) - 2)
    parts[first], parts[first + 1] = parts[first + 1], parts[first]
    return "-".join(parts)


def _slipped(name: str, dice: random.Random) -> str:
    """One letter dropped, doubled, changed or swapped with the next, anywhere but in the last part."""
    stem, _, tail = name.rpartition("-")
    if len(stem) < 4:
        return ""
    at = dice.randrange(1, len(stem) - 1)
    slip = dice.choice(
        (
            stem[:at] + stem[at + 1 :],
            stem[:at] + stem[at + 1] + stem[at] + stem[at + 2 :],
            stem[:at] + stem[at] + stem[at:],
            stem[:at] + dice.choice(_LETTERS[:26]) + stem[at + 1 :],
        )
    )
    return f"{slip}-{tail}"


# Each is one mistake or several after each other; of several mistakes in one place, one is taken.
WAYS: Mapping[str, tuple[tuple[Mistake, ...], ...]] = {
    "a part dropped": ((_dropped,),),
    "parts moved": ((_moved,),),
    "a slip": ((_slipped,),),
    "both": ((_dropped, _moved), (_slipped,)),
}


def _steps(mistakes: Sequence[Sequence[Mistake]], dice: random.Random) -> Iterator[Mistake]:
    return (dice.choice(some) for some in mistakes)


class _Names:
    """All names, arranged so that those near a mention are found without measuring each."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = sorted({_plain(name) for name in names})
        self._counts = np.array([[name.count(letter) for letter in _LETTERS] for name in self._names], dtype=np.int16)
        bags = [_words(name) for name in self._names]
        self._bags = Counter(bags)
        self._less_one = Counter(less for bag in bags for less in _less_one(bag))

    def means_alone(self, said: str, before: str, meant: str) -> bool:
        """Whether the name meant is nearer to what was said than every other name is; `before` is what was said but for the last mistake."""
        said, before, meant = _plain(said), _plain(before), _plain(meant)
        if said == before:
            return False
        if _words(said) == _words(before) or _words(said) in _less_one(_words(before)):
            return self._alone_by_words(_words(said), _words(meant))
        return self._alone_by_letters(said, levenshtein(said, before), meant)

    def _alone_by_words(self, said: Words, meant: Words) -> bool:
        if said == meant:
            return self._bags[said] == 1
        # The one that is meant has a word more: no other may have, nor have the same words, nor one less.
        return self._less_one[said] == 1 and not self._bags[said] and not any(self._bags[less] for less in _less_one(said))

    def _alone_by_letters(self, said: str, far: int, meant: str) -> bool:
        more = self._counts - np.array([said.count(letter) for letter in _LETTERS], dtype=np.int16)
        least = np.maximum(np.where(more > 0, more, 0).sum(axis=1), np.where(more < 0, -more, 0).sum(axis=1))
        near = (self._names[int(place)] for place in np.flatnonzero(least <= far))
        return not any(levenshtein(said, name) <= far for name in near if name != meant)


def _plain(name: str) -> str:
    return "-".join(part for part in _PARTS.split(name.lower()) if part)


def _words(name: str) -> Words:
    return tuple(sorted(_plain(name).split("-")))


def _less_one(words: Words) -> set[Words]:
    return {words[:at] + words[at + 1 :] for at in range(len(words))}


def levenshtein(one: str, other: str) -> int:
    """Letters to add, drop or change; a swap is two."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row = row, [i]
        for j, wanted in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted)))
    return row[-1]
