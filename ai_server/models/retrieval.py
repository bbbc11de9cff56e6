"""What a model may choose from: the playbooks, practices and equivalents that fit a request's groups and words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from ai_server.knowledge.knowledge import SAME_WISH, Knowledge
from ai_server.knowledge.language import words_of
from ai_server.knowledge.playbook import Equivalent, Playbook, Practice
from ai_server.wire import PlanRequest

MOST_PLAYBOOKS = 24
MOST_OTHERS = 8
Row = TypeVar("Row", Playbook, Practice, Equivalent)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is offered, best first."""

    playbooks: tuple[Playbook, ...]
    practices: tuple[Practice, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()

    def playbook(self, id_: str) -> Playbook | None:
        return next((book for book in self.playbooks if book.id == id_), None)

    @property
    def rows(self) -> tuple[Playbook | Practice | Equivalent, ...]:
        return (*self.playbooks, *self.practices, *self.equivalents)


def candidates(request: PlanRequest, knowledge: Knowledge) -> Candidates:
    """The same request gets the same candidates. With orders only what carries them out; without, what the words point at."""
    words = frozenset(words_of(" ".join((request.message, *(turn.text for turn in request.turns[-2:])))))
    if request.orders:
        return Candidates(_best(((_fit(book, words) + 1, book) for book in _able(request, knowledge)), MOST_PLAYBOOKS))
    return Candidates(
        _best(((_fit(book, words), book) for book in knowledge.playbooks if _fit(book, words) > 1), MOST_PLAYBOOKS),
        _best(((_shared(words, (*row.topics, row.title)), row) for row in knowledge.practices), MOST_OTHERS),
        _best(((_shared(words, (*row.words, row.title, *_names(row))), row) for row in knowledge.equivalents), MOST_OTHERS),
    )


def _able(request: PlanRequest, knowledge: Knowledge) -> tuple[Playbook, ...]:
    """The playbooks for an ordered action on a native type the request has, in that type's own cloud."""
    actions = {wish for order in request.orders for wish in (order.action, SAME_WISH.get(order.action)) if wish}
    kinds = {(group.cloud, group.native_type) for group in request.groups}
    return tuple(
        book
        for book in knowledge.playbooks
        if book.action in actions and any((book.cloud, native) in kinds for native in book.native_types)
    )


def _fit(book: Playbook, words: frozenset[str]) -> int:
    """How many of the book's own words stand in the message; a name of its cloud or action counts double."""
    strong = {book.cloud, *book.action.split("_")} & words
    return _shared(words, (book.title, *book.asks)) + len(strong)


def _shared(words: frozenset[str], texts: Iterable[str]) -> int:
    return len(words & frozenset(word for text in texts for word in words_of(text) if len(word) > 2))


def _names(row: Equivalent) -> tuple[str, ...]:
    return tuple(name for names in (*row.services.values(), *row.aliases.values()) for name in names)


def _best(scored: Iterable[tuple[int, Row]], most: int) -> tuple[Row, ...]:
    kept = sorted(((score, row) for score, row in scored if score), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(row for _, row in kept[:most])
