"""The collections in the store that users have: the same answers as in memory, over a close, a kill and another key."""

from __future__ import annotations

import os
import signal

import pytest

from engine.collections.alerts_events import Seen
from engine.collections.executed_operations import Sought
from engine.collections.library import Library
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import SealedFile
from engine.store.memory import MemoryStore
from tests.engine.collections.stage import (
    KEYS,
    OTHER_KEYS,
    answered,
    changed,
    finished,
    journal,
    library,
    points,
    received,
    sending,
    settled,
    sources,
    started,
    told,
)


def full():
    """A journal of everything."""
    kept = journal()
    for number in range(30):
        told(kept, received(f"please stop mailer-web-{number}", person=("eve", "mona")[number % 2], number=number))
        told(kept, answered("This would stop one instance.", number=number))
    told(kept, started("run-a", "mailer-web-1", "mailer-web-2"), sending("run-a"), sending("run-a", 1), settled("run-a"))
    told(kept, settled("run-a", 1, "failed", "no capacity"), finished("run-a"))
    told(kept, changed(*((f"i-{n}", "state", "running", "stopped") for n in range(150))), changed(("i-7", "exposure", "", "public")))
    return kept


async def edge(folder) -> EdgeStore:
    return await EdgeStore.open(folder / "store", SealedFile(folder / "files", Crypto(KEYS, "store")))


async def answers(made: Library):
    return [
        [one.text for one in await made.chat.last("web/general/t1", 7)],
        [one.text for one in await made.chat.search("mailer 17")],
        [one.text for one in await made.chat.search("maler stop", person="eve", limit=100)],
        await made.operations.runs(Sought(resource="mailer-web-2")),
        await made.operations.steps_of("run-a"),
        await made.operations.search("stop instances"),
        [one.resource for one in await made.events.latest(Seen(limit=120))],
        await made.events.latest(Seen(resource="i-7")),
        [one.title for one in await made.reports.latest()],
        (await made.status()).records,
    ]


async def test_it_answers_as_the_one_in_memory_and_comes_back_as_it_was(tmp_path):
    kept = full()
    async with library(tmp_path / "memory", kept, MemoryStore()) as made:
        await made.reports.make("morning", "Monday", {"cost": 12})
        await made.catch_up()
        expected, everything = await answers(made), await points(made)
    assert all(expected)
    store = await edge(tmp_path)
    try:
        async with library(tmp_path / "edge", kept, store) as made:
            assert await answers(made) == expected
    finally:
        await store.close()
    store = await edge(tmp_path)
    try:
        async with library(tmp_path / "edge", kept, store) as made:
            assert made.healed == ""
            assert await answers(made) == expected
            assert records(await points(made)) == records(everything)
            await made.rebuild()
            assert await answers(made) == expected
            await made.rotate(KEYS, OTHER_KEYS, lambda done, of: None)
            assert await answers(made) == expected
            assert {one.name.rpartition("-")[2] for one in await store.collections()} == {OTHER_KEYS.id}
    finally:
        await store.close()


def records(found):
    """What stands under each id, with its tokens: a store may round the weights of grams."""
    return {place: (record, sorted(point.tokens), point.order) for place, (point, record) in found.items()}


@pytest.mark.parametrize("batches", [1, 2, 3])
async def test_a_store_that_is_killed_in_the_middle_comes_out_the_same(tmp_path, monkeypatch, batches):
    monkeypatch.setattr("engine.collections.generation.BATCH", 20)
    kept = full()
    async with library(tmp_path / "memory", kept, MemoryStore()) as made:
        expected = await answers(made)
    store = await edge(tmp_path)
    opened = await Library.open(sources(tmp_path / "edge", kept, store), KEYS)
    for _ in range(batches):
        await opened._generation.advance()
    assert store.pid
    os.kill(store.pid, signal.SIGKILL)
    await store.close()
    store = await edge(tmp_path)
    try:
        async with library(tmp_path / "edge", kept, store, whole=store.whole) as made:
            await made._tick()
            assert made.healed == ""
            assert await answers(made) == expected
    finally:
        await store.close()
