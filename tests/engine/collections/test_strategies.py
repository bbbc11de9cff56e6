"""Where a playbook may be kept: every move, allowed or not."""

from __future__ import annotations

import pytest

from engine.collections.strategies import BEGINNINGS, TABLE, Strategy, begun, moved, strategy
from engine.errors import Refused

REVIEW, TRUSTED, LOCAL, DEFAULT = (
    Strategy.UPLOADED_FOR_REVIEW, Strategy.UPLOADED_TRUSTED, Strategy.LOCAL_ONLY, Strategy.USING_DEFAULT,
)  # fmt: skip
ALLOWED = {
    (LOCAL, REVIEW), (LOCAL, DEFAULT),
    (REVIEW, TRUSTED), (REVIEW, LOCAL), (REVIEW, DEFAULT),
    (TRUSTED, LOCAL), (TRUSTED, DEFAULT),
    (DEFAULT, LOCAL), (DEFAULT, REVIEW),
}  # fmt: skip


@pytest.mark.parametrize("now", Strategy)
@pytest.mark.parametrize("wanted", Strategy)
def test_exactly_the_allowed_moves_are_made(now, wanted):
    if (now, wanted) in ALLOWED:
        assert moved(now, wanted) == wanted
    else:
        with pytest.raises(Refused, match=f"{now} cannot become {wanted}"):
            moved(now, wanted)


def test_trust_comes_from_a_review_alone():
    assert {now for now, then in TABLE.items() if TRUSTED in then} == {REVIEW}
    assert frozenset(Strategy) - {TRUSTED} == BEGINNINGS
    with pytest.raises(Refused, match="cannot begin as uploaded_trusted"):
        begun(TRUSTED)
    assert begun(LOCAL) == LOCAL


def test_words_are_known_or_refused():
    assert strategy("local_only") is LOCAL
    with pytest.raises(Refused, match="'everywhere' is no storage strategy"):
        strategy("everywhere")
