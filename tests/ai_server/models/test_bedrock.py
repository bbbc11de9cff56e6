"""Converse by plain HTTP, against a server that notes what it is asked and answers as the API reference says."""

from __future__ import annotations

import json

import httpx
import pytest

pytest.importorskip("pydantic_ai", reason="!!! SKIPPED: escher-ops[model] is not installed, so no model is asked")

from pydantic_ai import models

from ai_server.models.bedrock import converse
from ai_server.models.choosing import choose
from ai_server.models.opinion import Opinion
from ai_server.models.speaking import NoOpinion, Spoken
from ai_server.models.voice import Budget, Voice
from ai_server.settings import Settings

CHOICE = choose(
    Settings(model="bedrock:eu.vendor.model-v1:0", model_url="https://bedrock-runtime.eu-central-1.amazonaws.com", model_key="k3y")
)


def used(opinion: dict, **usage: int) -> dict:
    content = [{"text": "Let me see."}, {"toolUse": {"toolUseId": "t1", "name": "opinion", "input": opinion}}]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 30, "outputTokens": 12, "totalTokens": 42, **usage},
        "metrics": {"latencyMs": 1},
    }


async def asked(*answers: httpx.Response, check=lambda _: "", choice=CHOICE) -> tuple[Spoken | NoOpinion, list[httpx.Request]]:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answers[min(len(requests), len(answers)) - 1]

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        voice = Voice(converse(choice, client), Budget(2.0, 5000))
        with models.override_allow_model_requests(True):
            try:
                return await voice.opinion("hello", check), requests
            except NoOpinion as lost:
                return lost, requests


async def test_aws_keys_sign_each_request():
    secret = "x" * 40
    keys = f"ASIAEXAMPLEEXAMPLE:{secret}:{'t' * 40}"
    settings = Settings(model="bedrock:m", model_url="https://bedrock-runtime.eu-central-1.amazonaws.com", model_key=keys)
    said, requests = await asked(httpx.Response(200, json=used({"risk": "high", "risk_reason": "r"})), choice=choose(settings))
    assert said == Spoken(Opinion(risk="high", risk_reason="r"), 42)
    headers = requests[0].headers
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE/")
    assert "/eu-central-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token" in headers["authorization"]
    assert headers["x-amz-security-token"] == "t" * 40
    assert not any(secret in value for value in headers.values())


async def test_an_opinion_by_one_call():
    said, requests = await asked(httpx.Response(200, json=used({"risk": "high", "risk_reason": "r"})))
    assert said == Spoken(Opinion(risk="high", risk_reason="r"), 42)
    request = requests[0]
    assert str(request.url) == "https://bedrock-runtime.eu-central-1.amazonaws.com/model/eu.vendor.model-v1%3A0/converse"
    assert request.headers["authorization"] == "Bearer k3y"
    body = json.loads(request.content)
    assert body["messages"] == [{"role": "user", "content": [{"text": "hello"}]}]
    assert body["inferenceConfig"] == {"maxTokens": 2000}
    assert body["toolConfig"]["toolChoice"] == {"any": {}}
    assert body["toolConfig"]["tools"][0]["toolSpec"]["name"] == "opinion"
    assert "cautious" in body["system"][0]["text"]


async def test_a_correction_carries_the_conversation():
    answers = (httpx.Response(200, json=used({"question": "a?"})), httpx.Response(200, json=used({})))
    said, requests = await asked(*answers, check=lambda one: "Not that." if one.question else "")
    assert said == Spoken(Opinion(), 84)
    messages = json.loads(requests[1].content)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"][1]["toolUse"] == {"toolUseId": "t1", "name": "opinion", "input": {"question": "a?"}}
    result = messages[2]["content"][0]["toolResult"]
    assert (result["toolUseId"], result["status"]) == ("t1", "error")
    assert "Not that." in result["content"][0]["text"]


async def test_words_alone_are_corrected_too():
    words = {**used({}), "output": {"message": {"content": [{"text": "hi"}]}}}
    said, requests = await asked(httpx.Response(200, json=words), httpx.Response(200, json=used({})))
    assert isinstance(said, Spoken)
    assert "text" in json.loads(requests[1].content)["messages"][2]["content"][0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(429, json={"message": "Too many requests"}), "refused"),
        (httpx.Response(403, json={"message": "no"}), "refused"),
        (httpx.Response(307, headers={"location": "https://evil.example/"}), "refused"),
        (httpx.Response(200, content=b"garbage"), "unsound"),
        (httpx.Response(200, json={"output": {}}), "unsound"),
        (httpx.Response(200, json=used({}, inputTokens=9000)), "budget"),
    ],
)
async def test_whatever_goes_wrong_is_named(answer, why):
    lost, requests = await asked(answer)
    assert isinstance(lost, NoOpinion)
    assert lost.why == why
    assert len(requests) == 1


async def test_nobody_there():
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(gone)) as client:
        with models.override_allow_model_requests(True), pytest.raises(NoOpinion) as lost:
            await Voice(converse(CHOICE, client), Budget(2.0, 5000)).opinion("x", lambda _: "")
    assert lost.value.why == "unreachable"


async def test_real_calls_can_be_forbidden():
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        with models.override_allow_model_requests(False), pytest.raises(RuntimeError, match="not allowed"):
            await Voice(converse(CHOICE, client), Budget(2.0, 5000)).opinion("x", lambda _: "")
