"""Reads that come close together become one call, and everybody gets an own and fresh answer."""

from __future__ import annotations

import asyncio

import pytest

from engine.clouds.aws.reads import Batches
from engine.errors import NotFound, Throttled, Unreachable


class Counter:
    """Knows some ids, and remembers what it was asked."""

    def __init__(self, *known: str) -> None:
        self.known = set(known)
        self.asked: list[tuple[str, ...]] = []

    async def fetch(self, ids):
        self.asked.append(ids)
        if len(ids) and not self.known.issuperset(ids):
            raise NotFound("one of them is unknown")
        return {own_id: f"{own_id}@{len(self.asked)}" for own_id in ids}


async def test_many_become_one_call_of_at_most_a_hundred():
    source = Counter(*(f"i-{n}" for n in range(250)))
    batches = Batches(source.fetch)
    found = await asyncio.gather(*(batches.get(f"i-{n}") for n in range(250)))
    assert sorted(len(ids) for ids in source.asked) == [50, 100, 100]
    assert [answer.split("@")[0] for answer in found] == [f"i-{n}" for n in range(250)]


async def test_the_same_id_is_asked_once_for_all_who_wait_and_again_for_who_comes_later():
    source = Counter("i-1")
    batches = Batches(source.fetch, window_s=0.001)
    assert await asyncio.gather(batches.get("i-1"), batches.get("i-1")) == ["i-1@1", "i-1@1"]
    assert await batches.get("i-1") == "i-1@2"


async def test_an_unknown_id_is_none_and_its_neighbours_are_found():
    source = Counter(*(f"i-{n}" for n in range(63)))
    batches = Batches(source.fetch, window_s=0.001)
    found = await asyncio.gather(*(batches.get(f"i-{n}") for n in range(64)))
    assert found[63] is None
    assert None not in found[:63]
    assert len(source.asked) == 13  # halves, not one by one


async def test_an_error_reaches_everybody():
    async def fetch(ids):
        raise Throttled("slowly", retry_after=3)

    batches = Batches(fetch, window_s=0.001)
    answers = await asyncio.gather(batches.get("i-1"), batches.get("i-2"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Throttled, Throttled]


async def test_who_gives_up_waiting_does_not_take_the_answer_from_others():
    source = Counter("i-1")
    batches = Batches(source.fetch, window_s=0.02)
    impatient = asyncio.create_task(batches.get("i-1"))
    patient = asyncio.create_task(batches.get("i-1"))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "i-1@1"


async def test_closing_tells_who_still_waits():
    source = Counter("i-1")
    batches = Batches(source.fetch, window_s=30)
    waiting = asyncio.create_task(batches.get("i-1"))
    await asyncio.sleep(0)
    await batches.close()
    with pytest.raises(Unreachable, match="given up"):
        await waiting
