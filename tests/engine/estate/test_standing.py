"""After an unclean end no wrong answer is served: whatever byte was flipped, what answers is what a sweep would have written, or it is said."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from engine.estate.estate import FOLDER
from engine.estate.memory import MemoryEstate
from engine.estate.resource import GapReason
from engine.estate.standing import StandingEstate
from engine.estate.where import EVERYTHING, All, AnyOf, Not, is_
from tests.engine.estate.opening import KEYS, SETTINGS
from tests.engine.estate.samples import ALL, WEB_1, parts, resource
from tests.engine.estate.test_corruption import flip, kinds_of_files

MANY = (*ALL, *(resource(f"api-{number}-west", id=f"api:{number}", account=str(number % 3), state="stopped") for number in range(60)))
CONDITIONS = (
    EVERYTHING,
    is_("state", "stopped"),
    is_("account", "1"),
    is_("tag", "tier=gold"),
    All((is_("type", "compute_instance"), Not(is_("environment", "production")))),
    AnyOf((is_("cloud", "azure"), is_("flag", "public"))),
)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The data folder as a kill leaves it: of an estate at rest, copied while it was open."""
    home = tmp_path_factory.mktemp("living")
    left = tmp_path_factory.mktemp("killed") / "home"

    async def make():
        estate = await StandingEstate.open(home, KEYS, SETTINGS)
        for part in parts(*MANY):
            await estate.take_in(part)
        await estate.settle()
        await asyncio.to_thread(subprocess.run, ["cp", "-a", "--sparse=always", str(home), str(left)], check=True)
        await estate.close()

    asyncio.run(make())
    return left


@pytest.fixture
def home(killed, tmp_path):
    return copied(killed, tmp_path / "home")


def copied(killed, place):
    subprocess.run(["cp", "-a", "--sparse=always", str(killed), str(place)], check=True)
    return place


async def answers(estate):
    """Everything that can be asked."""
    names = [match.resource.id for one in MANY[::9] for match in await estate.by_name(one.name, limit=1) if match.score == 1.0]
    return {
        "get": [await estate.get(one.id) for one in MANY],
        "select": [await estate.select(where) for where in CONDITIONS],
        "count": [await estate.count(where) for where in CONDITIONS],
        "known": await estate.recognise([word for one in MANY for word in (one.name, one.account, *one.tags.values())]),
        "names": names,
        "stats": await estate.stats(),
    }


async def test_whatever_byte_was_flipped_no_wrong_answer_is_served(killed, tmp_path):
    kinds = kinds_of_files(killed / FOLDER)
    assert len(kinds) > 30
    for number, (kind, path) in enumerate(kinds.items()):
        home = copied(killed, tmp_path / f"{number}")
        flip(home / path.relative_to(killed))
        estate = await StandingEstate.open(home, KEYS, SETTINGS)
        there = await estate.select(EVERYTHING)
        assert all(one in MANY for one in there), kind
        assert len(there) == len(MANY) or estate.healed, kind
        assert await answers(estate) == await answers(MemoryEstate(there)), kind
        for part in parts(*MANY):
            await estate.take_in(part)
        assert await answers(estate) == await answers(MemoryEstate(MANY)), kind
        await estate.close()
        await asyncio.to_thread(subprocess.run, ["rm", "-r", str(home)], check=True)


async def test_a_large_one_answers_at_once_and_says_what_is_not_checked_yet(home, monkeypatch):
    monkeypatch.setattr("engine.estate.standing._AT_ONCE", 10)
    estate = await StandingEstate.open(home, KEYS, SETTINGS)
    assert {gap.reason for gap in estate.gaps()} == {GapReason.UNCHECKED}
    assert "until that is done, something may be lacking" in estate.gaps()[0].detail
    assert await estate.get(WEB_1.id) == WEB_1
    await estate.settle()
    assert estate.gaps() == ()
    assert await answers(estate) == await answers(MemoryEstate(MANY))
    await estate.close()
    assert (home / FOLDER / "files").exists()


async def test_closed_before_all_was_checked_it_is_begun_anew_the_next_time(home, monkeypatch):
    monkeypatch.setattr("engine.estate.standing._AT_ONCE", 10)
    estate = await StandingEstate.open(home, KEYS, SETTINGS)
    await estate.close()
    assert not (home / FOLDER / "files").exists(), "nobody vouches for what was not checked"
    estate = await StandingEstate.open(home, KEYS, SETTINGS)
    assert estate.gaps()
    await estate.settle()
    assert (await answers(estate), estate.gaps()) == (await answers(MemoryEstate(MANY)), ())
    await estate.close()


async def test_without_anything_written_there_is_nothing_to_check(tmp_path):
    for _ in range(2):
        estate = await StandingEstate.open(tmp_path, KEYS, SETTINGS)
        assert (estate.gaps(), estate.healed, await estate.count(EVERYTHING)) == ((), "", 0)
        await estate.close()
