"""The estate carried over to another data key while it is asked and changed, stopped and killed on the way."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import StoreError, WrongKey
from engine.estate.estate import FOLDER, Estate
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.estate.standing import StandingEstate
from engine.estate.where import EVERYTHING, All, Not, is_
from engine.store.manifest import read_manifest
from tests.engine.estate.renewer import EVERY, NEW, OLD, RING, SETTINGS
from tests.engine.estate.samples import ALL, gap, parts, resource
from tests.engine.estate.test_crash import is_gone

ROOT = Path(__file__).parents[3]
KILLS = 6


async def filled(home: Path, resources: tuple[Resource, ...] = ALL) -> StandingEstate:
    estate = await StandingEstate.open(home, OLD, SETTINGS)
    for part in parts(*resources):
        await estate.take_in(part)
    await estate.note_gap(gap())
    return estate


async def known(home: Path, keys=NEW) -> list[Resource]:
    estate = await StandingEstate.open(home, keys, SETTINGS)
    try:
        assert estate.healed == ""
        assert estate.gaps() == (gap(),)
        return await estate.select(EVERYTHING)
    finally:
        await estate.close()


def by_id(resources) -> list[Resource]:
    return sorted(resources, key=lambda one: one.id)


async def test_everything_is_there_under_the_new_key_and_nothing_under_the_old(tmp_path):
    estate, told = await filled(tmp_path), []
    await estate.rotate(OLD, NEW, lambda done, total: told.append((done, total)))
    assert told == [(0, len(ALL)), (len(ALL), len(ALL))]
    assert await estate.select(EVERYTHING) == by_id(ALL)
    assert estate.keys.id == NEW.id
    assert [made.name for made in await estate.store.collections()] == [f"cloud_estate-{NEW.id}"]
    await estate.close()
    assert await known(tmp_path) == by_id(ALL)
    with pytest.raises(WrongKey):
        await Estate.open(tmp_path, OLD, SETTINGS)
    assert read_manifest(tmp_path / FOLDER, NEW).collection == f"cloud_estate-{NEW.id}"
    assert not [path for name in ("inventory", "gaps") for path in (tmp_path / FOLDER).glob(name)]


async def test_done_again_changes_nothing_and_back_again_is_a_rotation_too(tmp_path):
    estate = await filled(tmp_path)
    for old, new in ((OLD, NEW), (OLD, NEW), (NEW, OLD)):
        await estate.rotate(old, new, lambda *_: None)
        assert await estate.select(EVERYTHING) == by_id(ALL)
    await estate.close()
    assert await known(tmp_path, OLD) == by_id(ALL)


async def test_nothing_wrong_is_answered_while_it_goes_on(tmp_path):
    """Two hundred rounds of changes and questions beside three rotations, each held against a model."""
    estate, model = await filled(tmp_path, EVERY), MemoryEstate(EVERY)
    chance, there = random.Random(4), dict.fromkeys(one.id for one in EVERY)
    by = {one.id: one for one in EVERY}

    async def change() -> None:
        one = by[chance.choice(list(there))]
        match chance.randrange(4):
            case 0:
                await asyncio.gather(estate.forget(one.id), model.forget(one.id))
                del there[one.id]
            case 1:
                other = dataclasses.replace(one, state=chance.choice(["running", "stopped", "pending"]))
                by[one.id] = other
                await asyncio.gather(estate.replace(other), model.replace(other))
            case 2:
                (part,) = parts(*(by[key] for key in there if by[key].account == one.account))
                ours, theirs = await asyncio.gather(estate.take_in(part), model.take_in(part))
                assert ours == theirs
            case _:
                fresh = resource(f"new-{chance.random()}", id=f"arn:{chance.random()}", account=one.account)
                by[fresh.id], there[fresh.id] = fresh, None
                await asyncio.gather(estate.replace(fresh), model.replace(fresh))

    async def ask() -> None:
        one = by[chance.choice(list(by))]
        where = All((is_("account", one.account), Not(is_("state", "stopped"))))
        assert await estate.get(one.id) == await model.get(one.id)
        assert await estate.count(where) == await model.count(where)
        assert await estate.select(where) == await model.select(where)
        assert await estate.stats() == await model.stats()
        assert (await estate.by_name(one.name))[0].score == 1.0 or one.id not in there

    async def rotate() -> None:
        for old, new in ((OLD, NEW), (NEW, OLD), (OLD, NEW)):
            await estate.rotate(old, new, lambda *_: None)

    rotating, rounds = asyncio.create_task(rotate()), 0
    while rounds < 200 or not rotating.done():
        await change()
        await ask()
        rounds += 1
    await rotating
    assert await estate.select(EVERYTHING) == await model.select(EVERYTHING)
    expected = await model.select(EVERYTHING)
    await estate.close()
    assert await known(tmp_path) == expected


async def test_an_import_goes_on_meanwhile(tmp_path):
    estate = await filled(tmp_path, EVERY)
    more = [resource(f"db-{number}", id=f"db:{number}", type="database_instance", account=str(number % 40)) for number in range(1200)]
    rotating = asyncio.create_task(estate.rotate(OLD, NEW, lambda *_: None))
    changes = await asyncio.gather(*(estate.take_in(part) for part in parts(*more)))
    assert sum(len(change.added) for change in changes) == len(more)
    await rotating
    assert await estate.select(EVERYTHING) == by_id([*EVERY, *more])
    again = await asyncio.gather(*(estate.take_in(part) for part in parts(*more)))
    assert sum(change.unchanged for change in again) == len(more)
    await estate.close()


async def test_stopped_while_copying_the_first_one_serves_and_a_new_try_begins_anew(tmp_path):
    estate = await filled(tmp_path, EVERY)

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await estate.rotate(OLD, NEW, stop)
    assert await estate.select(EVERYTHING) == by_id(EVERY)
    await estate.forget(EVERY[0].id)
    await estate.close()
    assert await known(tmp_path, RING) == by_id(EVERY[1:])
    estate = await StandingEstate.open(tmp_path, RING, SETTINGS)
    assert estate.keys.id == OLD.id
    assert [made.name for made in await estate.store.collections()] == ["cloud_estate"]
    await estate.rotate(OLD, NEW, lambda *_: None)
    await estate.close()
    assert await known(tmp_path) == by_id(EVERY[1:])


async def test_a_change_that_fails_spoils_the_copy_which_is_made_once_more(tmp_path):
    estate, told = await filled(tmp_path, EVERY), []
    broken = dataclasses.replace(EVERY[0], state="stopped")

    def once(done: int, _total: int) -> None:
        told.append(done)
        if done and told.count(0) == 1:
            estate.store._process._process.kill()

    await estate.rotate(OLD, NEW, once)
    assert told.count(0) == 2
    await estate.replace(broken)
    assert await estate.select(EVERYTHING) == by_id([broken, *EVERY[1:]])
    await estate.close()


async def test_a_page_of_before_is_refused_afterwards(tmp_path):
    estate = await filled(tmp_path)
    first, after = await estate.page(EVERYTHING, limit=4)
    second, end = await estate.page(EVERYTHING, after, 4)
    assert (by_id([*first, *second]), end) == (by_id(ALL), "")
    await estate.rotate(OLD, NEW, lambda *_: None)
    with pytest.raises(StoreError, match="Begin with the first page again"):
        await estate.page(EVERYTHING, after, 4)
    await estate.close()


async def test_killed_again_and_again_it_comes_to_its_end(tmp_path):
    estate = await filled(tmp_path, EVERY)
    await estate.close()
    chance = random.Random(8)
    for turn in range(KILLS):
        said = await asyncio.to_thread(killed, tmp_path, chance.uniform(0.0, 1.0), turn % 2)
        estate = await StandingEstate.open(tmp_path, RING, SETTINGS)
        assert steady(await estate.select(EVERYTHING)) == by_id(EVERY), said
        # And so that the next turn has something to do, back to where it began.
        await estate.rotate(OLD, NEW, lambda *_: None)
        assert steady(await estate.select(EVERYTHING)) == by_id(EVERY), said
        await estate.rotate(NEW, OLD, lambda *_: None)
        await estate.close()
    assert steady(await known(tmp_path, OLD)) == by_id(EVERY)


def steady(found) -> list[Resource]:
    """But for the state, which the renewer changes all the time."""
    return [dataclasses.replace(one, state="running") for one in found]


def killed(home: Path, share: float, at_the_end: int) -> list[str]:
    """A rotation killed some way through, or just when it takes the place."""
    command = [sys.executable, "-m", "tests.engine.estate.renewer", str(home)]
    said = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            said.append(line.strip())
            if line.startswith("9" if at_the_end else str(int(share * 3) * 250)):
                time.sleep(share / 20)
                break
        process.kill()
    assert is_gone(process.pid)
    return said
