"""The shipped playbooks name commands that are there, and the linter sees what is not."""

from __future__ import annotations

import pytest

from ai_server.knowledge.command_lint import known_as, lint_commands
from ai_server.knowledge.commands.index import CommandIndex
from ai_server.knowledge.commands.loading import load_commands
from ai_server.knowledge.loading import load_playbooks
from ai_server.knowledge.playbook import Playbook
from engine.clouds.tables import TABLES

INDEX = CommandIndex(load_commands())
BOOKS = load_playbooks()
ONE = next(book for book in BOOKS if book.id == "aws-ec2-resize")


def test_the_shipped_playbooks_are_right():
    assert lint_commands(BOOKS, INDEX) == []


NO_COMMAND = {"Microsoft.Sql/servers/databases/failover/action"}
"""Operations that a provider has and its CLI has not: they are typed as `az rest`."""


def test_every_operation_of_the_engine_is_known():
    """What Escher can do must be found, and must not be taken for reading."""
    for cloud, table in TABLES.items():
        for name in set(table) - NO_COMMAND:
            found = known_as(cloud, name, INDEX)
            assert found, name
            assert not all(one.reads for one in found), name


def _with(**changed: object) -> list[str]:
    return lint_commands([Playbook.model_validate({**ONE.model_dump(), **changed})], INDEX)


def _step(operation: str) -> list[dict[str, object]]:
    return [{**ONE.steps[0].model_dump(), "operation": operation}]


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"steps": _step("ec2:HaltInstances")}, "neither an operation nor a permission"),
        ({"steps": _step("ec2:DescribeInstances")}, "only reads"),
        ({"commands": [["aws", "ec2", "halt-instances"]]}, "begins with no command that is known"),
        ({"commands": [["aws", "ec2", "stop-instances", "--instance-id", "<id>"]]}, "there is no --instance-id"),
        ({"commands": [["aws", "ec2", "stop-instances"]]}, "--instance-ids is required"),
    ],
)
def test_what_is_wrong_is_a_sentence(changed, finding):
    found = _with(**changed)
    assert any(finding in said for said in found), found
    assert all(said.startswith("aws-ec2-resize: ") for said in found)


def test_what_only_tells_directions_apart_is_left_off():
    assert _with(steps=_step("rds:ModifyDBInstance:grow")) == []


def test_a_request_sent_by_hand_needs_no_command_of_its_own():
    rest = ["az", "rest", "--method", "post", "--url", "https://x/<id>/frobnicate?api-version=1"]
    asked = {"cloud": "azure", "steps": _step("Microsoft.X/things/frobnicate/action"), "commands": [rest]}
    assert _with(**asked) == []
    assert "neither" in _with(**{**asked, "steps": _step("Microsoft.X/things/other/action")})[0]


def test_a_cloud_without_a_pack_is_passed_over():
    assert lint_commands(BOOKS, CommandIndex([])) == []
