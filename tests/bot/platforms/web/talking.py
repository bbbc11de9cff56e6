"""How tests speak to the served web chat: saying, reading the stream, a thread's mark. Edge (loopback)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

from bot.platforms.platform import Place

GENERAL = Place("web", "general", "")


async def say(browser: httpx.AsyncClient, text: str, **more: str) -> httpx.Response:
    return await browser.post("/say", data={"channel": "general", "text": text, **more})


async def read(lines: AsyncIterator[str]) -> dict[str, str]:
    """The next event of a stream; comments and the retry line are passed over."""
    event: dict[str, str] = {}
    async for line in lines:
        if not line and "event" in event:
            return event
        name, colon, value = line.partition(": ")
        if colon and name in ("id", "event", "data"):
            event[name] = f"{event[name]}\n{value}" if name in event else value
    raise AssertionError("the stream ended")


def mark_in(page: str) -> str:
    return page.split('data-mark="')[1].split('"', maxsplit=1)[0]
