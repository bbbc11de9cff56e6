"""Carries the requests of botframework-connector's client over httpx. Edge.

The client's own carrier works in threads, repeats POSTs by itself (a message could appear twice) and sleeps through "too many requests"
where nobody sees it. This one sends once, and says what came back.
"""

from __future__ import annotations

from typing import Any, Self

import httpx
from msrest.pipeline import Response
from msrest.universal_http import HTTPClientResponse

from bot.platforms.outbox import Faulty

# The client's own would tell the machine's kernel.
AGENT = "escher-ops botframework-connector"


class Carrier:
    """A sender in msrest's sense: `send`, `build_context`, and an asynchronous context."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, request: Any, **_config: Any) -> Any:
        """Sends the request once. Raises Faulty when nothing came back."""
        wanted = request.http_request
        headers = dict(wanted.headers) | {"User-Agent": AGENT}
        try:
            answer = await self._client.request(wanted.method, wanted.url, headers=headers, content=wanted.data or None)
        except httpx.HTTPError as error:
            raise Faulty(f"Teams was not reached: {type(error).__name__}") from None
        return Response(request, _Answered(wanted, answer))

    def build_context(self) -> None:
        """Nothing is handed from step to step."""
        return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_why: object) -> None:
        """The httpx client belongs to whoever made it."""


class _Answered(HTTPClientResponse):
    """The answer in the shape that the client reads."""

    def __init__(self, request: Any, answer: httpx.Response) -> None:
        super().__init__(request, answer)
        self.status_code, self.headers, self.reason = answer.status_code, answer.headers, answer.reason_phrase

    def body(self) -> bytes:
        return bytes(self.internal_response.content)
