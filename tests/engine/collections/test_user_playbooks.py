"""The team's own playbooks: versions are only added, and nothing is sent or run."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.collections.strategies import Strategy
from engine.collections.user_playbooks import LONGEST_SCRIPT, Written, content_hash
from engine.errors import Refused
from tests.engine.collections.stage import journal, library

CLEANUP = Written("cleanup", "eve", "#!/bin/sh\necho tidy\n", "Tidy up", ("aws",), ("region",))


@pytest.fixture
async def made(tmp_path):
    async with library(tmp_path, journal()) as opened:
        yield opened


async def test_versions_are_added_and_old_ones_stay_readable(made):
    first = await made.playbooks.save(CLEANUP)
    second = await made.playbooks.save(replace(CLEANUP, script="echo better", author="mona"))
    await made.catch_up()
    assert [one.number for one in await made.playbooks.versions("cleanup")] == [2, 1]
    assert await made.playbooks.get("cleanup") == second
    assert await made.playbooks.get("cleanup", 1) == first
    assert (first.script, first.content, first.author) == (CLEANUP.script, content_hash(CLEANUP.script), "eve")
    assert await made.playbooks.latest() == [second]


async def test_the_same_again_writes_nothing_and_another_strategy_moves_the_newest(made):
    await made.playbooks.save(CLEANUP)
    assert (await made.playbooks.save(CLEANUP)).number == 1
    assert made.behind == 1
    moved = await made.playbooks.save(CLEANUP, Strategy.UPLOADED_FOR_REVIEW)
    assert (moved.number, moved.strategy) == (1, "uploaded_for_review")
    with pytest.raises(Refused, match="cannot begin as uploaded_trusted"):
        await made.playbooks.save(replace(CLEANUP, script="echo sneaky"), Strategy.UPLOADED_TRUSTED)
    assert (await made.playbooks.save(CLEANUP, Strategy.UPLOADED_TRUSTED)).strategy == "uploaded_trusted"
    with pytest.raises(Refused, match="uploaded_trusted cannot become uploaded_for_review"):
        await made.playbooks.save(CLEANUP, Strategy.UPLOADED_FOR_REVIEW)
    await made.catch_up()
    assert [(one.number, one.strategy) for one in await made.playbooks.versions("cleanup")] == [(1, "uploaded_trusted")]
    assert (await made.playbooks.save(replace(CLEANUP, script="echo new"))).strategy == "local_only"


async def test_two_at_once_get_two_numbers(made):
    saved = await asyncio.gather(*(made.playbooks.save(replace(CLEANUP, script=f"echo {n}")) for n in range(5)))
    assert sorted(one.number for one in saved) == [1, 2, 3, 4, 5]


async def test_what_is_not_there_is_said_with_what_is(made):
    await made.playbooks.save(CLEANUP)
    await made.catch_up()
    with pytest.raises(Refused, match="no playbook 'tidy'"):
        await made.playbooks.versions("tidy")
    with pytest.raises(Refused, match=r"no version 7\. It has 1 to 1"):
        await made.playbooks.get("cleanup", 7)
    with pytest.raises(Refused, match="longer than"):
        await made.playbooks.save(replace(CLEANUP, script="x" * (LONGEST_SCRIPT + 1)))


async def test_they_are_found_by_words(made):
    await made.playbooks.save(CLEANUP)
    await made.catch_up()
    assert [one.name for one in await made.playbooks.search("tidy aws")] == ["cleanup"]
    assert await made.playbooks.search("gcp") == []
