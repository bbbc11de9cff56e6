"""Names as bags of letter pairs and triples, so that a dropped part, a typo or another order still finds them. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping

_PART = re.compile(r"[a-z0-9]+")


def normalised(name: str) -> str:
    """Lower-case letters and digits, parts set apart by one space: `Checkout-Web_01` → `checkout web 01`."""
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return " ".join(_PART.findall(plain.lower()))


def grams(name: str) -> frozenset[str]:
    """The 2- and 3-grams of each part of a name, with `^` and `$` at the part's ends. Empty for a name without letters and digits."""
    found: set[str] = set()
    for part in normalised(name).split():
        bounded = f"^{part}$"
        for length in (2, 3):
            found.update(bounded[i : i + length] for i in range(len(bounded) - length + 1))
    return frozenset(found)


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: the cosine of their gram sets; 1 when they differ in case and punctuation only."""
    a, b = grams(one), grams(other)
    return len(a & b) / math.sqrt(len(a) * len(b)) if a and b else 0.0


def rarity(count: int, total: int) -> float:
    """How telling a gram is that `count` of `total` names have: the inverse document frequency as Qdrant computes it."""
    return math.log((total - count + 0.5) / (count + 0.5) + 1)


def ranked(text: str, names: Mapping[str, Iterable[str]]) -> list[tuple[str, float]]:
    """Ids by how well their grams fit `text`, best first; ids that share no gram are left out. `names` maps an id to its grams."""
    bags = {key: frozenset(bag) for key, bag in names.items()}
    wanted = grams(text)
    weight = {gram: rarity(sum(gram in bag for bag in bags.values()), len(bags)) for gram in wanted}
    scores = {key: sum(weight[g] for g in wanted & bag) / math.sqrt(len(bag)) for key, bag in bags.items() if wanted & bag}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
