"""Counts and times of requests in Prometheus' text format: outcomes, sizes, milliseconds, and nothing that was said. Pure.

Written here because the usual client keeps files to share counts between processes, and this server writes none. Labels are closed words, so the
number of lines is bounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BYTES = (256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0)
OUTCOMES = frozenset({
    "plan", "answer", "information", "clarification", "refusal", "unknown", "ungrounded", "health", "metrics", "openapi",
    "invalid_request", "unsealed", "too_large", "unauthorized", "rate_limited", "timeout", "busy", "internal", "gone",
})  # fmt: skip
MODEL_OUTCOMES = frozenset({"chosen", "raised", "nothing", "unsound", "timeout", "budget", "unreachable", "refused"})


@dataclass(slots=True)
class Histogram:
    """How often a value fell at or below each bound."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self, name: str, labels: str = "") -> Iterator[str]:
        before = f"{labels}," if labels else ""
        for bound, count in zip([*map(_number, self.bounds), "+Inf"], accumulate(self.counts), strict=True):
            yield f'{name}_bucket{{{before}le="{bound}"}} {count}'
        braces = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{braces} {self.total:.6f}"
        yield f"{name}_count{braces} {sum(self.counts)}"


@dataclass(slots=True)
class Metrics:
    """One for a process. `loaded` are sizes of the knowledge, told as they are."""

    loaded: Mapping[str, int] = field(default_factory=dict)
    inside: int = 0
    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, Histogram] = field(default_factory=dict)
    model_seconds: Histogram = field(default_factory=lambda: Histogram(SECONDS))
    model_tokens: int = 0
    bytes_in: Histogram = field(default_factory=lambda: Histogram(BYTES))
    bytes_out: Histogram = field(default_factory=lambda: Histogram(BYTES))

    def request(self, outcome: str, status: int, seconds: float, sizes: tuple[int, int]) -> None:
        """One finished request; `sizes` are bytes in and out. A word outside the closed list counts as `internal`."""
        word = outcome if outcome in OUTCOMES else "internal"
        self.requests[word, status] += 1
        self.seconds.setdefault(word, Histogram(SECONDS)).add(seconds)
        self.bytes_in.add(sizes[0])
        self.bytes_out.add(sizes[1])

    def model(self, outcome: str, seconds: float, tokens: int) -> None:
        """One consultation of the model."""
        self.models[outcome if outcome in MODEL_OUTCOMES else "refused"] += 1
        self.model_seconds.add(seconds)
        self.model_tokens += tokens

    def text(self) -> str:
        """The exposition, families in a fixed order."""
        return "\n".join([*self._requests(), *self._models(), *self._state()]) + "\n"

    def _requests(self) -> Iterator[str]:
        yield from _family("escher_ai_requests_total", "counter", "Requests answered, by the reply's kind or the refusal's code.")
        for (outcome, status), count in sorted(self.requests.items()):
            yield f'escher_ai_requests_total{{outcome="{outcome}",status="{status}"}} {count}'
        yield from _family("escher_ai_request_seconds", "histogram", "Time from the request's header to the end of its answer.")
        for outcome, histogram in sorted(self.seconds.items()):
            yield from histogram.lines("escher_ai_request_seconds", f'outcome="{outcome}"')
        yield from _family("escher_ai_request_bytes", "histogram", "Size of request bodies.")
        yield from self.bytes_in.lines("escher_ai_request_bytes")
        yield from _family("escher_ai_reply_bytes", "histogram", "Size of answers.")
        yield from self.bytes_out.lines("escher_ai_reply_bytes")

    def _models(self) -> Iterator[str]:
        yield from _family("escher_ai_model_calls_total", "counter", "Consultations of the model, by what came of them.")
        for outcome, count in sorted(self.models.items()):
            yield f'escher_ai_model_calls_total{{outcome="{outcome}"}} {count}'
        yield from _family("escher_ai_model_seconds", "histogram", "Time a consultation of the model took, retries included.")
        yield from self.model_seconds.lines("escher_ai_model_seconds")
        yield from _family("escher_ai_model_tokens_total", "counter", "Tokens the model was paid for, as it told them.")
        yield f"escher_ai_model_tokens_total {self.model_tokens}"

    def _state(self) -> Iterator[str]:
        yield from _family("escher_ai_requests_inside", "gauge", "Requests being answered now.")
        yield f"escher_ai_requests_inside {self.inside}"
        yield from _family("escher_ai_knowledge", "gauge", "How much of each kind of public knowledge is loaded.")
        for name, size in sorted(self.loaded.items()):
            yield f'escher_ai_knowledge{{kind="{name}"}} {size}'


def _family(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _number(value: float) -> str:
    return f"{value:g}" if value < 1000 else str(int(value))
