"""Opens the real estate for tests, without a model."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from engine.estate.estate import Estate
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.engine.estate.samples import ALL, parts

KEYS = Keys(bytes(range(32)))
SETTINGS = EstateSettings(key="file", embeddings="off")


@contextlib.asynccontextmanager
async def opened(home: Path, keys: Keys = KEYS) -> AsyncIterator[Estate]:
    estate = await Estate.open(home, keys, SETTINGS)
    try:
        yield estate
    finally:
        await estate.close()


async def filled(home: Path) -> None:
    """An estate with the samples, closed well."""
    async with opened(home) as estate:
        for part in parts(*ALL):
            await estate.take_in(part)
