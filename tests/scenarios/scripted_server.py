"""An AI server that says what a test tells it to, over real HTTP on loopback. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Request = Mapping[str, Any]


@dataclass(frozen=True)
class Raw:
    """An answer as it goes out, after a while."""

    body: bytes
    status: int = 200
    after_s: float = 0.0
    cut: bool = False  # the connection ends in the middle


@dataclass
class Scripted:
    """Set `says` to what the next requests are answered with; `heard` are the requests that came in."""

    url: str
    says: Callable[[Request], Raw] = lambda _: Raw(b"{}")
    heard: list[Request] = field(default_factory=list)


def reply(body: Mapping[str, Any]) -> Raw:
    """A well-formed answer."""
    return Raw(json.dumps({"version": "1", "request_id": "0123456789abcdef", "reply": body}).encode())


def plan(*steps: Mapping[str, Any], risk: str = "low", left_out: tuple[Mapping[str, str], ...] = (), **more: Any) -> Raw:
    """An answer with a plan of these steps."""
    body = {"kind": "plan", "title": "Said by a script", "steps": list(steps), "risk": {"level": risk}, "left_out": list(left_out)}
    return reply(body | more)


def step(operation: str, *on: str, id_: str = "s1", **arguments: Any) -> dict[str, Any]:
    """One step of such a plan."""
    return {"id": id_, "operation": operation, "on": list(on or ("g1",)), "arguments": arguments}


@contextlib.asynccontextmanager
async def scripted_server() -> AsyncIterator[Scripted]:
    """The server, up until the block ends."""
    script = Scripted("")

    answering: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _one(script, reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            answering.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        for task in tuple(answering):  # whoever was told to be slow
            task.cancel()
        await asyncio.gather(*answering)
        await server.wait_closed()


async def _one(script: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next((int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")), 0)
    script.heard.append(json.loads(await reader.readexactly(length) or b"{}"))
    said = script.says(script.heard[-1])
    if said.after_s:
        await asyncio.sleep(said.after_s)
    promised = len(said.body) + (100 if said.cut else 0)
    writer.write(f"HTTP/1.1 {said.status} Said\r\ncontent-length: {promised}\r\nconnection: close\r\n\r\n".encode() + said.body)
    await writer.drain()
