"""The clouds that are held to the Protocol `engine/clouds/cloud.py`, each with something of its own to work on; and the stores, each with
a collection open."""

from __future__ import annotations

import pytest
import pytest_asyncio

from deploy.sandbox.aws import start_aws
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.session import Patience
from engine.clouds.fake import FakeCloud
from engine.errors import Unreachable
from engine.estate.resource import Gap, GapReason, Resource
from tests.contracts.stage_store import NAMES, staged
from tests.contracts.store_points import THINGS
from tests.contracts.subject import Subject
from tests.engine.clouds.aws.makers import Maker


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_aws(tmp_path_factory):
    running = await start_aws(tmp_path_factory.mktemp("aws"), seeded=False)
    yield running
    await running.stop()


def _fake() -> Subject:
    def one(type_: str, native_type: str, kind: str, own_id: str, state: str) -> Resource:
        name = f"arn:aws:ec2:us-east-1:111111111111:{kind}/{own_id}"
        properties = {"instance_id": own_id} if kind == "instance" else {"volume_id": own_id}
        return Resource(
            *("aws", type_, native_type, name, own_id, "111111111111", "fake", "us-east-1", state),
            tags={"env": "dev"},
            properties=properties,
        )

    machine = one("compute_instance", "AWS::EC2::Instance", "instance", "i-1", "running")
    disk = one("disk", "AWS::EC2::Volume", "volume", "vol-1", "available")
    away = FakeCloud([], OPERATIONS)
    away.fail("ec2:StopInstances", Unreachable("nobody is there"))
    away.fail("read", Unreachable("nobody is there"))
    away.fail("allowed", Unreachable("nobody is there"))
    away.gaps.append(
        Gap("aws", "111111111111", "fake", "us-east-1", "disk", GapReason.UNREACHABLE, "ec2:DescribeVolumes", "nobody is there")
    )
    return Subject(FakeCloud([machine, disk], OPERATIONS), away, machine, disk)


async def _aws(running) -> Subject:
    account = running.accounts[0].model_copy(update={"regions": ("us-west-2",)})
    maker = Maker(account)
    machine, disk = await maker.instance(), await maker.volume()
    await maker.close()
    away = account.model_copy(update={"endpoint": "http://127.0.0.1:1"})
    return Subject(
        AwsCloud([account]),
        AwsCloud([away], patience=Patience(connect_s=1, read_attempts=1)),
        machine,
        disk,
        permitted="unknown",  # moto simulates no policies
    )


@pytest_asyncio.fixture(params=["fake", "aws"])
async def subject(request: pytest.FixtureRequest, empty_aws):
    made = _fake() if request.param == "fake" else await _aws(empty_aws)
    yield made
    await made.cloud.close()
    await made.away.close()


@pytest.fixture(params=NAMES)
async def stage(request, tmp_path):
    async with staged(request.param, tmp_path) as made:
        await made.store.ensure(THINGS)
        yield made


@pytest.fixture
def store(stage):
    return stage.store
