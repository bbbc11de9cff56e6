"""The conformance suite of the Store Protocol: collections, opening, closing, many at once; points and search are beside it.

Run over the store in memory, Qdrant Edge in its process, and the store on a server, which is qdrant-client's local mode, spoken to directly and
over HTTP; `escher doctor` proves a real one.
"""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import StoreError
from engine.store.store import Collection, Sparse, has
from tests.contracts.stage_store import NAMES, WARNINGS
from tests.contracts.store_points import ALL, PLAIN, THINGS, ids, point, scrolled, uid, uids

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]


async def test_ensure_says_whether_it_was_there_and_may_be_repeated(store):
    assert await store.ensure(THINGS) is True
    assert await store.ensure(PLAIN) is False
    assert await store.ensure(PLAIN) is True


async def test_ensure_refuses_a_vector_of_another_length_and_leaves_what_is_there(store):
    await store.upsert("things", [point(1, vector=(1, 0, 0, 0))])
    with pytest.raises(StoreError, match="things"):
        await store.ensure(Collection("things", vector=5, grams=True, ordered=True))
    with pytest.raises(StoreError, match="things"):
        await store.ensure(Collection("things", vector=0, grams=True, ordered=True))
    await store.ensure(THINGS)
    assert await store.count("things", ALL) == 1


async def test_a_removed_collection_is_gone_and_may_be_made_otherwise(store):
    await store.upsert("things", [point(1)])
    await store.remove("things")
    await store.remove("things")
    await store.remove("never there")
    with pytest.raises(KeyError):
        await store.count("things", ALL)
    assert await store.ensure(Collection("things", vector=2)) is False
    assert await store.count("things", ALL) == 0


async def test_collections_are_listed_as_they_were_made(store):
    assert await store.collections() == [THINGS]
    await store.ensure(PLAIN)
    await store.ensure(Collection("book", ordered=True))
    assert await store.collections() == [Collection("book", ordered=True), PLAIN, THINGS]
    await store.remove("things")
    assert await store.collections() == [Collection("book", ordered=True), PLAIN]


CALLS = {
    "upsert": lambda store: store.upsert("unknown", [point(1)]),
    "upsert nothing": lambda store: store.upsert("unknown", []),
    "delete": lambda store: store.delete("unknown", [uid(1)]),
    "delete nothing": lambda store: store.delete("unknown", []),
    "retrieve nothing": lambda store: store.retrieve("unknown", []),
    "known of nothing": lambda store: store.known("unknown", []),
    "retrieve": lambda store: store.retrieve("unknown", [uid(1)]),
    "scroll": lambda store: scrolled(store, name="unknown"),
    "scroll for nothing": lambda store: scrolled(store, has(()), name="unknown"),
    "points": lambda store: anext(store.points("unknown")),
    "latest": lambda store: store.latest("unknown", ALL, 1),
    "nearest_grams": lambda store: store.nearest_grams("unknown", Sparse((1,), (1.0,)), ALL, 1),
    "nearest_vector": lambda store: store.nearest_vector("unknown", (1, 0, 0, 0), ALL, 1),
    "count": lambda store: store.count("unknown", ALL),
    "facet": lambda store: store.facet("unknown", ALL),
    "known": lambda store: store.known("unknown", [1]),
    "inventory": lambda store: store.inventory("unknown", "mark"),
    "flush": lambda store: store.flush("unknown"),
    "optimise": lambda store: store.optimise("unknown"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_an_unknown_collection_is_a_key_error(store, call):
    with pytest.raises(KeyError):
        await call(store)


async def test_collections_know_nothing_of_each_other(store):
    await store.ensure(PLAIN)
    await store.upsert("things", [point(1, tokens=(1,))])
    await store.upsert("plain", [point(2, tokens=(2,))])
    assert await store.known("things", [1, 2]) == [True, False]
    assert await store.known("plain", [1, 2]) == [False, True]
    await store.remove("plain")
    assert await ids(store) == uids(1)


@pytest.mark.parametrize("stage", [name for name in NAMES if name != "memory"], indirect=True)
async def test_what_was_flushed_is_there_when_it_is_opened_again(stage):
    await stage.store.upsert("things", [point(n, tokens=(n,), order=n, vector=(1, n, 0, 0)) for n in range(30)])
    await stage.store.delete("things", [uid(3)])
    await stage.store.flush("things")
    whole = await stage.store.inventory("things", "mark")
    store = await stage.reopened()
    with pytest.raises(KeyError):
        await store.count("things", ALL)
    with pytest.raises(StoreError):
        await store.ensure(Collection("things", vector=3, grams=True, ordered=True))
    assert await store.ensure(THINGS) is True
    assert await store.inventory("things", "mark") == whole
    assert await store.known("things", [2, 3]) == [True, False]
    assert [one.id for one in await store.latest("things", ALL, 1)] == [uid(29)]
    assert [one.id for one in await store.nearest_vector("things", (1, 0, 0, 0), ALL, 1)] == [uid(0)]


@pytest.mark.parametrize("stage", ["edge", "http"], indirect=True)
async def test_collections_are_listed_before_they_are_ensured(stage):
    await stage.store.ensure(PLAIN)
    store = await stage.reopened()
    assert await store.collections() == [PLAIN, THINGS]


async def test_many_may_ask_at_once(store):
    await asyncio.gather(*(store.upsert("things", [point(n, tokens=(n % 5,))]) for n in range(60)))
    counts = await asyncio.gather(*(store.count("things", has([n % 5])) for n in range(20)))
    assert counts == [12] * 20


async def test_a_question_that_is_given_up_disturbs_no_other(store):
    await store.upsert("things", [point(n, tokens=(n,)) for n in range(50)])
    await store.flush("things")
    asking = asyncio.create_task(store.known("things", list(range(50))))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert await store.count("things", ALL) == 50
    assert await store.known("things", [1, 99]) == [True, False]


async def test_close_may_be_repeated(store):
    await store.close()
    await store.close()


@pytest.mark.parametrize("stage", [name for name in NAMES if name != "memory"], indirect=True)
async def test_a_closed_store_says_so(stage):
    await stage.store.close()
    with pytest.raises(StoreError, match="closed"):
        await stage.store.count("things", ALL)
