"""Questions in a file, one JSON object a line, and what was found for each. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ai_server.knowledge.commands.command import Command
from ai_server.wire import CloudName

_MOST_NAMED = 20


class BadCases(ValueError):
    """Lines that are no questions; the message names each by its number and field."""


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    cloud: CloudName
    service: str


def read_cases(lines: Iterable[str], cloud: str) -> tuple[Case, ...]:
    """`{"text": …, "cloud"?: …, "service"?: …}` a line, other keys left alone; `cloud` where a line names none. Raises BadCases."""
    found: list[Case] = []
    bad: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_case(line, cloud))
            except ValueError as error:
                bad.append(f"line {number}: {error}")
    if bad:
        more = f"\n… and {len(bad) - _MOST_NAMED} more" if len(bad) > _MOST_NAMED else ""
        raise BadCases("\n".join(bad[:_MOST_NAMED]) + more)
    return tuple(found)


def answer(text: str, commands: Sequence[Command]) -> dict[str, Any]:
    """The row of one question, the best command first."""
    return {"text": text, "operations": [named(command) for command in commands]}


def named(command: Command) -> dict[str, str]:
    """An AWS operation by its own name beside its service, others by their whole name."""
    if command.cloud == "aws":
        operation = command.operation.split(":", 1)[-1]
        return {"operation": operation, "service": command.service, "command": command.command}
    return {"operation": command.operation, "command": command.command}


def _case(line: str, cloud: str) -> Case:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(row, dict):
        raise ValueError("it is no JSON object")
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        raise ValueError("`text` is missing or empty")
    if not isinstance(row.get("service") or "", str):
        raise ValueError("`service` is no text")
    named_cloud = row.get("cloud") or cloud
    known = next((one for one in get_args(CloudName) if one == named_cloud), None)
    if known is None:
        raise ValueError(f"`cloud` is {named_cloud!r}, none of {', '.join(get_args(CloudName))}; name it in the line or by --cloud")
    return Case(row["text"], known, row.get("service") or "")
