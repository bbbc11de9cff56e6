"""The library follows the journal: once or again, at once or later, the collections come out the same."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.collections import generation
from engine.collections.library import REST_S, Library
from engine.collections.shelf import SEALED
from engine.errors import Corrupted, StoreError
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point
from tests.engine.collections import stage
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
    started,
    told,
)

A_DAY = (
    received("stop mailer-web-1", number=1),
    answered("This would stop one instance.", "It waits for mona.", number=2, plan="plan-of-run-a"),
    started("run-a", "mailer-web-1", "mailer-web-2"),
    sending("run-a", 0),
    sending("run-a", 1),
    settled("run-a", 1, "failed", "no capacity"),
    settled("run-a", 0),
    changed(("i-1", "state", "running", "stopped"), ("i-2", "exposure", "", "public")),
    finished("run-a"),
    ("advisor.asked", {"ask": "ask-1"}),
    ("playbook.saved", {"name": "cleanup", "number": 1, "author": "eve", "title": "", "clouds": ["aws"], "parameters": [], "script": "echo 1",
                        "content": "0" * 64, "strategy": "local_only"}),
    ("playbook.moved", {"name": "cleanup", "number": 1, "strategy": "uploaded_for_review", "by": "eve"}),
)  # fmt: skip


async def test_a_rebuild_gives_every_point_again(tmp_path):
    kept = journal()
    told(kept, *A_DAY)
    async with library(tmp_path, kept) as made:
        await made.reports.make("morning", "Monday", {"cost": 12})
        await made.catch_up()
        before = await points(made)
        counted = (await made.status()).records
        assert counted == {"chat_history": 3, "executed_operations": 3, "immutable_reports": 1, "alerts_events": 2, "user_playbooks": 1}
        told_of: list[tuple[int, int]] = []
        await made.rebuild(lambda done, of: told_of.append((done, of)))
        assert await points(made) == before
        assert told_of[0] == (0, 13)
        assert told_of[-1] == (13, 13)


EVENTS = st.lists(st.sampled_from(A_DAY), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, st.integers(1, 4), st.data())
def test_following_in_any_pieces_with_crashes_between_is_the_same_as_building_at_once(events, batch, data):
    """Any entries, in any order; a crash loses the positions' newest state but not what the store was given."""

    async def both() -> None:
        with tempfile.TemporaryDirectory() as folder:
            kept, store = journal(), MemoryStore()
            for event in events:
                told(kept, event)
                if data.draw(st.booleans()):
                    await crash(Path(folder) / "in pieces", kept, store, batches=data.draw(st.integers(0, 2)))
            async with library(Path(folder) / "in pieces", kept, store) as made:
                in_pieces = await points(made)
            async with library(Path(folder) / "at once", kept) as made:
                assert await points(made) == in_pieces

    before, generation.BATCH = generation.BATCH, batch
    try:
        asyncio.run(both())
    finally:
        generation.BATCH = before


async def crash(folder: Path, kept, store: MemoryStore, *, batches: int) -> None:
    """A library that is opened, takes some batches in, and is killed before it could write how far it came with the last."""
    opened = await Library.open(stage.sources(folder, kept, store), KEYS)
    for _ in range(batches):
        saved = {path: path.read_bytes() for path in folder.iterdir()}
        await opened._generation.advance()
        for path, content in saved.items():
            path.write_bytes(content)


async def test_what_was_taken_in_is_not_taken_in_again(tmp_path):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store):
        pass
    told(kept, received("and now?", number=40))
    taken: list[int] = []
    opened = await Library.open(stage.sources(tmp_path, kept, store), KEYS)
    assert opened.behind == 1
    await opened.catch_up(lambda done, of: taken.append(done))
    assert taken == [12, 13]
    assert [message.text for message in await opened.chat.last("web/general/t1", 1)] == ["and now?"]


async def test_it_follows_in_the_background_and_says_how_far_it_is_behind(tmp_path):
    kept = journal()
    async with library(tmp_path, kept) as made:
        made.follow()
        told(kept, received("hello"))
        assert made.behind == 1
        await asyncio.sleep(REST_S * 3)
        assert made.behind == 0
        assert len(await made.chat.last("web/general/t1", 5)) == 1


async def test_a_collection_that_is_gone_or_unreadable_is_made_anew_and_said(tmp_path):
    kept, store = journal(), BrokenStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store) as made:
        before = await points(made)
        assert made.healed == ""
    store.broken.add(f"chat_history-{KEYS.id}")
    await store.remove(f"alerts_events-{KEYS.id}")
    async with library(tmp_path, kept, store) as made:
        assert "chat_history" in made.healed
        assert "alerts_events" in made.healed
        assert await points(made) == before


class BrokenStore(MemoryStore):
    """A store in which the files of some collections are not what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()

    async def ensure(self, collection: Collection) -> bool:
        if collection.name in self.broken:
            raise Corrupted(f"{collection.name} is not what was written there.", what=collection.name)
        return await super().ensure(collection)

    async def remove(self, collection: str) -> None:
        self.broken.discard(collection)
        await super().remove(collection)


async def test_a_flipped_byte_is_never_served_and_is_made_anew(tmp_path):
    kept, store = journal(), MemoryStore()
    told(kept, received("hello"), received("again", number=1))
    async with library(tmp_path, kept, store) as made:
        before = await points(made)
        await flip(store, f"chat_history-{KEYS.id}")
        with pytest.raises(Corrupted, match="chat_history/"):
            await made.chat.last("web/general/t1", 5)
        made.follow()
        await asyncio.sleep(REST_S)
        assert await points(made) == before
        assert "chat_history" in made.healed


async def flip(store: MemoryStore, collection: str) -> None:
    point = next(iter(store._points[collection].values()))
    sealed = point.payload[SEALED]
    wrong = "A" if sealed[40] != "A" else "B"
    await store.upsert(
        collection, [Point(point.id, {SEALED: sealed[:40] + wrong + sealed[41:]}, point.tokens, (), point.grams, (), point.order)]
    )


@pytest.mark.parametrize("harm", ["lost", "retokened"])
async def test_in_a_store_of_others_what_was_lost_or_mislabelled_in_a_crash_is_found(tmp_path, harm):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    made = await Library.open(stage.sources(tmp_path, kept, store), KEYS)
    await made.catch_up()  # and it is never closed
    before = await points(made)
    name = f"executed_operations-{KEYS.id}"
    point = next(iter(store._points[name].values()))
    if harm == "lost":
        await store.delete(name, [point.id])
    else:
        await store.upsert(name, [Point(point.id, point.payload, point.tokens[1:], (), point.grams, (), point.order)])
    opened = await Library.open(stage.sources(tmp_path, kept, store), KEYS)
    await opened._tick()
    assert "executed_operations" in opened.healed
    assert await points(opened) == before


async def test_after_an_unclean_end_of_our_own_store_nothing_of_before_is_relied_on(tmp_path):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store) as made:
        before = await points(made)
    opened = await Library.open(stage.sources(tmp_path, kept, store, whole=False), KEYS)
    assert not any((await opened.status()).records.values()), "what a damaged index may hide is not asked"
    assert (await opened.status()).behind, "and that is said"
    await opened._tick()
    assert await points(opened) == before
    assert (await opened.status()).behind == 0


async def test_another_journal_than_the_one_it_was_made_of_is_told(tmp_path):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store):
        pass
    restored = journal()
    told(restored, received("the only one"))
    async with library(tmp_path, restored, store) as made:
        assert "another journal" in made.healed
        assert (await made.status()).records["chat_history"] == 1
        assert (await made.status()).records["executed_operations"] == 0


async def test_an_entry_nobody_understands_is_counted_and_stops_nothing(tmp_path):
    kept = journal()
    told(kept, ("message.received", {"strange": True}), ("run.started", {"run": 7}), received("after it"))
    async with library(tmp_path, kept) as made:
        assert (await made.status()).strange == 2
        assert [message.text for message in await made.chat.last("web/general/t1", 5)] == ["after it"]


async def test_another_key_makes_all_of_it_anew_beside_and_takes_the_old_away(tmp_path):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store) as made:
        before = sorted(record.key for _, record in (await points(made)).values())
        await made.rotate(KEYS, OTHER_KEYS, lambda done, of: None)
        assert sorted(record.key for _, record in (await points(made)).values()) == before
        assert {collection.name.rpartition("-")[2] for collection in await store.collections()} == {OTHER_KEYS.id}
        assert [path.name for path in tmp_path.iterdir()] == [f"positions-{OTHER_KEYS.id}"]
        told(kept, received("with the new key", number=50))
        await made.catch_up()
        assert len(await made.chat.search("new key")) == 1
        await made.rotate(KEYS, OTHER_KEYS, lambda done, of: None)  # again, as after a kill
        assert len(await made.chat.search("new key")) == 1


class AwayStore(MemoryStore):
    """A store that can be away."""

    away = False

    async def upsert(self, collection, points) -> None:
        if self.away:
            raise StoreError("The store is away.")
        await super().upsert(collection, points)


async def test_a_store_that_is_away_is_said_and_loses_nothing(tmp_path):
    kept, store = journal(), AwayStore()
    async with library(tmp_path, kept, store) as made:
        store.away = True
        told(kept, received("hello"))
        made.follow()
        await asyncio.sleep(REST_S)
        assert (await made.status()).trouble == "The store is away."
        assert made.behind == 1
        store.away = False
        await made.catch_up()
        assert made.behind == 0


async def test_waiting_for_what_is_fresh_has_an_end(tmp_path):
    kept = journal()
    async with library(tmp_path, kept) as made:
        told(kept, received("hello"))
        async with made._turn:
            assert await made.fresh(0.01) is False
        assert await made.fresh(5) is True
        assert made.behind == 0


@pytest.mark.parametrize("harm", ["another layout", "a flipped byte", "gone"])
async def test_without_sure_positions_everything_is_made_anew(tmp_path, monkeypatch, harm):
    kept, store = journal(), MemoryStore()
    told(kept, *A_DAY)
    async with library(tmp_path, kept, store) as made:
        before = await points(made)
    (file,) = tmp_path.iterdir()
    match harm:
        case "another layout":
            monkeypatch.setattr("engine.collections.positions.LAYOUT", 99)
        case "a flipped byte":
            file.write_bytes(file.read_bytes().replace(b"A", b"B", 1))
        case "gone":
            file.unlink()
    opened = await Library.open(stage.sources(tmp_path, kept, store), KEYS)
    assert opened.behind == 12
    assert (await opened.status()).records["chat_history"] == 0
    await opened.catch_up()
    assert await points(opened) == before
