"""The conformance suite of the Store Protocol, run over the store in memory, Qdrant Edge in its process, and the store on a server.

The server is qdrant-client's local mode, spoken to directly and over HTTP; `escher doctor` proves a real one.
"""

from __future__ import annotations

import asyncio
import math
import random
import uuid

import pytest

from engine.errors import StoreError
from engine.store.inventory import Inventory
from engine.store.store import PAGE, Collection, Point, Sparse, every, has
from tests.contracts.stage_store import NAMES, WARNINGS, staged

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]
THINGS = Collection("things", vector=4, grams=True, ordered=True)
PLAIN = Collection("plain")
ALL = every(())
LARGEST_TOKEN = 2**63 - 1


@pytest.fixture(params=NAMES)
async def stage(request, tmp_path):
    async with staged(request.param, tmp_path) as made:
        await made.store.ensure(THINGS)
        yield made


@pytest.fixture
def store(stage):
    return stage.store


def uid(number):
    """A point's id: UUIDs that lie anywhere, as those of digests do."""
    return str(uuid.UUID(int=random.Random(number).getrandbits(128)))


def point(number, **rest):
    return Point(uid(number), **{"payload": {"sealed": f"cipher {number}", "mark": f"m{number}"}, **rest})


async def scrolled(store, condition=ALL, name="things", **how):
    return [stored async for stored in store.scroll(name, condition, **how)]


async def ids(store, condition=ALL):
    return {stored.id for stored in await scrolled(store, condition)}


def uids(*numbers):
    return {uid(number) for number in numbers}


# Collections


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


# Writing


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


# Reading


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


# The points bear tokens 1 (numbers 1–3), 2 (2, 4) and the largest (4); number 5 bears none.
CONDITIONS = [
    (has([1]), {1, 2, 3}),
    (has([1, 2]), {1, 2, 3, 4}),
    (has([LARGEST_TOKEN]), {4}),
    (has([LARGEST_TOKEN - 1]), set()),
    (has([77]), set()),
    (has([]), set()),
    (every([]), {1, 2, 3, 4, 5}),
    ({"any": []}, set()),
    ({"not": has([])}, {1, 2, 3, 4, 5}),
    ({"not": every([])}, set()),
    ({"not": {"any": []}}, {1, 2, 3, 4, 5}),
    ({"not": has([1])}, {4, 5}),
    ({"not": {"not": has([1])}}, {1, 2, 3}),
    (every([has([1]), has([2])]), {2}),
    (every([has([1]), {"not": has([2])}]), {1, 3}),
    (every([{"not": has([1])}, {"not": has([2])}]), {5}),
    (every([every([]), has([2])]), {2, 4}),
    (every([{"any": []}, has([2])]), set()),
    ({"any": [has([2]), every([])]}, {1, 2, 3, 4, 5}),
    ({"any": [has([LARGEST_TOKEN]), {"not": has([1, 2])}]}, {4, 5}),
    ({"any": [every([has([1]), has([2])]), {"not": {"any": [has([1]), has([2])]}}]}, {2, 5}),
    ({"not": every([has([1]), {"any": [has([2]), has([77])]}])}, {1, 3, 4, 5}),
    (every([{"any": [has([1]), has([2])]}, {"any": [has([2]), has([77])]}]), {2, 4}),
]


async def test_conditions_mean_what_they_say(store):
    bearing = {1: (1,), 2: (1, 2), 3: (1,), 4: (2, LARGEST_TOKEN), 5: ()}
    await store.upsert(
        "things", [point(n, tokens=own, facets=own, grams=Sparse((9,), (1.0,)), vector=(1, n, 0, 0), order=n) for n, own in bearing.items()]
    )
    for condition, meant in CONDITIONS:
        expected = uids(*meant)
        assert await ids(store, condition) == expected, condition
        assert await store.count("things", condition) == len(meant), condition
        assert {found.id for found in await store.latest("things", condition, 9)} == expected, condition
        assert {found.id for found in await store.nearest_grams("things", Sparse((9,), (1.0,)), condition, 9)} == expected, condition
        assert {found.id for found in await store.nearest_vector("things", (1, 0, 0, 0), condition, 9)} == expected, condition
        counted = {token: sum(token in bearing[n] for n in meant) for token in (1, 2, LARGEST_TOKEN)}
        assert await store.facet("things", condition) == {token: count for token, count in counted.items() if count}, condition


async def test_a_condition_may_name_many_tokens(store):
    await store.upsert("things", [point(n, tokens=(n,)) for n in range(20)])
    assert await store.count("things", has(range(10, 3_000))) == 10


async def test_facets_count_points_not_mentions(store):
    await store.upsert("things", [point(1, tokens=(1, 2), facets=(1, 2)), point(2, tokens=(1,), facets=(1, 1)), point(3, tokens=(1,))])
    assert await store.facet("things", ALL) == {1: 2, 2: 1}
    assert await store.facet("things", has([2])) == {1: 1, 2: 1}
    await store.delete("things", [uid(1)])
    assert await store.facet("things", ALL) == {1: 1}


async def test_known_answers_for_each_token_in_turn(store):
    await store.upsert("things", [point(1, tokens=(4, 6)), point(2, tokens=(6,))])
    assert await store.known("things", [6, 5, 4, 5, 6]) == [True, False, True, False, True]
    assert await store.known("things", []) == []
    await store.delete("things", [uid(1)])
    assert await store.known("things", [4, 6]) == [False, True]


async def test_the_inventory_tells_any_change(store):
    assert await store.inventory("things", "mark") == Inventory()
    await store.upsert("things", [point(n) for n in range(5)])
    whole = await store.inventory("things", "mark")
    assert whole == Inventory.of((uid(n), f"m{n}") for n in range(5))
    await store.upsert("things", [Point(uid(2), {"mark": "other"})])
    changed = await store.inventory("things", "mark")
    assert changed.count == whole.count
    assert changed != whole
    await store.upsert("things", [point(2)])
    assert await store.inventory("things", "mark") == whole
    assert (await store.inventory("things", "none such")) == Inventory.of((uid(n), "None") for n in range(5))


# Order


async def test_latest_gives_the_highest_orders_first(store):
    await store.upsert("things", [point(n, tokens=(n % 3,), order=n * 10) for n in range(1, 30)])
    assert [found.id for found in await store.latest("things", ALL, 3)] == [uid(29), uid(28), uid(27)]
    assert [found.id for found in await store.latest("things", ALL, 3, before=270)] == [uid(26), uid(25), uid(24)]
    assert [found.id for found in await store.latest("things", ALL, 2, before=271)] == [uid(27), uid(26)]
    assert [found.id for found in await store.latest("things", has([0]), 2, before=200)] == [uid(18), uid(15)]
    assert await store.latest("things", ALL, 5, before=10) == []
    assert len(await store.latest("things", ALL, 500)) == 29
    (top,) = await store.latest("things", ALL, 1)
    assert top.payload == {"sealed": "cipher 29", "mark": "m29"}


async def test_orders_may_be_microseconds_of_our_age(store):
    now = 1_795_000_000_123_456
    orders = {1: now, 2: now + 1, 3: now + 2, 4: 2**53 - 2, 5: 2**53 - 1, 6: -5, 7: 0}
    await store.upsert("things", [point(n, order=order) for n, order in orders.items()])
    assert [found.id for found in await store.latest("things", ALL, 9)] == [uid(n) for n in (5, 4, 3, 2, 1, 7, 6)]
    assert [found.id for found in await store.latest("things", ALL, 9, before=2**53 - 1)] == [uid(n) for n in (4, 3, 2, 1, 7, 6)]
    assert [found.id for found in await store.latest("things", ALL, 9, before=now + 1)] == [uid(n) for n in (1, 7, 6)]


async def test_points_of_one_order_all_come(store):
    await store.upsert("things", [point(n, order=n // 4) for n in range(12)])
    found = await store.latest("things", ALL, 8)
    assert {one.id for one in found} == uids(*range(4, 12))
    assert {one.id for one in found[:4]} == uids(*range(8, 12))
    assert {one.id for one in await store.latest("things", ALL, 9, before=1)} == uids(*range(4))


async def test_pages_of_latest_join_up(store):
    await store.upsert("things", [point(n, order=n + 1) for n in range(230)])
    read, before = [], None
    while page := await store.latest("things", ALL, 50, before):
        read += [found.id for found in page]
        before = 230 - len(read) + 1
    assert read == [uid(n) for n in reversed(range(230))]


# Nearest


async def test_the_nearest_vectors_come_first_with_their_cosine(store):
    vectors = {1: (1, 0, 0, 0), 2: (3, 3, 0, 0), 3: (0, 0, 5, 0), 4: (-2, 0, 0, 0), 5: ()}
    await store.upsert("things", [point(n, tokens=(n % 2,), vector=vector) for n, vector in vectors.items()])
    found = await store.nearest_vector("things", (10, 0, 0, 0), ALL, 9)
    assert [one.id for one in found] == [uid(1), uid(2), uid(3), uid(4)]
    assert [one.score for one in found] == pytest.approx([1, math.sqrt(0.5), 0, -1], abs=1e-5)
    assert found[0].payload == {"sealed": "cipher 1", "mark": "m1"}
    assert [one.id for one in await store.nearest_vector("things", (10, 0, 0, 0), ALL, 2)] == [uid(1), uid(2)]
    assert [one.id for one in await store.nearest_vector("things", (1, 1, 0, 0), has([1]), 9)] == [uid(1), uid(3)]
    await store.upsert("things", [point(5, vector=(1, 0.01, 0, 0)), point(1)])
    assert [one.id for one in await store.nearest_vector("things", (1, 0, 0, 0), ALL, 1)] == [uid(5)]


async def test_quantised_search_finds_what_exact_search_does(store):
    dice = random.Random(4)
    vectors = {n: tuple(dice.gauss(0, 1) for _ in range(4)) for n in range(600)}
    await store.upsert("things", [point(n, vector=vector) for n, vector in vectors.items()])
    await store.optimise("things")

    def cosine(one, other):
        return sum(x * y for x, y in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)

    for asked in [tuple(dice.gauss(0, 1) for _ in range(4)) for _ in range(5)]:
        exact = sorted((cosine(vector, asked) for vector in vectors.values()), reverse=True)[:10]
        found = await store.nearest_vector("things", asked, ALL, 10)
        assert [one.score for one in found] == pytest.approx(exact, abs=1e-4)
        assert [one.score for one in found] == pytest.approx([cosine(_by_id(vectors, one.id), asked) for one in found], abs=1e-4)


def _by_id(vectors, key):
    return next(vector for number, vector in vectors.items() if uid(number) == key)


def grams(*indices):
    return Sparse(tuple(indices), (1 / math.sqrt(len(indices)),) * len(indices))


async def test_grams_that_few_have_count_more(store):
    # Dimension 1 is in all, 2 in half, 3 in one point; the last dimension there can be is one like the others.
    common = [point(n, grams=grams(1, *([2] if n % 2 else []), 1_000 + n)) for n in range(20)]
    rare = [point(100, grams=grams(1, 3)), point(101, grams=grams(1, 2**32 - 1)), point(102)]
    await store.upsert("things", [*common, *rare])
    found = await store.nearest_grams("things", Sparse((1, 2, 3), (1.0, 1.0, 1.0)), ALL, 50)
    assert found[0].id == uid(100)
    assert {one.id for one in found[1:11]} == uids(*range(1, 20, 2))
    assert {one.id for one in found} == uids(*range(20), 100, 101)
    assert all(one.score > 0 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [one.id for one in await store.nearest_grams("things", Sparse((2**32 - 1,), (1.0,)), ALL, 5)] == [uid(101)]
    assert [one.payload for one in found[:1]] == [{"sealed": "cipher 100", "mark": "m100"}]


async def test_what_shares_no_gram_is_not_found(store):
    await store.upsert("things", [point(1, grams=grams(1, 2), tokens=(1,)), point(2, grams=grams(2, 3)), point(3)])
    assert await store.nearest_grams("things", Sparse((9,), (1.0,)), ALL, 5) == []
    assert await store.nearest_grams("things", Sparse(), ALL, 5) == []
    assert {one.id for one in await store.nearest_grams("things", Sparse((2, 9), (1.0, 1.0)), ALL, 5)} == uids(1, 2)
    assert [one.id for one in await store.nearest_grams("things", Sparse((2,), (1.0,)), has([1]), 5)] == [uid(1)]
    assert len(await store.nearest_grams("things", Sparse((2,), (1.0,)), ALL, 1)) == 1


# Whole points, and the store's life


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
