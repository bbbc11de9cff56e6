"""One real moto server, filled with the demo's company, for all tests of this folder."""

from __future__ import annotations

import pytest
import pytest_asyncio

from deploy.sandbox.aws import start_aws
from engine.clouds.aws.cloud import AwsCloud
from engine.estate.resource import Gap, Resource, Swept
from tests.engine.clouds.aws.faults import Faults
from tests.engine.clouds.aws.sweeping import swept


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox(tmp_path_factory):
    running = await start_aws(tmp_path_factory.mktemp("aws"))
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole(sandbox) -> tuple[list[Swept], list[Gap]]:
    cloud = AwsCloud(sandbox.accounts)
    pieces = await swept(cloud)
    await cloud.close()
    return pieces


@pytest.fixture
def seen(whole) -> list[Resource]:
    return [resource for part in whole[0] for resource in part.resources]


@pytest_asyncio.fixture
async def cloud(sandbox):
    aws = AwsCloud(sandbox.accounts)
    yield aws
    await aws.close()


@pytest_asyncio.fixture
async def faults(sandbox):
    async with Faults(sandbox.endpoint) as proxy:
        yield proxy
