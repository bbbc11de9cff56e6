"""The estate carried over to another data key, and killed on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.errors import WrongKey
from engine.estate.estate import FOLDER, Estate
from engine.estate.importing import import_resources
from engine.estate.resource import Resource
from engine.estate.rotating import BEFORE, BESIDE, EstateRotation
from engine.estate.where import EVERYTHING
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.engine.estate.samples import ALL, gap

OLD, NEW = Keys(bytes(range(32))), Keys(bytes(range(1, 33)))
SETTINGS = EstateSettings(embeddings="off")


async def filled(home: Path) -> None:
    estate = await Estate.open(home, OLD, SETTINGS)
    await import_resources(estate, ALL)
    await estate.note_gap(gap())
    await estate.close()


async def known(home: Path, keys: Keys) -> list[Resource]:
    estate = await Estate.open(home, keys, SETTINGS)
    try:
        assert estate.healed == ""
        assert estate.gaps() == (gap(),)
        return await estate.select(EVERYTHING)
    finally:
        await estate.close()


async def test_everything_is_there_under_the_new_key_and_nothing_under_the_old(tmp_path: Path) -> None:
    await filled(tmp_path)
    told: list[tuple[int, int]] = []
    await EstateRotation(tmp_path).rotate(OLD, NEW, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(ALL), len(ALL))
    assert await known(tmp_path, NEW) == sorted(ALL, key=lambda one: one.id)
    with pytest.raises(WrongKey):
        await Estate.open(tmp_path, OLD, SETTINGS)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [FOLDER]


async def test_done_again_changes_nothing(tmp_path: Path) -> None:
    await filled(tmp_path)
    for _ in range(2):
        await EstateRotation(tmp_path).rotate(OLD, NEW, lambda *_: None)
    assert len(await known(tmp_path, NEW)) == len(ALL)


async def test_stopped_while_copying_it_goes_on(tmp_path: Path) -> None:
    await filled(tmp_path)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await EstateRotation(tmp_path).rotate(OLD, NEW, stop)
    assert len(await known(tmp_path, OLD)) == len(ALL)
    await EstateRotation(tmp_path).rotate(OLD, NEW, lambda *_: None)
    assert len(await known(tmp_path, NEW)) == len(ALL)


@pytest.mark.parametrize("renames", [1, 2])
async def test_killed_while_taking_the_place_it_goes_on(tmp_path: Path, renames: int) -> None:
    await filled(tmp_path)
    rotation = EstateRotation(tmp_path)
    await rotation._copy(OLD, NEW, lambda *_: None)
    await asyncio.to_thread((tmp_path / FOLDER).rename, tmp_path / BEFORE)
    if renames == 2:
        (tmp_path / BESIDE / FOLDER).rename(tmp_path / FOLDER)
    await EstateRotation(tmp_path).rotate(OLD, NEW, lambda *_: None)
    assert await known(tmp_path, NEW) == sorted(ALL, key=lambda one: one.id)
    assert not (tmp_path / BEFORE).exists()


async def test_no_estate_is_nothing_to_do(tmp_path: Path) -> None:
    await EstateRotation(tmp_path).rotate(OLD, NEW, lambda *_: None)
    assert not list(tmp_path.iterdir())
