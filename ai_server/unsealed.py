"""Finds what looks like the name of a real thing in a request that should hold none. Pure.

The bot's side seals every request; this is the second lock. It names the field and the kind of finding, and never repeats what it found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ai_server.disguises import readings
from ai_server.shapes import shape_of
from ai_server.wire import Group, PlanRequest


@dataclass(frozen=True, slots=True)
class Leak:
    """Where something unsealed stands, and what it looks like."""

    field: str
    looks_like: str


def leak(request: PlanRequest) -> Leak | None:
    """The first field that holds something unsealed; None for a clean request."""
    seen: dict[str, str] = {}
    for field, text in _texts(request):
        if text not in seen:  # a thousand groups share a few words
            seen[text] = looks_like(text)
        if seen[text]:
            return Leak(field, seen[text])
    return None


def looks_like(text: str) -> str:
    """What a text would give away, however it is written; '' for nothing."""
    return next((kind for reading in readings(text) if (kind := shape_of(reading))), "")


def _texts(request: PlanRequest) -> Iterator[tuple[str, str]]:
    yield "message", request.message
    for number, turn in enumerate(request.turns):
        yield f"turns.{number}.text", turn.text
    for number, operation in enumerate(request.operations):
        yield f"operations.{number}", operation
    for number, group in enumerate(request.groups):
        yield from ((f"groups.{number}.{name}", text) for name, text in _words(group))
    # What is no name by itself may be one with the turn before it.
    if request.turns:
        yield "turns", "".join(turn.text for turn in request.turns) + request.message


def _words(group: Group) -> Iterator[tuple[str, str]]:
    """The group's words; a hyphen cannot stand in one, so an underscore is read as one."""
    for name, text in (("type", group.type), ("native_type", group.native_type), ("state", group.state), ("engine", group.engine)):
        yield name, text.replace("_", "-")
    for number, flag in enumerate(group.flags):
        yield f"flags.{number}", flag.replace("_", "-")
