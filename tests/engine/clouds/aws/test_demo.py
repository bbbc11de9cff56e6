"""The demo's AWS starts by itself, keeps strangers out when told to, and leaves no process behind."""

from __future__ import annotations

import asyncio
import sys

import httpx
import pytest

from deploy.sandbox import aws as demo
from deploy.sandbox.running import Running
from engine.clouds.aws.cloud import AwsCloud
from engine.errors import SettingsError
from engine.estate.resource import Gap, GapReason


async def test_amazons_own_enforcement_leaves_gaps_and_not_emptiness(tmp_path):
    running = await demo.start_aws(tmp_path, seeded=False)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"{running.endpoint}/moto-api/reset-auth", content=b"0")
        cloud = AwsCloud(running.accounts)
        pieces = [piece async for piece in cloud.sweep()]
        await cloud.close()
    finally:
        await running.stop()
    assert pieces
    assert all(isinstance(piece, Gap) and piece.reason is GapReason.DENIED for piece in pieces)
    assert running.process.returncode is not None
    await running.stop()


async def test_a_server_that_does_not_come_up_is_said(tmp_path, monkeypatch):
    started: list[asyncio.subprocess.Process] = []

    async def broken(port, log):
        started.append(await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(3)"))
        return started[0]

    monkeypatch.setattr(demo, "_spawn", broken)
    with pytest.raises(SettingsError, match="did not start"):
        await demo.start_aws(tmp_path)
    assert started[0].returncode == 3


async def test_one_that_ignores_being_asked_is_ended():
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", stubborn, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    await Running(process, (), "").stop()
    assert process.returncode == -9
