"""Google Cloud's leaf held to the laws of `engine/clouds/cloud.py` over the local Google Cloud."""

from __future__ import annotations

import pytest_asyncio

from engine.clouds.gcp.cloud import GcpCloud
from tests.contracts.subject import Names, Subject
from tests.contracts.test_cloud import *  # noqa: F403
from tests.engine.clouds.gcp.known import disk, machine

NAMES = Names(
    stop="compute.instances.stop",
    tag="compute.instances.setLabels",
    snapshot="compute.disks.createSnapshot",
    delete_disk="compute.disks.delete",
)


@pytest_asyncio.fixture
async def subject(sandbox, cloud):
    away = GcpCloud([sandbox.accounts[1].model_copy(update={"endpoint": "http://127.0.0.1:1"})])
    yield Subject(cloud, away, machine("storefront-lab-1", "europe-west1-b"), disk("mailer-lab-spool", "us-central1-b"), NAMES)
    await away.close()
