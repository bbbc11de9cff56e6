"""The conformance suite of the Store Protocol: what is written, and how it comes back."""

from __future__ import annotations

import math

import pytest

from engine.store.inventory import Inventory
from engine.store.store import PAGE, Point, Sparse, has
from tests.contracts.stage_store import WARNINGS
from tests.contracts.store_points import ALL, LARGEST_TOKEN, PLAIN, ids, point, scrolled, uid, uids

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]


async def test_what_was_written_is_there_at_once(store):
    await store.upsert("things", [point(1, tokens=(5,)), point(2)])
    assert {stored.id: stored.payload for stored in await store.retrieve("things", [uid(1), uid(2), uid(3)])} == {
        uid(1): {"sealed": "cipher 1", "mark": "m1"},
        uid(2): {"sealed": "cipher 2", "mark": "m2"},
    }
    assert await store.retrieve("things", []) == []
    assert await store.retrieve("things", [uid(9)]) == []


async def test_an_upsert_replaces_the_whole_point(store):
    vector, grams = (1.0, 0.0, 0.0, 0.0), Sparse((3,), (1.0,))
    await store.upsert("things", [point(1, tokens=(1, 2), facets=(1,), grams=grams, vector=vector, order=7), point(2, order=5)])
    await store.upsert("things", [Point(uid(1), {"other": "x"}, tokens=(3,))])
    (stored,) = await store.retrieve("things", [uid(1)])
    assert stored.payload == {"other": "x"}
    assert await store.known("things", [1, 2, 3]) == [False, False, True]
    assert await store.facet("things", ALL) == {}
    assert await store.nearest_grams("things", grams, ALL, 5) == []
    assert await store.nearest_vector("things", vector, ALL, 5) == []
    assert [found.id for found in await store.latest("things", ALL, 2)] == [uid(2), uid(1)]
    assert await store.count("things", ALL) == 2


async def test_writing_and_deleting_may_be_repeated(store):
    for _ in range(2):
        await store.upsert("things", [point(n) for n in range(5)])
    assert await ids(store) == uids(*range(5))
    for _ in range(2):
        await store.delete("things", [uid(1), uid(3), uid(99)])
    assert await ids(store) == uids(0, 2, 4)
    await store.upsert("things", [])
    await store.delete("things", [])
    assert await store.count("things", ALL) == 3


async def test_of_a_point_given_twice_the_last_counts(store):
    await store.upsert("things", [point(1, tokens=(1,)), point(2), Point(uid(1), {"mark": "later"}, tokens=(2,))])
    (stored,) = await store.retrieve("things", [uid(1)])
    assert stored.payload == {"mark": "later"}
    assert await store.known("things", [1, 2]) == [False, True]
    assert await store.count("things", ALL) == 2


TEXTS = ("", "ünïcödé ✓ 名前 🦀", '"quoted" \\ back\\slash', "line\nbreak\ttab", "\u2028\u202e", "{}", "null", "0")


async def test_payloads_come_back_as_they_went_in(store):
    odd = {f"k{number}": text for number, text in enumerate(TEXTS)}
    keys = {"dotted.key": "a", "with space": "b", "naïve": "c", "[0]": "d"}
    await store.upsert("things", [Point(uid(1), odd), Point(uid(2), {}), Point(uid(3), keys)])
    found = {stored.id: stored.payload for stored in await store.retrieve("things", [uid(1), uid(2), uid(3)])}
    assert found == {uid(1): odd, uid(2): {}, uid(3): keys}


async def test_a_payload_of_a_megabyte_is_nothing_special(store):
    large = {number: {"script": f"{number}é" * 350_000} for number in range(6)}
    await store.upsert("things", [Point(uid(number), payload) for number, payload in large.items()])
    assert {stored.id: stored.payload for stored in await scrolled(store)} == {uid(number): payload for number, payload in large.items()}
    (one,) = await store.retrieve("things", [uid(3)])
    assert one.payload == large[3]


async def test_flush_and_optimise_change_nothing(store):
    await store.upsert("things", [point(n, tokens=(n,), facets=(n % 2,), vector=(n, 1, 0, 0)) for n in range(40)])
    await store.delete("things", [uid(n) for n in range(0, 40, 3)])
    before = [await scrolled(store, tokens=True), await store.facet("things", ALL), await store.inventory("things", "mark")]
    await store.flush("things")
    await store.optimise("things")
    await store.optimise("things")
    assert [await scrolled(store, tokens=True), await store.facet("things", ALL), await store.inventory("things", "mark")] == before


async def test_only_the_keys_asked_for_come_back(store):
    await store.upsert("things", [point(1, tokens=(1, 2)), Point(uid(2), {"dotted.key": "x", "mark": "m"})])
    found = {stored.id: stored for stored in await store.retrieve("things", [uid(1), uid(2)], ["mark", "dotted.key", "none such"])}
    assert found[uid(1)].payload == {"mark": "m1"}
    assert found[uid(2)].payload == {"dotted.key": "x", "mark": "m"}
    assert {stored.id: stored.payload for stored in await scrolled(store, keys=["mark"])} == {uid(1): {"mark": "m1"}, uid(2): {"mark": "m"}}
    assert [stored.payload for stored in await scrolled(store, keys=[])] == [{}, {}]
    assert [stored.payload for stored in await store.retrieve("things", [uid(1)], [])] == [{}]


async def test_tokens_come_back_when_they_are_asked_for(store):
    await store.upsert("things", [point(1, tokens=(7, 5, LARGEST_TOKEN)), point(2)])
    found = {stored.id: stored for stored in await scrolled(store, tokens=True)}
    assert sorted(found[uid(1)].tokens) == [5, 7, LARGEST_TOKEN]
    assert found[uid(2)].tokens == ()
    assert found[uid(1)].payload == {"sealed": "cipher 1", "mark": "m1"}
    (only,) = await scrolled(store, has([7]), keys=["mark"], tokens=True)
    assert (only.payload, sorted(only.tokens)) == ({"mark": "m1"}, [5, 7, LARGEST_TOKEN])
    assert {stored.tokens for stored in await scrolled(store)} == {()}


async def test_scroll_gives_all_by_id_over_many_pages(store):
    count = 4 * PAGE
    assert count == 2_000
    await store.upsert("things", [point(n, tokens=(n % 2, 100 + n)) for n in range(count)])
    everything = [stored.id for stored in await scrolled(store)]
    assert everything == sorted(uid(n) for n in range(count))
    odd = sorted(uid(n) for n in range(1, count, 2))
    assert [stored.id for stored in await scrolled(store, has([1]), keys=["mark"])] == odd
    assert [stored.id for stored in await scrolled(store, has([1]), after=odd[700])] == odd[701:]
    assert await store.count("things", has([0])) == count / 2
    assert await store.known("things", [*range(98, 103), 100 + count - 1, 100 + count]) == [False, False, True, True, True, True, False]
    assert (await store.inventory("things", "mark")) == Inventory.of((uid(n), f"m{n}") for n in range(count))
    assert {stored.id async for stored in store.points("things")} == set(everything)
    assert len(await store.retrieve("things", everything)) == count
    await store.delete("things", everything[: count - 1])
    assert [stored.id for stored in await scrolled(store)] == everything[-1:]


async def test_scroll_goes_on_after_an_id_that_is_no_more(store):
    await store.upsert("things", [point(n) for n in range(9)])
    by_id = sorted(uids(*range(9)))
    assert [stored.id for stored in await scrolled(store, after=by_id[3])] == by_id[4:]
    await store.delete("things", [by_id[3]])
    assert [stored.id for stored in await scrolled(store, after=by_id[3])] == by_id[4:]
    assert await scrolled(store, after=by_id[8]) == []


async def test_a_scroll_that_is_left_disturbs_nobody(store):
    await store.upsert("things", [point(n) for n in range(300)])
    reading = store.scroll("things", ALL)
    await anext(reading)
    await store.delete("things", [uid(1)])
    await reading.aclose()
    assert await store.count("things", ALL) == 299


async def test_points_come_back_whole(store):
    written = [
        point(1, tokens=(1, LARGEST_TOKEN), facets=(1,), grams=Sparse((5, 2**32 - 1), (0.25, 0.5)), vector=(0.0, 0.6, 0.8, 0.0), order=9),
        point(2, tokens=(2,), vector=(3.0, 0.0, 4.0, 0.0)),
        point(3, grams=Sparse((1,), (1.0,))),
        Point(uid(4), {}),
    ]
    await store.upsert("things", written)
    found = [one async for one in store.points("things")]
    assert [one.id for one in found] == sorted(one.id for one in written)
    for one in found:
        was = next(known for known in written if known.id == one.id)
        assert (one.payload, set(one.tokens), set(one.facets), one.order) == (was.payload, set(was.tokens), set(was.facets), was.order)
        assert dict(zip(one.grams.indices, one.grams.values, strict=True)) == pytest.approx(
            dict(zip(was.grams.indices, was.grams.values, strict=True))
        )
        # Of a vector the direction is kept.
        assert _unit(one.vector) == pytest.approx(_unit(was.vector), abs=1e-6)
    await store.ensure(PLAIN)
    await store.upsert("plain", [Point(uid(1), {"a": "b"}, tokens=(1,))])
    assert [one async for one in store.points("plain")] == [Point(uid(1), {"a": "b"}, tokens=(1,))]


def _unit(vector):
    return [x / math.hypot(*vector) for x in vector]
