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


async def begun(folder, store=None):
    store = store or MemoryStore()
    await store.ensure(Collection("c"))
    book = SealedFile(folder / "book", Crypto(Keys(bytes(32)), "c"))
    writer = Writer(store, "c", book, Ledger(await store.inventory("c", MARK)), closed=False)
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


@given(changes)
async def test_changes_that_come_at_once_do_what_they_would_one_by_one(tmp_path_factory, several):
    at_once, together, book = await begun(tmp_path_factory.mktemp("at-once"))
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
    assert book.read() == before == {"closed": True, "count": 0, "sum": "0"}
