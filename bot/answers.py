"""The answers people can page through, sort, filter and download: what each listed, in a bounded memory. Pure values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.estate.resource import Resource
from engine.request.reading import Selection
from engine.request.reasons import in_short, reasons

MOST_ANSWERS = 500
MOST_IDS = 500_000  # in all answers together


@dataclass(frozen=True, slots=True)
class Answer:
    """What was listed: resource ids in the order of the answer, what they were an answer to, and by id the likenesses among them."""

    title: str
    ids: tuple[str, ...]
    selection: Selection = field(default_factory=Selection)
    likely: Mapping[str, str] = field(default_factory=dict)

    def why(self, resource: Resource) -> str:
        """Why a resource is in the answer, on one line."""
        return in_short(reasons(self.selection, resource, self.likely.get(resource.id, "")))


class Answers:
    """The answers of this process; the oldest go, and after a restart they are asked for again."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._ids = 0

    def keep(self, answer_id: str, answer: Answer) -> None:
        """Remembers an answer under its id."""
        self._answers[answer_id] = answer
        self._ids += len(answer.ids)
        while len(self._answers) > 1 and (len(self._answers) > MOST_ANSWERS or self._ids > MOST_IDS):
            self._ids -= len(self._answers.popitem(last=False)[1].ids)

    def find(self, answer_id: str) -> Answer | None:
        """The answer with this id, None when it is forgotten."""
        return self._answers.get(answer_id)
