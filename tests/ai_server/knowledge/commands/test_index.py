"""A command is found by operation, permission and what was typed."""

from __future__ import annotations

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.index import CommandIndex, leading_words

STOP = Command("azure", "az vm stop", "az vm stop", "vm", "", "write", permissions=("Microsoft.Compute/virtualMachines/powerOff/action",))
GROUP = Command("azure", "az vm", "az vm", "vm", "", "read")
UNTYPED = Command("gcp", "compute.x.y", "", "compute", "", "read")
INDEX = CommandIndex([STOP, GROUP, UNTYPED])


def test_the_longest_command_is_taken():
    assert INDEX.typed(["az", "vm", "stop", "--name", "x"]) is STOP
    assert INDEX.typed(["az", "vm", "<what>", "stop"]) is GROUP
    assert INDEX.typed(["az", "disk", "stop"]) is None
    assert INDEX.typed([]) is None


def test_permissions_and_operations_are_compared_without_case_and_within_a_cloud():
    assert INDEX.checked_as("azure", "microsoft.compute/virtualmachines/poweroff/action") == [STOP]
    assert INDEX.checked_as("gcp", "Microsoft.Compute/virtualMachines/powerOff/action") == ()
    assert INDEX.operation("gcp", "compute.x.Y") is UNTYPED
    assert INDEX.operation("aws", "compute.x.y") is None
    assert INDEX.clouds == {"azure", "gcp"}


def test_words_end_at_an_option():
    assert leading_words(["aws", "s3", "ls", "--recursive", "x"]) == ["aws", "s3", "ls"]
