"""The composition root: the one place where the engine's parts are chosen and put together. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never

from engine.advisor.advisor import Advisor, HttpAdvisor
from engine.advisor.tls import client_context
from engine.approvals.desk import Desk
from engine.clock import Clock, SystemClock
from engine.clouds.cloud import Cloud
from engine.collections.generation import Sources
from engine.collections.library import Library
from engine.estate.estate import Estate
from engine.estate.facts import environment
from engine.estate.resource import CLOUDS, CloudName, Resource
from engine.estate.rotating import EstateRotation
from engine.estate.view import EstateStore
from engine.execution.binding import Limits
from engine.execution.executor import Executor, Hands
from engine.journal.journal import Journal
from engine.planning.planner import Planner, Room
from engine.request.understanding import Understanding
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.keys import open_ring, store_for
from engine.secrets.references import secret
from engine.secrets.ring import Ring
from engine.secrets.rotation import Rotates, resume
from engine.settings import AccountSettings, AdvisorSettings, EstateSettings, Settings
from engine.store.edge.client import EdgeStore
from engine.store.memory import MemoryStore
from engine.store.store import Store
from engine.sweeping import Reach, Sweeper

ADVISOR_TOKEN = "ESCHER_ADVISOR_TOKEN"  # noqa: S105 - the name of a variable, not a secret
JOURNAL_FOLDER = "journal"
LIBRARY_FOLDER = "library"
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
    library: Library
    advisor: Advisor
    desk: Desk
    executor: Executor
    planner: Planner
    sweeper: Sweeper
    understanding: Understanding
    # What was found broken when this was opened, as sentences that people must see.
    notes: tuple[str, ...] = ()

    async def close(self) -> None:
        """Lets go of everything, in the opposite order. Idempotent."""
        await self.planner.close()
        await self.advisor.close()
        for cloud in self.clouds.values():
            await cloud.close()
        await self.library.close()
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
    advisor = parts.advisor or await advisor_of(settings.advisor, env)
    ring = await open_ring(settings.estate, home, env, clock)
    keys = ring.current
    journal = await Journal.open(home / JOURNAL_FOLDER, keys.for_("journal"), clock, older=ring.for_others("journal"))
    try:
        if not parts.estate:
            keys = await _resumed(ring, journal, home, settings.estate, env)
        estate, store, healed = (parts.estate, MemoryStore(), "") if parts.estate else await _estate(home, keys, settings.estate, env)
    except BaseException:
        await journal.close()
        raise
    try:
        library = await Library.open(_sources(home, store, journal, clock), keys)
    except BaseException:
        await estate.close()
        await journal.close()
        raise
    library.follow()
    clouds = parts.clouds if parts.clouds is not None else clouds_of(settings.accounts)
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
        library=library,
        advisor=advisor,
        desk=desk,
        executor=Executor(Hands(clouds, journal, estate, clock, settings.execution, grant_key)),
        planner=Planner(Room(advisor, desk, journal, clock, clouds, settings.policy, limits, estate)),
        sweeper=Sweeper(Reach(clouds, estate, journal), settings.accounts, clock),
        understanding=Understanding(estate),
        notes=tuple(note for note in (healed, library.healed) if note),
    )


async def advisor_of(settings: AdvisorSettings, env: Mapping[str, str]) -> HttpAdvisor:
    """The door to the AI server. Raises SettingsError for a token or a CA file that is not there."""
    token = await secret(settings.token, env) if settings.token else env.get(ADVISOR_TOKEN, "")
    tls = await asyncio.to_thread(client_context, settings.ca_file, settings.pins) if settings.url.startswith("https://") else None
    return HttpAdvisor(settings.url, token, settings.timeout_s, tls)


@contextlib.asynccontextmanager
async def open_library(home: Path, settings: Settings, env: Mapping[str, str]) -> AsyncIterator[Library]:
    """What happened, without anything that acts: journal, store and collections, caught up. Raises as `open_engine` does."""
    clock = SystemClock()
    ring = await open_ring(settings.estate, home, env, clock)
    keys = ring.current
    async with contextlib.AsyncExitStack() as stack:
        journal = await Journal.open(home / JOURNAL_FOLDER, keys.for_("journal"), clock, older=ring.for_others("journal"))
        stack.push_async_callback(journal.close)
        estate, store, healed = await _estate(home, keys, settings.estate.model_copy(update={"embeddings": "off"}), env)
        stack.push_async_callback(estate.close)
        library = await Library.open(_sources(home, store, journal, clock), keys)
        library.healed = f"{healed} {library.healed}".strip()
        stack.push_async_callback(library.close)
        yield library


async def _resumed(ring: Ring, journal: Journal, home: Path, settings: EstateSettings, env: Mapping[str, str]) -> Keys:
    """The keys to go on with: a rotation of the data key that was interrupted is ended first. Raises what `engine.secrets.rotation` raises."""
    if ring.rotation is None:
        return ring.current
    file = DataKeyFile(home, store_for(settings, home, env), SystemClock())
    parts: dict[str, Rotates] = {"journal": journal, "estate": EstateRotation(home, (LIBRARY_FOLDER,))}
    done = await resume(file, parts, lambda _part, _done, _total: None)
    return (done or ring).current


async def _estate(home: Path, keys: Keys, settings: EstateSettings, env: Mapping[str, str]) -> tuple[Estate, Store, str]:
    opened = await Estate.open(home, keys, settings, env)
    return opened, opened.store, opened.healed


def _sources(home: Path, store: Store, journal: Journal, clock: Clock) -> Sources:
    return Sources(store, journal, clock, home / LIBRARY_FOLDER, _environment_of, whole=not isinstance(store, EdgeStore) or store.whole)


def _environment_of(target: Mapping[str, Any]) -> str:
    return environment(Resource.from_json(target))[0]


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
