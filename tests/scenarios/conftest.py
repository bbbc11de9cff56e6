"""One real AI server for all scenarios of a module, and a bot for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ai_server.serving import serving
from tests.scenarios.stage import stage


@pytest.fixture(scope="package")
def advisor_url() -> Iterator[str]:
    with serving() as server:
        yield server.url


@pytest.fixture
async def bot(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as made:
        yield made
