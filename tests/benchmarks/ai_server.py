"""`make bench-ai`: the AI server as a process with one worker: start, plan latency, plans a second, memory, and memory after 10,000 requests.

The client speaks plain HTTP/1.1 over kept connections, so that the server's time is measured and not a client library's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.ai_server.serving import Serving, serving

CLIENTS = 8
EACH = 400
LONG = 10_000
STARTS = 3
GROUP = {
    "count": 3,
    "cloud": "aws",
    "type": "compute_instance",
    "native_type": "AWS::EC2::Instance",
    "environment": "development",
    "state": "running",
}
# A small plan, a plan over 40 kinds of things with two orders, and a question: what a day consists of.
REQUESTS = (
    {"message": "stop g1", "orders": [{"action": "stop", "on": ["g1"]}], "groups": [{"handle": "g1", **GROUP}]},
    {
        "message": "stop [?] and tag it v1 v2",
        "orders": [
            {"action": "stop", "on": [f"g{number}" for number in range(1, 41)]},
            {"action": "tag", "on": [f"g{number}" for number in range(1, 41)], "values": ["v1", "v2"]},
        ],
        "groups": [{"handle": f"g{number}", **GROUP, "count": number} for number in range(1, 41)],
        "values": [{"handle": "v1", "kind": "tag_key"}, {"handle": "v2", "kind": "tag_value"}],
    },
    {"message": "how do I take a snapshot of a managed disk in azure?"},
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str


class Connection:
    """One kept connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def plan(self, request: bytes) -> float:
        """Seconds from the first byte sent to the last one read. Raises RuntimeError for an answer that is not 200."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length:"))
        await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1").splitlines()[0])
        return time.perf_counter() - began


@asynccontextmanager
async def connected(server: Serving, number: int) -> AsyncIterator[list[Connection]]:
    port = int(server.url.rsplit(":", 1)[1])
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(number)]
    try:
        yield [Connection(*pair) for pair in opened]
    finally:
        for _, writer in opened:
            writer.close()


def encoded(body: object) -> bytes:
    content = json.dumps(body).encode()
    return b"POST /v1/plan HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content) + content


async def load(server: Serving, clients: int, each: int) -> tuple[list[float], float]:
    """Every request's seconds, and the seconds of the whole; `clients` at once, the kinds of requests in turn."""
    requests = [encoded(body) for body in REQUESTS]

    async def one(connection: Connection, offset: int) -> list[float]:
        return [await connection.plan(requests[(offset + number) % len(requests)]) for number in range(each)]

    async with connected(server, clients) as connections:
        began = time.perf_counter()
        took = await asyncio.gather(*(one(connection, number) for number, connection in enumerate(connections)))
        return [seconds for row in took for seconds in row], time.perf_counter() - began


def resident_mb(server: Serving) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


async def measured() -> list[Figure]:
    figures: list[Figure] = []
    starts = []
    for _ in range(STARTS):
        with serving() as server:
            starts.append(server.start_s)
    figures.append(Figure("start to ready, median of 3", median(starts), "s"))
    with serving() as server:
        figures.append(Figure("resident memory when ready", resident_mb(server), "MiB"))
        await load(server, 1, 60)
        for clients in (1, CLIENTS):
            times, whole = await load(server, clients, EACH)
            figures += [
                Figure(f"latency p50, {clients} clients", at(times, 0.5) * 1000, "ms"),
                Figure(f"latency p95, {clients} clients", at(times, 0.95) * 1000, "ms"),
                Figure(f"replies a second, {clients} clients", len(times) / whole, "1/s"),
            ]
        before = resident_mb(server)
        await load(server, CLIENTS, LONG // CLIENTS)
        figures += [
            Figure("resident memory before 10,000 requests", before, "MiB"),
            Figure("resident memory after 10,000 requests", resident_mb(server), "MiB"),
        ]
    return figures


async def main() -> None:
    figures = await measured()
    table = Table("figure", "value", "unit")
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:,.2f}", figure.unit)
    Console().print(table)
    print(json.dumps({figure.name: {"value": round(figure.value, 3), "unit": figure.unit} for figure in figures}))


if __name__ == "__main__":
    asyncio.run(main())
