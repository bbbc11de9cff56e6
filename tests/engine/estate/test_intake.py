"""Taking in: the same as a plain table would, with nothing looked up, sealed or learnt that did not change."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.estate.intake import Intake
from engine.estate.memory import MemoryEstate, scope_of
from engine.estate.phrase import kind_of
from engine.estate.recorder import Recorder
from engine.estate.resource import Swept
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.manifest import SealedFile
from engine.store.memory import MemoryStore
from engine.store.store import Collection, every
from tests.engine.estate.samples import ALL, parts, resource

KEYS = Keys(bytes(range(32)))
CRYPTO = Crypto(KEYS, "c")
RECORDER = Recorder(KEYS, CRYPTO)
REGIONS = ("r1", "r2")


class Watched(MemoryStore):
    """Counts what is asked of it."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def scroll(self, collection, condition, keys=None, **how):
        self.asked.append("scroll")
        return super().scroll(collection, condition, keys, **how)

    async def retrieve(self, collection, ids, keys=None):
        self.asked.append("retrieve")
        return await super().retrieve(collection, ids, keys)

    async def upsert(self, collection, points):
        self.asked.append("upsert")
        await super().upsert(collection, points)


class Learning:
    """Remembers the kinds it was told of."""

    def __init__(self):
        self.learnt = []

    async def learn(self, kinds):
        self.learnt += kinds


async def opened(store, folder, *, whole):
    """An intake on what is there, checked as at the start."""
    await store.ensure(Collection("c"))
    intake = Intake(store, "c", RECORDER, SealedFile(folder / "inventory", CRYPTO))
    await intake.check(folder, whole=whole)
    return intake


async def held(store):
    return {(known := RECORDER.resource(stored)).id: known async for stored in store.scroll("c", every(()))}


def thing(number, region, state):
    return resource(f"web-{number}", id=f"i-{number}", region=region, state=state)


things = st.builds(thing, st.integers(0, 4), st.sampled_from(REGIONS), st.sampled_from(["running", "stopped"]))
swept = st.builds(
    lambda region, found: Swept("aws", "111122223333", region, "compute_instance", tuple(found)),
    st.sampled_from(REGIONS),
    st.lists(things, max_size=5, unique_by=lambda known: known.id),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("take_in"), swept),
        st.tuples(st.just("replace"), things),
        st.tuples(st.just("forget"), st.integers(0, 4).map(lambda number: f"i-{number}")),
        st.tuples(st.just("reopen"), st.booleans()),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(steps)
async def test_it_does_what_a_plain_table_does_whatever_happens_and_in_between(tmp_path_factory, path):
    folder, store, plain = tmp_path_factory.mktemp("intake"), MemoryStore(), MemoryEstate()
    intake = await opened(store, folder, whole=True)
    for what, with_what in path:
        match what:
            case "take_in":
                assert await intake.take_in(with_what) == await plain.take_in(with_what)
            case "replace":
                await intake.replace(with_what)
                await plain.replace(with_what)
            case "forget":
                await intake.forget(CRYPTO.point_id(with_what))
                await plain.forget(with_what)
            case "reopen":
                if with_what:
                    await intake.close()
                intake = await opened(store, folder, whole=with_what)
    await intake.close()
    assert await held(store) == {known.id: known for known in plain._resources.values()}
    assert await intake.verify() == len(plain._resources)


async def test_what_is_seen_again_unchanged_costs_the_store_nothing(tmp_path):
    store, learning = Watched(), Learning()
    for _ in range(2):
        intake = await opened(store, tmp_path, whole=True)
        intake.learner = learning
        for part in parts(*ALL):
            await intake.take_in(part)
        store.asked.clear()
        for part in parts(*ALL):
            assert (await intake.take_in(part)).unchanged == len(part.resources)
        assert store.asked == []
        await intake.close()
        store.asked.clear()
    of_each_part = [kind for part in parts(*ALL) for kind in {kind_of(known) for known in part.resources}]
    assert sorted(learning.learnt) == sorted(of_each_part), "and is learnt once, opened again or not"


async def test_after_an_unclean_end_each_scope_is_looked_up_once(tmp_path):
    store = Watched()
    intake = await opened(store, tmp_path, whole=True)
    for part in parts(*ALL):
        await intake.take_in(part)
    intake = await opened(store, tmp_path, whole=False)
    store.asked.clear()
    for _ in range(3):
        for part in parts(*ALL):
            assert (await intake.take_in(part)).unchanged == len(part.resources)
    assert store.asked == ["scroll"] * len(parts(*ALL))
    await intake.close()


@pytest.fixture
def nothing_of_others_collected():
    """Leaves what earlier tests and all imports made out of collections: going through it takes longer than what is measured here."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def test_a_large_part_keeps_nobody_waiting(tmp_path, nothing_of_others_collected):
    intake = await opened(MemoryStore(), tmp_path, whole=True)
    many = [resource(f"web-{number}", id=f"i-{number}") for number in range(12_000)]
    longest, busy = 0.0, True

    async def watch():
        nonlocal longest
        while busy:
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0)
            # Of this thread's own work: on a machine that is busy otherwise, waiting says nothing.
            longest = max(longest, min(time.perf_counter() - began, time.thread_time() - worked))

    watching = asyncio.create_task(watch())
    changes = await intake.take_in(Swept(*scope_of(many[0]), tuple(many)))
    busy = False
    await watching
    assert len(changes.added) == 12_000
    assert longest < 0.25, f"{longest * 1000:.0f} ms of work at a stretch"
    await intake.close()


async def test_parts_of_one_scope_that_come_at_once_are_taken_in_one_after_the_other(tmp_path):
    store = MemoryStore()
    intake = await opened(store, tmp_path, whole=True)
    (part,) = parts(*[thing(number, "r1", "running") for number in range(3)])
    (other,) = parts(*[thing(number, "r1", "stopped") for number in range(2, 5)])
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(intake.take_in(part), intake.take_in(other), intake.take_in(part), intake.take_in(other))
    assert await held(store) == {known.id: known for known in other.resources}
    await intake.close()
