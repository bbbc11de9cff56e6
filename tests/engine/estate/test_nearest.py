"""Nearest through kinds is what it would be if each resource bore its vector, ties and all."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import Corrupted
from engine.estate.nearest import Breadth, Nearest
from engine.estate.recorder import KIND
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, every, has

RESOURCES, KINDS, PLAIN = (Collection("resources"), Collection("kinds", vector=3), Collection("plain", vector=3))
# A narrow search goes through many rounds, a wide one through none.
BREADTHS = (
    Breadth(few=0, kinds=1, read=1, rows=1, more=2),
    Breadth(few=0, kinds=3, read=1, rows=3, more=2),
    Breadth(few=0, kinds=8, read=8, rows=1),
    Breadth(),
)
FIRST_KIND = 1_000

# Few different numbers, so that many kinds tie.
number = st.integers(-2, 2).map(float)
vector = st.tuples(number, number, number).filter(any)
kinds = st.lists(vector, min_size=1, max_size=9)
# Each resource: the place of its kind (beyond the last: one without a vector yet), and which of two conditions it meets.
resources = st.lists(st.tuples(st.integers(0, 10), st.sets(st.sampled_from([1, 2]))), max_size=40)
condition = st.sampled_from([every(()), has([1]), has([1, 2]), every([has([1]), {"not": has([2])}]), has([])])


async def stored(vectors, having):
    store = MemoryStore()
    for collection in (RESOURCES, KINDS, PLAIN):
        await store.ensure(collection)
    await store.upsert(
        "kinds",
        [
            Point(str(UUID(int=99 - place)), {KIND: str(FIRST_KIND + place)}, (FIRST_KIND + place,), vector=known)
            for place, known in enumerate(vectors)
        ],
    )
    rows = [(str(UUID(int=place * 7919 % 997)), kind, meets) for place, (kind, meets) in enumerate(having)]
    await store.upsert(
        "resources", [Point(key, {"is": key, KIND: str(FIRST_KIND + kind)}, (*meets, FIRST_KIND + kind)) for key, kind, meets in rows]
    )
    known = [(key, kind, meets) for key, kind, meets in rows if kind < len(vectors)]
    plain = [Point(key, {"is": key, KIND: str(FIRST_KIND + kind)}, tuple(meets), vector=vectors[kind]) for key, kind, meets in known]
    await store.upsert("plain", plain)
    return store


@example(
    [(0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.0, -1.0), (0.0, 1.0, 1.0)],
    [(0, set()), (3, set()), (1, set())],
    (0.0, 0.0, -1.0),
    every(()),
    1,
    BREADTHS[2],
)
@settings(max_examples=400, deadline=None)
@given(kinds, resources, vector, condition, st.integers(0, 12), st.sampled_from(BREADTHS))
def test_it_is_what_a_search_over_all_resources_would_find(vectors, having, sought, holds, limit, breadth):
    async def both():
        store = await stored(vectors, having)
        found = await Nearest(store, "resources", "kinds", sought, holds, breadth=breadth).best(limit)
        return found, await store.nearest_vector("plain", sought, holds, limit)

    found, brute = asyncio.run(both())
    assert [(one.id, one.payload, one.score) for one in found] == [(one.id, one.payload, one.score) for one in brute]


async def test_many_resources_of_one_kind_are_not_all_read():
    class Counting(MemoryStore):
        read = 0

        async def scroll(self, collection, condition, keys=None, *, tokens=False, after=""):
            async for row in super().scroll(collection, condition, keys, tokens=tokens, after=after):
                Counting.read += 1
                yield row

    store = Counting()
    for collection in (RESOURCES, KINDS):
        await store.ensure(collection)
    await store.upsert("kinds", [Point(str(UUID(int=n)), {KIND: str(n)}, (n,), vector=(1.0, float(n), 0.0)) for n in range(1, 20)])
    await store.upsert("resources", [Point(str(UUID(int=n)), {KIND: str(1 + n % 19)}, (1 + n % 19,)) for n in range(5_000)])
    found = await Nearest(store, "resources", "kinds", (1.0, 0.0, 0.0), every(())).best(10)
    assert {int(UUID(one.id)) % 19 for one in found} == {0}
    assert Counting.read < 600


async def test_a_kind_that_says_no_token_is_named():
    store = await stored([(1.0, 0.0, 0.0)], [(0, {1})])
    await store.upsert("kinds", [Point(str(UUID(int=5)), {KIND: "rubbish"}, (FIRST_KIND,), vector=(1.0, 0.0, 0.0))])
    with pytest.raises(Corrupted, match=f"kinds/{UUID(int=5)}"):
        await Nearest(store, "resources", "kinds", (1.0, 0.0, 0.0), every(())).best(3)


async def test_kinds_that_no_fitting_resource_has_are_not_looked_at():
    class Asked(MemoryStore):
        kinds = 0

        async def nearest_vector(self, *question):
            found = await super().nearest_vector(*question)
            Asked.kinds += len(found)
            return found

    store = Asked()
    for collection in (RESOURCES, KINDS):
        await store.ensure(collection)
    # Of a thousand kinds the last, and the least like what is sought, is the only one that bears 7; so do its resources.
    several = range(1_000, 2_000)
    await store.upsert(
        "kinds", [Point(str(UUID(int=n)), {KIND: str(n)}, (n, 7) if n == 1_999 else (n,), vector=(1.0, n / 1_000, 0.0)) for n in several]
    )
    await store.upsert("resources", [Point(str(UUID(int=n)), {KIND: str(n)}, (n, 7) if n == 1_999 else (n,)) for n in several])
    sought = (1.0, 0.0, 0.0)
    everywhere = await Nearest(store, "resources", "kinds", sought, has([7]), breadth=Breadth(few=0)).best(1)
    looked_at, Asked.kinds = Asked.kinds, 0
    assert await Nearest(store, "resources", "kinds", sought, has([7]), has([7]), Breadth(few=0)).best(1) == everywhere
    assert (Asked.kinds, looked_at > 1_000) == (1, True)


async def test_kinds_that_say_what_no_fitting_resource_has_are_left_out_after_the_first_round():
    """A hundred kinds say 7, the others 8, and only the last of these has resources in 5: its words tell that the 7s have not."""

    class Asked(MemoryStore):
        rounds = ()

        async def nearest_vector(self, *question):
            found = await super().nearest_vector(*question)
            Asked.rounds += (len(found),)
            return found

    store = Asked()
    for collection in (RESOURCES, KINDS):
        await store.ensure(collection)
    words = {n: 7 if n < 1_990 else 8 for n in range(1_890, 2_000)}
    await store.upsert(
        "kinds", [Point(str(UUID(int=n)), {KIND: str(n)}, (n, word), vector=(1.0, n / 1_000, 0.0)) for n, word in words.items()]
    )
    await store.upsert(
        "resources",
        [Point(str(UUID(int=n)), {KIND: str(n)}, (n, word, *([5] if n == 1_999 else [])), (word,)) for n, word in words.items()],
    )
    breadth = Breadth(few=0, kinds=20, more=2)
    (found,) = await Nearest(store, "resources", "kinds", (1.0, 0.0, 0.0), has([5]), words=frozenset({7, 8}), breadth=breadth).best(1)
    assert (found.id, Asked.rounds) == (str(UUID(int=1_999)), (20, 10))
    (same,) = await Nearest(store, "resources", "kinds", (1.0, 0.0, 0.0), has([5]), breadth=breadth).best(1)
    assert (same, Asked.rounds[2:]) == (found, (20, 20, 40, 80, 110))
