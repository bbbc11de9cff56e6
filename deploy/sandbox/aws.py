"""The demo's AWS: a moto server on loopback with the accounts of a made-up company in it. Edge."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.sandbox.running import Running
from engine.errors import SettingsError
from engine.settings import AccountSettings

ESTATE = Path(__file__).with_name("aws_estate.yaml")
LOOPBACK = "127.0.0.1"
STARTS_WITHIN_S = 20.0


async def start_aws(folder: Path, *, seeded: bool = True) -> Running:
    """Starts the server, waits until it answers, and fills it. Its log lies in `folder`.

    Raises SettingsError when it does not come up; then no process is left behind.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    port = _free_port()
    endpoint = f"http://{LOOPBACK}:{port}"
    process = await _spawn(port, folder / "aws.log")
    running = Running(process, accounts(estate(), endpoint), endpoint)
    try:
        await _answers(endpoint, process)
        if seeded:
            await _fill(endpoint, folder / "aws.log")
    except BaseException:
        await running.stop()
        raise
    return running


def accounts(rows: dict[str, Any], endpoint: str) -> tuple[AccountSettings, ...]:
    """The settings that reach the demo's accounts: one pair of keys, and a role to take in each account. Pure."""
    return tuple(
        AccountSettings(
            cloud="aws",
            id=account["id"],
            name=account["name"],
            environment=account["environment"],
            regions=tuple(rows["regions"]),
            credentials="sandbox",
            role=f"arn:aws:iam::{account['id']}:role/escher",
            endpoint=endpoint,
        )
        for account in rows["accounts"]
    )


def estate() -> dict[str, Any]:
    """What the demo's company has in AWS, from the file beside this one."""
    rows: dict[str, Any] = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    return rows


async def _spawn(port: int, log: Path) -> Process:
    # Nothing of the user's own AWS may reach a server that plays AWS; the list of public images is long and unused.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    # Tasks of a new service are never started by moto; so many count as running at once.
    environment["MOTO_ECS_SERVICE_RUNNING"] = "2"
    arguments = (sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port))
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(*arguments, stdin=DEVNULL, stdout=out, stderr=STDOUT, env=environment)


async def _answers(endpoint: str, process: Process) -> None:
    """Returns as soon as the server answers. Raises SettingsError when it ends or stays silent."""
    try:
        async with asyncio.timeout(STARTS_WITHIN_S), httpx.AsyncClient(trust_env=False) as client:
            while process.returncode is None:
                try:
                    await client.get(f"{endpoint}/moto-api/data.json")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return
    except TimeoutError:
        pass
    raise SettingsError(
        "The demo's AWS did not start.", hint='Run `pip install "escher-ops[demo]"`, or read aws.log in the demo\'s folder.'
    )


async def _fill(endpoint: str, log: Path) -> None:
    """Fills the server from a process of its own: whoever starts the demo has other things to do meanwhile. Raises SettingsError."""
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.sandbox.aws_filling", endpoint, stdin=DEVNULL, stdout=out, stderr=STDOUT
        )
    try:
        code = await process.wait()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if code:
        raise SettingsError("The demo's AWS could not be filled.", hint=f"{log} says why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
