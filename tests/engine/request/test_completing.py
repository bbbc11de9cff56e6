"""Names while they are typed."""

from __future__ import annotations

import time

import pytest

from engine.estate.memory import MemoryEstate
from engine.estate.view import Match
from engine.request.completing import complete, ranked
from tests.benchmarks import synthetic
from tests.engine.estate.samples import ALL, WEB_1, resource

API = resource("api-checkout-01")
SHORT = resource("check-db")
ESTATE = MemoryEstate((*ALL, API, SHORT))


async def names(text: str, limit: int = 10) -> list[str]:
    return [match.resource.name for match in await complete(text, ESTATE, limit)]


async def test_what_begins_so_comes_first_by_name_then_what_has_such_a_word():
    assert await names("check") == ["check-db", "checkout-web-01", "checkout-web-02", "checkout-web-dev", "api-checkout-01"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("checkout-web-0", "checkout-web-01"),
        ("CHECKOUT web 02", "checkout-web-02"),
        ("ch we de", "checkout-web-dev"),
        ("web-d", "checkout-web-dev"),
        ("ledger-db", "ledger-db"),
        ("chekcout-web-dv", "checkout-web-dev"),
        (WEB_1.id, "checkout-web-01"),
        (WEB_1.id.rpartition("/")[2], "checkout-web-01"),
    ],
)
async def test_the_best_stands_first(text, first):
    assert (await names(text))[0] == first


@pytest.mark.parametrize("text", ["", " ", "c", "zzz", "zzzzqq"])
async def test_nothing_is_made_of_nothing(text):
    assert await names(text) == []


async def test_no_more_than_asked_for_and_each_once():
    assert len(await names("checkout", 2)) == 2
    assert len(ranked("checkout", [Match(WEB_1, 0.3), Match(WEB_1, 1.0)])) == 1


async def test_three_letters_are_no_likeness():
    assert await names("chx") == []


async def test_ranking_is_quick():
    found = [Match(one, 0.5) for one in synthetic.estate(200, 1)]
    took = []
    for _ in range(5):
        began = time.perf_counter()
        ranked("checkout", found)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.2
