"""The local Azure and Google Cloud for tests: started once a session, reset before each test, with levers. Edge."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from deploy.sandbox.launch import start_azure, start_gcp
from deploy.sandbox.running import Running
from engine.clouds.cloud import Cloud
from engine.estate.resource import Gap, Resource, Swept
from engine.settings import AccountSettings

DELAY = ("--delay", "0.03", "--page-size", "5")
WITHIN_S = 10.0


@dataclass
class Sandbox:
    """A running local cloud; its levers are plain HTTP, so that a test may pull them from any event loop."""

    running: Running

    @property
    def accounts(self) -> tuple[AccountSettings, ...]:
        return self.running.accounts

    @property
    def endpoint(self) -> str:
        return self.running.endpoint

    @cached_property
    def _trusted(self) -> ssl.SSLContext | bool:
        authority = self.accounts[0].ca_file
        return ssl.create_default_context(cafile=authority) if authority else False

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.endpoint, verify=self._trusted, trust_env=False)

    async def _pull(self, lever: str, told: dict[str, Any]) -> dict[str, Any]:
        async with self.client() as client:
            answer = await client.post(f"/_sandbox/{lever}", json=told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def reset(self) -> None:
        await self._pull("reset", {})

    async def fault(self, **fault: Any) -> None:
        await self._pull("faults", fault)

    async def seed(self, *documents: dict[str, Any]) -> list[str]:
        return (await self._pull("seed", {"resources": list(documents)}))["keys"]

    async def change(self, key: str, **change: Any) -> bool:
        return (await self._pull("state", {"id": key, "change": change}))["changed"]

    async def delay(self, seconds: float) -> None:
        await self._pull("delay", {"seconds": seconds})

    async def calls(self, method: str = "", part: str = "") -> list[dict[str, Any]]:
        async with self.client() as client:
            heard = (await client.get("/_sandbox/calls")).json()["calls"]
        return [call for call in heard if method in ("", call["method"]) and part in call["path"]]


@asynccontextmanager
async def azure_sandbox(folder: Path) -> AsyncIterator[Sandbox]:
    running = await start_azure(folder, *DELAY)
    try:
        yield Sandbox(running)
    finally:
        await running.stop()


@asynccontextmanager
async def gcp_sandbox(folder: Path) -> AsyncIterator[Sandbox]:
    running = await start_gcp(folder, *DELAY)
    try:
        yield Sandbox(running)
    finally:
        await running.stop()


async def swept(cloud: Cloud) -> tuple[dict[str, Resource], list[Gap]]:
    """Everything a sweep sees, by name, and its gaps."""
    pieces = [piece async for piece in cloud.sweep()]
    found = [resource for piece in pieces if isinstance(piece, Swept) for resource in piece.resources]
    return {resource.name: resource for resource in found}, [piece for piece in pieces if isinstance(piece, Gap)]


async def until(cloud: Cloud, resource: Resource, right: Any) -> Resource | None:
    """Reads until `right` holds."""
    async with asyncio.timeout(WITHIN_S):
        while not right(found := await cloud.read(resource)):
            await asyncio.sleep(0.01)
    return found
