"""The real estate on a real disk: nothing readable, nothing lost, nothing false."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.errors import Corrupted, StoreError, WrongKey
from engine.estate.estate import COLLECTION, FOLDER, Estate
from engine.estate.manifest import Manifest, read_manifest, write_manifest
from engine.estate.recorder import SCOPE
from engine.estate.store import TOKENS, Point, Sparse, every
from engine.estate.where import EVERYTHING, is_
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.engine.estate.samples import ALL, LEDGER, WEB_1, gap, parts, resource

KEYS = Keys(bytes(range(32)))
SETTINGS = EstateSettings(key="file", embeddings="off")
ROOT = Path(__file__).parents[3]


@contextlib.asynccontextmanager
async def opened(home, keys=KEYS, settings=SETTINGS):
    estate = await Estate.open(home, keys, settings)
    try:
        yield estate
    finally:
        await estate.close()


async def filled(home):
    async with opened(home) as estate:
        for part in parts(*ALL):
            await estate.take_in(part)


async def test_everything_is_there_after_closing_and_opening(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        assert await estate.select(EVERYTHING) == sorted(ALL, key=lambda known: known.id)
        assert (await estate.stats()).by_account["acme-sandbox"] == 1
        assert await estate.verify() == len(ALL)
        await estate.note_gap(gap())
    async with opened(tmp_path) as estate:
        assert estate.gaps() == (gap(),)


async def test_points_of_another_version_are_made_anew_and_keep_their_scope(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        sizes = read_manifest(tmp_path / FOLDER, KEYS).sizes
        await estate._store.upsert(COLLECTION, [without_tokens(stored) async for stored in estate._store.scroll(COLLECTION, every(()))])
    with pytest.raises(Corrupted):
        await Estate.open(tmp_path, KEYS, SETTINGS)
    write_manifest(tmp_path / FOLDER, KEYS, Manifest(sizes, "another version"))
    async with opened(tmp_path) as estate:
        assert [one.id for one in await estate.select(is_("name", WEB_1.name))] == [WEB_1.id]
        assert [change for part in parts(*ALL) for change in (await estate.take_in(part)).changed] == []
    assert read_manifest(tmp_path / FOLDER, KEYS).layout not in ("", "another version")


def without_tokens(stored):
    """A point as another version might have made it: whole, but found by other tokens."""
    scope = stored.payload[SCOPE]
    return Point(stored.id, {**stored.payload, TOKENS: [scope]}, Sparse((), ()), "")


def dense(path):
    """A file's content without the long stretches of nothing that stores keep in reserve."""
    return b"".join(part for part in path.read_bytes().split(bytes(64)) if part)


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


@pytest.mark.parametrize("name", ["manifest.json", "gaps", "inventory"])
async def test_a_changed_byte_in_a_small_file_names_the_file(tmp_path, name):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        await estate.note_gap(gap())
    path = tmp_path / "estate" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Corrupted) as caught:
        await Estate.open(tmp_path, KEYS, SETTINGS)
    assert name in caught.value.what


async def test_a_lost_manifest_is_noticed(tmp_path):
    await filled(tmp_path)
    (tmp_path / "estate" / "manifest.json").unlink()
    with pytest.raises(Corrupted, match="manifest"):
        await Estate.open(tmp_path, KEYS, SETTINGS)


async def what_is_served(home):
    """All resources, or what is named as corrupted, without the point's number."""
    try:
        async with opened(home) as estate:
            return await estate.select(EVERYTHING)
    except Corrupted as error:
        return error.what.removeprefix(str(home / "estate") + "/").split("/")[0]


async def test_a_changed_byte_in_a_sealed_resource_names_the_point(tmp_path):
    await filled(tmp_path)
    (page,) = (tmp_path / "estate" / "cloud_estate").glob("segments/*/payload_storage/page_0.dat")
    data = page.read_bytes()
    end = max(at for at in range(len(data)) if data[at])
    chance = random.Random(3)
    for at in (chance.randrange(end // 4, end) for _ in range(3)):
        page.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        assert await what_is_served(tmp_path) in (sorted(ALL, key=lambda known: known.id), "cloud_estate")
    page.write_bytes(bytes(len(data)))
    with pytest.raises(Corrupted) as caught:
        await Estate.open(tmp_path, KEYS, SETTINGS)
    assert "cloud_estate" in caught.value.what


async def test_lost_resources_are_missed(tmp_path):
    await filled(tmp_path)
    keep = tmp_path / "estate" / "inventory"
    before = keep.read_bytes()
    async with opened(tmp_path) as estate:
        await estate.replace(resource("one-more"))
    keep.write_bytes(before)
    with pytest.raises(Corrupted, match="6 resources were written and 7 are there"):
        await Estate.open(tmp_path, KEYS, SETTINGS)


async def test_rubbish_instead_of_a_collection_is_corrupted(tmp_path):
    await filled(tmp_path)
    (segment,) = (tmp_path / "estate" / "cloud_estate").glob("segments/*/segment.json")
    segment.write_text("{")
    with pytest.raises(Corrupted, match="cannot be opened"):
        await Estate.open(tmp_path, KEYS, SETTINGS)


async def test_leftovers_of_an_interrupted_optimisation_are_cleaned(tmp_path):
    await filled(tmp_path)
    leftover = tmp_path / "estate" / "cloud_estate" / "temp_segments" / "half"
    leftover.mkdir(parents=True)
    (leftover / "data").write_text("half")
    async with opened(tmp_path) as estate:
        assert await estate.count(EVERYTHING) == len(ALL)
    assert not leftover.exists()


async def test_a_dead_store_process_is_said_once_and_started_anew(tmp_path):
    await filled(tmp_path)
    async with opened(tmp_path) as estate:
        os.kill(estate.store_pid, signal.SIGKILL)
        with pytest.raises(StoreError, match="ended"):
            await estate.get(WEB_1.id)
        assert await estate.get(WEB_1.id) == WEB_1
        assert await estate.count(is_("cloud", "aws")) == 4


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


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def kill_soon(home: Path, turn: int, after: float) -> int:
    """Runs the sweeper, kills it, and gives the last round it finished."""
    command = [sys.executable, "-m", "tests.engine.estate.sweeper", str(home), str(turn)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        store = int(process.stdout.readline())
        time.sleep(after)
        process.kill()
        rounds = [int(line) for line in process.stdout.read().split()]
    assert gone(store)
    return rounds[-1] if rounds else turn


async def test_a_kill_in_the_middle_of_taking_in_leaves_an_estate_that_opens(tmp_path):
    chance = random.Random(5)
    turn = 7
    for _ in range(3):
        turn = await asyncio.to_thread(kill_soon, tmp_path, turn, chance.uniform(0.05, 0.4))
        async with opened(tmp_path) as estate:
            found = await estate.select(EVERYTHING)
            assert await estate.verify() == len(found)
            rounds = {int(known.name.split("-")[1]) for known in found}
            # The finished round is whole, or the next one had begun.
            assert rounds <= {turn, turn + 1}
            assert rounds == {turn + 1} or len(found) >= min(turn % 40, (turn + 1) % 40)
    assert turn > 7


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
