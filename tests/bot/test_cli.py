"""The table of commands is held to the commands, and only the one that is asked for is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli import ROWS, commands, loaded


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_help_lists_is_what_the_command_says_of_itself(row):
    whole = get_command(commands([row.name])).commands[row.name]
    said = " ".join((whole.help or "").split("\n\n")[0].split())
    assert said == row.help
    assert hasattr(whole, "commands") == row.group
    assert loaded(row)


def test_every_command_is_listed_whichever_is_asked_for():
    names = [row.name for row in ROWS]
    for words in (None, [], ["--help"], ["ask"], ["nonsense"]):
        assert sorted(get_command(commands(words)).commands) == sorted(names)


def test_a_word_that_is_no_command_is_wrong_use():
    done = CliRunner().invoke(commands(["nonsense"]), ["nonsense"])
    assert done.exit_code == 2
    assert "nonsense" in done.output


def test_help_imports_no_bot_no_engine_and_no_cloud():
    looked = "import sys; from bot.cli import commands; commands(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    modules = done.stdout.split()
    assert "bot.cli" in modules
    assert not [one for one in modules if one.startswith(("bot.commands", "engine", "ai_server", "aioboto3", "azure", "google", "httpx"))]
