"""OpenTelemetry's spans, where somebody wants them: outcome, sizes, milliseconds, never content. Edge; off unless asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ai_server.settings import PREFIX, BadSettings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

SPAN = "escher.ai.request"


class Visited(Protocol):
    """What a trace may know of a request."""

    @property
    def status(self) -> int: ...
    @property
    def outcome(self) -> str: ...
    @property
    def taken(self) -> int: ...
    @property
    def sent(self) -> int: ...


class Traces:
    """One span for each finished request; the exporter is whatever the operator's OpenTelemetry is set up with."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def finished(self, visit: Visited, began_ns: int, ended_ns: int) -> None:
        """`began_ns` and `ended_ns` in nanoseconds since the epoch."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Status, StatusCode

        # No parent is taken from the request's headers: a caller's trace could link requests that are to be forgotten.
        span = self._tracer.start_span(SPAN, context=Context(), start_time=began_ns)
        span.set_attributes({
            "http.response.status_code": visit.status,
            "escher.outcome": visit.outcome,
            "http.request.body.size": visit.taken,
            "http.response.body.size": visit.sent,
        })  # fmt: skip
        if visit.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end_time=ended_ns)


def traces() -> Traces:
    """Over the process's global tracer provider. Raises BadSettings where OpenTelemetry is not installed."""
    try:
        from opentelemetry.trace import get_tracer
    except ImportError:
        raise BadSettings(f"{PREFIX}TRACES needs OpenTelemetry: install escher-ops[otel].") from None
    return Traces(get_tracer("escher.ai_server"))
