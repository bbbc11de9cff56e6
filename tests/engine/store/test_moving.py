"""A move makes the target hold what the source holds, survives being interrupted, and never writes over what may be newer."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Refused, StoreError
from engine.store.memory import MemoryStore
from engine.store.moving import Moved, move
from engine.store.store import Collection, Point, Sparse, every, has
from tests.contracts.stage_store import WARNINGS, staged

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]
ESTATE = Collection("estate", vector=3, grams=True)
CHAT = Collection("chat", ordered=True)
ALL = every(())


def uid(number):
    return str(uuid.UUID(int=random.Random(number).getrandbits(128)))


def point(number, **rest):
    dice = random.Random(number)
    plain = Point(
        uid(number),
        {"sealed": f"cipher {number}", "mark": f"m{number}"},
        (number % 5, 100 + number),
        (number % 5,),
        Sparse((number, number + 1), (0.1, 0.7)),
        tuple(dice.gauss(0, 1) for _ in range(3)) if number % 3 else (),
    )
    return dataclasses.replace(plain, **rest)


class Counting(MemoryStore):
    """Counts what is written, and goes away after so many calls that write."""

    def __init__(self, after=10**9):
        super().__init__()
        self.left = after
        self.written = 0
        self.deleted = 0

    async def upsert(self, collection, points):
        self._work()
        self.written += len(points)
        await super().upsert(collection, points)

    async def delete(self, collection, ids):
        self._work()
        self.deleted += len(ids)
        await super().delete(collection, ids)

    def _work(self):
        if self.left == 0:
            raise StoreError("The store is away.")
        self.left -= 1


async def filled(store, points=200, chats=90):
    await store.ensure(ESTATE)
    await store.ensure(CHAT)
    await store.upsert("estate", [point(n) for n in range(points)])
    await store.upsert("chat", [Point(uid(n), {"sealed": f"text {n}"}, order=n) for n in range(chats)])
    return store


def nobody(collection, done, total):
    pass


async def test_everything_is_copied_and_progress_is_told():
    source, target, told = await filled(MemoryStore()), Counting(), []
    moved = await move(source, target, lambda *heard: told.append(heard))
    assert moved == [Moved("chat", 90, 0, 0), Moved("estate", 200, 0, 0)]
    assert await target.collections() == [CHAT, ESTATE]
    assert [one async for one in target.points("estate")] == [one async for one in source.points("estate")]
    assert [one.id for one in await target.latest("chat", ALL, 2)] == [uid(89), uid(88)]
    assert told[-1] == ("estate", 200, 200)
    assert ("estate", 128, 200) in told


async def test_a_repeated_move_writes_nothing():
    source, target = await filled(MemoryStore()), Counting()
    await move(source, target, nobody)
    target.written = 0
    assert await move(source, target, nobody) == [Moved("chat", 0, 90, 0), Moved("estate", 0, 200, 0)]
    assert (target.written, target.deleted) == (0, 0)


@pytest.mark.parametrize("after", range(6))
async def test_an_interrupted_move_goes_on_where_it_was(after):
    source, target = await filled(MemoryStore()), Counting(after)
    with pytest.raises(StoreError, match="away"):
        await move(source, target, nobody)
    target.left = 10**9
    await move(source, target, nobody)
    assert target.written == 290
    assert [one async for one in target.points("estate")] == [one async for one in source.points("estate")]


OTHER = {
    "one more": [point(500)],
    "another payload": [point(7, payload={"sealed": "newer", "mark": "m7"})],
    "another token": [point(7, tokens=(9,))],
    "another facet": [point(7, facets=(9,))],
    "another order": [point(7, order=1)],
    "another vector": [point(7, vector=(1.0, 2.0, 3.0))],
    "no vector": [point(7, vector=())],
    "another weight": [point(7, grams=Sparse((7, 8), (0.1, 0.8)))],
    "another gram": [point(7, grams=Sparse((7, 9), (0.1, 0.7)))],
}


@pytest.mark.parametrize("there", OTHER.values(), ids=OTHER)
async def test_what_may_be_newer_is_not_written_over_unsaid(there):
    source, target = await filled(MemoryStore()), Counting()
    await target.ensure(ESTATE)
    await target.upsert("estate", [*there, point(8)])
    target.written = 0
    with pytest.raises(Refused, match=r"estate holds 1 points there .* --replace"):
        await move(source, target, nobody)
    assert (target.written, target.deleted) == (0, 0)
    await move(source, target, nobody, replace=True)
    assert [one async for one in target.points("estate")] == [one async for one in source.points("estate")]
    assert target.written == 290 - 1
    assert target.deleted == (there[0].id == uid(500))


async def test_what_storing_does_to_numbers_is_no_difference():
    source, target = await filled(MemoryStore()), Counting()
    await target.ensure(ESTATE)

    def kept(one):
        length = sum(x * x for x in one.vector) ** 0.5
        values = tuple(value + 3e-8 for value in one.grams.values)
        return dataclasses.replace(
            one, vector=tuple(x / length for x in one.vector), grams=Sparse(one.grams.indices, values), tokens=one.tokens[::-1]
        )

    await target.upsert("estate", [kept(point(n)) for n in range(200)])
    assert Moved("estate", 0, 200, 0) in await move(source, target, nobody)


class Forgetful(MemoryStore):
    """Loses one point of each that it is given."""

    async def upsert(self, collection, points):
        await super().upsert(collection, points[1:])


class Misreading(MemoryStore):
    """Counts facets otherwise than they are."""

    async def facet(self, collection, condition):
        return {1: 1}


@pytest.mark.parametrize(("target", "said"), [(Forgetful(), "88 there, 2 differ"), (Misreading(), "90 there, 0 differ")])
async def test_a_target_that_is_not_equal_in_the_end_is_told(target, said):
    with pytest.raises(StoreError, match=f"chat is not the same after the move: 90 points here, {said}"):
        await move(await filled(MemoryStore()), target, nobody)


async def test_other_collections_of_the_target_stay():
    target = MemoryStore()
    await target.ensure(Collection("own"))
    await target.upsert("own", [Point(uid(1), {})])
    await move(await filled(MemoryStore()), target, nobody)
    assert await target.count("own", ALL) == 1


async def test_a_target_of_another_make_is_refused():
    target = MemoryStore()
    await target.ensure(Collection("estate", vector=4, grams=True))
    with pytest.raises(StoreError, match="4 numbers"):
        await move(await filled(MemoryStore()), target, nobody)


numbers = st.frozensets(st.integers(0, 30))


@settings(max_examples=60, deadline=None)
@given(here=numbers, there=numbers, changed=numbers)
def test_with_replace_any_target_becomes_the_source(here, there, changed):
    async def moved():
        source, target = MemoryStore(), Counting()
        for store, held in ((source, here), (target, there)):
            await store.ensure(ESTATE)
            await store.upsert("estate", [point(n) for n in held])
        await target.upsert("estate", [point(n, tokens=(9,)) for n in changed & there])
        target.written = 0
        (said,) = await move(source, target, nobody, replace=True)
        assert said == Moved("estate", len(here - (there - changed)), len(here & (there - changed)), len(there - here))
        assert [one async for one in target.points("estate")] == [one async for one in source.points("estate")]
        assert (target.written, target.deleted) == (said.copied, said.removed)

    asyncio.run(moved())


@pytest.mark.parametrize(("one", "other"), [("edge", "http"), ("http", "edge"), ("local", "edge")])
async def test_between_an_embedded_store_and_a_server_and_back(one, other, tmp_path):
    async with staged(one, tmp_path / "one") as here, staged(other, tmp_path / "other") as there:
        await filled(here.store)
        assert await move(here.store, there.store, nobody) == [Moved("chat", 90, 0, 0), Moved("estate", 200, 0, 0)]
        assert await move(here.store, there.store, nobody) == [Moved("chat", 0, 90, 0), Moved("estate", 0, 200, 0)]
        for store in (here.store, there.store):
            assert [stored.id for stored in await store.nearest_vector("estate", point(4).vector, ALL, 1)] == [uid(4)]
            assert (await store.nearest_grams("estate", Sparse((7, 8), (0.1, 0.7)), ALL, 1))[0].id == uid(7)
            assert await store.count("estate", has([3])) == 40
            assert (await store.latest("chat", ALL, 1))[0].id == uid(89)
        await there.store.delete("estate", [uid(1)])
        assert await move(there.store, here.store, nobody, replace=True) == [Moved("chat", 0, 90, 0), Moved("estate", 0, 199, 1)]
