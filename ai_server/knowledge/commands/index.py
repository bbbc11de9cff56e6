"""Finds a command by its operation, by the permission it is checked as, or by what somebody typed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ai_server.knowledge.commands.command import Command
from ai_server.wire import CloudName

LONGEST = 9
"""Words of the longest command."""


class CommandIndex:
    """Over the commands of one or more clouds. Azure's permissions and operations are compared without regard to case, as Azure does."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._by_operation: dict[tuple[str, str], Command] = {}
        self._by_words: dict[str, Command] = {}
        permissions: defaultdict[tuple[str, str], list[Command]] = defaultdict(list)
        for one in commands:
            self._by_operation[one.cloud, one.operation.lower()] = one
            if one.command:
                self._by_words.setdefault(one.command, one)
            for permission in one.permissions:
                permissions[one.cloud, permission.lower()].append(one)
        self._by_permission: Mapping[tuple[str, str], list[Command]] = permissions
        self.clouds = frozenset(cloud for cloud, _ in self._by_operation)

    def operation(self, cloud: CloudName, name: str) -> Command | None:
        """The command with this operation."""
        return self._by_operation.get((cloud, name.lower()))

    def checked_as(self, cloud: CloudName, permission: str) -> Sequence[Command]:
        """Every command that needs this permission."""
        return self._by_permission.get((cloud, permission.lower()), ())

    def typed(self, argv: Sequence[str]) -> Command | None:
        """The command that an argument vector begins with: the longest that is known."""
        words = leading_words(argv)
        for length in range(len(words), 1, -1):
            if found := self._by_words.get(" ".join(words[:length])):
                return found
        return None


def leading_words(argv: Sequence[str]) -> list[str]:
    """Up to the first option or placeholder."""
    found: list[str] = []
    for word in argv[:LONGEST]:
        if word.startswith(("-", "<")):
            break
        found.append(word)
    return found
