"""The two local clouds, started once."""

from __future__ import annotations

import pytest_asyncio

from tests.sandboxes import azure_sandbox, gcp_sandbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_azure(tmp_path_factory):
    async with azure_sandbox(tmp_path_factory.mktemp("azure")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_gcp(tmp_path_factory):
    async with gcp_sandbox(tmp_path_factory.mktemp("gcp")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def azure(running_azure):
    await running_azure.reset()
    return running_azure


@pytest_asyncio.fixture
async def gcp(running_gcp):
    await running_gcp.reset()
    return running_gcp
