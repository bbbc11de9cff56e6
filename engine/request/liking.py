"""How sure a likeness is: certain, worth a question, or nothing, by thresholds that a test measures again each time. Pure.

Measured on names with a part dropped, parts in another order, one or two slips, another digit, or all run together; a quarter of the names
that were meant were taken out of the estate first, so that answering at all was wrong. Estates of 133 and 95 names (the two evaluation sets)
and of 2,000 made-up ones; the figures span the three. `python -m tests.evaluation.calibration` measures the values that were taken, and
`tests/evaluation/test_calibration.py` fails when a promise is broken.

    MOST_SLIPS   certain: precision  recall     by cosine alone (0.8, and 0.2 above the second):
        1                  1.000     0.37         precision 0.95 to 0.99, recall 0.11 to 0.35
        2 (taken)          1.000     0.46
        3                  1.000     0.46       and with parts in any order: 0.96 to 1.00, 0.57 to 0.68

    LIST_FROM    in the list of ten: recall     names of another estate that find nothing
      0.35                 1.000                  0.25 to 0.61
      0.45 (taken)         1.000                  0.25 to 0.71
      0.50                 0.994 to 1.000         0.38 to 0.74

Meaning is never certain: with the real model (all-MiniLM-L6-v2, int8) and one word of 28 for an application's business, the first hit was
the right application in 0.75 where the estate had it, and no score tells those from the others. Words of another world ("banana",
"human resources") reach 0.22 at most, so below MEANT_FROM nothing is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.estate.view import Match
from engine.request.slips import FAR, between_names

Sureness = Literal["certain", "ask", "none"]
# What is promised of a certain likeness, and of the list that is shown where none is.
PRECISION, LIST_RECALL = 0.99, 0.99
MOST_SLIPS = 2
LIST_FROM = 0.45
MOST_LISTED = 10
MEANT_FROM = 0.23
# How many hits to look at: resources of one name in many accounts must not hide the second likest name.
CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class Liking:
    """What a name that is none in the estate may mean. `matches` are the likest, best first; of a certain one, all that bear its name."""

    sureness: Sureness
    matches: tuple[Match, ...] = ()


def liking(said: str, found: Sequence[Match]) -> Liking:
    """How sure it is what `said` means among `found` (`EstateView.by_name`): certain when only slips set it apart from one name alone."""
    by_name: dict[str, list[Match]] = {}
    for match in sorted(found, key=lambda one: (-one.score, one.resource.name, one.resource.id)):
        by_name.setdefault(match.resource.name.lower(), []).append(match)
    slips = {name: between_names(said, name) for name in by_name}
    if name := _surely(slips):
        return Liking("certain", tuple(by_name[name]))
    listed = [
        match for matches in by_name.values() for match in matches if match.score >= LIST_FROM or slips[match.resource.name.lower()] < FAR
    ]
    return Liking("ask" if listed else "none", tuple(listed))


def _surely(slips: Mapping[str, int]) -> str:
    """The one name that is closer by slips than any other; '' when there is none."""
    ranked = sorted(slips.items(), key=lambda item: item[1])
    if not ranked or ranked[0][1] > MOST_SLIPS:
        return ""
    return ranked[0][0] if len(ranked) == 1 or ranked[1][1] > ranked[0][1] else ""


def meant(found: Sequence[Match]) -> tuple[Match, ...]:
    """The hits by meaning that are worth showing, best first."""
    return tuple(sorted((match for match in found if match.score >= MEANT_FROM), key=lambda one: -one.score))
