"""Starts the local Azure and the local Google Cloud as processes of their own, and tells how to reach them. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from deploy.sandbox import estate
from deploy.sandbox.running import Running
from engine.estate.resource import CloudName
from engine.settings import AccountSettings, Environment

READY_WITHIN_S = 20.0
ENVIRONMENTS: Mapping[str, Environment] = {"prod": "production", "dev": "development", "lab": "sandbox"}


async def start_azure(folder: Path, *arguments: str) -> Running:
    """The local Azure; its certificate goes into `folder`. Raises OSError when it does not come up."""
    return await _start("azure", ["--cert-dir", str(folder / "azure-certificates"), *arguments], folder, estate.AZURE_ACCOUNTS)


async def start_gcp(folder: Path, *arguments: str) -> Running:
    """The local Google Cloud. Raises OSError when it does not come up."""
    return await _start("gcp", list(arguments), folder, estate.GCP_ACCOUNTS)


async def _start(cloud: CloudName, arguments: Sequence[str], folder: Path, accounts: Mapping[str, tuple[str, str]]) -> Running:
    with _log(folder, cloud) as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"deploy.sandbox.{cloud}",
            "--port",
            "0",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=_checkout(),
        )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_WITHIN_S)
        said: dict[str, Any] = json.loads(line)
    except (TimeoutError, ValueError):
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            process.kill()
        await process.wait()
        raise OSError(f"The local {cloud} cloud did not start; {folder / f'{cloud}.log'} says why.") from None
    settings = tuple(
        AccountSettings(
            cloud=cloud,
            id=account,
            name=name,
            environment=ENVIRONMENTS[short],
            credentials="sandbox",
            endpoint=said["endpoint"],
            ca_file=said.get("ca_file", ""),
        )
        for account, (name, short) in accounts.items()
    )
    return Running(process, settings, said["endpoint"])


def _log(folder: Path, cloud: CloudName) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{cloud}.log").open("wb")


def _checkout() -> Path:
    """Where `deploy` lives, so that `-m deploy.sandbox.…` is found from any folder."""
    return Path(__file__).parents[2]
