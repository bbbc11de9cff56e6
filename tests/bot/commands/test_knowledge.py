"""`escher knowledge report` tells what the AI server's package holds, for people and for programs."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from bot.cli import commands


def test_the_report_is_data_for_programs():
    done = CliRunner().invoke(commands(), ["knowledge", "report", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["problems"] == []
    assert set(found["clouds"]) == {"aws", "azure", "gcp"}
    for cloud in found["clouds"].values():
        assert sum(cloud["access"].values()) == cloud["operations"]
        assert cloud["versions"]
        assert cloud["bytes"] > 100_000
    assert found["equivalents"]
    assert found["practices"]
    assert all(found["playbooks"].values())


def test_the_report_is_text_for_people():
    done = CliRunner().invoke(commands(), ["knowledge", "report"])
    assert done.exit_code == 0
    assert "aws: from awscli" in done.output
    assert "equivalents" in done.output
