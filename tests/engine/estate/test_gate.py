"""Many pass at once, one goes alone, and nobody overtakes."""

from __future__ import annotations

import asyncio

import pytest

from engine.estate.gate import Gate


async def test_who_wants_to_be_alone_waits_for_those_inside_and_is_not_overtaken():
    gate, said, leave = Gate(), [], asyncio.Event()

    async def pass_by(name):
        async with gate.passing():
            said.append(f"{name} in")
            await leave.wait()
            said.append(f"{name} out")

    async def alone():
        async with gate.alone():
            said.append("alone")
            await asyncio.sleep(0)
            said.append("no more")

    tasks = []
    for work in (pass_by("a"), pass_by("b"), alone(), pass_by("c")):
        tasks.append(asyncio.create_task(work))
        await asyncio.sleep(0)
    assert said == ["a in", "b in"]
    leave.set()
    await asyncio.gather(*tasks)
    assert said == ["a in", "b in", "a out", "b out", "alone", "no more", "c in", "c out"]


async def test_who_fails_inside_leaves():
    gate = Gate()
    for way in (gate.passing, gate.alone):
        with pytest.raises(KeyError):
            async with way():
                raise KeyError
    async with gate.alone():
        pass
