"""Whether what playbooks name and show is there: every operation, every command, every option, by the database of commands. Pure.

Findings are sentences. What a playbook shows is typed by people, so it must be right to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.grounding import validate_argv
from ai_server.knowledge.commands.index import CommandIndex
from ai_server.knowledge.playbook import Playbook
from ai_server.wire import CloudName

PLACE = re.compile(r"<([a-z0-9-]+)>")
# `Key=<key>,Value=<value>`, `TagSet=[…]`: the parts of a structured parameter, as the AWS CLI takes them.
STRUCTURED = re.compile(r"^[A-Z]\w*=")


def lint_commands(playbooks: Sequence[Playbook], index: CommandIndex) -> list[str]:
    """Findings, sorted; empty for a library whose operations and commands are all known. Clouds without a pack are passed over."""
    books = [book for book in playbooks if book.cloud in index.clouds]
    return sorted(
        set(chain.from_iterable(chain(_operations(book, index), _arguments(book, index), _commands(book, index)) for book in books))
    )


def known_as(cloud: CloudName, operation: str, index: CommandIndex) -> Sequence[Command]:
    """The commands that a playbook's operation can be: by its own name, or by the permission. A last `:word` (on AWS the second colon) only
    tells directions of one permission apart, and is left off.
    """
    name = ":".join(operation.split(":")[: 2 if cloud == "aws" else 1])
    if found := index.operation(cloud, name):
        return (found,)
    return index.checked_as(cloud, name)


def _operations(book: Playbook, index: CommandIndex) -> Iterator[str]:
    for step in book.steps:
        found = known_as(book.cloud, step.operation, index)
        if not found and not _asked_directly(book, step.operation):
            yield f"{book.id}: {step.id}: {step.operation} is neither an operation nor a permission of any command known for {book.cloud}"
        elif found and all(one.reads for one in found):
            yield f"{book.id}: {step.id}: {step.operation} only reads, by {found[0].command or found[0].operation}"


def _arguments(book: Playbook, index: CommandIndex) -> Iterator[str]:
    """An argument that none of the operation's commands takes is an invented one, whatever it is called here."""
    for step in book.steps:
        for name, value in step.arguments.items():
            # What is typed is looked at first: to look at a command's fields is to unpack them.
            if not _typed_as(name, value, book, index) and not any(
                _takes(one, name) for one in known_as(book.cloud, step.operation, index)
            ):
                yield f"{book.id}: {step.id}: no command of {step.operation} takes {name}"


def _takes(command: Command, name: str) -> bool:
    return any(_bare(name) in map(_bare, (one.name, one.option, *one.aliases)) for one in command.fields)


def _typed_as(name: str, value: object, book: Playbook, index: CommandIndex) -> bool:
    """Whether the argument stands in what a person types: as the placeholder of its parameter, or inside of a structure."""
    wanted = _bare(value[1:]) if isinstance(value, str) and value.startswith("$") else _bare(name)
    for argv in book.commands:
        found = index.typed(argv)
        words = argv[len(found.command.split()) :] if found else argv
        if any(
            wanted in (_bare(one) for one in PLACE.findall(word)) or (STRUCTURED.search(word) and wanted in _bare(word)) for word in words
        ):
            return True
    return False


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _asked_directly(book: Playbook, operation: str) -> bool:
    """Whether a command sends the request itself (`az rest --url …/failover?…`): no command of its own is needed then."""
    word = operation.partition(":")[0].removesuffix("/action").rpartition("/")[2]
    return any(argv[:2] == ("az", "rest") and any(f"/{word}?" in part for part in argv) for argv in book.commands)


# The packs hold released commands alone.
UNRELEASED = (("gcloud", "alpha"), ("gcloud", "beta"))


def _commands(book: Playbook, index: CommandIndex) -> Iterator[str]:
    for argv in book.commands:
        if argv[:2] in UNRELEASED:
            continue
        found = index.typed(argv)
        if found is None:
            yield f"{book.id}: `{' '.join(argv[:5])} …` begins with no command that is known"
        else:
            yield from (f"{book.id}: {problem}" for problem in validate_argv(found, argv))
