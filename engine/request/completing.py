"""Resource names while they are typed: what begins so, then what has a word that begins so, then what is like it. Edge (reads the estate).

Nothing here decides anything: a suggestion is picked by a person or left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.estate.facts import name_starts, native_name
from engine.estate.view import EstateView, Match
from engine.estate.where import AnyOf, is_
from engine.store.grams import normalised

MOST = 10
# Hits by letters to rank: many things begin alike, and each costs a tenth of a millisecond to open.
CANDIDATES = 40
LIKE_ENOUGH = 0.3
SHORTEST = 2
# From so many letters on, a slip in them may be looked past.
_SHORTEST_LIKE = 4
_LONGEST = 200
_LIKE = 3


async def complete(text: str, estate: EstateView, limit: int = MOST) -> list[Match]:
    """The resources whose names `text` may be the beginning of, best first; empty for fewer than two letters. Raises StoreError."""
    typed = text.strip()[:_LONGEST]
    if len(typed) < SHORTEST:
        return []
    exact = await estate.select(AnyOf((is_("name", typed), is_("id", typed))), limit)
    found = [Match(resource, 1.0) for resource in exact]
    # Letters alone do not tell how a name begins: in a large estate those that do would be lost among those that are only like it.
    if starts := name_starts(typed):
        found += await estate.by_name(typed, is_("name_start", starts[-1]), max(CANDIDATES, limit))
    if sum(_rank(typed, match) in (0, 1) for match in found) < limit:
        found += await estate.by_name(typed, None, max(CANDIDATES, limit))
    return ranked(typed, found)[:limit]


def ranked(typed: str, found: Iterable[Match]) -> list[Match]:
    """The matches worth suggesting, each resource once: by how its name begins, then by name, account and id; likenesses last, likest first."""
    once = {match.resource.id: match for match in sorted(found, key=lambda match: match.score)}
    ranks = ((_rank(typed, match), match) for match in once.values())
    kept = [(rank, match) for rank, match in ranks if rank is not None]
    return [match for _, match in sorted(kept, key=lambda pair: _order(*pair))]


def _order(rank: int, match: Match) -> tuple[int, float, str, str, str]:
    one = match.resource
    return rank, -match.score if rank == _LIKE else 0.0, one.name.lower(), one.account_name, one.id


def _rank(typed: str, match: Match) -> int | None:
    """0 the very name or id, 1 it begins so, 2 its words begin so, 3 it is like it; None for what is not worth suggesting."""
    name, wanted = match.resource.name.lower(), typed.lower()
    if wanted in (name, match.resource.id.lower(), native_name(match.resource).lower()):
        return 0
    words, said = normalised(name).split(), normalised(typed).split()
    if name.startswith(wanted) or (said and " ".join(words).startswith(" ".join(said))):
        return 1
    if said and _begin_in_order(said, words):
        return 2
    return _LIKE if len(typed) >= _SHORTEST_LIKE and match.score >= LIKE_ENOUGH else None


def _begin_in_order(said: Sequence[str], words: Sequence[str]) -> bool:
    """Whether every typed word begins a word of the name, in their order: `ch we` for `checkout-web-01`."""
    rest = iter(words)
    return all(any(word.startswith(one) for word in rest) for one in said)
