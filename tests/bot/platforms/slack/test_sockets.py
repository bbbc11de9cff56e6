"""The watch over a Socket Mode connection; cuts themselves are tested against a peer."""

from __future__ import annotations

import asyncio

import pytest

from bot.platforms.slack import sockets


class FakeClient:
    """A Socket Mode client that is connected or not, and knows an address."""

    def __init__(self) -> None:
        self.connected = True
        self.wss_uri: str | None = "ws://old"

    async def is_connected(self) -> bool:
        return self.connected


async def test_an_address_that_leads_nowhere_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "LOST_S", 0.1)
    client = FakeClient()
    watch = asyncio.create_task(sockets._watch(client, 0.02))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    assert client.wss_uri == "ws://old"
    client.connected = False
    async with asyncio.timeout(5):
        while client.wss_uri is not None:
            await asyncio.sleep(0.01)
    client.wss_uri, client.connected = "ws://new", True
    await asyncio.sleep(0.2)
    assert client.wss_uri == "ws://new"
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
