"""The composition root: the one place where the engine's parts are chosen and put together. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from engine.advisor.advisor import Advisor, HttpAdvisor
from engine.approvals.desk import Desk
from engine.clock import Clock, SystemClock
from engine.clouds.cloud import Cloud
from engine.estate.estate import Estate
from engine.estate.resource import CLOUDS, CloudName
from engine.estate.view import EstateStore
from engine.execution.binding import Limits
from engine.execution.executor import Executor, Hands
from engine.journal.journal import Journal
from engine.planning.planner import Planner, Room
from engine.request.understanding import Understanding
from engine.secrets.derive import Keys
from engine.secrets.keys import open_keys
from engine.settings import AccountSettings, Settings
from engine.sweeping import Sweeper

JOURNAL_FOLDER = "journal"
SDKS: Mapping[CloudName, tuple[str, ...]] = {
    "aws": ("aioboto3", "aiobotocore.config", "aiobotocore.credentials"),
    "azure": ("azure.identity.aio", "azure.mgmt.compute.aio", "azure.mgmt.storage.aio"),
    "gcp": ("google.cloud.compute_v1", "google.auth"),
}


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything the bot works with. Close it when done."""

    home: Path
    settings: Settings
    clock: Clock
    keys: Keys = field(repr=False)
    estate: EstateStore
    clouds: Mapping[CloudName, Cloud]
    journal: Journal
    advisor: Advisor
    desk: Desk
    executor: Executor
    planner: Planner
    sweeper: Sweeper
    understanding: Understanding

    async def close(self) -> None:
        """Lets go of everything, in the opposite order. Idempotent."""
        await self.planner.close()
        await self.advisor.close()
        for cloud in self.clouds.values():
            await cloud.close()
        await self.estate.close()
        await self.journal.close()


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts that tests and `escher eval` put in place of the real ones."""

    estate: EstateStore | None = None
    clouds: Mapping[CloudName, Cloud] | None = None
    advisor: Advisor | None = None
    clock: Clock | None = None


async def open_engine(home: Path, settings: Settings, env: Mapping[str, str], parts: Parts = Parts()) -> Engine:
    """The engine of a data folder. Raises SettingsError, WrongKey, Corrupted, JournalError, StoreError saying what is wrong and what to do."""
    await asyncio.to_thread(home.mkdir, mode=0o700, parents=True, exist_ok=True)
    clock = parts.clock or SystemClock()
    keys = await open_keys(settings.estate, home, env)
    journal = await Journal.open(home / JOURNAL_FOLDER, keys.for_("journal"), clock)
    try:
        estate = parts.estate or await Estate.open(home, keys, settings.estate)
    except BaseException:
        await journal.close()
        raise
    clouds = parts.clouds if parts.clouds is not None else clouds_of(settings.accounts)
    advisor = parts.advisor or HttpAdvisor(settings.advisor.url, env.get(settings.advisor.token_env, ""), settings.advisor.timeout_s)
    grant_key = keys.for_("grants")
    desk = Desk(journal, clock, grant_key, settings.policy)
    limits = Limits(settings.execution.step_timeout_s, settings.execution.retries)
    return Engine(
        home=home,
        settings=settings,
        clock=clock,
        keys=keys,
        estate=estate,
        clouds=clouds,
        journal=journal,
        advisor=advisor,
        desk=desk,
        executor=Executor(Hands(clouds, journal, estate, clock, settings.execution, grant_key)),
        planner=Planner(Room(advisor, desk, journal, clock, clouds, settings.policy, limits, estate)),
        sweeper=Sweeper(clouds, estate, settings.accounts, clock),
        understanding=Understanding(estate),
    )


def load_sdks(names: Iterable[CloudName]) -> None:
    """Imports the providers' SDKs, which takes seconds: call it in a thread before they are needed. One that is missing is told when it is used."""
    for name in names:
        for module in SDKS[name]:
            with contextlib.suppress(ImportError):
                importlib.import_module(module)


def clouds_of(accounts: tuple[AccountSettings, ...]) -> dict[CloudName, Cloud]:
    """A cloud for each provider that has an account configured."""
    by_cloud = {name: tuple(account for account in accounts if account.cloud == name) for name in CLOUDS}
    return {name: cloud_of(name, own) for name, own in by_cloud.items() if own}


def cloud_of(name: CloudName, accounts: tuple[AccountSettings, ...]) -> Cloud:
    """One provider over its accounts. Raises SettingsError when its SDK is not installed."""
    match name:
        case "aws":
            from engine.clouds.aws.cloud import AwsCloud

            return AwsCloud(accounts)
        case "azure":
            from engine.clouds.azure.cloud import AzureCloud

            return AzureCloud(accounts)
        case "gcp":
            from engine.clouds.gcp.cloud import GcpCloud

            return GcpCloud(accounts)
        case _:
            assert_never(name)
