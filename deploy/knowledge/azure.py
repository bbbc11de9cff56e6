"""Makes commands of what the Azure CLI says of itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ai_server.knowledge.commands.command import Access, Command, Field
from deploy.knowledge.access import CHANGING
from deploy.knowledge.arm import permissions, types_of_groups

Row = Mapping[str, Any]
Titles = Mapping[tuple[str, ...], tuple[str, ...]]
READING = frozenset(
    {"show", "get", "exists", "wait", "query", "stats", "status", "info", "browse", "search", "find", "version", "logs", "tail"}
)
"""First words of a command's last part that read; `list` lists."""
READING_WHOLE = frozenset(
    {
        "check-name",
        "check-name-availability",
        "check-name-exists",
        "check-health",
        "check-status",
        "what-if",
        "show-usage",
        "validate",
        "validate-move",
        "url",
    }
)
NOT_READING = frozenset({"get-credentials", "get-admin-kubeconfig"})
"""They write to the disk of the person who runs them, or set something up."""
CHANGING_CALLS = frozenset({"PUT", "PATCH", "DELETE"})
ACCESS_GROUPS = ("az role ", "az ad ")
ACCESS_WORDS = frozenset({"set-policy", "delete-policy", "grant-access", "revoke-access", "admin-consent"})


def commands(document: Mapping[str, Any], examples: Titles) -> tuple[Command, ...]:
    """Sorted by command. `document` as `read_azure` writes it."""
    rows = document["commands"]
    types = types_of_groups(rows)
    return tuple(sorted((_command(row, types, examples) for row in rows), key=lambda one: one.command))


def _command(row: Row, types: Mapping[str, str], examples: Titles) -> Command:
    command = row["command"]
    return Command(
        cloud="azure",
        operation=command,
        command=command,
        service=command.split()[1],
        summary=row["summary"],
        access=access(row),
        fields=tuple(_fields(row)),
        detail=row["detail"],
        examples=examples.get((command,), ()),
        permissions=permissions(row, types),
    )


def access(row: Row) -> Access:
    """Reading only where the verb reads and no call changes; what is neither known to read nor to change is unknown."""
    command: str = row["command"]
    last = command.rpartition(" ")[2]
    verb = last.partition("-")[0]
    changes = any(method in CHANGING_CALLS for method, _ in row["calls"])
    reads = (verb in READING or verb == "list" or last in READING_WHOLE) and last not in NOT_READING
    if reads and not changes:
        return "list" if verb == "list" else "read"
    if command.startswith("az tag "):
        return "tagging"
    if command.startswith(ACCESS_GROUPS) or last in ACCESS_WORDS:
        return "permissions"
    # `az webapp connection create postgres`: the verb stands before the last word.
    earlier = any(word.partition("-")[0] in CHANGING for word in command.split()[2:])
    return "write" if changes or earlier or reads else "unknown"


def _fields(row: Row) -> Iterator[Field]:
    by_id = set(row["by_id"])
    for one in row["fields"]:
        boolean = one["kind"] == "boolean"
        yield Field(
            name=one["name"],
            kind=one["kind"],
            required=one["required"] or one["name"] in by_id,
            option=one["option"],
            choices=() if boolean else tuple(distinct(one["choices"])),
            meaning=one["meaning"],
            aliases=tuple(one["aliases"]),
            unless="--ids" if one["name"] in by_id else "",
        )


def distinct(choices: Iterable[str]) -> Iterator[str]:
    """Azure's enums come in several spellings of case; the first stays, and case does not matter when one is checked."""
    seen: set[str] = set()
    for one in choices:
        if one.lower() not in seen:
            seen.add(one.lower())
            yield one
