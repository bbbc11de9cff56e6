"""What a command line can ask: rows of plain JSON."""

from __future__ import annotations

import json

import pytest

from engine.collections import questions
from engine.collections.questions import asked
from engine.collections.report_proof import verify_export
from engine.errors import Refused
from tests.engine.collections.stage import answered, changed, finished, journal, library, received, sending, settled, started, told


@pytest.fixture
async def made(tmp_path):
    kept = journal()
    told(kept, received("stop mailer-web-1"), answered("This would stop one instance.", number=1))
    told(kept, started("run-a", "mailer-web-1"), sending("run-a"), settled("run-a"), finished("run-a"))
    told(kept, changed(("i-1", "state", "running", "stopped")))
    async with library(tmp_path, kept) as opened:
        await opened.reports.make("morning", "Monday", {"idle": 3})
        yield opened


async def rows(made, name, /, **question):
    return [json.loads(json.dumps(row)) async for row in asked(made, name, question)]


@pytest.mark.parametrize(
    ("name", "question", "field", "values"),
    [
        ("chat", {"text": "mailer"}, "text", ["stop mailer-web-1"]),
        ("thread", {"thread": "web/general/t1", "limit": "5"}, "by", ["eve", "escher"]),
        ("runs", {"person": "mona"}, "outcome", ["done"]),
        ("runs", {"text": "stop"}, "targets", [["mailer-web-1"]]),
        ("runs", {"since": "2030-01-01T00:00:00+00:00"}, "run", []),
        ("steps", {"run": "run-a"}, "state", ["done"]),
        ("changes", {"aspect": "state"}, "turn", ["changed"]),
        ("changes", {"text": "stopped"}, "resource", ["i-1"]),
        ("reports", {"kind": "morning"}, "title", ["Monday"]),
        ("own", {}, "name", []),
        ("status", {}, "behind", [0]),
    ],
)
async def test_every_question_has_its_rows(made, name, question, field, values):
    assert [row[field] for row in await rows(made, name, **question)] == values


async def test_a_report_is_shown_and_its_export_proves_itself(made):
    (listed,) = await rows(made, "reports")
    (shown,) = await rows(made, "report", report=listed["report"][:8])
    assert shown["content"] == {"idle": 3}
    (export,) = await rows(made, "export", report=listed["report"])
    assert verify_export(export).id == listed["report"]


async def test_a_playbook_is_saved_and_shown(made):
    told_of = {"name": "tidy", "author": "eve", "script": "echo", "clouds": "aws,gcp", "parameters": "", "strategy": "local_only"}
    (kept,) = await rows(made, "save", **told_of)
    assert (kept["version"], kept["clouds"], kept["parameters"]) == (1, ["aws", "gcp"], [])
    assert [row["script"] for row in await rows(made, "version", name="tidy")] == ["echo"]
    assert [row["version"] for row in await rows(made, "versions", name="tidy")] == [1]
    with pytest.raises(Refused, match="no storage strategy"):
        await rows(made, "save", **{**told_of, "strategy": "everywhere"})


async def test_rebuilding_tells_its_progress_and_then_how_things_stand(made):
    *progress, status = await rows(made, "rebuild")
    assert progress[0] == {"done": 0, "of": 8}
    assert progress[-1] == {"done": 8, "of": 8}
    assert status["records"]["immutable_reports"] == 1


async def test_what_is_not_taken_in_yet_is_said_first(made, monkeypatch):
    monkeypatch.setattr(questions, "PATIENCE_S", 0.01)
    async with made._turn:
        assert await rows(made, "own") == [{"behind": 1}]


@pytest.mark.parametrize(
    ("name", "question", "said"),
    [
        ("delete", {}, "is nothing that can be asked"),
        ("steps", {"run": "run-x"}, "no run run-x"),
        ("changes", {"aspect": "colour"}, "nothing that changes"),
        ("report", {"report": "00000000"}, "is no report"),
    ],
)
async def test_what_cannot_be_answered_is_refused(made, name, question, said):
    with pytest.raises(Refused, match=said):
        await rows(made, name, **question)
