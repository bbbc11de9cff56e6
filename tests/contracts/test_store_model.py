"""Random histories of a collection: whatever was written and deleted, every store answers as the one in memory does.

Compared exactly: what is there, counted, known, in order, and found by vector. Of name grams it is compared which points are found, and that
scores fall: how many points rarity is reckoned over differs (Qdrant leaves out points without grams, and may still count deleted ones);
`test_store.py` compares the ranking where it is clear.
"""

from __future__ import annotations

import uuid
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, Sparse, every, has
from tests.contracts.stage_store import NAMES, WARNINGS, staged

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]
IDS = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))) for number in range(7)]
TOKENS = [0, 1, 2, 3, 2**63 - 1]
UNKNOWN = 12_345
NUMBERS = count()

payloads = st.dictionaries(st.sampled_from(["sealed", "mark", "scope"]), st.text(max_size=8), max_size=3)
sparse = st.dictionaries(st.integers(0, 4), st.sampled_from([0.25, 0.5, 1.0]), max_size=3).map(
    lambda weights: Sparse(tuple(weights), tuple(weights.values()))
)
dense = st.one_of(st.just(()), st.tuples(*[st.integers(-3, 3)] * 3).filter(any))
points = st.builds(
    Point,
    id=st.sampled_from(IDS),
    payload=payloads,
    tokens=st.lists(st.sampled_from(TOKENS), unique=True, max_size=4).map(tuple),
    facets=st.lists(st.sampled_from(TOKENS), unique=True, max_size=3).map(tuple),
    grams=sparse,
    vector=dense,
    order=st.integers(-2, 5),
)
steps = st.one_of(
    st.tuples(st.just("upsert"), st.lists(points, max_size=4)),
    st.tuples(st.just("delete"), st.lists(st.sampled_from(IDS), max_size=3)),
    st.tuples(st.sampled_from(["flush", "optimise"]), st.none()),
)
conditions = st.recursive(
    st.lists(st.sampled_from([*TOKENS, UNKNOWN]), max_size=3).map(has),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(every),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


@pytest.fixture(params=[name for name in NAMES if name != "memory"])
async def store(request, tmp_path):
    async with staged(request.param, tmp_path) as made:
        yield made.store


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    history=st.lists(steps, max_size=7),
    asked=st.lists(conditions, min_size=1, max_size=3),
    name=sparse,
    vector=dense.filter(bool),
    before=st.integers(-3, 6),
)
async def test_every_store_answers_as_the_one_in_memory(store, history, asked, name, vector, before):
    collection = Collection(f"c{next(NUMBERS)}", vector=3, grams=True, ordered=True)
    model = MemoryStore()
    for one in (model, store):
        await one.ensure(collection)
        for step, what in history:
            await (getattr(one, step)(collection.name, what) if what is not None else getattr(one, step)(collection.name))
    for condition in asked:
        assert await answers(store, collection.name, condition, vector, before) == await answers(
            model, collection.name, condition, vector, before
        )
        await same_names_found(store, model, collection.name, name, condition)
    assert await whole(store, collection.name) == await whole(model, collection.name)
    await store.remove(collection.name)


async def answers(store, name, condition, vector, before):
    """Everything that must be the same, ties in any order."""
    latest = await store.latest(name, condition, 9, before)
    orders = {one.id: one.order async for one in store.points(name)}
    near = await store.nearest_vector(name, vector, condition, 9)
    return {
        "scrolled": [(one.id, one.payload, sorted(one.tokens)) async for one in store.scroll(name, condition, tokens=True)],
        "marks": [(one.id, one.payload) async for one in store.scroll(name, condition, ["mark"], after=IDS[3])],
        "count": await store.count(name, condition),
        "facets": dict(await store.facet(name, condition)),
        "known": await store.known(name, [*TOKENS, UNKNOWN]),
        "latest": ([orders[one.id] for one in latest], sorted(one.id for one in latest)),
        "near": sorted((round(one.score, 4) + 0.0, one.id) for one in near),
        "best first": [one.score for one in near] == sorted((one.score for one in near), reverse=True),
        "retrieved": sorted((one.id, sorted(one.payload.items())) for one in await store.retrieve(name, IDS)),
        "inventory": await store.inventory(name, "mark"),
    }


async def same_names_found(store, model, name, grams, condition):
    found = await store.nearest_grams(name, grams, condition, 9)
    assert {one.id for one in found} == {one.id for one in await model.nearest_grams(name, grams, condition, 9)}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


async def whole(store, name):
    """The points without their vectors, whose length a store may change."""
    return [
        (
            one.id,
            one.payload,
            sorted(one.tokens),
            sorted(one.facets),
            sorted(zip(one.grams.indices, one.grams.values, strict=True)),
            one.order,
        )
        async for one in store.points(name)
    ]
