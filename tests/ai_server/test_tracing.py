"""Spans carry outcome, sizes and times, and nothing else; without OpenTelemetry it is said what to install."""

from __future__ import annotations

import json
import sys

import httpx
import pytest

from ai_server.gate import Gate
from ai_server.settings import BadSettings, Settings
from ai_server.tracing import SPAN, Traces, traces


def test_without_the_library_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(BadSettings, match=r"install escher-ops\[otel\]"):
        traces()


async def test_one_span_a_request_with_sizes_and_outcome_alone():
    pytest.importorskip("opentelemetry.sdk", reason="!!! SKIPPED: opentelemetry-sdk is not installed, so no span is looked at")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from ai_server.app import create_app
    from tests.ai_server.test_server import STOP

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = Gate(create_app(Settings()), Settings(), traces=Traces(provider.get_tracer("t")))
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        await client.post("/v1/plan", json={**STOP, "message": "stop g1 whispered"}, headers={"traceparent": parent, "x-whispered": "w"})
        await client.post("/v1/plan", json={"message": "stop 10.1.2.3"})
        await client.get("/whispered?whispered")
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == [SPAN] * 3
    assert [span.attributes["escher.outcome"] for span in spans] == ["plan", "unsealed", "invalid_request"]
    names = {"http.response.status_code", "escher.outcome", "http.request.body.size", "http.response.body.size"}
    assert all(set(span.attributes) == names for span in spans)
    assert all(span.end_time > span.start_time and span.parent is None and not span.events for span in spans)
    assert "whispered" not in "".join(span.to_json() for span in spans)
    assert "0af7651916cd43dd8448eb211c80319c" not in json.dumps([span.to_json() for span in spans])


async def test_a_failure_is_marked():
    pytest.importorskip("opentelemetry.sdk", reason="!!! SKIPPED: opentelemetry-sdk is not installed, so no span is looked at")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    async def broken(scope, receive, send):
        raise RuntimeError("whispered")

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = Gate(broken, Settings(), traces=Traces(provider.get_tracer("t")))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.post("/v1/plan", content=b"{}")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code.name == "ERROR"
    assert "whispered" not in span.to_json()
