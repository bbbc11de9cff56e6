"""The real estate on a real disk: nothing readable, nothing lost, nothing false."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import StoreError, WrongKey
from engine.estate.estate import COLLECTION, FOLDER, Estate
from engine.estate.recorder import SCOPE
from engine.estate.where import EVERYTHING, is_
from engine.secrets.derive import Keys
from engine.store.manifest import Manifest, read_manifest, write_manifest
from engine.store.store import Point, every
from tests.engine.estate.opening import KEYS, SETTINGS, filled, opened
from tests.engine.estate.samples import ALL, LEDGER, WEB_1, gap, parts

ROOT = Path(__file__).parents[3]


async def test_everything_is_there_after_closing_and_opening(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        assert await estate.select(EVERYTHING) == sorted(ALL, key=lambda known: known.id)
        assert (await estate.stats()).by_account["acme-sandbox"] == 1
        assert await estate.verify() == len(ALL)
        await estate.note_gap(gap())
    async with opened(tmp_path) as estate:
        assert estate.gaps() == (gap(),)


def dense(path):
    """A file's content without the long stretches of nothing that stores keep in reserve."""
    return b"".join(part for part in path.read_bytes().split(bytes(64)) if part)


async def test_points_of_another_version_are_made_anew_and_keep_their_scope(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        await estate._store.upsert(COLLECTION, [without_tokens(stored) async for stored in estate._store.scroll(COLLECTION, every(()))])
        assert await estate.select(is_("name", WEB_1.name)) == []
    write_manifest(tmp_path / FOLDER, KEYS, Manifest("another version"))
    async with opened(tmp_path) as estate:
        assert [one.id for one in await estate.select(is_("name", WEB_1.name))] == [WEB_1.id]
        assert [change for part in parts(*ALL) for change in (await estate.take_in(part)).changed] == []
        assert estate.healed == ""
    assert read_manifest(tmp_path / FOLDER, KEYS).layout not in ("", "another version")


def without_tokens(stored):
    """A point as another version might have made it: whole, but found by other tokens."""
    return Point(stored.id, stored.payload, (int(stored.payload[SCOPE]),))


async def test_no_byte_on_disk_tells_a_name_an_id_an_account_or_a_tag(tmp_path):
    async with opened(tmp_path) as estate:
        for part in parts(*ALL):
            await estate.take_in(part)
        await estate.note_gap(gap(account_name="acme-prod", detail="no access for lena"))
        await estate.replace(LEDGER)
        written = {path: dense(path) for path in tmp_path.rglob("*") if path.is_file()}
    written |= {path: dense(path) for path in tmp_path.rglob("*") if path.is_file()}
    telling = {"UnauthorizedOperation", "lena", "acme", "checkout", "ledger", "gold", "us-east-1", "westeurope", "compute_instance"}
    for known in ALL:
        telling |= {known.id, known.name, known.account, known.account_name, *known.tags.values()}
    # Three or four letters stand in ciphertext written as base64 by chance: `dev` in one of three thousand files of a hundred letters.
    telling = {word for word in telling | {"no access for lena"} if len(word) >= 5}
    for path, data in written.items():
        for word in telling:
            assert word.encode() not in data, (path, word)
            assert word.encode("utf-16-le") not in data, (path, word)
    assert sum(len(data) for data in written.values()) > 10_000


async def test_another_key_is_called_wrong(tmp_path):
    await filled(tmp_path)
    with pytest.raises(WrongKey):
        await Estate.open(tmp_path, Keys(bytes(32)), SETTINGS)
    async with opened(tmp_path) as estate:
        assert await estate.count(EVERYTHING) == len(ALL)


async def test_a_cancelled_question_does_not_answer_the_next(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        asking = asyncio.create_task(estate.stats())
        await asyncio.sleep(0)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        assert await estate.get(WEB_1.id) == WEB_1


async def test_many_questions_at_once_get_their_own_answers(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        assert await asyncio.gather(*(estate.get(known.id) for known in ALL * 5)) == list(ALL * 5)


async def test_a_second_escher_is_told_the_store_is_in_use(tmp_path, monkeypatch):
    async with opened(tmp_path):
        with pytest.raises(StoreError, match="in use"):
            await Estate.open(tmp_path, KEYS, SETTINGS)


async def test_a_closed_estate_says_so(tmp_path):
    estate = await Estate.open(tmp_path, KEYS, SETTINGS)
    await estate.close()
    with pytest.raises(StoreError, match="closed"):
        await estate.count(EVERYTHING)


async def test_the_engine_itself_loads_no_vector_or_model_library(tmp_path):
    program = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom engine.estate.estate import Estate\nfrom engine.secrets.derive import Keys\n"
        "from engine.settings import EstateSettings\n"
        "async def main():\n"
        "    estate = await Estate.open(Path(sys.argv[1]), Keys(bytes(32)), EstateSettings(embeddings='off'))\n"
        "    await estate.close()\n"
        "asyncio.run(main())\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'numpy', 'onnx', 'onnxruntime', 'fastembed', 'qdrant_edge'}))\n"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
