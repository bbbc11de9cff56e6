"""The ring of happenings: what was missed is told exactly, or it is said that it cannot be."""

from __future__ import annotations

import asyncio

import pytest

from bot.platforms.web.ring import Ring


def numbers(ring: Ring, mark: str) -> list[int] | None:
    missed = ring.since(mark)
    return None if missed is None else [happening.number for happening in missed]


def test_what_was_missed_is_told_in_order() -> None:
    ring = Ring("a", 10)
    start = ring.mark
    for i in range(3):
        ring.add(f"e{i}", added=True)
    assert numbers(ring, start) == [1, 2, 3]
    assert numbers(ring, "a-2") == [3]
    assert numbers(ring, ring.mark) == []


@pytest.mark.parametrize("mark", ["", "b-3", "a-99", "a-x", "a--1", "nonsense"])
def test_a_mark_that_is_not_ours_is_not_guessed_at(mark: str) -> None:
    ring = Ring("a", 10)
    ring.add("e", added=True)
    assert ring.since(mark) is None


def test_what_fell_out_of_the_ring_is_not_silently_skipped() -> None:
    ring = Ring("a", 3)
    for i in range(5):
        ring.add(f"e{i}", added=True)
    assert ring.since("a-1") is None
    assert numbers(ring, "a-2") == [3, 4, 5]


async def test_waiting_ends_by_a_happening_by_silence_and_by_closing() -> None:
    ring = Ring("a", 3)
    assert not await ring.wait(ring.mark, 0.01)
    waiting = asyncio.create_task(ring.wait(ring.mark, 5))
    await asyncio.sleep(0)
    ring.add("e", added=True)
    assert await waiting
    assert await ring.wait("a-0", 5)
    waiting = asyncio.create_task(ring.wait(ring.mark, 5))
    await asyncio.sleep(0)
    ring.close()
    assert await waiting
    assert ring.closed
