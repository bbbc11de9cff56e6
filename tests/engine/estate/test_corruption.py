"""A byte flipped in any file that an estate leaves on the disk is noticed when it is opened, named, healed, and never served."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import subprocess

import pytest

from engine.errors import Corrupted
from engine.estate.estate import COLLECTION, FOLDER
from engine.estate.memory import scope_of
from engine.estate.recorder import SEALED
from engine.estate.where import EVERYTHING, is_
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import SealedFile
from engine.store.opening import book_of
from tests.engine.estate.opening import KEYS, filled, opened
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, WEB_1, gap, parts, resource

EVERY_RESOURCE = sorted(ALL, key=lambda known: known.id)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """The data folder of a small estate that was closed well."""
    home = tmp_path_factory.mktemp("pristine")

    async def make():
        await filled(home)
        async with opened(home) as estate:
            await estate.note_gap(gap())

    asyncio.run(make())
    return home


@pytest.fixture
def home(pristine, tmp_path):
    copied = tmp_path / "home"
    subprocess.run(["cp", "-a", "--sparse=always", str(pristine), str(copied)], check=True)
    return copied


def flip(path):
    """Alters a byte in the middle of what is written in a file."""
    with path.open("r+b") as file:
        data = file.read(1 << 20)
        written = [at for at, byte in enumerate(data) if byte] or [0]
        place = written[len(written) // 2]
        file.seek(place)
        file.write(bytes([data[place] ^ 0x40]))


def kinds_of_files(folder):
    """One file of each kind, by a name without its numbers."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size:
            name = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+", "*", str(path.relative_to(folder)))
            found.setdefault(re.sub(r"/[\w*]+-(counted|words)-(map|text|null)/", r"/INDEX-\2/", name), path)
    return found


async def test_a_flipped_byte_in_every_kind_of_file_of_the_store_is_noticed_and_named(home):
    folder = home / FOLDER
    book = book_of(folder, KEYS)
    kinds = kinds_of_files(folder / COLLECTION)
    assert len(kinds) > 25, sorted(kinds)
    for kind, path in kinds.items():
        flip(path)
        with pytest.raises(Corrupted) as caught:
            await EdgeStore.open(folder, book)
        assert caught.value.what == str(path), kind
        flip(path)
    store = await EdgeStore.open(folder, book)
    assert store.whole, "and as it was, it opens"
    await store.close()


@pytest.mark.parametrize(
    ("kind", "served"),
    [
        ("manifest.json", []),
        ("inventory", EVERY_RESOURCE),
        ("gaps", EVERY_RESOURCE),
        ("files", EVERY_RESOURCE),
        ("cloud_estate/collection.json", []),
        ("cloud_estate/wal/open-*", []),
        ("cloud_estate/segments/*/segment.json", []),
        ("cloud_estate/segments/*/payload_storage/page_*.dat", []),
        ("cloud_estate/segments/*/payload_index/INDEX-map/page_*.dat", []),
    ],
)
async def test_what_is_broken_is_never_served_is_named_and_is_healed_by_the_next_sweep(home, kind, served):
    broken = kinds_of_files(home / FOLDER)[kind]
    flip(broken)
    async with opened(home) as estate:
        assert str(broken) in estate.healed
        assert await estate.select(EVERYTHING) == served
        assert await estate.count(EVERYTHING) == len(served)
        changes = [await estate.take_in(part) for part in parts(*ALL)]
        assert sum(len(change.added) for change in changes) == len(ALL) - len(served)
        assert await estate.select(EVERYTHING) == EVERY_RESOURCE
    async with opened(home) as estate:
        assert estate.healed == ""
        assert await estate.verify() == len(ALL)


@pytest.mark.parametrize("kind", ["gaps", "files", "inventory"])
async def test_a_small_file_that_is_gone_is_made_anew(home, kind):
    (home / FOLDER / kind).unlink()
    async with opened(home) as estate:
        assert await estate.select(EVERYTHING) == EVERY_RESOURCE


async def test_a_file_that_is_gone_and_one_that_is_new_are_named(home):
    folder = home / FOLDER
    segment = next(folder.glob("cloud_estate/segments/*/segment.json"))
    added = folder / "cloud_estate" / "segments" / "stranger"
    added.write_text("hello")
    with pytest.raises(Corrupted, match="stranger was not there"):
        await EdgeStore.open(folder, book_of(folder, KEYS))
    added.unlink()
    moved = segment.rename(home / "elsewhere")
    with pytest.raises(Corrupted, match=r"segment\.json is gone"):
        await EdgeStore.open(folder, book_of(folder, KEYS))
    moved.rename(segment)


async def test_a_lost_manifest_is_named_and_the_estate_begins_anew(home):
    (home / FOLDER / "manifest.json").unlink()
    async with opened(home) as estate:
        assert "manifest.json is gone" in estate.healed
        assert await estate.select(EVERYTHING) == []


async def test_what_was_put_aside_is_kept_for_a_person_to_look_at(home):
    flip(next((home / FOLDER).glob("cloud_estate/segments/*/segment.json")))
    async with opened(home):
        pass
    aside = home / FOLDER / "broken-cloud_estate"
    assert list(aside.glob("segments/*/payload_storage/page_0.dat"))


async def test_another_collection_than_the_files_say_is_noticed_after_an_unclean_end_too(home):
    (home / FOLDER / "files").unlink()
    spec = home / FOLDER / "cloud_estate" / "collection.json"
    spec.write_text(spec.read_text().replace("true", "false", 1))
    async with opened(home) as estate:
        assert "cloud_estate" in estate.healed
        assert await estate.select(EVERYTHING) == []


async def test_after_an_unclean_end_lost_and_altered_resources_are_missed(home):
    folder = home / FOLDER
    book = folder / "inventory"
    before = book.read_bytes()
    async with opened(home) as estate:
        await estate.replace(resource("one-more"))
    book.write_bytes(before)
    (folder / "files").unlink()
    async with opened(home) as estate:
        assert "6 resources were written and 7 are there" in estate.healed
        assert await estate.select(EVERYTHING) == []


async def test_after_an_unclean_end_a_flipped_byte_is_never_served(home):
    """Without the files' hashes, what the points hold is looked at: it is right, or it is put aside."""
    pages = list((home / FOLDER).glob("cloud_estate/segments/*/payload_storage/page_0.dat"))
    (home / FOLDER / "files").unlink()
    data = pages[0].read_bytes()[: 1 << 16]
    places = [at for at, byte in enumerate(data) if byte]
    for place in places[:: len(places) // 4]:
        again = home.with_name(f"at-{place}")
        subprocess.run(["cp", "-a", "--sparse=always", str(home), str(again)], check=True)
        with (again / pages[0].relative_to(home)).open("r+b") as file:
            file.seek(place)
            file.write(bytes([data[place] ^ 0x20]))
        async with opened(again) as estate:
            assert await estate.select(EVERYTHING) in ([], EVERY_RESOURCE)
            assert (await estate.select(EVERYTHING) == []) == bool(estate.healed)


async def broken_while_open(estate, known):
    """Alters the sealed text of one resource in the store, as nobody but a failing disk could."""
    key = estate._recorder.key(known)
    async for point in estate._store.points(COLLECTION):
        if point.id == key:
            sealed = point.payload[SEALED]
            altered = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
            await estate._store.upsert(COLLECTION, [dataclasses.replace(point, payload={**point.payload, SEALED: altered})])
    return key


async def test_a_resource_broken_while_open_is_named_taken_out_and_put_back_by_the_next_sweep(home):
    async with opened(home) as estate:
        key = await broken_while_open(estate, LEDGER)
        for asked in (lambda: estate.get(LEDGER.id), lambda: estate.select(is_("app", "ledger"))):
            with pytest.raises(Corrupted, match=key):
                await asked()
            await asyncio.wait(estate._mending)
            assert await estate.get(LEDGER.id) is None
            changes = [await estate.take_in(part) for part in parts(LEDGER)]
            assert changes[0].added == (LEDGER.id,)
            assert await estate.get(LEDGER.id) == LEDGER
            await broken_while_open(estate, LEDGER)
    async with opened(home) as estate:
        with pytest.raises(Corrupted, match=key):
            await estate.by_name("ledger-db")
        await asyncio.wait(estate._mending)


async def test_a_broken_resource_that_changed_or_vanished_is_written_over_and_taken_out(home):
    async with opened(home) as estate:
        await broken_while_open(estate, WEB_1)
        await broken_while_open(estate, BUCKET)
        stopped = dataclasses.replace(WEB_1, state="stopped")
        (part,) = parts(
            stopped, *(known for known in ALL if known.account == WEB_1.account and known.type == WEB_1.type and known != WEB_1)
        )
        changes = await estate.take_in(part)
        assert (changes.changed, changes.details) == ((WEB_1.id,), ())
        assert await estate.get(WEB_1.id) == stopped
        await estate.take_in(dataclasses.replace(parts(BUCKET)[0], resources=()))
        assert await estate.get(BUCKET.id) is None
        assert await estate.verify() == len(ALL) - 1


async def test_what_an_interrupted_session_lost_elsewhere_is_told_as_a_gap_until_it_is_swept_again(home):
    """The book was open, so the whole proves nothing: the scopes that it does not name as changing do."""
    folder = home / FOLDER
    async with opened(home) as estate:
        lost, scope = estate._recorder.key(LEDGER), str(estate._recorder.scope_token(scope_of(LEDGER)))
        await estate.store.delete(COLLECTION, [lost])
    book = SealedFile(folder / "inventory", Crypto(KEYS, COLLECTION))
    said = book.read()
    assert scope in said["scopes"]
    book.write({**said, "closed": False, "changing": []})
    (folder / "files").unlink()
    async with opened(home) as estate:
        await estate.settle()
        assert "1 resources were written and 0 whole ones are there" in estate.healed
        for part in parts(*ALL):
            await estate.take_in(part)
        assert await estate.select(EVERYTHING) == EVERY_RESOURCE


async def test_nobody_vouches_for_files_after_an_unclean_end_before_they_are_written_anew(home):
    """Which is done by `standing`: what points hold can be looked through, and what finds them cannot."""
    (home / FOLDER / "files").unlink()
    for _ in range(2):
        async with opened(home) as estate:
            await estate.settle()
        assert not (home / FOLDER / "files").exists()
