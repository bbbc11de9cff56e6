"""The AI server's own descriptions before programs nobody here wrote: schemathesis over its OpenAPI, Prometheus' parser over its metrics."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP, post

pytestmark = pytest.mark.peer


# A text that fits the schema is refused all the same when it looks like a name: that is what the second lock is for.
NOT_HELD = "positive_data_acceptance"


def test_schemathesis_finds_nothing():
    pytest.importorskip(
        "schemathesis", reason="!!! SKIPPED: schemathesis is not installed (schemathesis>=4.32,<5): the OpenAPI is not tried out"
    )
    with serving(ESCHER_AI_RATE="0") as server:
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json",
            "--checks", "all", "--exclude-checks", NOT_HELD, "--max-examples", "100", "--seed", "7", "--no-color", "--generation-database", "none",
        ]  # fmt: skip
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert "Selected: 3/3" in ended.stdout, ended.stdout[-3000:]  # the document itself is where it reads from, and no test case


def test_prometheus_reads_the_metrics():
    parser = pytest.importorskip(
        "prometheus_client.parser", reason="!!! SKIPPED: prometheus-client is not installed: the metrics are not parsed"
    )
    with serving() as server:
        for body in (STOP, {"message": "stop 10.1.2.3"}, {}):
            post(server, body)
        with server.client() as client:
            answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in parser.text_string_to_metric_families(answer.text)}
    assert families["escher_ai_requests"].type == "counter"
    counts = {sample.labels["outcome"]: sample.value for sample in families["escher_ai_requests"].samples}
    assert counts == {"plan": 1, "unsealed": 1, "invalid_request": 1}
    assert families["escher_ai_request_seconds"].type == "histogram"
    assert families["escher_ai_knowledge"].type == "gauge"
