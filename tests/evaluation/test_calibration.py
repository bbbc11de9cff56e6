"""What is promised of likenesses, measured again on a fixed seed: a certain one is right, and a list holds what was meant."""

from __future__ import annotations

import pytest

from bot.measuring import read_resources
from engine.request.liking import LIST_RECALL, PRECISION
from tests.benchmarks import synthetic
from tests.evaluation.calibration import SHARED, measured, nothing_like
from tests.evaluation.estate_maker import ESTATE
from tests.evaluation.mutations import WAYS, mentions

# What was reached when this was written, less some points: an over-careful rule would keep the precision and lose this.
LEAST_RECALL = 0.40
LEAST_NOTHING = 0.5


@pytest.mark.parametrize("seed", [23, 71])
async def test_the_promises_hold_on_our_own_estate(seed):
    found = await measured(read_resources(ESTATE), 500, seed)
    assert found.precision >= PRECISION, found.wrong
    assert found.list_recall >= LIST_RECALL
    assert found.recall >= LEAST_RECALL


async def test_the_promises_hold_where_every_order_of_the_same_words_is_another_thing():
    found = await measured(list(synthetic.estate(500, 3)), 250, seed=23)
    assert found.precision >= PRECISION, found.wrong
    assert found.list_recall >= LIST_RECALL
    assert found.recall >= LEAST_RECALL


@pytest.mark.peer
async def test_the_promises_hold_on_the_given_estate():
    if not SHARED.exists():
        pytest.skip("the given evaluation set is not beside this checkout")
    found = await measured(read_resources(SHARED), 500, seed=23)
    assert (found.precision >= PRECISION, found.list_recall >= LIST_RECALL) == (True, True), found.wrong


async def test_names_of_another_world_mostly_find_nothing():
    others = [one.name for one in synthetic.estate(120, 9)]
    assert await nothing_like(read_resources(ESTATE), others) >= LEAST_NOTHING


def test_the_mentions_are_mistaken_in_every_way_and_none_is_a_name():
    names = sorted({one.name for one in read_resources(ESTATE)})
    said = mentions(names, 400, seed=23)
    assert {one.way for one in said} == set(WAYS)
    assert not {one.said for one in said} & set(names)
    assert 0.15 < sum(one.absent for one in said) / len(said) < 0.35
