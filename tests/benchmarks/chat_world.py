"""A workspace, the fault proxy in front of it, and what is measured behind that: where the chat benches happen. Edge (processes).

chat bench ──► local-slack ◄──► fault proxy ◄──► Escher, or the bare app, as a process of its own
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.benchmarks.chat_people import BOT, LOGIN, SIGNS, STRANGER, TEAM
from tests.benchmarks.estates import ROOT
from tests.peers.fault_proxy import Altered, FaultProxy, fault_proxy
from tests.peers.local_slack import LocalSlack, eventually, free_port

READY_S = 120.0


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot as a person at the peer's window saw it; `at` by time.perf_counter, in seconds."""

    at: float
    message: Mapping[str, Any]


class Workspace(LocalSlack):
    """Many channels and people; what the bot posts is noted by thread, as it becomes visible."""

    def __init__(self, folder: Path, port: int, channels: int) -> None:
        super().__init__(folder, port)
        self.channels = [f"C0BENCH{number:02}" for number in range(channels)]
        self.threads: defaultdict[str, list[Posted]] = defaultdict(list)
        self.on_card: Callable[[Mapping[str, Any]], None] = lambda _: None
        people = [*LOGIN.values(), STRANGER]
        settings = {
            "workspace": {"name": "Shop", "domain": "shop", "teamId": TEAM},
            "apps": [{"appId": "A0ESCHER", "botUserId": BOT, "botName": "escher", "mode": "socket"}],
            "users": [{"id": one, "name": one.lower()} for one in people],
            "channels": [{"id": one, "name": one.lower(), "members": [BOT, *people]} for one in self.channels],
        }
        self._config.write_text(yaml.safe_dump(settings), encoding="utf-8")

    async def _listen(self, ui: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in ui:
            if not frame.data.startswith(('{"t":"message"', '{"t":"message_update"')):
                continue
            message = json.loads(frame.data)["message"]
            if message.get("bot_id"):
                self.threads[message.get("thread_ts") or message["ts"]].append(Posted(time.perf_counter(), message))
                self.on_card(message)


class Child:
    """A process under measurement."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, *command: str) -> Any:
        """Its answer to a command."""
        async with self._one_at_a_time:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            return await self.line()

    async def line(self) -> Any:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process under measurement ended with {await self._process.wait()}; its log says why")
        return json.loads(line)

    def rss_mb(self) -> float:
        """Its memory in RAM, without the processes it started."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@dataclass(frozen=True, slots=True)
class World:
    """Everything a bench needs."""

    slack: Workspace
    proxy: FaultProxy
    child: Child
    log: Path

    async def quiet(self, for_s: float = 1.5) -> None:
        """Waits until nothing is under way and nothing more is written down or posted."""
        last, since = -1, time.perf_counter()
        while time.perf_counter() - since < for_s:
            now = await self.child.ask("settled") + sum(map(len, self.slack.threads.values()))
            if now != last:
                last, since = now, time.perf_counter()
            await asyncio.sleep(0.1)

    async def connected(self) -> bool:
        return self.proxy.sockets > 0


@contextlib.asynccontextmanager
async def world(kind: str, channels: int = 10) -> AsyncIterator[World]:
    """A fresh workspace with `escher` or the `bare` app connected to it."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escher-chat-")))
        slack = Workspace(folder, free_port(), channels)
        stack.push_async_callback(slack.stop)
        await slack.start()
        proxy = await stack.enter_async_context(fault_proxy(slack.base))
        proxy.then(Altered(_with_signs), "users.info", times=10**9)
        child = await stack.enter_async_context(_child(kind, folder, f"{proxy.url}/api/"))
        made = World(slack, proxy, child, folder / "child.log")
        await eventually(made.connected)
        yield made


@contextlib.asynccontextmanager
async def _child(kind: str, folder: Path, api_url: str) -> AsyncIterator[Child]:
    home = folder / "home"
    with (folder / "child.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.benchmarks.chat_child", kind, str(home), api_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, cwd=ROOT, limit=2**30,
        )  # fmt: skip
        child = Child(process)
        try:
            async with asyncio.timeout(READY_S):
                await child.line()
            yield child
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


def _with_signs(fields: dict[str, str], told: Any) -> Any:
    """What Slack would say of guests, strangers and bots; the peer knows none of these words."""
    if told.get("ok"):
        told["user"] |= SIGNS.get(fields.get("user", ""), {})
    return told
