"""Where a user's playbook may be kept, and how it may move from one place to another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from engine.errors import Refused


class Strategy(StrEnum):
    """Where a version may be: `local_only` never leaves; `using_default` is set aside for the public library's own.

    `uploaded_for_review` may be given to the library and waits there; `uploaded_trusted` was reviewed and may be used from there.
    """

    LOCAL_ONLY = "local_only"
    UPLOADED_FOR_REVIEW = "uploaded_for_review"
    UPLOADED_TRUSTED = "uploaded_trusted"
    USING_DEFAULT = "using_default"


# Trust is what a review gives to exactly one content: nothing begins trusted, and only what waits for a review becomes so.
BEGINNINGS = frozenset({Strategy.LOCAL_ONLY, Strategy.UPLOADED_FOR_REVIEW, Strategy.USING_DEFAULT})
TABLE: Mapping[Strategy, frozenset[Strategy]] = {
    Strategy.LOCAL_ONLY: frozenset({Strategy.UPLOADED_FOR_REVIEW, Strategy.USING_DEFAULT}),
    Strategy.UPLOADED_FOR_REVIEW: frozenset({Strategy.UPLOADED_TRUSTED, Strategy.LOCAL_ONLY, Strategy.USING_DEFAULT}),
    Strategy.UPLOADED_TRUSTED: frozenset({Strategy.LOCAL_ONLY, Strategy.USING_DEFAULT}),
    Strategy.USING_DEFAULT: frozenset({Strategy.LOCAL_ONLY, Strategy.UPLOADED_FOR_REVIEW}),
}


def strategy(word: str) -> Strategy:
    """The strategy of that name. Raises Refused naming those there are."""
    try:
        return Strategy(word)
    except ValueError:
        raise Refused(f"{word!r} is no storage strategy.", hint=f"There are {', '.join(Strategy)}.") from None


def begun(wanted: Strategy) -> Strategy:
    """The strategy that a new version begins with. Raises Refused."""
    if wanted not in BEGINNINGS:
        raise Refused(f"A new version cannot begin as {wanted}.", hint=f"It may begin as {_listed(BEGINNINGS)}.")
    return wanted


def moved(now: Strategy, wanted: Strategy) -> Strategy:
    """The strategy that a version moves to. Raises Refused for a move that the table does not have."""
    if wanted not in TABLE[now]:
        raise Refused(f"A playbook that is {now} cannot become {wanted}.", hint=f"It may become {_listed(TABLE[now])}.")
    return wanted


def _listed(strategies: frozenset[Strategy]) -> str:
    return ", ".join(sorted(strategies))
