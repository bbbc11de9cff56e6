"""Turns a condition on resources into one on tokens, as far as tokens can say it. Pure.

The result never excludes a resource for which the condition holds; whether it may include others, `is_exact` tells. Numbers have no
tokens, so a comparison is left to the filter that runs on the decrypted resource.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.estate.phrase import OF_KIND
from engine.estate.where import All, AnyOf, Compare, Is, Not, Where, required
from engine.store.store import Condition, Token, every, has

Tokeniser = Callable[[str, str], Token]

_MORE_WHEN_INEXACT = 20
_MOST_CANDIDATES = 1000


def prefilter(where: Where, token: Tokeniser) -> Condition:
    """The condition on tokens; `token(field, value)` gives the blind token of a fact."""
    return _translated(where, token) or every(())


def of_kinds(where: Where) -> Where:
    """What a condition says of the kinds of resources: no resource of another kind can meet it."""
    return All(tuple(Is(field, values) for field, values in required(where).items() if field in OF_KIND))


def is_exact(where: Where) -> bool:
    """Whether `prefilter` says exactly what `where` says."""
    match where:
        case Is():
            return True
        case Compare():
            return False
        case All(parts) | AnyOf(parts):
            return all(is_exact(part) for part in parts)
        case Not(part):
            return is_exact(part)


def _translated(where: Where, token: Tokeniser) -> Condition | None:
    """None stands for "cannot say": true for all."""
    match where:
        case Is(field, values):
            return has(token(field, value) for value in values)
        case Compare():
            return None
        case All(parts):
            return every(part for part in (_translated(part, token) for part in parts) if part is not None)
        case AnyOf(parts):
            said = [_translated(part, token) for part in parts]
            return None if None in said else {"any": said}
        case Not(part):
            # What is left out of a part would be let in by its negation, so only an exact part may be negated.
            return {"not": _translated(part, token)} if is_exact(part) else None


def candidates(where: Where, limit: int) -> int:
    """How many to fetch so that `limit` are left after the filter on the decrypted resources."""
    return limit if is_exact(where) else min(limit * _MORE_WHEN_INEXACT, _MOST_CANDIDATES)
