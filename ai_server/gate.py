"""Stands before the routes: who may come in, how often, how many at once, how large, how long. Edge (ASGI).

Each request gets a random id, an answer header and one log line; nothing of what it says is kept.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ai_server import refusing
from ai_server.body import GoneAway, TooLarge, replayed, whole
from ai_server.buckets import Buckets, neighbourhood
from ai_server.logs import line
from ai_server.metrics import Metrics
from ai_server.settings import Settings
from ai_server.tracing import Traces
from ai_server.visit import Visit

# Probes come without a token and as often as they like; there is nothing to be had there.
OPEN_PATHS = frozenset({"/health"})


@dataclass(slots=True)
class Gate:
    """ASGI middleware. Counts requests from their first header on, so that slow bodies count too."""

    app: ASGIApp
    settings: Settings
    metrics: Metrics = field(default_factory=Metrics)
    traces: Traces | None = None
    inside: int = field(default=0, init=False)
    buckets: Buckets | None = field(init=False)
    tokens: tuple[bytes, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rate = self.settings.effective_rate
        self.buckets = Buckets(rate, self.settings.burst) if rate > 0 else None
        self.tokens = tuple(token.encode() for token in self.settings.tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit, began_ns = Visit(secrets.token_hex(8), time.perf_counter()), time.time_ns()
        scope.setdefault("state", {})["request_id"] = visit.request_id
        try:
            await self._through(scope, receive, visit.watched(send), visit)
        except GoneAway:
            visit.gone()
        finally:
            self._tell(visit, began_ns)

    def _tell(self, visit: Visit, began_ns: int) -> None:
        seconds = time.perf_counter() - visit.begun
        self.metrics.request(visit.outcome, visit.status, seconds, (visit.taken, visit.sent))
        if self.traces:
            self.traces.finished(visit, began_ns, began_ns + int(seconds * 1e9))
        line(
            "request",
            request_id=visit.request_id,
            status=visit.status,
            outcome=visit.outcome,
            bytes_in=visit.taken,
            bytes_out=visit.sent,
            ms=round(seconds * 1000, 2),
        )

    async def _through(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> None:
        known = self._token(scope)
        if scope["path"] not in OPEN_PATHS:
            caller = f"token {known}" if known else f"address {self._address(scope)}"
            if wait_s := self.buckets.wait_s(caller, visit.begun) if self.buckets is not None else 0.0:
                await refusing.rate_limited(wait_s)(scope, receive, send)
                return
            if self.tokens and not known:
                await refusing.unauthorized()(scope, receive, send)
                return
        if self.inside >= self.settings.concurrency:
            await refusing.busy()(scope, receive, send)
            return
        self.inside += 1
        self.metrics.inside = self.inside
        try:
            await self._in_time(scope, receive, send, visit)
        finally:
            self.inside -= 1
            self.metrics.inside = self.inside

    async def _in_time(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> None:
        within = self.settings.request_timeout_s
        try:
            async with asyncio.timeout(within):
                await self._with_body(scope, receive, send, visit)
        except TimeoutError:
            if not visit.answering:
                await refusing.took_too_long(within)(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, visit: Visit) -> None:
        try:
            body = await asyncio.wait_for(whole(scope, receive, self.settings.max_body), self.settings.body_timeout_s)
        except TooLarge:
            await refusing.too_large(self.settings.max_body)(scope, receive, send)
            return
        except TimeoutError:
            await refusing.body_late(self.settings.body_timeout_s)(scope, receive, send)
            return
        visit.taken = len(body)
        await self.app(scope, replayed(body, receive), send)

    def _token(self, scope: Scope) -> int:
        """Which of the tokens the request brings, from 1; 0 for none. Every token is compared, so that time tells nothing."""
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        word = given.strip().encode() if scheme.lower() == "bearer" else b""
        fits = [hmac.compare_digest(word, token) for token in self.tokens]
        return fits.index(True) + 1 if True in fits else 0

    def _address(self, scope: Scope) -> str:
        """The caller's address; behind a proxy the one it saw, which it wrote last."""
        if self.settings.behind_proxy and (chain := Headers(scope=scope).getlist("x-forwarded-for")):
            return neighbourhood(chain[-1].rpartition(",")[2].strip()[:64])
        client = scope.get("client")
        return neighbourhood(str(client[0])) if client else "unknown"
