"""A web chat that is served on loopback, for each test its own. Edge (loopback)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.platforms.web.running import Served, served


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with served() as running:
        yield running
