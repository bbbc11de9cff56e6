"""What a thread talked about: the last resources, the last selection, an open question. Pure values and a bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from bot.platforms.platform import Place
from engine.request.reading import Order, Selection

MOST_THREADS = 1000
MOST_TURNS = 8


@dataclass(slots=True)
class Question:
    """A clarification that waits: what was wanted, and among which resources to choose.

    `skip` is how many of the message's orders were settled already; `asked` is the sentence on the question's card, '' where there is no card.
    """

    id: str
    orders: tuple[Order, ...]
    candidates: tuple[str, ...]
    message: str
    sealed_text: str
    skip: int = 0
    asked: str = ""


@dataclass(slots=True)
class Thread:
    """`targets` are resource ids in the order they were listed; `guessed` when a likeness listed them, which no change may act on.

    `operations` are the provider's names of what the thread's last plan would do. `untimed` is a wish for later that waits for its time.
    """

    targets: tuple[str, ...] = ()
    guessed: bool = False
    selection: Selection | None = None
    question: Question | None = None
    operations: tuple[str, ...] = ()
    untimed: str = ""
    turns: list[tuple[str, str]] = field(default_factory=list)

    def said(self, role: str, sealed_text: str) -> None:
        """Remembers a sealed turn; the oldest go."""
        self.turns = [*self.turns, (role, sealed_text)][-MOST_TURNS:]


class Threads:
    """The threads of this process. After a restart a thread begins anew, and "them" is asked back."""

    def __init__(self) -> None:
        self._threads: OrderedDict[Place, Thread] = OrderedDict()

    def at(self, place: Place) -> Thread:
        """The thread at a place, made if new; the ones longest silent are forgotten."""
        thread = self._threads.pop(place, None) or Thread()
        self._threads[place] = thread
        while len(self._threads) > MOST_THREADS:
            self._threads.popitem(last=False)
        return thread

    def asked(self, question_id: str) -> tuple[Place, Question] | None:
        """The place and question with this id, if it is still open."""
        return next(
            ((place, thread.question) for place, thread in self._threads.items() if thread.question and thread.question.id == question_id),
            None,
        )
