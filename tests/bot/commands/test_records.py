"""`escher history`, `report` and `playbook`: the same answers from a running bot and without one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import commands
from bot.commands.own_playbooks import written_in
from bot.commands.records import since
from engine.errors import SettingsError
from tests.bot.commands.test_run import home, running  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BOOK = """
id: tidy-volumes
title: Tidy up volumes
cloud: aws
parameters:
  - {name: days, kind: number}
  - region
"""


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("7d", "2026-11-13T12:00:00+00:00"),
        ("24H", "2026-11-19T12:00:00+00:00"),
        ("30m", "2026-11-20T11:30:00+00:00"),
        ("2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00+00:00"),
        ("", ""),
    ],
)
def test_times_are_understood(word, at):
    assert since(word, NOW) == at


@pytest.mark.parametrize("word", ["yesterday", "7", "7w", "2026-13-01"])
def test_what_is_no_time_is_said(word):
    with pytest.raises(SettingsError, match=f"--since {word}: that is no time"):
        since(word, NOW)


def test_a_playbook_says_its_own_name_and_parameters():
    assert written_in(BOOK, "x.yaml") == {"name": "tidy-volumes", "title": "Tidy up volumes", "clouds": "aws", "parameters": "days,region"}
    assert written_in("steps: []", "x.yaml") == {}


@pytest.mark.parametrize(("text", "said"), [("a: [", "x.yaml is not YAML"), ("- a\n", "x.yaml is a list")])
def test_a_file_that_is_no_playbook_is_said(text, said):
    with pytest.raises(SettingsError, match=said):
        written_in(text, "x.yaml")


def escher(home, *words: str) -> Result:  # noqa: F811
    """The command in this process: starting one takes two seconds, and there are many."""
    return CliRunner(env={"ESCHER_HOME": str(home)}).invoke(commands(), words)


def asked(home, *words):  # noqa: F811
    done = escher(home, *words)
    assert done.exit_code == 0, done.output
    return done.stdout


def scene(home):  # noqa: F811
    """Says something, saves a playbook twice, and asks for all of it."""
    asked(home, "ask", "hello, galah", "--as", "me")
    book = home / "tidy.yaml"
    book.write_text(BOOK)
    first = json.loads(asked(home, "playbook", "save", str(book), "--as", "me", "--json"))
    book.write_text(BOOK + "more: true\n")
    assert "version 2, uploaded_for_review" in asked(home, "playbook", "save", str(book), "--as", "me", "--strategy", "uploaded_for_review")
    assert (first["name"], first["version"], first["parameters"]) == ("tidy-volumes", 1, ["days", "region"])
    (message,) = json.loads(asked(home, "history", "search", "galah", "--json"))
    assert (message["by"], message["text"]) == ("me", "hello, galah")
    thread = json.loads(asked(home, "history", "thread", message["thread"], "--json"))
    assert [one["by"] for one in thread] == ["me", "escher"]
    assert asked(home, "playbook", "show", "tidy-volumes", "--version", "1") == BOOK
    assert [one["version"] for one in json.loads(asked(home, "playbook", "versions", "tidy-volumes", "--json"))] == [2, 1]
    assert "tidy-volumes" in asked(home, "playbook", "own", "volumes")
    assert json.loads(asked(home, "history", "rebuild", "--json"))["records"]["user_playbooks"] == 2
    status = json.loads(asked(home, "history", "status", "--json"))
    assert (status["records"]["chat_history"], status["behind"]) == (2, 0)
    refusals(home)


def refusals(home):  # noqa: F811
    """What cannot be is refused alike."""
    assert escher(home, "playbook", "show", "nothing").exit_code == 3
    assert "no run run-x" in escher(home, "history", "run", "run-x").stderr
    assert "is no report" in escher(home, "report", "export", "0123456789").stderr
    untrusted = escher(home, "playbook", "save", str(home / "escher.yaml"), "--as", "me", "--name", "x", "--strategy", "uploaded_trusted")
    assert (untrusted.exit_code, "cannot begin as uploaded_trusted" in untrusted.stderr) == (3, True)
    assert escher(home, "history", "changes", "--aspect", "colour").exit_code == 3
    assert "Nothing found." in escher(home, "history", "runs").stderr


def test_without_a_running_bot(home):  # noqa: F811
    scene(home)


def test_with_a_running_bot(home, running):  # noqa: F811
    scene(home)


def test_an_exported_report_is_verified_without_a_data_folder(tmp_path, home):  # noqa: F811
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    done = escher(home, "report", "verify", str(broken))
    assert (done.exit_code, "This is not an exported report." in done.stderr) == (1, True)
    assert escher(home, "report", "verify", str(tmp_path / "none.json")).exit_code == 2
    assert "No report was kept yet." in escher(home, "report", "list").stderr
