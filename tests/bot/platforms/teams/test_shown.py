"""The newest card of each subject, and no more of them than it holds."""

from __future__ import annotations

from bot.cards.card import Card
from bot.platforms.platform import Place
from bot.platforms.teams import shown

HERE, THERE = Place("teams", "a", "-"), Place("teams", "b", "-")


def test_the_newest_version_is_known_where_it_was_shown():
    cards = shown.Shown()
    cards.put(HERE, Card("text", "one", subject="s"))
    cards.put(HERE, Card("text", "two", subject="s"))
    cards.put(HERE, Card("text", "no subject"))
    assert cards.get(HERE, "s") == Card("text", "two", subject="s")
    assert cards.get(THERE, "s") is None
    assert cards.get(HERE, "") is None


def test_the_oldest_are_forgotten_and_what_is_shown_again_is_not_old():
    cards = shown.Shown()
    for number in range(shown.MOST):
        cards.put(HERE, Card("text", "t", subject=str(number)))
    cards.put(HERE, Card("text", "again", subject="0"))
    cards.put(HERE, Card("text", "one more", subject="new"))
    assert cards.get(HERE, "1") is None
    assert cards.get(HERE, "0") is not None
