"""Everything the server knows, indexed for planning and answering. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ai_server.knowledge.language import Phrase
from ai_server.knowledge.playbook import Absence, CloudName, Equivalent, Playbook, Practice
from ai_server.wire import Action

# People say "delete" of a machine and "terminate" of a volume; both mean the one thing that can be done.
SAME_WISH: Mapping[Action, Action] = {"terminate": "delete", "delete": "terminate"}


def phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(Phrase.of(text) for text in texts)


@dataclass(frozen=True)
class Vocabulary:
    """The words of `words.yaml` as phrases."""

    actions: Mapping[Action, tuple[Phrase, ...]]
    negations: tuple[Phrase, ...]
    clouds: Mapping[CloudName, tuple[Phrase, ...]]
    types: Mapping[str, tuple[Phrase, ...]]
    questions: Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True)
class Knowledge:
    """The server's whole public knowledge; the same for every customer, and constant while the process lives."""

    playbooks: tuple[Playbook, ...]
    absences: tuple[Absence, ...]
    equivalents: tuple[Equivalent, ...]
    practices: tuple[Practice, ...]
    vocabulary: Vocabulary

    @cached_property
    def _by_target(self) -> Mapping[tuple[str, str], Playbook]:
        return {(book.action, native): book for book in self.playbooks for native in book.native_types}

    @cached_property
    def _absent(self) -> Mapping[tuple[str, str, str], str]:
        return {(row.action, kind, row.cloud): row.reason for row in self.absences for kind in row.types}

    @cached_property
    def operations(self) -> frozenset[str]:
        """Every operation that any plan can contain."""
        return frozenset(step.operation for book in self.playbooks for step in book.steps)

    def playbook(self, action: Action, native_type: str) -> Playbook | None:
        """The one playbook for an action on a native type."""
        for wish in _wishes(action):
            if book := self._by_target.get((wish, native_type)):
                return book
        return None

    def absence(self, action: Action, kind: str, cloud: str) -> str:
        """Why there is no playbook; '' when nobody wrote down a reason."""
        return next((reason for wish in _wishes(action) if (reason := self._absent.get((wish, kind, cloud)))), "")

    @cached_property
    def names(self) -> tuple[tuple[Phrase, Equivalent, CloudName], ...]:
        """Every name a provider's service goes by, with its row and cloud."""
        return tuple(
            (Phrase.of(name), row, cloud)
            for row in self.equivalents
            for cloud, services in row.services.items()
            for name in dict.fromkeys(text.lower() for text in (*services, *row.aliases.get(cloud, ())))
        )

    @cached_property
    def nouns(self) -> tuple[tuple[Phrase, Equivalent], ...]:
        """Every word for a kind of service, whatever the cloud."""
        return tuple((Phrase.of(word), row) for row in self.equivalents for word in row.words)


def _wishes(action: Action) -> tuple[Action, ...]:
    same = SAME_WISH.get(action)
    return (action, same) if same else (action,)
