"""The exposition: every line well formed, cumulative, bounded in number, without content."""

from __future__ import annotations

import re

from ai_server.metrics import MODEL_OUTCOMES, OUTCOMES, Metrics

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[a-zA-Z0-9_.+]+"(,[a-z]+="[a-zA-Z0-9_.+]+")*\})? -?[0-9.]+')


def full() -> Metrics:
    metrics = Metrics({"playbooks": 51})
    metrics.request("plan", 200, 0.003, (700, 900))
    metrics.request("plan", 200, 0.2, (70_000, 900))
    metrics.request("unsealed", 422, 99.0, (20, 100))
    metrics.model("chosen", 1.2, 400)
    metrics.model("made up", 1.2, 0)
    return metrics


def test_every_line_is_well_formed():
    lines = full().text().splitlines()
    assert full().text().endswith("\n")
    for line in lines:
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line), line
    assert len([line for line in lines if line.startswith("# TYPE")]) == len(
        {line.split()[2] for line in lines if line.startswith("# TYPE")}
    )


def test_what_was_counted_stands_there():
    lines = full().text().splitlines()
    for line in (
        'escher_ai_requests_total{outcome="plan",status="200"} 2',
        'escher_ai_requests_total{outcome="unsealed",status="422"} 1',
        'escher_ai_request_seconds_bucket{outcome="plan",le="0.0025"} 0',
        'escher_ai_request_seconds_bucket{outcome="plan",le="0.005"} 1',
        'escher_ai_request_seconds_bucket{outcome="plan",le="+Inf"} 2',
        'escher_ai_request_seconds_bucket{outcome="unsealed",le="30"} 0',
        'escher_ai_request_seconds_count{outcome="unsealed"} 1',
        'escher_ai_request_bytes_bucket{le="1024"} 2',
        "escher_ai_reply_bytes_sum 1900.000000",
        'escher_ai_model_calls_total{outcome="chosen"} 1',
        'escher_ai_model_calls_total{outcome="refused"} 1',
        "escher_ai_model_tokens_total 400",
        'escher_ai_knowledge{kind="playbooks"} 51',
    ):
        assert line in lines, line


def test_words_outside_the_closed_lists_make_no_new_lines():
    metrics = Metrics()
    for number in range(1000):
        metrics.request(f"whispered-{number}", 500, 0.1, (1, 1))
        metrics.model(f"whispered-{number}", 0.1, 1)
    text = metrics.text()
    assert "whispered" not in text
    assert 'escher_ai_requests_total{outcome="internal",status="500"} 1000' in text
    assert len(text.splitlines()) < 120
    assert len(OUTCOMES) < 30
    assert len(MODEL_OUTCOMES) < 20
