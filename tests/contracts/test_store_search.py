"""The conformance suite of the Store Protocol: what is found, counted and sorted."""

from __future__ import annotations

import math
import random

import pytest

from engine.store.inventory import Inventory
from engine.store.store import Point, Sparse, every, has
from tests.contracts.stage_store import WARNINGS
from tests.contracts.store_points import ALL, LARGEST_TOKEN, grams, ids, point, uid, uids

pytestmark = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]


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
