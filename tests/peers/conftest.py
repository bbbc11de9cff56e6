"""A web chat with a real browser in front of it, for each test its own. Edge (chromium, loopback)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.peers.web_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    from tests.peers.web_stage import staged  # what drives the browser is not everywhere, and other peers do without

    async with staged() as running:
        yield running
        assert running.complaints == []
