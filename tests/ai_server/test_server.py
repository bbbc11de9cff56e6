"""The server over HTTP, as its own process: doors, limits, errors, two customers at once, speed."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import time

import httpx
import pytest

from ai_server.wire import ErrorReply, PlanReply
from tests.ai_server.serving import ROOT, serving

STOP = {
    "message": "stop g1",
    "orders": [{"action": "stop", "on": ["g1"]}],
    "groups": [
        {
            "handle": "g1",
            "count": 3,
            "cloud": "aws",
            "type": "compute_instance",
            "native_type": "AWS::EC2::Instance",
            "environment": "test",
            "state": "running",
        }
    ],
}


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


def post(server, body, **headers):
    with server.client(**headers) as client:
        return client.post("/v1/plan", content=body if isinstance(body, bytes) else json.dumps(body))


def error(response) -> ErrorReply:
    return ErrorReply.model_validate_json(response.content)


def test_it_starts_fast_and_stays_small(server):
    print(f"start {server.start_s:.2f} s, peak {server.peak_memory_mb():.0f} MB")
    assert server.start_s < 5, "1.5 s alone; generous here, since other suites may share the machine"
    assert server.peak_memory_mb() < 250, "most of it is the commands of three clouds"


def test_health_tells_what_is_loaded(server):
    with server.client() as client:
        health = client.get("/health").json()
    assert health["status"] == "ok"
    assert set(health) == {"status", "version", "playbooks", "commands", "operations", "catalogue", "practices", "equivalents", "model"}
    assert health["model"] == ""
    assert health["commands"] >= health["playbooks"] >= 50


def test_a_plan_comes_back(server):
    response = post(server, STOP)
    reply = PlanReply.model_validate_json(response.content)
    assert response.headers["x-request-id"] == reply.request_id
    assert [step.operation for step in reply.reply.steps] == ["ec2:StopInstances"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[" * 50_000, "body"),
        (b"\xff\xfe", "body"),
        (b'{"message":"\\ud800"}', "body"),
        ({}, "message"),
        ({"message": "x", "secret_name": 1}, "secret_name"),
        ({**STOP, "version": "2"}, "version"),
        ({**STOP, "groups": [{**STOP["groups"][0], "handle": "prod-db"}]}, "groups.0.handle"),
        ({**STOP, "groups": [{**STOP["groups"][0], "state": "In Use"}]}, "groups.0.state"),
        ({**STOP, "orders": [{"action": "exfiltrate", "on": []}]}, "orders.0.action"),
        ({**STOP, "orders": [{"action": "stop", "on": ["g1"]}] * 9}, "orders"),
    ],
)
def test_an_invalid_request_names_the_field_and_not_what_stood_there(server, body, field):
    response = post(server, body)
    assert response.status_code == 422
    assert (error(response).code, error(response).field) == ("invalid_request", field)
    assert "prod-db" not in response.text
    assert "exfiltrate" not in response.text


def test_an_unsealed_request_is_refused(server):
    response = post(server, {**STOP, "message": "stop i-0061fe8164c9ccb6d"})
    assert response.status_code == 422
    assert (error(response).code, error(response).field) == ("unsealed", "message")
    assert "i-0061" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/plan", 405), ("POST", "/health", 405), ("GET", "/docs", 404), ("GET", "/redoc", 404)]
)
def test_there_are_four_doors_only(server, method, path, status):
    with server.client() as client:
        response = client.request(method, path)
    assert response.status_code == status
    assert error(response).field == "path"


def test_a_body_over_the_limit_is_refused_announced_or_not(server):
    big = b'{"message":"' + b"x" * (1024 * 1024) + b'"}'
    assert error(post(server, big)).code == "too_large"
    with server.client() as client:
        response = client.post("/v1/plan", content=(big[i : i + 65536] for i in range(0, len(big), 65536)))
    assert (response.status_code, error(response).code) == (413, "too_large")
    assert post(server, STOP).status_code == 200


def test_a_large_and_valid_request_is_served(server):
    groups = [{**STOP["groups"][0], "handle": f"g{number}"} for number in range(1, 1001)]
    orders = [{"action": "stop", "on": [group["handle"] for group in groups]}] * 8
    begun = time.perf_counter()
    response = post(server, {**STOP, "groups": groups, "orders": orders})
    print(f"1000 groups, 8 orders: {(time.perf_counter() - begun) * 1000:.0f} ms")
    assert response.status_code == 200


def test_the_token_is_asked_for_at_the_plan_only():
    with serving(ESCHER_AI_TOKEN="open-sesame") as server:
        assert post(server, STOP).status_code == 401
        for wrong in ("Bearer open-sesam", "Basic open-sesame", "Bearer x", "open-sesame", "Bearer \u00f6pen"):
            response = post(server, STOP, authorization=wrong.encode())
            assert (response.status_code, error(response).code) == (401, "unauthorized")
            assert response.headers["www-authenticate"] == "Bearer"
        assert post(server, STOP, authorization="Bearer open-sesame").status_code == 200
        with server.client() as client:
            assert client.get("/health").status_code == 200
    assert "sesam" not in server.log


def test_too_many_at_once_and_too_slow_are_told_so():
    with serving(ESCHER_AI_CONCURRENCY="1", ESCHER_AI_BODY_TIMEOUT_S="1.0") as server:
        port = int(server.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST /v1/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            time.sleep(0.2)
            response = post(server, STOP)
            assert (response.status_code, error(response).code, response.headers["retry-after"]) == (503, "busy", "1")
            assert slow.recv(4096).startswith(b"HTTP/1.1 408")
        assert post(server, STOP).status_code == 200
        with socket.create_connection(("127.0.0.1", port)) as gone:
            gone.sendall(b"POST /v1/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        assert post(server, STOP).status_code == 200


@pytest.mark.parametrize("before", [b"", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["first", "second"])
@pytest.mark.parametrize("part", [b"", b"POST /v1/plan HTTP/1.1\r\nHost:"], ids=["silent", "half"])
def test_headers_that_do_not_come_are_not_waited_for(before, part):
    with serving(ESCHER_AI_BODY_TIMEOUT_S="0.5") as server:
        port = int(server.url.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=8) as slow:
            if before:
                slow.sendall(before)
                assert slow.recv(4096).startswith(b"HTTP/1.1 200")
            slow.sendall(part)
            begun = time.perf_counter()
            while slow.recv(4096):
                pass
            assert time.perf_counter() - begun < 7, "uvicorn closes an idle kept connection after 5 s by itself"
        assert post(server, STOP).status_code == 200


async def test_two_customers_at_once_never_see_each_other(server):
    """Each asks for its own number of machines; replies, bar their random id, equal those asked alone."""
    bodies = [{**STOP, "groups": [{**STOP["groups"][0], "count": count}]} for count in (7, 900)]
    async with httpx.AsyncClient(base_url=server.url) as client:

        async def asked(body: dict) -> dict:
            return (await client.post("/v1/plan", json=body)).json()

        alone = [(await asked(body))["reply"] for body in bodies]
        order = [number % 2 for number in range(60)]
        random.Random(7).shuffle(order)
        replies = await asyncio.gather(*(asked(bodies[who]) for who in order))
    assert [reply["reply"] for reply in replies] == [alone[who] for who in order]
    assert len({reply["request_id"] for reply in replies}) == 60
    assert "Stop 7 " in alone[0]["title"]
    assert "900" not in json.dumps(alone[0])


def test_latency(server):
    took = []
    with server.client() as client:
        for _ in range(100):
            begun = time.perf_counter()
            assert client.post("/v1/plan", json=STOP).status_code == 200
            took.append((time.perf_counter() - begun) * 1000)
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"plan over HTTP: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    assert p95 < 250


def test_the_log_has_sizes_and_codes_and_no_content():
    with serving() as server:
        post(server, {**STOP, "message": "stop g1 whispered-word"})
        post(server, {"message": "x", "whispered_field": 1})
        post(server, b"whispered garbage")
        with server.client() as client:
            client.get("/whispered-path?whispered=1")
    first, *lines = [json.loads(line) for line in server.log.splitlines()]
    assert (first["event"], "No embedding model" in first["note"]) == ("knowledge", True)
    assert [line["status"] for line in lines] == [200, 422, 422, 404]
    assert [line["outcome"] for line in lines] == ["plan", "invalid_request", "invalid_request", "invalid_request"]
    assert all(set(line) == {"time", "level", "event", "request_id", "status", "outcome", "bytes_in", "bytes_out", "ms"} for line in lines)
    assert "whispered" not in server.log


@pytest.mark.parametrize(
    ("settings", "code", "says"),
    [({"ESCHER_AI_PORT": "x"}, 2, "ESCHER_AI_PORT"), ({"ESCHER_PLAYBOOKS": "/nowhere"}, 1, "holds no playbooks")],
)
def test_what_keeps_it_from_starting_is_said_in_a_line(settings, code, says):
    command = [sys.executable, "-m", "ai_server", *(() if "ESCHER_AI_PORT" in settings else ("--port", "0"))]
    ended = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == code
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_said_so(server):
    port = server.url.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "ai_server", "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 1
    assert "cannot listen" in ended.stderr
