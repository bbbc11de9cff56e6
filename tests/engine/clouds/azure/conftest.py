"""The local cloud, and the leaf under test connected to it."""

from __future__ import annotations

import pytest_asyncio

from engine.clouds.azure.cloud import AzureCloud
from tests.sandboxes import azure_sandbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(tmp_path_factory):
    async with azure_sandbox(tmp_path_factory.mktemp("azure")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def sandbox(running):
    await running.reset()
    return running


@pytest_asyncio.fixture
async def cloud(sandbox):
    made = AzureCloud(sandbox.accounts, timeout_s=0.7)
    yield made
    await made.close()
