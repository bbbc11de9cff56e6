"""A journal under a new data key: readable and writable all the while, the same chain, and whole after a kill at any step."""

from __future__ import annotations

import asyncio
import resource
import shutil
from pathlib import Path

import pytest

from engine.errors import DiskFull, JournalError, WrongKey
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from engine.journal.records import HEADER_BYTES, Sealer
from engine.journal.resealing import progress, reseal, under
from engine.journal.verify import segments, verify
from engine.secrets.derive import Keys
from engine.secrets.rotation import Rotates
from tests.engine.journal.rotating import NEW, OLD, opened
from tests.engine.secrets.mortal import killed_everywhere

OLD_KEY, NEW_KEY = OLD.for_("journal"), NEW.for_("journal")


async def filled(folder: Path, count: int = 12) -> list[Entry]:
    journal = await opened(folder, OLD)
    entries = [await journal.append("tick", {"n": n, "x": "é" * (n % 5)}) for n in range(count)]
    await journal.close()
    assert len(segments(folder / "journal")) > 2
    return entries


def hashes(journal: Journal) -> list[tuple[int, str]]:
    return [(entry.sequence, entry.hash) for entry in journal.entries()]


def nothing(_done: int, _total: int) -> None:
    pass


async def test_a_live_journal_goes_over_to_the_new_key(tmp_path):
    before = await filled(tmp_path)
    head = verify(tmp_path / "journal", OLD_KEY).last_hash
    sizes = {path.name: path.stat().st_size for path in segments(tmp_path / "journal")}
    journal = await opened(tmp_path, OLD)
    assert isinstance(journal, Rotates)
    told = []
    await journal.rotate(OLD, NEW, lambda done, total: told.append((done, total)))
    assert told == [(n, len(sizes)) for n in range(len(sizes) + 1)]
    assert list(journal.entries()) == before
    assert {path.name: path.stat().st_size for path in segments(tmp_path / "journal")} == sizes
    after = await journal.append("after", {})
    assert (after.sequence, after.previous) == (13, head)
    await journal.close()
    verdict = verify(tmp_path / "journal", NEW_KEY)
    assert (verdict.whole, verdict.entries) == (True, 13)
    with pytest.raises(WrongKey):
        verify(tmp_path / "journal", OLD_KEY)


async def test_the_head_hash_stays_the_same(tmp_path):
    await filled(tmp_path)
    head = verify(tmp_path / "journal", OLD_KEY)
    journal = await opened(tmp_path, OLD)
    await journal.rotate(OLD, NEW, nothing)
    await journal.close()
    assert verify(tmp_path / "journal", NEW_KEY) == head


async def test_it_reads_and_writes_all_the_while(tmp_path):
    before = await filled(tmp_path, 40)
    journal = await opened(tmp_path, OLD)
    seen = 0

    async def reads() -> None:
        nonlocal seen
        while not done.is_set():
            for entry in journal.entries():
                assert entry == before[entry.sequence - 1] if entry.sequence <= len(before) else entry.kind == "during"
                seen += 1
                if not entry.sequence % 7:
                    await asyncio.sleep(0)
            await asyncio.sleep(0)

    done = asyncio.Event()
    reading = asyncio.create_task(reads())
    rotating = asyncio.create_task(journal.rotate(OLD, NEW, nothing))
    while not rotating.done():
        await journal.append("during", {})
    await rotating
    done.set()
    await reading
    assert seen > len(before)
    last = journal.last
    await journal.close()
    verdict = verify(tmp_path / "journal", NEW_KEY)
    assert (verdict.whole, verdict.entries, verdict.last_hash) == (True, *last)


async def test_new_entries_take_a_segment_of_the_new_key_at_once(tmp_path):
    await filled(tmp_path)
    journal = await opened(tmp_path, NEW, OLD)
    await journal.append("after", {})
    assert (journal.verdict().whole, journal.verdict().entries) == (True, 13)
    assert [under(Sealer(NEW_KEY), path) for path in segments(tmp_path / "journal")][-2:] == [False, True]
    assert progress(tmp_path / "journal", NEW_KEY) == (1, len(segments(tmp_path / "journal")))
    assert len(hashes(journal)) == 13
    await journal.close()
    assert verify(tmp_path / "journal", NEW_KEY, [OLD_KEY]).entries == 13


def add_empty_segment(journal: Path) -> Path:
    """What a crash between a segment's header and its first entry leaves."""
    empty = journal / "journal-000000000013.log"
    empty.write_bytes(Sealer(OLD_KEY).header(segments(journal)[0].read_bytes()[8:24], empty.name))
    assert empty.stat().st_size == HEADER_BYTES
    return empty


@pytest.mark.parametrize("empty", [False, True])
async def test_killed_at_any_step_it_is_whole_and_goes_on(tmp_path, empty):
    await filled(tmp_path / "start")
    if empty:
        add_empty_segment(tmp_path / "start" / "journal")
    head = verify(tmp_path / "start" / "journal", OLD_KEY).last_hash
    left = await asyncio.to_thread(killed_everywhere, "tests.engine.journal.rotating", tmp_path)
    assert len(left) > 50
    for folder in left:
        verdict = verify(folder / "journal", NEW_KEY, [OLD_KEY])
        assert verdict.whole, (folder.name, str(verdict))
        told = [line.split() for line in (folder / "told").read_text().splitlines()] if (folder / "told").exists() else []
        journal = await opened(folder, NEW, OLD)
        there = hashes(journal)
        assert there[11] == (12, head)
        assert {(int(number), digest) for number, digest in told} <= set(there), folder.name
        await journal.rotate(OLD, NEW, nothing)
        await journal.append("more", {})
        await journal.close()
        after = verify(folder / "journal", NEW_KEY)
        assert (after.whole, after.entries) == (True, len(there) + 1), folder.name
        with pytest.raises(WrongKey):
            verify(folder / "journal", OLD_KEY)


async def test_an_empty_segment_of_the_old_key_makes_room(tmp_path):
    await filled(tmp_path)
    empty = add_empty_segment(tmp_path / "journal")
    journal = await opened(tmp_path, NEW, OLD)
    await journal.append("after", {})
    await journal.rotate(OLD, NEW, nothing)
    await journal.close()
    assert under(Sealer(NEW_KEY), empty)
    assert verify(tmp_path / "journal", NEW_KEY).entries == 13


async def test_what_was_changed_is_named_and_left_as_it_is(tmp_path):
    await filled(tmp_path)
    journal = await opened(tmp_path, OLD)
    second = segments(tmp_path / "journal")[1]
    data = bytearray(second.read_bytes())
    data[-3] ^= 1
    second.write_bytes(data)
    with pytest.raises(JournalError, match=f"{second.name} at byte"):
        await journal.rotate(OLD, NEW, nothing)
    assert second.read_bytes() == data
    await journal.close()
    assert verify(tmp_path / "journal", NEW_KEY, [OLD_KEY]).file == second.name


async def test_a_segment_of_a_third_key_is_refused(tmp_path):
    await filled(tmp_path)
    path = segments(tmp_path / "journal")[0]
    with pytest.raises(JournalError, match="neither"):
        reseal(path, path.read_bytes()[8:24], Sealer(bytes(32)), Sealer(NEW_KEY))


async def test_a_full_disk_leaves_the_old_segment(tmp_path):
    await filled(tmp_path)
    journal = await opened(tmp_path, OLD)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))
    try:
        with pytest.raises(DiskFull):
            await journal.rotate(OLD, NEW, nothing)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(hashes(journal)) == 12
    await journal.rotate(OLD, NEW, nothing)
    await journal.append("after", {})
    await journal.close()
    assert verify(tmp_path / "journal", NEW_KEY).entries == 13


async def test_closing_and_cancelling_leave_both_keys_needed_and_nothing_lost(tmp_path):
    await filled(tmp_path)
    shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-b")
    journal = await opened(tmp_path, OLD)
    rotating = asyncio.create_task(journal.rotate(OLD, NEW, nothing))
    await asyncio.sleep(0)
    await journal.close()
    with pytest.raises(JournalError, match="closed before"):
        await rotating
    assert verify(tmp_path / "journal", NEW_KEY, [OLD_KEY]).entries == 12
    other = await opened(tmp_path.parent / f"{tmp_path.name}-b", OLD)
    rotating = asyncio.create_task(other.rotate(OLD, NEW, nothing))
    await asyncio.sleep(0.001)
    rotating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rotating
    await other.rotate(OLD, NEW, nothing)
    await other.close()
    assert verify(tmp_path.parent / f"{tmp_path.name}-b" / "journal", NEW_KEY).entries == 12


async def test_an_unopened_older_key_is_missed(tmp_path):
    await filled(tmp_path)
    journal = await opened(tmp_path, NEW, OLD)
    await journal.append("after", {})
    await journal.close()
    with pytest.raises(JournalError):
        await opened(tmp_path, NEW)
    assert verify(tmp_path / "journal", NEW_KEY).trouble == "changed"
    with pytest.raises(WrongKey):
        await opened(tmp_path, Keys(b"z" * 32))
