"""A proxy on the loopback in front of a chat platform's peer: it injects faults by script and writes down what passed. Edge.

    client ── HTTP ──► proxy ── HTTP ──► peer       a fault meets the next requests whose path contains its words
    client ◄─ socket ─► proxy ◄─ socket ─► peer     frames pass both ways; `deliver` adds one, `cut_sockets` ends all

Addresses of the peer in its answers are turned into the proxy's, so that a client that asks where to connect connects here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

# Headers of one connection, not of the message; the length is counted anew.
_PER_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length", "content-encoding", "accept-encoding"}


@dataclass(frozen=True, slots=True)
class Limited:
    """429: the peer is not asked. `after_s` stands in Retry-After; None leaves the header away."""

    after_s: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Broken:
    """An answer of the proxy's own with this status. With `reached` the peer did what was asked, and only its answer is lost."""

    status: int = 500
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """The peer's answer, so many seconds late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Halved:
    """The first half of the peer's answer under the whole one's length; then the connection ends."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends without an answer. With `reached` the peer did what was asked."""

    reached: bool = False


@dataclass(frozen=True, slots=True)
class Altered:
    """The peer's JSON answer as `change` makes it of the request's fields and the answer."""

    change: Callable[[dict[str, str], Any], Any]


Fault = Limited | Broken | Slow | Halved | Cut | Altered


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came. `status` is what the client got, 0 for no answer; times by time.perf_counter, in seconds."""

    at: float
    method: str
    path: str
    status: int
    took_s: float
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A text frame that passed: down to the client, or up to the peer."""

    at: float
    way: Literal["down", "up"]
    text: str


@dataclass(slots=True)
class _Scripted:
    fault: Fault
    path: str
    left: int


@dataclass
class FaultProxy:
    """One for a peer; see `fault_proxy`. `watch` is called with each frame as it passes; frames are kept while `keeps` is true."""

    upstream: str
    requests: list[Seen] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    watch: Callable[[Frame], None] | None = None
    keeps: bool = True
    url: str = ""
    _script: list[_Scripted] = field(default_factory=list)
    _sockets: dict[web.WebSocketResponse, aiohttp.ClientWebSocketResponse] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    # What a test scripts

    def then(self, fault: Fault, path: str = "", times: int = 1) -> None:
        """The next `times` requests whose path contains `path` meet this fault; scripted faults come in their order."""
        self._script.append(_Scripted(fault, path, times))

    def calm(self) -> None:
        """No more faults."""
        self._script.clear()

    @property
    def sockets(self) -> int:
        """How many WebSockets are open through here."""
        return len(self._sockets)

    async def cut_sockets(self) -> int:
        """Ends every WebSocket without a word of goodbye; how many there were."""
        found = list(self._sockets.items())
        for client, peer in found:
            _abort(client)
            await peer.close()
        return len(found)

    async def deliver(self, text: str) -> int:
        """Sends a frame to every connected client, as if the peer had; how many there were."""
        self._passed("down", text)
        clients = list(self._sockets)
        for client in clients:
            await client.send_str(text)
        return len(clients)

    def count(self, path: str, status: int | None = None) -> int:
        """How many requests came whose path contains this, of one status or any."""
        return sum(path in one.path and status in (None, one.status) for one in self.requests)

    # How it works inside

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Every request comes here."""
        began = time.perf_counter()
        fault = self._fault(request.path)
        status = 0
        try:
            try:
                response = await self._answered(request, fault)
            except aiohttp.ClientConnectionError as away:
                response = web.Response(status=502, text=f"the peer did not answer: {away}")
            status = response.status if not isinstance(fault, Halved) else 0
            return response
        finally:
            if self.keeps:
                self.requests.append(Seen(began, request.method, request.path, status, time.perf_counter() - began, fault))

    async def _answered(self, request: web.Request, fault: Fault | None) -> web.StreamResponse:
        match fault:
            case Limited(after_s=after_s):
                return web.Response(status=429, headers={} if after_s is None else {"Retry-After": f"{after_s:g}"}, text="too many")
            case Broken(status=status, reached=False):
                return web.Response(status=status, text="broken")
            case Cut(reached=False):
                return _hung_up(request)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._socket(request)
        status, headers, body = await self._asked(request)
        match fault:
            case Broken(status=lost):
                return web.Response(status=lost, text="broken")
            case Cut():
                return _hung_up(request)
            case Slow(seconds=seconds):
                await asyncio.sleep(seconds)
            case Halved():
                return await _half(request, status, headers, body)
            case Altered(change=change):
                fields = {key: value for key, value in (await request.post()).items() if isinstance(value, str)} | dict(request.query)
                body = json.dumps(change(fields, json.loads(body))).encode()
        return web.Response(status=status, headers=headers, body=body)

    async def _asked(self, request: web.Request) -> tuple[int, CIMultiDict[str], bytes]:
        """The peer's whole answer, with its own address in it made ours."""
        assert self._session is not None
        headers = _passed_on(request.headers)
        async with self._session.request(
            request.method, self.upstream + request.path_qs, headers=headers, data=await request.read(), allow_redirects=False
        ) as answer:
            body = await answer.read()
            if "json" in answer.content_type or answer.content_type.startswith("text/"):
                body = body.replace(_host(self.upstream), _host(self.url))
            return answer.status, _passed_on(answer.headers), body

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        assert self._session is not None
        client = web.WebSocketResponse()
        async with self._session.ws_connect(self.upstream + request.path_qs, max_msg_size=0) as peer:
            await client.prepare(request)
            self._sockets[client] = peer
            try:
                ways = [asyncio.create_task(self._pass("down", peer, client)), asyncio.create_task(self._pass("up", client, peer))]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            finally:
                del self._sockets[client]
            with contextlib.suppress(ConnectionResetError, aiohttp.ClientConnectionError):
                await client.close()
        return client

    async def _pass(self, way: Literal["down", "up"], source: _Socket, sink: _Socket) -> None:
        with contextlib.suppress(ConnectionResetError, aiohttp.ClientConnectionError):
            async for message in source:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._passed(way, message.data)
                    await sink.send_str(message.data)
                elif message.type is aiohttp.WSMsgType.BINARY:
                    await sink.send_bytes(message.data)

    def _passed(self, way: Literal["down", "up"], text: str) -> None:
        frame = Frame(time.perf_counter(), way, text)
        if self.keeps:
            self.frames.append(frame)
        if self.watch is not None:
            self.watch(frame)

    def _fault(self, path: str) -> Fault | None:
        for scripted in self._script:
            if scripted.path in path:
                scripted.left -= 1
                if scripted.left <= 0:
                    self._script.remove(scripted)
                return scripted.fault
        return None


_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


@contextlib.asynccontextmanager
async def fault_proxy(upstream: str, port: int = 0) -> AsyncIterator[FaultProxy]:
    """A proxy in front of `http://host:port`, on a free port of 127.0.0.1; its `url` is where clients go instead."""
    proxy = FaultProxy(upstream.rstrip("/"))
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", proxy.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    try:
        await site.start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(auto_decompress=True) as session:
            proxy._session = session
            yield proxy
            await proxy.cut_sockets()
    finally:
        await runner.cleanup()


def _passed_on(headers: Any) -> CIMultiDict[str]:
    return CIMultiDict((key, value) for key, value in headers.items() if key.lower() not in _PER_HOP)


def _host(url: str) -> bytes:
    return urlsplit(url).netloc.encode()


def _abort(response: web.WebSocketResponse) -> None:
    request = response._req
    if request is not None and request.transport is not None:
        request.transport.abort()


def _hung_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=499)  # goes nowhere: the connection is gone


async def _half(request: web.Request, status: int, headers: CIMultiDict[str], body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: max(1, len(body) // 2)])
    assert request.transport is not None
    request.transport.close()  # what was written still goes out
    return response
