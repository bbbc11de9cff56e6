"""Resources from elsewhere: each scope as a part, side by side."""

from __future__ import annotations

import pytest

from engine.errors import StoreError
from engine.estate.importing import import_resources
from engine.estate.memory import MemoryEstate
from engine.estate.where import EVERYTHING
from tests.engine.estate.samples import ALL, resource


async def test_everything_is_there_and_each_scope_is_told():
    estate, told = MemoryEstate(), []
    assert await import_resources(estate, iter(ALL), told.append) == len(ALL)
    assert await estate.select(EVERYTHING) == sorted(ALL, key=lambda known: known.id)
    assert told == sorted(told)
    assert told[-1] == len(ALL)


async def test_nothing_is_nothing():
    assert await import_resources(MemoryEstate(), []) == 0


async def test_what_was_known_of_a_scope_is_replaced():
    estate = MemoryEstate()
    await import_resources(estate, [resource("old"), resource("staying")])
    await import_resources(estate, [resource("staying")])
    assert [known.name for known in await estate.select(EVERYTHING)] == ["staying"]


async def test_a_store_that_is_away_is_told_once_and_the_rest_stops():
    class Away(MemoryEstate):
        taken = 0

        async def take_in(self, part):
            self.taken += 1
            raise StoreError("away")

    estate = Away()
    with pytest.raises(StoreError, match="away"):
        await import_resources(estate, [resource(f"n{number}", region=f"r{number}") for number in range(500)])
    assert estate.taken <= 64
