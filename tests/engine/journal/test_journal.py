"""The journal on a real disk: what is acknowledged stays, and every kind of tampering is named."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clock import FakeClock
from engine.errors import DiskFull, JournalError, WrongKey
from engine.journal.entry import Entry
from engine.journal.journal import Journal
from engine.journal.records import HEADER_BYTES, slots
from engine.journal.verify import segments, verify

KEY = bytes(range(32))
ROOT = Path(__file__).parents[3]


def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


async def written(folder: Path, count: int = 12, segment_bytes: int = 900) -> list[Entry]:
    journal = await Journal.open(folder, KEY, clock(), segment_bytes=segment_bytes)
    entries = [await journal.append("tick" if n % 2 else "tock", {"n": n}) for n in range(count)]
    await journal.close()
    return entries


async def test_what_was_appended_is_read_back_in_order(tmp_path):
    entries = await written(tmp_path)
    journal = await Journal.open(tmp_path, KEY, clock())
    assert list(journal.entries()) == entries
    assert [e.body["n"] for e in journal.entries({"tock"})] == [0, 2, 4, 6, 8, 10]
    assert [e.sequence for e in journal.entries(after=10)] == [11, 12]
    assert [Entry.from_json(json.loads(line)) for line in journal.export()] == entries
    assert (await journal.append("more", {})).sequence == 13
    await journal.close()
    assert len(segments(tmp_path)) > 1
    assert verify(tmp_path, KEY).whole


async def test_nothing_of_an_entry_can_be_read_on_disk(tmp_path):
    journal = await Journal.open(tmp_path, KEY, clock())
    await journal.append("plan.made", {"target": "billing-db-prod"})
    await journal.close()
    blob = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"billing" not in blob
    assert b"plan.made" not in blob


async def test_concurrent_appends_share_writes_and_keep_one_chain(tmp_path):
    journal = await Journal.open(tmp_path, KEY, clock())
    entries = await asyncio.gather(*(journal.append("tick", {"n": n}) for n in range(200)))
    assert sorted(e.sequence for e in entries) == list(range(1, 201))
    await journal.close()
    verdict = verify(tmp_path, KEY)
    assert verdict.whole
    assert verdict.entries == 200


async def test_a_body_that_is_not_json_is_refused_and_writes_nothing(tmp_path):
    journal = await Journal.open(tmp_path, KEY, clock())
    with pytest.raises(TypeError):
        await journal.append("tick", {"n": object()})
    assert journal.last[0] == 0
    await journal.close()
    with pytest.raises(JournalError, match="closed"):
        await journal.append("tick", {})


async def test_only_one_may_write(tmp_path):
    journal = await Journal.open(tmp_path, KEY, clock())
    with pytest.raises(JournalError, match=f"in use by process {os.getpid()}"):
        await Journal.open(tmp_path, KEY, clock())
    await journal.close()
    await (await Journal.open(tmp_path, KEY, clock())).close()


async def test_a_wrong_key_is_called_that(tmp_path):
    await written(tmp_path)
    with pytest.raises(WrongKey):
        verify(tmp_path, bytes(32))
    with pytest.raises(WrongKey):
        await Journal.open(tmp_path, bytes(32), clock())
    assert verify(tmp_path, KEY).whole


async def test_every_flipped_byte_is_noticed(tmp_path):
    await written(tmp_path, 4, segment_bytes=400)
    for path in [*segments(tmp_path), tmp_path / "head"]:
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
            assert verify(tmp_path, KEY).trouble == "changed" or verify(tmp_path, KEY).trouble == "foreign", (path.name, at)
        path.write_bytes(data)
    assert verify(tmp_path, KEY).whole


def records(path: Path) -> tuple[bytes, list[bytes]]:
    data = path.read_bytes()
    return data[:HEADER_BYTES], [data[s.offset : s.offset + s.size] for s in slots(data)]


@pytest.mark.parametrize(
    ("change", "trouble", "sequence"),
    [
        (lambda r: r[:1] + r[2:], "missing", 2),
        (lambda r: [r[0], r[2], r[1], *r[3:]], "reordered", 2),
        (lambda r: [r[0], r[0], *r[1:]], "duplicated", 1),
        (lambda r: r[:-1], "missing", 12),
        (lambda r: [], "missing", 1),
    ],
)
async def test_moved_entries_are_named(tmp_path, change, trouble, sequence):
    await written(tmp_path, segment_bytes=100_000)
    (path,) = segments(tmp_path)
    header, all_records = records(path)
    path.write_bytes(header + b"".join(change(all_records)))
    verdict = verify(tmp_path, KEY)
    assert (verdict.trouble, verdict.sequence, verdict.file) == (trouble, sequence, path.name)
    assert str(sequence) in str(verdict)
    with pytest.raises(JournalError, match=trouble):
        await Journal.open(tmp_path, KEY, clock())


async def test_entries_swapped_between_files_are_foreign(tmp_path):
    await written(tmp_path)
    first, second = segments(tmp_path)[:2]
    (header_a, a), (header_b, b) = records(first), records(second)
    a[0], b[0] = b[0], a[0]
    first.write_bytes(header_a + b"".join(a))
    second.write_bytes(header_b + b"".join(b))
    verdict = verify(tmp_path, KEY)
    assert (verdict.trouble, verdict.file) == ("foreign", first.name)


async def test_an_entry_of_another_journal_with_the_same_key_is_noticed(tmp_path):
    await written(tmp_path / "a", segment_bytes=100_000)
    await written(tmp_path / "b", segment_bytes=100_000)
    (path,), (other,) = segments(tmp_path / "a"), segments(tmp_path / "b")
    header, mine = records(path)
    path.write_bytes(header + b"".join([*mine[:4], records(other)[1][4], *mine[5:]]))
    verdict = verify(tmp_path / "a", KEY)
    assert (verdict.trouble, verdict.sequence) == ("changed", 5)


@pytest.mark.parametrize("which", [0, 1, -1])
async def test_a_removed_segment_is_missed(tmp_path, which):
    await written(tmp_path)
    gone = segments(tmp_path)[which]
    first = int(gone.stem.removeprefix("journal-"))
    gone.unlink()
    verdict = verify(tmp_path, KEY)
    assert (verdict.trouble, verdict.sequence) == ("missing", first)


async def test_a_removed_or_older_head_is_noticed(tmp_path):
    await written(tmp_path, 2)
    older = (tmp_path / "head").read_bytes()
    (tmp_path / "head").unlink()
    assert verify(tmp_path, KEY).file == "head"
    (tmp_path / "head").write_bytes(older)
    assert verify(tmp_path, KEY).whole


async def test_a_torn_tail_is_set_aside_and_said(tmp_path):
    entries = await written(tmp_path, segment_bytes=100_000)
    (path,) = segments(tmp_path)
    with path.open("ab") as file:
        file.write(b"\x00\x00\x01\x00half a record")
    assert verify(tmp_path, KEY).torn == 17
    journal = await Journal.open(tmp_path, KEY, clock())
    assert journal.torn is not None
    assert journal.torn.size == 17
    assert list(journal.entries()) == entries
    await journal.append("after", {})
    await journal.close()
    assert verify(tmp_path, KEY).torn == 0
    (aside,) = tmp_path.glob("*.torn")
    assert aside.read_bytes().endswith(b"half a record")


async def test_a_full_disk_writes_nothing_and_leaves_the_journal_usable(tmp_path):
    journal = await Journal.open(tmp_path, KEY, clock())
    await journal.append("before", {})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = segments(tmp_path)[0].stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, limits[1]))
    try:
        with pytest.raises(DiskFull):
            await journal.append("too.much", {"x": "y" * 500})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert segments(tmp_path)[0].stat().st_size == size
    assert (await journal.append("after", {})).sequence == 2
    await journal.close()
    assert verify(tmp_path, KEY).whole
    assert verify(tmp_path, KEY).entries == 2


def kill_soon(folder: Path, after: int) -> list[tuple[int, str]]:
    """Starts the writer, kills it after some acknowledgements, and returns those that came through whole."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.engine.journal.writer", str(folder), KEY.hex()], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.read().splitlines(keepends=True)
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(int(number), digest) for number, digest in whole]


async def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path):
    seen: dict[int, str] = {}
    chance = random.Random(7)
    for _ in range(20):
        seen.update(await asyncio.to_thread(kill_soon, tmp_path, chance.randint(1, 40)))
    verdict = verify(tmp_path, KEY)
    assert verdict.whole, str(verdict)
    journal = await Journal.open(tmp_path, KEY, clock())
    there = {e.sequence: e.hash for e in journal.entries()}
    await journal.close()
    assert seen.items() <= there.items()
    assert len(seen) > 100
