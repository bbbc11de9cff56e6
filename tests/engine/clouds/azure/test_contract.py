"""Azure's leaf held to the laws of `engine/clouds/cloud.py` over the local Azure."""

from __future__ import annotations

import pytest_asyncio

from engine.clouds.azure.cloud import AzureCloud
from tests.contracts.subject import Names, Subject
from tests.contracts.test_cloud import *  # noqa: F403
from tests.engine.clouds.azure.known import disk, machine

NAMES = Names(
    stop="Microsoft.Compute/virtualMachines/deallocate/action",
    tag="Microsoft.Resources/tags/write",
    snapshot="Microsoft.Compute/snapshots/write",
    delete_disk="Microsoft.Compute/disks/delete",
)


@pytest_asyncio.fixture
async def subject(sandbox, cloud):
    away = AzureCloud([sandbox.accounts[0].model_copy(update={"endpoint": "https://127.0.0.1:1", "id": sandbox.accounts[1].id})])
    yield Subject(cloud, away, machine("vm-storefront-dev-01", "storefront"), disk("disk-mailer-dev-spool", "mailer"), NAMES)
    await away.close()
