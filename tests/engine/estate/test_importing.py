"""Resources from elsewhere: each scope as a part, side by side."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import StoreError
from engine.estate.importing import import_batches, import_resources
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


def batches():
    return [ALL[:3], ALL[3:5], ALL[5:]]


async def test_batches_come_in_as_one_would_and_are_told_together():
    estate, told = MemoryEstate(), []
    assert await import_batches(estate, iter(batches()), told.append) == len(ALL)
    assert await estate.select(EVERYTHING) == sorted(ALL, key=lambda known: known.id)
    assert told[-1] == len(ALL)
    assert told == sorted(told)
    assert await import_batches(estate, []) == 0


async def test_no_more_batches_are_read_than_are_taken_in_or_next():
    class Slow(MemoryEstate):
        async def take_in(self, part):
            await asyncio.sleep(0.001)
            held.append(read - taken)
            return await super().take_in(part)

    def reading():
        nonlocal read
        for number in range(20):
            read += 1
            yield [resource(f"n{number}", region=f"r{number}")]

    def done(count):
        nonlocal taken
        taken = count

    read, taken, held = 0, 0, []
    assert await import_batches(Slow(), reading(), done) == 20
    assert 1 < max(held) <= 3


async def test_trouble_in_reading_or_taking_in_ends_it():
    class Away(MemoryEstate):
        async def take_in(self, part):
            raise StoreError("away")

    def broken():
        yield ALL[:3]
        raise ValueError("line 4 is no JSON")

    with pytest.raises(StoreError, match="away"):
        await import_batches(Away(), [[one] for one in ALL])
    with pytest.raises(ValueError, match="line 4"):
        await import_batches(MemoryEstate(), broken())
