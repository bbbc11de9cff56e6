"""The scripted model is a module that anybody can run, and says its lines in order."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest
from pydantic import ValidationError

from ai_server.models.scripted import LINES, Line, scripted
from tests.ai_server.serving import ROOT


async def test_lines_are_said_in_order_and_the_last_for_ever():
    async with scripted([Line(text="one"), Line(opinion={"risk": "high"})]) as script, httpx.AsyncClient() as client:
        said = [(await client.post(f"{script.url}/chat/completions", json={"n": number})).json() for number in range(3)]
    assert said[0]["choices"][0]["message"]["content"] == "one"
    for later in said[1:]:
        assert json.loads(later["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]) == {"risk": "high"}
    assert [request["n"] for request in script.heard] == [0, 1, 2]


async def test_it_can_break_off():
    async with scripted([Line(cut=True)]) as script, httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(f"{script.url}/chat/completions", json={})


def test_a_misspelt_line_is_an_error():
    with pytest.raises(ValidationError, match="opnion"):
        LINES.validate_python([{"opnion": {}}])


def test_it_runs_by_itself(tmp_path):
    script = tmp_path / "script.json"
    script.write_text('[{"text": "hello", "tokens": 5}]')
    with subprocess.Popen(
        [sys.executable, "-m", "ai_server.models.scripted", str(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        try:
            url = json.loads(run.stdout.readline())["url"]
            answer = httpx.post(f"{url}/chat/completions", json={}).json()
        finally:
            run.terminate()
    assert answer["choices"][0]["message"]["content"] == "hello"
    assert answer["usage"]["total_tokens"] == 5
