"""The newest card of each subject, for people whose clients ask for a view of their own. Edge (it remembers)."""

from __future__ import annotations

from collections import OrderedDict

from bot.cards.card import Card
from bot.platforms.platform import Place

MOST = 2000


class Shown:
    """One for a platform. It holds so many cards and forgets the oldest; after a restart it knows none until they are shown again."""

    def __init__(self) -> None:
        self._cards: OrderedDict[tuple[Place, str], Card] = OrderedDict()

    def put(self, place: Place, card: Card) -> None:
        """Remembers a card that has a subject."""
        if card.subject:
            self._cards[place, card.subject] = card
            self._cards.move_to_end((place, card.subject))
            while len(self._cards) > MOST:
                self._cards.popitem(last=False)

    def get(self, place: Place, subject: str) -> Card | None:
        """The newest version of a card; None when it is not known."""
        return self._cards.get((place, subject))
