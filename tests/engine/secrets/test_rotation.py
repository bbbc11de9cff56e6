"""The order in which a data key is replaced, with a journal, with fakes, and with a kill at every step."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import JournalError, Refused, WrongKey
from engine.journal.verify import verify
from engine.secrets.rotation import Replacement, Rotates, Stage, Together, rotate
from tests.engine.secrets.mortal import killed_everywhere
from tests.engine.secrets.whole_rotation import SECRET, SealedFile, data_key, opened


class Part:
    """Notes what it was asked; `fails` once when told to."""

    def __init__(self, log, name, fails=False):
        self.log, self.name, self.fails = log, name, fails

    async def rotate(self, old, new, progress):
        progress(0, 2)
        if self.fails:
            self.fails = False
            raise JournalError("the disk is full")
        self.log.append((self.name, old.id, new.id))
        progress(2, 2)


def quiet(_part, _done, _total):
    pass


async def test_the_parts_are_carried_over_in_order_and_then_the_old_key_is_dropped(tmp_path):
    held = data_key(tmp_path)
    old = (await held.open()).current
    log, told = [], []
    parts = {"journal": Part(log, "journal"), "estate": Part(log, "estate")}
    assert all(isinstance(part, Rotates) for part in parts.values())
    ring = await rotate(held, parts, lambda *one: told.append(one))
    assert log == [("journal", old.id, ring.current.id), ("estate", old.id, ring.current.id)]
    assert told == [("journal", 0, 2), ("journal", 2, 2), ("estate", 0, 2), ("estate", 2, 2)]
    assert (ring.others, ring.rotation) == ((), None)
    assert (await data_key(tmp_path).open()).current.id == ring.current.id != old.id


async def test_a_part_that_fails_keeps_both_keys_and_the_next_call_goes_on(tmp_path):
    held = data_key(tmp_path)
    old = (await held.open()).current
    log = []
    parts = {"journal": Part(log, "journal"), "estate": Part(log, "estate", fails=True), "chats": Part(log, "chats")}
    with pytest.raises(JournalError):
        await rotate(held, parts, quiet)
    ring = await held.open()
    assert ([one.id for one in ring.others], ring.rotation.done) == ([old.id], ("journal",))
    with pytest.raises(Refused, match="chats cannot be rotated here"):
        await rotate(held, {"estate": Part(log, "estate")}, quiet)
    after = await rotate(held, parts, quiet)
    assert [name for name, _, _ in log] == ["journal", "estate", "chats"], "what was through is not done again"
    assert (after.current.id, after.others) == (ring.current.id, ())


class Slow(Part):
    """Waits in the middle until it may go on."""

    def __init__(self, log, name):
        super().__init__(log, name)
        self.there, self.on = asyncio.Event(), asyncio.Event()

    async def rotate(self, old, new, progress):
        progress(1, 2)
        self.there.set()
        await self.on.wait()
        await super().rotate(old, new, progress)


async def test_one_replacement_goes_on_whoever_watches_and_is_joined(tmp_path):
    held = data_key(tmp_path)
    old = (await held.open()).current
    log = []
    slow = Slow(log, "estate")
    replacement = Replacement(held, {"journal": Part(log, "journal"), "estate": slow})
    watching = replacement.watched()
    await anext(watching)
    await slow.there.wait()
    assert Stage("estate", 1, 2) in [await anext(watching) for _ in range(2)]
    await watching.aclose()
    joined = replacement.watched()
    assert await anext(joined) == Stage("estate", 1, 2), "who joins begins no second one"
    slow.on.set()
    stages = [stage async for stage in joined]
    ring = await held.open()
    assert stages[-1] == Stage(ring.current.id, 0, 0, over=True)
    assert (ring.current.id != old.id, ring.others, ring.rotation) == (True, (), None)
    assert [name for name, _, _ in log] == ["journal", "estate"]


async def test_a_replacement_that_is_stopped_or_fails_is_gone_on_with(tmp_path):
    held = data_key(tmp_path)
    await held.open()
    log = []
    slow, failing = Slow(log, "estate"), Part(log, "chats", fails=True)
    replacement = Replacement(held, {"estate": Together((slow, failing))})
    await replacement.stop()
    replacement.begin()
    await slow.there.wait()
    await replacement.stop()
    assert (await held.open()).rotation.left == ("estate",)
    slow.on.set()
    with pytest.raises(JournalError):
        [stage async for stage in replacement.watched()]
    ring = await replacement.begin()
    assert (ring.others, ring.rotation) == ((), None)
    assert [name for name, _, _ in log] == ["estate", "estate", "chats"], "a part of several is done as a whole"


async def test_killed_at_any_step_everything_opens_and_the_rotation_comes_to_its_end(tmp_path):
    start = tmp_path / "start"
    ring = await data_key(start).open()
    journal = await opened(start, ring)
    for number in range(6):
        await journal.append("tick", {"n": number})
    last = journal.last
    await journal.close()
    SealedFile(start).write(ring.current)
    left = await asyncio.to_thread(killed_everywhere, "tests.engine.secrets.whole_rotation", tmp_path)
    assert len(left) > 60
    for folder in left:
        found = await data_key(folder).open()
        part = SealedFile(folder)
        assert any(part.read(keys) == SECRET for keys in (found.current, *found.others)), folder.name
        journal = await opened(folder, found)
        assert journal.last == last, folder.name
        after = await rotate(data_key(folder), {"journal": journal, "estate": part}, quiet)
        await journal.close()
        assert part.read(after.current) == SECRET
        verdict = verify(folder / "journal", after.current.for_("journal"))
        assert (verdict.whole, verdict.entries, verdict.last_hash) == (True, *last), folder.name
        with pytest.raises(WrongKey):
            verify(folder / "journal", ring.current.for_("journal"))
