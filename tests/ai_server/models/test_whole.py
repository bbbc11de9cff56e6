"""The real server as a process, with a scripted model as another: what a customer gets, and what the log and the metrics tell."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest.importorskip("pydantic_ai", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")

from ai_server.models.scripted import Line, scripted
from ai_server.wire import PlanReply
from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP, post


async def test_a_plan_is_looked_at_by_a_model_and_the_log_says_nothing_of_it():
    import asyncio

    line = Line(opinion={"risk": "critical", "risk_reason": "whispered-reason", "explanation": "Whispered words."}, tokens=321)

    def talk(url: str):
        with serving(ESCHER_AI_MODEL="openai-compatible:scripted", ESCHER_AI_MODEL_URL=url) as server:
            response = post(server, {**STOP, "message": "stop g1 whispered-word"})
            with server.client() as client:
                return response, client.get("/health").json(), client.get("/metrics").text, server

    async with scripted([line]) as script:
        response, health, metrics, server = await asyncio.to_thread(talk, script.url)
    reply = PlanReply.model_validate_json(response.content).reply
    assert (reply.risk.level, "Whispered words." in reply.explanation) == ("critical", True)
    assert health["model"] == "openai-compatible:scripted"
    assert 'escher_ai_model_calls_total{outcome="raised"} 1' in metrics
    assert "escher_ai_model_tokens_total 321" in metrics
    assert "hispered" not in server.log + metrics
    said = [json.loads(text) for text in server.log.splitlines()]
    assert [one["event"] for one in said][:3] == ["knowledge", "model", "request"]
    assert said[1]["outcome"] == "raised"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ESCHER_AI_MODEL": "nobody:x"}, "PROVIDER:NAME"),
        ({"ESCHER_AI_MODEL": "openai:x"}, "ESCHER_AI_MODEL_KEY is missing"),
        ({"ESCHER_AI_MODEL": "openai:x", "ESCHER_AI_MODEL_URL": "http://models.example.com"}, "https:// address"),
    ],
)
def test_a_model_that_cannot_be_keeps_it_from_starting(settings, says):
    command = [sys.executable, "-m", "ai_server", "--port", "0"]
    ended = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, says in ended.stderr, "Traceback" in ended.stderr) == (2, True, False), ended.stderr
