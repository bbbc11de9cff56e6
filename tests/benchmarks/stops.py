"""200 stops on a local AWS through the executor, against `xargs -P8 aws ec2 stop-instances`, one call each, in the same run."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.platforms.platform import Click, Place
from deploy.sandbox.aws import start_aws
from engine.clouds.aws.cloud import AwsCloud
from engine.estate.resource import Resource
from engine.estate.where import All, is_
from engine.settings import AccountSettings
from tests.benchmarks.opened import EXECUTOR, MANAGER, bot

COUNT = 200
ACCOUNT = "123456789012"
REGION = "us-east-1"


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="escher-stops-") as folder:
        aws = await start_aws(Path(folder), seeded=False)
        try:
            account = AccountSettings(
                cloud="aws",
                id=ACCOUNT,
                name="bench-dev",
                environment="development",
                regions=(REGION,),
                credentials="sandbox",
                endpoint=aws.endpoint,
            )
            ids = await _launch(aws.endpoint, COUNT)
            escher = await _through_escher(account)
            await _start_again(aws.endpoint, ids)
            others = await _through_xargs(aws.endpoint, ids)
        finally:
            await aws.stop()
    print(f"{COUNT} stops through the executor, journaled and each effect read back: {escher:.1f} s")
    if others is None:
        print("the aws command is not on this machine: nothing to compare with")
    else:
        print(
            f"{COUNT} stops by xargs -P8 aws ec2 stop-instances, effects not read back: {others:.1f} s; ratio {others / escher:.1f} × (at least: 10 ×)"
        )


async def _client(endpoint: str) -> Any:
    import aioboto3

    return aioboto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox").client(
        "ec2", region_name=REGION, endpoint_url=endpoint
    )


async def _launch(endpoint: str, count: int) -> list[str]:
    async with await _client(endpoint) as ec2:
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "env", "Value": "dev"}]}]
        made = await ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=count, MaxCount=count, InstanceType="t3.micro", TagSpecifications=tags
        )
        return [one["InstanceId"] for one in made["Instances"]]


async def _start_again(endpoint: str, ids: list[str]) -> None:
    async with await _client(endpoint) as ec2:
        await ec2.start_instances(InstanceIds=ids)


async def _through_escher(account: AccountSettings) -> float:
    """From the approving click to the finished run; the plan itself is made before."""
    cloud = AwsCloud((account,))
    swept: list[Resource] = [one async for part in cloud.sweep() for one in getattr(part, "resources", ())]
    async with bot(swept, {"aws": cloud}) as app:
        running = await app.engine.estate.select(All((is_("type", "compute_instance"), is_("state", "running"))))
        assert len(running) == COUNT, len(running)
        place = Place("bench", "bench", "stops")
        spoken = await app.conversation.answer(EXECUTOR, place, "stop all dev instances")
        assert spoken.filed is not None, spoken.reply
        plan = spoken.filed.plan
        began = time.perf_counter()
        refused = await app.conversation.clicked(
            Click("c", Place("web", "bench", "stops"), MANAGER.id, "approve", f"{plan.id}.{plan.digest[:12]}")
        )
        assert refused is None, refused
        await app.conversation.runs.settled()
        took = time.perf_counter() - began
        stopped = await app.engine.estate.count(All((is_("type", "compute_instance"), is_("state", "stopped"))))
        assert stopped == COUNT, stopped
        return took


async def _through_xargs(endpoint: str, ids: list[str]) -> float | None:
    aws = shutil.which("aws")
    if aws is None:
        return None
    env = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox", "AWS_DEFAULT_REGION": REGION, "PATH": "/usr/bin:/bin"}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        "xargs", "-P8", "-n1", aws, "--endpoint-url", endpoint, "ec2", "stop-instances", "--instance-ids",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env=env,
    )  # fmt: skip
    _, complaints = await process.communicate("\n".join(ids).encode())
    if process.returncode:
        raise RuntimeError(complaints.decode()[:300])
    return time.perf_counter() - began
