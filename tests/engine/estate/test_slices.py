"""Long computations on the loop: in order, and never in anybody's way for long."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.estate.slices import Slices


def slow(number):
    until = time.perf_counter() + 0.001
    while time.perf_counter() < until:
        pass
    return number * 2


async def test_everything_is_computed_in_order():
    assert await Slices().each(slow, range(20)) == [number * 2 for number in range(20)]
    assert await Slices().each(slow, []) == []


async def test_others_get_their_turn_again_and_again():
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    await Slices().each(slow, range(40))
    beside.cancel()
    assert turns >= 8, "40 ms of work in slices of 4"


async def test_only_one_is_computed_at_a_time():
    slices, log = Slices(), []
    await asyncio.gather(*(slices.each(lambda number: log.append(slow(number)), [place] * 10) for place in range(3)))
    assert log == [place * 2 for place in range(3) for _ in range(10)]


async def test_what_goes_wrong_is_told_and_the_turn_goes_on():
    slices = Slices()
    with pytest.raises(ZeroDivisionError):
        await slices.each(lambda number: 1 // number, [1, 0])
    assert await slices.each(slow, [1]) == [2]
