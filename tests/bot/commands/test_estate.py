"""`escher estate search` and `stats`: the same answers from a running bot and without one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import commands
from engine.errors import SettingsError
from engine.estate.memory import MemoryEstate
from engine.request.inquiries import asked
from tests.bot.commands.test_run import home, running  # noqa: F401 - fixtures
from tests.engine.estate.samples import ALL, WEB_1


def escher(home: Path, *words: str):  # noqa: F811
    return CliRunner(env={"ESCHER_HOME": str(home)}).invoke(commands(), words)


def test_without_a_running_bot(home):  # noqa: F811
    lines = home / "resources"
    lines.write_text("".join(json.dumps(one.to_json()) + "\n" for one in ALL))
    assert escher(home, "estate", "import", str(lines)).exit_code == 0
    found = json.loads(escher(home, "estate", "search", WEB_1.name, "--json").stdout)
    assert [one["id"] for one in found] == [WEB_1.id]
    assert WEB_1.name in escher(home, "estate", "search", WEB_1.name).stdout
    stats = json.loads(escher(home, "estate", "stats", "--json").stdout)
    assert (stats["total"], stats["cloud"]["aws"]) == (6, 4)
    assert "6 in all." in escher(home, "estate", "stats").stdout


def test_with_a_running_bot(home, running):  # noqa: F811
    done = escher(home, "estate", "stats", "--json")
    assert (done.exit_code, json.loads(done.stdout)["total"]) == (0, 0)
    done = escher(home, "estate", "search", "nothing-like-it")
    assert (done.exit_code, running.poll()) == (1, None)


def test_another_question_is_refused():
    with pytest.raises(SettingsError, match="search, stats"):
        asyncio.run(asked(MemoryEstate(), "drop", {}))
