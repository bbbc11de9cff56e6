"""The fault proxy against a small peer of our own: each fault as a client meets it, and what was written down."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from tests.peers.fault_proxy import Altered, Broken, Cut, FaultProxy, Halved, Limited, Slow, fault_proxy


@dataclass
class Peer:
    """A server that echoes; `asked` is what reached it."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        return web.json_response({"said": await request.text(), "token": request.headers.get("Authorization", ""), "url": f"{self.url}/x"})

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        async for message in socket:
            await socket.send_str(f"you said {message.data}")
        return socket


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    made = Peer()
    app = web.Application()
    app.router.add_get("/socket", made.socket)
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def proxy(peer) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(peer.url) as made:
        yield made


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_without_faults_everything_passes_and_is_written_down(peer, proxy, client):
    async with client.post(f"{proxy.url}/api/say?x=1", data="a=b", headers={"Authorization": "Bearer t"}) as answer:
        told = await answer.json()
    assert told == {"said": "a=b", "token": "Bearer t", "url": f"{proxy.url}/x"}, "the peer's own address became the proxy's"
    assert peer.asked == ["/api/say?x=1"]
    (seen,) = proxy.requests
    assert (seen.method, seen.path, seen.status, seen.fault) == ("POST", "/api/say", 200, None)
    assert 0 < seen.took_s < 5
    assert (proxy.count("say"), proxy.count("say", 200), proxy.count("say", 429), proxy.count("other")) == (1, 1, 0, 0)


async def test_too_many_comes_with_retry_after_and_the_peer_is_not_asked(peer, proxy, client):
    proxy.then(Limited(3), "say", times=2)
    proxy.then(Limited(None), "say")
    got = []
    for path in ("say", "other", "say", "say", "say"):
        async with client.get(f"{proxy.url}/{path}") as answer:
            got.append((path, answer.status, answer.headers.get("Retry-After")))
    assert got == [("say", 429, "3"), ("other", 200, None), ("say", 429, "3"), ("say", 429, None), ("say", 200, None)]
    assert peer.asked == ["/other", "/say"]


@pytest.mark.parametrize("reached", [False, True])
async def test_a_500_says_nothing_of_whether_it_happened(peer, proxy, client, reached):
    proxy.then(Broken(503, reached=reached))
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 503
    assert len(peer.asked) == reached


async def test_a_slow_answer_is_the_peers_own(peer, proxy, client):
    proxy.then(Slow(0.2))
    began = time.perf_counter()
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 200
    assert time.perf_counter() - began >= 0.2


async def test_an_answer_is_cut_in_the_middle(peer, proxy, client):
    proxy.then(Halved())
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
    assert (peer.asked, proxy.requests[0].status) == (["/say"], 0)


@pytest.mark.parametrize("reached", [False, True])
async def test_a_connection_ends_without_an_answer(peer, proxy, client, reached):
    proxy.then(Cut(reached=reached))
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.post(f"{proxy.url}/say", data="x")
    assert len(peer.asked) == reached
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 200, "the next one passes"


async def test_an_answer_is_altered(peer, proxy, client):
    proxy.then(Altered(lambda fields, told: {**told, "said": "nothing", "asked": fields["user"]}))
    async with client.post(f"{proxy.url}/say", data={"user": "U1"}) as answer:
        told = await answer.json()
    assert (told["said"], told["asked"]) == ("nothing", "U1")


async def test_calm_ends_the_script(proxy, client):
    proxy.then(Broken(), times=100)
    proxy.calm()
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 200


async def test_frames_pass_both_ways_and_one_can_be_added(proxy, client):
    async with client.ws_connect(f"{proxy.url}/socket") as socket:
        assert await socket.receive_str() == "hello"
        await socket.send_str("a")
        assert await socket.receive_str() == "you said a"
        assert await proxy.deliver("again") == 1
        assert await socket.receive_str() == "again"
        assert proxy.sockets == 1
    assert [(frame.way, frame.text) for frame in proxy.frames] == [
        ("down", "hello"),
        ("up", "a"),
        ("down", "you said a"),
        ("down", "again"),
    ]
    await until_none(proxy)


async def test_a_socket_is_cut_without_goodbye_and_the_next_one_stands(proxy, client):
    async with client.ws_connect(f"{proxy.url}/socket") as socket:
        assert await socket.receive_str() == "hello"
        assert await proxy.cut_sockets() == 1
        message = await socket.receive()
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE)
        assert socket.close_code == 1006
    await until_none(proxy)
    async with client.ws_connect(f"{proxy.url}/socket") as socket:
        assert await socket.receive_str() == "hello"


async def test_a_refused_socket_is_a_fault_like_any_other(proxy, client):
    proxy.then(Broken(), "socket")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{proxy.url}/socket")


async def test_a_peer_that_is_away_is_told_as_502(proxy, client):
    proxy.upstream = proxy.url.rpartition(":")[0] + ":1"
    async with client.get(f"{proxy.url}/say") as answer:
        assert answer.status == 502
    with pytest.raises(aiohttp.WSServerHandshakeError, match="502"):
        await client.ws_connect(f"{proxy.url}/socket")


async def test_what_is_not_kept_is_still_watched(proxy, client):
    seen = []
    proxy.keeps, proxy.watch = False, lambda frame: seen.append(frame.text)
    async with client.ws_connect(f"{proxy.url}/socket") as socket:
        await socket.receive_str()
    assert (seen, proxy.frames, proxy.requests) == (["hello"], [], [])


async def until_none(proxy: FaultProxy) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            while proxy.sockets:
                await asyncio.sleep(0.01)
    assert proxy.sockets == 0
