"""The demo as a newcomer runs it: three local clouds, real changes, and what it says about them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ESCHER = str(Path(sys.executable).parent / "escher")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    env = {**os.environ, "ESCHER_HOME": str(tmp_path_factory.mktemp("home"))}
    done = subprocess.run(
        [ESCHER, "demo", "--json"], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scene(told: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    """The happenings of the scene whose title holds these words."""
    starts = [index for index, one in enumerate(told) if one["event"] == "scene"]
    begin = next(index for index in starts if words in told[index]["text"])
    end = next((index for index in starts if index > begin), len(told))
    return told[begin + 1 : end]


def cards(happenings: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one["card"] for one in happenings if "card" in one and one["card"]["kind"] == kind]


def test_a_question_is_answered_from_the_scanned_estate(told: list[dict[str, Any]]) -> None:
    (card,) = cards(scene(told, "A question"), "table")
    table = next(block for block in card["blocks"] if "rows" in block and "columns" in block)
    assert len(table["rows"]) >= 3
    assert all("azure" in " ".join(row) for row in table["rows"])


def test_a_low_risk_change_runs_at_once(told: list[dict[str, Any]]) -> None:
    happened = scene(told, "low-risk")
    assert "Runs at once" in happened[1]["text"]
    (outcome,) = cards(happened, "outcome")
    assert outcome["tone"] == "good"


def test_production_waits_refuses_the_wrong_people_runs_and_is_undone(told: list[dict[str, Any]]) -> None:
    happened = scene(told, "production change")
    refused = [one for one in happened if one["event"] == "private"]
    assert [one["who"] for one in refused] == ["a-stranger", "vic", "eve", "mona"]
    assert all(one["card"]["kind"] == "refusal" for one in refused)
    outcomes = cards(happened, "outcome")
    assert [card["title"].split()[1] for card in outcomes[:2]] == ["Stop", "Start"]
    assert {card["tone"] for card in outcomes} == {"good"}
    assert not [action for action in outcomes[-1]["actions"] if action["verb"] == "undo"], "a run that was undone offers no Undo"


@pytest.mark.parametrize(("words", "kind"), [("ambiguous", "clarification"), ("injection", "refusal"), ("Deleting", "refusal")])
def test_what_must_not_run_does_not(told: list[dict[str, Any]], words: str, kind: str) -> None:
    happened = scene(told, words)
    assert len(cards(happened, kind)) == 1
    assert not cards(happened, "plan")
    assert not cards(happened, "outcome")


def test_what_left_names_nothing(told: list[dict[str, Any]]) -> None:
    shown = next(one for one in scene(told, "byte for byte") if one["event"] == "private")
    body = json.loads(shown["card"]["blocks"][1]["text"])
    assert body["orders"][0]["action"] == "stop"
    for name in ("mailer", "nimbus", "us-east-1", "403344556677"):
        assert name not in json.dumps(body)


def test_the_journal_is_whole(told: list[dict[str, Any]]) -> None:
    assert "whole" in told[-1]["text"]
