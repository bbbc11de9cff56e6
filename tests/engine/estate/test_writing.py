"""The one writer: many changes at once come to what they would one after the other, and the book tells it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.estate.ledger import Ledger
from engine.estate.recorder import MARK, SCOPE
from engine.estate.writing import Change, Writer
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.inventory import Inventory
from engine.store.manifest import SealedFile
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, every


def point(key, scope="a", mark="m"):
    return Point(key, {MARK: mark, SCOPE: scope})


class Failing(MemoryStore):
    """Fails when told to, as a store does whose process ends: before the work, or after it."""

    def __init__(self):
        super().__init__()
        self.fail = ""

    async def upsert(self, collection, points):
        if self.fail == "before":
            raise StoreError("gone")
        await super().upsert(collection, points)
        if self.fail == "after":
            raise StoreError("gone")


class Slow(Failing):
    """Answers when others had their turn, in the order of the questions; fails at the so-manieth writing."""

    def __init__(self, fail_at=0):
        super().__init__()
        self.turn = asyncio.Lock()
        self.fail_at, self.asked = fail_at, []

    async def retrieve(self, collection, ids, keys=None):
        self.asked.append("retrieve")
        async with self.turn:
            await asyncio.sleep(0)
            return await super().retrieve(collection, ids, keys)

    async def upsert(self, collection, points):
        self.asked.append("upsert")
        async with self.turn:
            await asyncio.sleep(0)
            self.fail = "before" if self.asked.count("upsert") == self.fail_at else ""
            await super().upsert(collection, points)

    async def delete(self, collection, ids):
        async with self.turn:
            await super().delete(collection, ids)


class OneByOne(Writer):
    """As many batches as changes."""

    most_at_once = 1


async def begun(folder, store=None, kind=Writer):
    store = store or MemoryStore()
    await store.ensure(Collection("c"))
    book = SealedFile(folder / "book", Crypto(Keys(bytes(32)), "c"))
    writer = kind(store, "c", book, Ledger(await store.inventory("c", MARK)), closed=False)
    await writer.settle()
    return writer, store, book


async def held(store):
    return {stored.id: dict(stored.payload) async for stored in store.scroll("c", every(()))}


keys = st.sampled_from(["p", "q", "r"])
changes = st.lists(
    st.one_of(
        st.builds(lambda key, scope, mark: Change([point(key, scope, mark)]), keys, st.sampled_from("ab"), st.sampled_from("mn")),
        st.builds(lambda key, scope: Change(gone=[key], scope=scope), keys, st.sampled_from(["", "a", "b"])),
    ),
    max_size=8,
)


@pytest.mark.parametrize("kind", [Writer, OneByOne])
@given(several=changes)
async def test_changes_that_come_at_once_do_what_they_would_one_by_one(tmp_path_factory, kind, several):
    at_once, together, book = await begun(tmp_path_factory.mktemp("at-once"), Slow(), kind)
    one_by_one, apart, _ = await begun(tmp_path_factory.mktemp("one-by-one"))
    found = await asyncio.gather(*(at_once.write(change) for change in several))
    assert [dict(before) for before in found] == [dict(await one_by_one.write(change)) for change in several]
    await at_once.close()
    await one_by_one.close()
    assert await held(together) == await held(apart)
    said = Ledger.read(book.read())
    assert said.whole == await together.inventory("c", MARK)
    for scope in "ab":
        assert said.scope(scope) == Inventory.of((key, its[MARK]) for key, its in (await held(together)).items() if its[SCOPE] == scope)


async def test_what_moved_to_another_scope_is_not_taken_out_of_its_old_one(tmp_path):
    writer, store, _ = await begun(tmp_path)
    await writer.write(Change([point("p", "a")]))
    await writer.write(Change([point("p", "b")]))
    assert await writer.write(Change(gone=["p"], scope="a")) == {}
    assert await held(store) == {"p": {MARK: "m", SCOPE: "b"}}
    assert list(await writer.write(Change(gone=["p"], scope="b"))) == ["p"]
    await writer.close()


async def test_the_book_is_open_while_changes_come_and_closed_when_they_stopped(tmp_path):
    writer, _, book = await begun(tmp_path)
    await writer.write(Change([point("p")]))
    assert book.read()["closed"] is False
    await asyncio.sleep(0.8)
    assert (book.read()["closed"], book.read()["count"]) == (True, 1)
    await writer.write(Change([point("q")]))
    assert book.read()["closed"] is False
    await writer.close()
    assert (book.read()["closed"], book.read()["count"]) == (True, 2)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_after_a_failure_what_is_there_is_counted_and_not_believed(tmp_path, when):
    store = Failing()
    writer, _, book = await begun(tmp_path, store)
    await writer.write(Change([point("p")]))
    store.fail = when
    with pytest.raises(StoreError, match="gone"):
        await writer.write(Change([point("q")]))
    store.fail = ""
    await writer.close()
    there = await store.inventory("c", MARK)
    assert there.count == (1 if when == "before" else 2)
    assert Ledger.read(book.read()).whole == there


async def test_everybody_of_a_batch_that_failed_is_told(tmp_path):
    store = Failing()
    writer, _, _ = await begun(tmp_path, store)
    store.fail = "before"
    found = await asyncio.gather(*(writer.write(Change([point(key)])) for key in "pqr"), return_exceptions=True)
    assert all(isinstance(one, StoreError) for one in found)
    store.fail = ""
    await writer.close()


async def test_nothing_to_do_touches_nothing(tmp_path):
    writer, _, book = await begun(tmp_path)
    before = book.read()
    assert await writer.write(Change()) == {}
    assert book.read() == before == {"closed": True, "count": 0, "sum": "0", "scopes": {}}


async def test_the_next_is_looked_up_before_the_last_is_written(tmp_path):
    store = Slow()
    writer, _, _ = await begun(tmp_path, store, OneByOne)
    await asyncio.gather(*(writer.write(Change([point(key)])) for key in "pqr"))
    assert store.asked == ["retrieve", "retrieve", "upsert", "retrieve", "upsert", "upsert"]
    await writer.close()


async def test_what_was_planned_on_something_that_was_not_written_is_planned_again(tmp_path):
    store = Slow(fail_at=1)
    writer, _, book = await begun(tmp_path, store, OneByOne)
    first, second, third = await asyncio.gather(*(writer.write(Change([point("p", mark=mark)])) for mark in "mno"), return_exceptions=True)
    assert isinstance(first, StoreError)
    assert (second, [its.payload[MARK] for its in third.values()]) == ({}, ["n"])
    await writer.close()
    assert Ledger.read(book.read()).whole == await store.inventory("c", MARK)


async def test_after_a_failure_no_scope_is_believed_to_be_as_it_was(tmp_path):
    store = Failing()
    writer, _, _ = await begun(tmp_path, store)
    await writer.write(Change([point("p", "a")]))
    assert writer.ledger.scope("a") == Inventory.of([("p", "m")])
    store.fail = "after"
    with pytest.raises(StoreError, match="gone"):
        await writer.write(Change([point("p", "a", "n")]))
    assert (writer.ledger.scope("a"), writer.ledger.scope("b")) == (None, None)
    store.fail = ""
    await writer.close()


async def test_the_open_book_names_what_changes_and_tells_the_rest_as_it_was(tmp_path):
    writer, _, book = await begun(tmp_path)
    await asyncio.gather(*(writer.write(Change([point(key, key)])) for key in "abc"))
    await writer.settle()
    closed = book.read()
    await writer.write(Change([point("d", "a")]))
    assert book.read() == {**closed, "closed": False, "changing": ["a"]}
    await writer.write(Change(gone=["b"], scope="b"))
    assert book.read() == {**closed, "closed": False, "changing": ["a", "b"]}
    await asyncio.gather(*(writer.write(Change([point(f"q{n}", f"s{n}")])) for n in range(70)))
    assert book.read() == {**closed, "closed": False, "changing": None}
    await writer.close()
