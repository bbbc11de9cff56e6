"""The local cloud, and the leaf under test connected to it."""

from __future__ import annotations

import pytest_asyncio

from engine.clouds.gcp.cloud import GcpCloud
from tests.sandboxes import gcp_sandbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(tmp_path_factory):
    async with gcp_sandbox(tmp_path_factory.mktemp("gcp")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def sandbox(running):
    await running.reset()
    return running


@pytest_asyncio.fixture
async def cloud(sandbox):
    made = GcpCloud(sandbox.accounts, timeout_s=0.7)
    yield made
    await made.close()
