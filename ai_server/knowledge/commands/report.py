"""Counts what a set of commands holds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ai_server.knowledge.commands.command import Command


def counted(commands: Iterable[Command]) -> dict[str, Any]:
    """How many commands, services, of which level of access, with fields, with examples, with a permission, and with a command line."""
    found = tuple(commands)
    return {
        "operations": len(found),
        "services": len({one.service for one in found}),
        "access": dict(sorted(Counter(one.access for one in found).items())),
        "with_command": sum(bool(one.command) for one in found),
        "with_fields": sum(bool(one.fields) for one in found),
        "fields": sum(len(one.fields) for one in found),
        "with_permissions": sum(bool(one.permissions) for one in found),
        "with_examples": sum(bool(one.examples) for one in found),
    }
