"""The composition root: the one place where the engine's parts are chosen and put together. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

from engine.advisor.advisor import Advisor, HttpAdvisor
from engine.advisor.tls import client_context
from engine.approvals.desk import Desk
from engine.clock import Clock, SystemClock
from engine.clouds.cloud import Cloud
from engine.collections.generation import Sources
from engine.collections.library import Library
from engine.estate.facts import environment
from engine.estate.resource import CLOUDS, CloudName, Resource
from engine.estate.standing import StandingEstate
from engine.estate.view import EstateStore
from engine.execution.binding import Limits
from engine.execution.executor import Executor, Hands
from engine.journal.journal import Journal
from engine.planning.planner import Planner, Room
from engine.request.understanding import Understanding
from engine.schedules.firing import Eyes
from engine.schedules.schedules import Rooms, Schedules
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.keys import open_ring, store_for
from engine.secrets.references import secret
from engine.secrets.ring import Ring
from engine.secrets.rotation import Replacement, Together
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
    "azure": ("aiohttp", "azure.core.rest", "azure.core.pipeline.policies", "azure.core.pipeline.transport", "azure.mgmt.core.policies"),
    "gcp": ("google.auth", "google.auth.transport.requests"),
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
    schedules: Schedules
    # What was found broken when this was opened, as sentences that people must see.
    notes: tuple[str, ...] = ()
    # None where the estate is not one that is sealed with the data key.
    replacement: Replacement | None = None

    async def close(self) -> None:
        """Lets go of everything, in the opposite order. Idempotent."""
        if self.replacement:
            await self.replacement.stop()
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


@dataclass(frozen=True, slots=True)
class _Ground:
    """What everything that decides and does stands on."""

    journal: Journal
    estate: EstateStore
    clouds: Mapping[CloudName, Cloud]
    clock: Clock
    advisor: Advisor


@dataclass(frozen=True, slots=True)
class _Deciding:
    """The rooms from a message to what runs."""

    desk: Desk
    executor: Executor
    planner: Planner
    understanding: Understanding
    schedules: Schedules


async def open_engine(home: Path, settings: Settings, env: Mapping[str, str], parts: Parts = Parts()) -> Engine:
    """The engine of a data folder. Raises SettingsError, WrongKey, Corrupted, JournalError, StoreError saying what is wrong and what to do."""
    await asyncio.to_thread(home.mkdir, mode=0o700, parents=True, exist_ok=True)
    clock = parts.clock or SystemClock()
    advisor = parts.advisor or await advisor_of(settings.advisor, env)
    ring = await open_ring(settings.estate, home, env, clock)
    keys = ring.current
    journal = await Journal.open(home / JOURNAL_FOLDER, keys.for_("journal"), clock, older=ring.for_others("journal"))
    try:
        standing = None if parts.estate else await StandingEstate.open(home, ring, settings.estate, env)
    except BaseException:
        await journal.close()
        raise
    try:
        store: Store = standing.store if standing else MemoryStore()
        # While the data key is replaced, the collections go over after the estate; until then they are under its key.
        library = await Library.open(_sources(home, store, journal, clock), standing.keys if standing else keys)
    except BaseException:
        if standing:
            await standing.close()
        await journal.close()
        raise
    library.follow()
    estate = parts.estate or standing
    assert estate
    replacement = _replacement(_file(home, settings.estate, env), journal, standing, library) if standing else None
    if replacement and ring.rotation:
        replacement.begin()
    clouds = parts.clouds if parts.clouds is not None else clouds_of(settings.accounts)
    ground = _Ground(journal, estate, clouds, clock, advisor)
    deciding = _deciding(ground, settings, keys.for_("grants"), settings.schedules.timezone or await asyncio.to_thread(own_zone))
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
        desk=deciding.desk,
        executor=deciding.executor,
        planner=deciding.planner,
        sweeper=Sweeper(Reach(clouds, estate, journal), settings.accounts, clock),
        understanding=deciding.understanding,
        schedules=deciding.schedules,
        notes=tuple(note for note in (standing.healed if standing else "", library.healed, _going_on(ring)) if note),
        replacement=replacement,
    )


def _deciding(ground: _Ground, settings: Settings, grant_key: bytes, zone: str) -> _Deciding:
    """`zone` is the time zone that is meant where nobody says one."""
    journal, estate, clouds, clock = ground.journal, ground.estate, ground.clouds, ground.clock
    desk = Desk(journal, clock, grant_key, settings.policy)
    executor = Executor(Hands(clouds, journal, estate, clock, settings.execution, grant_key))
    limits = Limits(settings.execution.step_timeout_s, settings.execution.retries)
    planner = Planner(Room(ground.advisor, desk, journal, clock, clouds, settings.policy, limits, estate))
    understanding = Understanding(estate, clock)
    eyes = Eyes(clock, desk, planner, estate, clouds, understanding, {person.id: person for person in settings.people})
    schedules = Schedules(Rooms(journal, eyes, executor, settings.schedules, settings.policy, zone))
    return _Deciding(desk, executor, planner, understanding, schedules)


def own_zone() -> str:
    """The time zone of this machine by its name in the IANA database, `UTC` where it has none of those."""
    try:
        name = tzlocal.get_localzone_name()
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


async def advisor_of(settings: AdvisorSettings, env: Mapping[str, str]) -> HttpAdvisor:
    """The door to the AI server. Raises SettingsError for a token or a CA file that is not there."""
    token = await secret(settings.token, env) if settings.token else env.get(ADVISOR_TOKEN, "")
    tls = await asyncio.to_thread(client_context, settings.ca_file, settings.pins) if settings.url.startswith("https://") else None
    return HttpAdvisor(settings.url, token, settings.timeout_s, tls)


@contextlib.asynccontextmanager
async def open_library(home: Path, settings: Settings, env: Mapping[str, str]) -> AsyncIterator[Library]:
    """What happened, without anything that acts: journal, store and collections, caught up. Raises as `open_engine` does."""
    async with _records(home, settings, env) as (_, _, library):
        yield library


@contextlib.asynccontextmanager
async def open_replacement(home: Path, settings: Settings, env: Mapping[str, str]) -> AsyncIterator[tuple[Replacement, Journal]]:
    """All that is sealed with the data key, to be sealed with another one while no bot runs. Raises as `open_engine` does."""
    async with _records(home, settings, env) as (journal, estate, library):
        replacement = _replacement(_file(home, settings.estate, env), journal, estate, library)
        try:
            yield replacement, journal
        finally:
            await replacement.stop()


@contextlib.asynccontextmanager
async def _records(home: Path, settings: Settings, env: Mapping[str, str]) -> AsyncIterator[tuple[Journal, StandingEstate, Library]]:
    clock = SystemClock()
    ring = await open_ring(settings.estate, home, env, clock)
    async with contextlib.AsyncExitStack() as stack:
        journal = await Journal.open(home / JOURNAL_FOLDER, ring.current.for_("journal"), clock, older=ring.for_others("journal"))
        stack.push_async_callback(journal.close)
        estate = await StandingEstate.open(home, ring, settings.estate.model_copy(update={"embeddings": "off"}), env)
        stack.push_async_callback(estate.close)
        library = await Library.open(_sources(home, estate.store, journal, clock), estate.keys)
        library.healed = f"{estate.healed} {library.healed}".strip()
        stack.push_async_callback(library.close)
        yield journal, estate, library


def _file(home: Path, settings: EstateSettings, env: Mapping[str, str]) -> DataKeyFile:
    return DataKeyFile(home, store_for(settings, home, env), SystemClock())


def _replacement(file: DataKeyFile, journal: Journal, estate: StandingEstate, library: Library) -> Replacement:
    """Everything that is sealed with the data key, in the order it is carried over."""
    return Replacement(file, {"journal": journal, "estate": Together((estate, library))})


def _going_on(ring: Ring) -> str:
    """What people are told of a replacement of the data key that an earlier process began."""
    return f"The data key is being replaced since {ring.rotation.since}; it goes on now." if ring.rotation else ""


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
