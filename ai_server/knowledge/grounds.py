"""Whether a playbook holds against the commands' own descriptions, found out once for each and only when it is used. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ai_server.knowledge.command_lint import lint_commands
from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.index import CommandIndex, leading_words
from ai_server.knowledge.playbook import Playbook


class Grounds:
    """Over the whole database of commands, of which it keeps those that the playbooks can mean.

    What it remembers is public knowledge and bounded by the library: a playbook and the commands stay as they are while the process lives.
    """

    def __init__(self, playbooks: Sequence[Playbook] = (), catalogue: Iterable[Command] = ()) -> None:
        self._index = CommandIndex(_meant(playbooks, catalogue))
        self._faults: dict[str, str] = {}

    def fault(self, book: Playbook) -> str:
        """What does not hold, as a sentence; '' when all does, or when there are no commands of its cloud to hold it against."""
        if book.id not in self._faults:
            self._faults[book.id] = next(iter(lint_commands((book,), self._index)), "")
        return self._faults[book.id]


def _meant(playbooks: Sequence[Playbook], catalogue: Iterable[Command]) -> Iterator[Command]:
    """The commands that playbooks type, or whose operation or permission their steps name; and one of each cloud, so that it is known."""
    typed = {
        " ".join(words[:length])
        for book in playbooks
        for argv in book.commands
        if (words := leading_words(argv))
        for length in range(2, 10)
    }
    named = {name.lower() for book in playbooks for step in book.steps for name in _spellings(step.operation)}
    clouds: set[str] = set()
    for command in catalogue:
        first = command.cloud not in clouds
        clouds.add(command.cloud)
        names = (command.operation, *command.permissions)
        if first or command.command in typed or any(name.lower() in named for name in names):
            yield command


def _spellings(operation: str) -> tuple[str, ...]:
    """An operation with and without what a playbook adds to tell directions apart."""
    parts = operation.split(":")
    return operation, parts[0], ":".join(parts[:2])
