"""A Teams platform that runs, for the tests of this folder. Edge."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.platforms.teams.running import Served, served


@pytest.fixture
async def teams() -> AsyncIterator[Served]:
    async with served() as running:
        yield running
