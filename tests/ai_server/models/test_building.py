"""Each provider is spoken to in its own tongue, at the address that was set, with the key that was set, once."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

pytest.importorskip("pydantic_ai", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")
pytest.importorskip("openai", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")
pytest.importorskip("anthropic", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")

from pydantic_ai import models

from ai_server.models.building import build
from ai_server.models.choosing import choose
from ai_server.models.opinion import Opinion
from ai_server.models.scripted import Line
from ai_server.models.speaking import NoOpinion, Spoken
from ai_server.models.voice import Budget, Voice
from ai_server.settings import Settings

OPENAI = json.loads(Line(opinion={"question": "Which?"}, tokens=50).body())
ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "opinion", "input": {"question": "Which?"}}],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 40, "output_tokens": 10},
}
CONVERSE = {
    "output": {"message": {"content": [{"toolUse": {"toolUseId": "t1", "name": "opinion", "input": {"question": "Which?"}}}]}},
    "usage": {"inputTokens": 40, "outputTokens": 10},
}


@contextlib.asynccontextmanager
async def answering(body: object, status: int = 200):
    """A server that gives one answer for ever; yields its address and the heads of what it was asked."""
    heads: list[str] = []
    content = json.dumps(body).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            heads.append(head)
            await reader.readexactly(
                next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
            )
            start = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
            writer.write(start.encode() + content)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads


@pytest.mark.parametrize(
    ("model", "under", "answer", "asked", "key"),
    [
        ("openai:gpt-x", "/v1", OPENAI, "POST /v1/chat/completions", "authorization: bearer k3y"),
        ("openai-compatible:m", "/v1", OPENAI, "POST /v1/chat/completions", "authorization: bearer k3y"),
        ("azure:deployment", "/openai/v1", OPENAI, "POST /openai/v1/chat/completions", "authorization: bearer k3y"),
        ("google:gemini-x", "/v1beta/openai", OPENAI, "POST /v1beta/openai/chat/completions", "authorization: bearer k3y"),
        ("ollama:llama", "/v1", OPENAI, "POST /v1/chat/completions", "authorization: bearer k3y"),
        ("anthropic:claude-x", "", ANTHROPIC, "POST /v1/messages", ": bearer k3y"),
        ("bedrock:vendor.model-v1:0", "", CONVERSE, "POST /model/vendor.model-v1%3A0/converse", "authorization: bearer k3y"),
    ],
)
async def test_each_provider_is_asked_once_at_its_address(model, under, answer, asked, key):
    async with answering(answer) as (url, heads):
        choice = choose(Settings(model=model, model_url=url + under, model_key="k3y"))
        with models.override_allow_model_requests(True):
            said = await Voice(build(choice, 5.0), Budget(5.0, 5000)).opinion("x", lambda _: "")
    assert said == Spoken(Opinion(question="Which?"), 50)
    assert len(heads) == 1
    assert heads[0].startswith(asked)
    assert key in heads[0].lower()
    assert not any(word in heads[0].lower() for word in ("linux", "python/3", "runtime-version", "stainless-os")), heads[0]


@pytest.mark.parametrize("model", ["openai:gpt-x", "anthropic:claude-x", "bedrock:m"])
async def test_a_busy_provider_is_not_asked_again(model):
    async with answering({"error": {"message": "overloaded", "type": "overloaded_error"}}, status=529) as (url, heads):
        choice = choose(Settings(model=model, model_url=url, model_key="k3y"))
        with models.override_allow_model_requests(True), pytest.raises(NoOpinion) as lost:
            await Voice(build(choice, 5.0), Budget(5.0, 5000)).opinion("x", lambda _: "")
    assert lost.value.why == "refused"
    assert len(heads) == 1
