"""What is counted."""

from __future__ import annotations

from ai_server.knowledge.commands.command import Command, Field
from ai_server.knowledge.commands.report import counted


def test_everything_is_counted():
    some = [
        Command("aws", "a:B", "aws a b", "a", "", "read", (Field("x"), Field("y")), permissions=("a:B",)),
        Command("aws", "a:C", "", "a", "", "write", examples=("Do c",)),
    ]
    assert counted(some) == {
        "operations": 2,
        "services": 1,
        "access": {"read": 1, "write": 1},
        "with_command": 1,
        "with_fields": 1,
        "fields": 2,
        "with_permissions": 1,
        "with_examples": 1,
    }
