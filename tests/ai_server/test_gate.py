"""The gate over ASGI: rates, addresses, time, and that refusals carry stable codes."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from ai_server.gate import Gate
from ai_server.settings import RATE_BEYOND_LOOPBACK, Settings
from ai_server.wire import ErrorReply


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    await PlainTextResponse(f"{len(message['body'])}")(scope, receive, send)


def client(gate: Gate, address: str = "10.0.0.1", **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=gate, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


def code(response: httpx.Response) -> str:
    return ErrorReply.model_validate_json(response.content).code


async def test_more_than_the_burst_is_told_when_to_come_back():
    gate = Gate(echo, Settings(rate=0.5, burst=2))
    async with client(gate) as one, client(gate, "10.0.0.2") as other:
        assert [(await one.post("/v1/plan")).status_code for _ in range(3)] == [200, 200, 429]
        refused = await one.post("/v1/plan")
        assert (code(refused), refused.headers["retry-after"]) == ("rate_limited", "2")
        assert refused.headers["x-escher-outcome"] == "rate_limited"
        assert (await one.get("/health")).status_code == 200, "probes are not limited"
        assert (await other.post("/v1/plan")).status_code == 200


async def test_each_token_has_its_own_bucket_and_guessing_is_limited():
    gate = Gate(echo, Settings(rate=0.001, burst=1, token="old-one new-one"))
    async with client(gate) as one:

        async def asked(token: str) -> int:
            return (await one.post("/v1/plan", headers={"authorization": f"Bearer {token}"})).status_code

        assert [await asked("old-one"), await asked("old-one")] == [200, 429]
        assert [await asked("new-one"), await asked("new-one")] == [200, 429]
        assert [await asked("guess"), await asked("guess again")] == [401, 429]
        assert await asked("old-one new-one") == 429


async def test_behind_a_proxy_its_word_about_the_address_counts_and_elsewhere_not():
    for behind, expected in ((True, [200, 200, 429]), (False, [200, 429, 429])):
        gate = Gate(echo, Settings(rate=0.001, burst=1, behind_proxy=behind))
        async with client(gate) as one:
            chains = ("6.6.6.6, 20.0.0.1", "6.6.6.6, 20.0.0.2", "7.7.7.7, 20.0.0.1")
            answers = [await one.post("/v1/plan", headers={"x-forwarded-for": chain}) for chain in chains]
        assert [answer.status_code for answer in answers] == expected


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        (Settings(), 0.0),
        (Settings(host="0.0.0.0"), RATE_BEYOND_LOOPBACK),
        (Settings(behind_proxy=True), RATE_BEYOND_LOOPBACK),
        (Settings(host="0.0.0.0", rate=0), 0.0),
        (Settings(rate=3), 3.0),
    ],
)
def test_who_is_limited_without_being_told_to(settings, rate):
    assert settings.effective_rate == rate
    assert (Gate(echo, settings).buckets is None) == (rate == 0)


async def test_a_request_that_takes_too_long_is_ended():
    ended: list[str] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    gate = Gate(endless, Settings(request_timeout_s=0.05))
    async with client(gate) as one:
        answer = await one.post("/v1/plan")
    assert (answer.status_code, code(answer), ended) == (504, "timeout", ["ended"])
    assert gate.inside == 0


async def test_an_answer_that_stops_halfway_is_not_followed_by_another():
    async def halfway(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    sent: list[str] = []

    async def send(message) -> None:
        sent.append(message["type"])

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "path": "/v1/plan", "headers": [], "client": None, "method": "POST"}
    await Gate(halfway, Settings(request_timeout_s=0.05))(scope, receive, send)
    assert sent == ["http.response.start"]


async def test_what_is_no_http_passes_through():
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await Gate(app, Settings())({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]


async def test_everything_is_counted():
    gate = Gate(echo, Settings(token="t"))
    async with client(gate) as one:
        await one.post("/v1/plan", content=b"12345")
        await one.post("/v1/plan", content=b"12345", headers={"authorization": "Bearer t"})
    assert gate.metrics.requests == {("unauthorized", 401): 1, ("internal", 200): 1}
    assert gate.metrics.bytes_in.total == 5
