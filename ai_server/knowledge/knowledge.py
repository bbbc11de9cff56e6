"""Everything the server knows, indexed for planning and answering. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.grounds import Grounds
from ai_server.knowledge.language import Phrase
from ai_server.knowledge.playbook import Absence, Equivalent, Playbook, Practice
from ai_server.wire import Action, CloudName

# People say "delete" of a machine and "terminate" of a volume; both mean the one thing that can be done.
SAME_WISH: Mapping[Action, Action] = {"terminate": "delete", "delete": "terminate"}


def phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(Phrase.of(text) for text in texts)


class Hit(Protocol):
    """A command found by words. `margin` from 0 to 1: how surely it is the one that is meant."""

    @property
    def command(self) -> Command: ...
    @property
    def margin(self) -> float: ...


class Finder(Protocol):
    """Whoever finds commands by what they do."""

    def find(self, text: str, cloud: CloudName | None = None, service: str | None = None, limit: int = 10) -> Sequence[Hit]:
        """The commands that fit best, best first; none when there is no database. The same words give the same list."""
        ...


class NoCommands:
    """A server without the database of commands, which plans from its playbooks all the same."""

    def find(self, text: str, cloud: CloudName | None = None, service: str | None = None, limit: int = 10) -> Sequence[Hit]:  # noqa: ARG002
        return ()


@dataclass(frozen=True)
class Vocabulary:
    """The words of `words.yaml` as phrases."""

    actions: Mapping[Action, tuple[Phrase, ...]]
    negations: tuple[Phrase, ...]
    clouds: Mapping[CloudName, tuple[Phrase, ...]]
    types: Mapping[str, tuple[Phrase, ...]]
    questions: Mapping[str, tuple[Phrase, ...]]
    environments: Mapping[str, tuple[Phrase, ...]]
    states: Mapping[str, tuple[Phrase, ...]]
    flags: Mapping[str, tuple[Phrase, ...]]
    by: Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True)
class Knowledge:
    """The server's whole public knowledge; the same for every customer, and constant while the process lives.

    `grounds` hold the playbooks against the catalogue; without commands they find no fault.
    """

    playbooks: tuple[Playbook, ...]
    absences: tuple[Absence, ...]
    equivalents: tuple[Equivalent, ...]
    practices: tuple[Practice, ...]
    vocabulary: Vocabulary
    finder: Finder = field(default_factory=NoCommands)
    catalogue: Sequence[Command] = ()
    grounds: Grounds = field(default_factory=Grounds)

    @cached_property
    def _by_operation(self) -> Mapping[str, Command]:
        found = {command.operation: command for command in self.catalogue}
        for command in self.catalogue:
            for permission in command.permissions:
                found.setdefault(permission, command)
        return found

    def command(self, operation: str) -> Command | None:
        """The command of an operation as plans name it; what follows a playbook's own `:suffix` only tells directions apart."""
        known = self._by_operation
        return known.get(operation) or known.get(operation.rpartition(":")[0])

    @cached_property
    def by_id(self) -> Mapping[str, Playbook]:
        return {book.id: book for book in self.playbooks}

    @cached_property
    def _by_target(self) -> Mapping[tuple[str, str], Playbook]:
        return {(book.action, native): book for book in self.playbooks for native in book.native_types}

    @cached_property
    def _absent(self) -> Mapping[tuple[str, str, str], Absence]:
        return {(row.action, kind, row.cloud): row for row in self.absences for kind in (row.native_types or row.types)}

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

    def absence(self, action: Action, kind: str, cloud: str, native: str = "") -> Absence | None:
        """Why there is no playbook for a type, or for this native one of it; None when nobody wrote down a reason."""
        asked = ((wish, word) for wish in _wishes(action) for word in (native, kind) if word)
        return next((row for wish, word in asked if (row := self._absent.get((wish, word, cloud)))), None)

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
