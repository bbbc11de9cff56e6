"""A bot for the benches: the real encrypted estate, a real AI server process, clouds that hold tables only."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from bot.app import App, opened
from engine.clouds.cloud import Cloud
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.importing import import_resources
from engine.estate.resource import CloudName, Resource
from engine.settings import EstateSettings, ExecutionSettings, Person, Settings
from engine.wiring import Parts

EXECUTOR = Person(id="bench", name="Bench", roles=("executor",))
MANAGER = Person(id="boss", name="Boss", roles=("manager",))


@contextlib.asynccontextmanager
async def bot(
    resources: Iterable[Resource], clouds: dict[CloudName, Cloud] | None = None, people: Sequence[Person] = (EXECUTOR, MANAGER)
) -> AsyncIterator[App]:
    settings = Settings(people=tuple(people), estate=EstateSettings(key="file"), execution=ExecutionSettings(width=64, poll_s=0.2))
    found = list(resources)
    standing: dict[CloudName, Cloud] = clouds or {
        name: FakeCloud([one for one in found if one.cloud == name], table, name) for name, table in TABLES.items()
    }
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        async with opened(Path(folder), settings, {}, Parts(clouds=standing)) as app:
            await import_resources(app.engine.estate, found)
            yield app
