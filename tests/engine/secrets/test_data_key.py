"""The file `data.key`: handed from store to store, a new key added and the old one dropped, and whole after a kill at any step."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Corrupted, EscherError, Refused, SettingsError, StoreError, Unreachable, WrongKey
from engine.secrets import data_key
from engine.secrets.fake import FakeKeyStore
from engine.secrets.file import FileStore
from engine.secrets.keychain import KeychainStore
from engine.secrets.passphrase import NEW_VARIABLE, PassphraseStore
from tests.engine.secrets.chain import DictKeyring
from tests.engine.secrets.mortal import killed_everywhere
from tests.engine.secrets.test_keys import FIRST_JOURNAL_KEY, FIRST_PASSPHRASE, file, first_format


async def test_moving_on_keeps_the_data_key_and_takes_the_old_wrapping_key_away(tmp_path):
    chain = DictKeyring()
    path = [FileStore(tmp_path), KeychainStore(tmp_path, chain), PassphraseStore("correct horse"), FakeKeyStore(), FileStore(tmp_path)]
    before = (await file(path[0], tmp_path).open()).current
    for old, new in itertools.pairwise(path):
        assert await file(old, tmp_path).rewrap(new) == ""
        assert (await file(new, tmp_path).open()).current.for_("payload") == before.for_("payload")
        with pytest.raises(WrongKey):
            await file(old, tmp_path).open()
        if old.name == "file":
            assert not (tmp_path / "key").exists()
    assert chain.entries == {}
    assert (tmp_path / "key").exists()


async def test_a_fresh_wrapping_key_of_the_same_store(tmp_path):
    before = (await file(FileStore(tmp_path), tmp_path).open()).current
    old_key, old_record = (tmp_path / "key").read_text(), (tmp_path / "data.key").read_bytes()
    assert await file(FileStore(tmp_path), tmp_path).rewrap(FileStore(tmp_path)) == ""
    assert (await file(FileStore(tmp_path), tmp_path).open()).current.id == before.id
    new_key = (tmp_path / "key").read_text()
    assert len(new_key.split()) == 1
    assert old_key != new_key
    (tmp_path / "data.key").write_bytes(old_record)
    with pytest.raises(WrongKey):
        await file(FileStore(tmp_path), tmp_path).open()


async def test_another_passphrase(tmp_path):
    before = (await file(PassphraseStore("correct horse"), tmp_path).open()).current
    await file(PassphraseStore("correct horse"), tmp_path).rewrap(PassphraseStore("battery staple", NEW_VARIABLE))
    assert (await file(PassphraseStore("battery staple"), tmp_path).open()).current.id == before.id
    with pytest.raises(SettingsError, match="ESCHER_NEW_PASSPHRASE has fewer"):
        await file(PassphraseStore("battery staple"), tmp_path).rewrap(PassphraseStore("short", NEW_VARIABLE))


async def test_a_file_of_the_first_format_goes_over_when_it_is_changed(tmp_path):
    first_format(tmp_path)
    await file(FileStore(tmp_path), tmp_path).rewrap(FileStore(tmp_path))
    ring = await file(FileStore(tmp_path), tmp_path).open()
    assert ring.current.for_("journal").hex() == FIRST_JOURNAL_KEY
    assert json.loads((tmp_path / "data.key").read_text())["format"] == 2
    first_format(tmp_path, FIRST_PASSPHRASE)
    before = (await file(PassphraseStore("correct horse"), tmp_path).open()).current
    ring = await file(PassphraseStore("correct horse"), tmp_path).begin(["journal"])
    assert [one.id for one in ring.others] == [before.id]


@pytest.mark.parametrize("call", ["ensure", "wrap", "unwrap"])
async def test_a_new_store_that_fails_leaves_the_old_record(tmp_path, call):
    class Fails(FakeKeyStore):
        def _asked(self, what):
            super()._asked(what)
            if what == call:
                raise Unreachable("the fake key is away")

    before = (await file(FileStore(tmp_path), tmp_path).open()).current
    record, key = (tmp_path / "data.key").read_bytes(), (tmp_path / "key").read_bytes()
    with pytest.raises(Unreachable):
        await file(FileStore(tmp_path), tmp_path).rewrap(Fails())
    assert ((tmp_path / "data.key").read_bytes(), (tmp_path / "key").read_bytes()) == (record, key)
    assert (await file(FileStore(tmp_path), tmp_path).open()).current.id == before.id


async def test_a_new_store_that_gives_back_another_key_is_found_out_in_time(tmp_path):
    class Forgets(FakeKeyStore):
        async def unwrap(self, wrapped, context):
            return b"x" * 32

    await file(FileStore(tmp_path), tmp_path).open()
    record = (tmp_path / "data.key").read_bytes()
    with pytest.raises(Corrupted):
        await file(FileStore(tmp_path), tmp_path).rewrap(Forgets())
    assert (tmp_path / "data.key").read_bytes() == record


async def test_a_ring_holds_both_keys_until_every_part_is_through(tmp_path):
    held = file(FileStore(tmp_path), tmp_path)
    first = (await held.open()).current
    ring = await held.begin(["journal", "estate"])
    assert (ring.rotation.old, ring.rotation.new) == (first.id, ring.current.id)
    assert ring.of(first.id).for_("x") == first.for_("x")
    assert ring.for_others("x") == (first.for_("x"),)
    assert (await file(FileStore(tmp_path), tmp_path).open()).current.id == ring.current.id, "from now on"
    assert (await held.begin(["estate", "journal"])).current.id == ring.current.id, "taken up, not begun again"
    with pytest.raises(Refused, match="still needed by journal, estate"):
        await held.end()
    assert (await held.through("journal")).rotation.left == ("estate",)
    assert (await held.begin(["estate"])).rotation.done == ("journal",)
    with pytest.raises(Refused, match="estate cannot be rotated here"):
        await held.begin(["journal"])
    await held.through("estate")
    ring = await held.end()
    assert (ring.others, ring.rotation) == ((), None)
    assert first.id not in (tmp_path / "data.key").read_text()
    with pytest.raises(KeyError):
        ring.of(first.id)
    with pytest.raises(Refused, match="No rotation"):
        await held.end()


async def test_both_keys_go_from_store_to_store_in_the_middle_of_a_rotation(tmp_path):
    held = file(FileStore(tmp_path), tmp_path)
    await held.open()
    ring = await held.begin(["journal"])
    await held.rewrap(FakeKeyStore())
    after = await held.through("journal")
    assert [keys.id for keys in (after.current, *after.others)] == [keys.id for keys in (ring.current, *ring.others)]
    assert (await held.end()).current.id == ring.current.id


async def _changes(folder, change):
    path = folder / "data.key"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(change(record)))


def _with(record, **changed):
    return record | changed


def _swapped(record):
    first, second = record["keys"]
    return _with(record, keys={first: record["keys"][second], second: record["keys"][first]})


@pytest.mark.parametrize(
    "change",
    [
        lambda r: _with(r, current=next(one for one in r["keys"] if one != r["current"])),
        lambda r: _with(r, rotation=None),
        lambda r: _with(r, rotation=r["rotation"] | {"done": ["journal"]}),
        lambda r: _with(r, rotation=r["rotation"] | {"parts": []}),
        lambda r: _with(r, since="2020-01-01"),
        lambda r: _with(r, folder="0" * 32),
        lambda r: _with(r, keys={r["current"]: r["keys"][r["current"]]}, rotation=None),
        lambda r: _with(r, check=""),
        lambda r: _with(r, store="keychain"),
        _swapped,
        lambda r: {},
        lambda r: [],
        lambda r: _with(r, format=9),
        lambda r: _with(r, current="none"),
        lambda r: _with(r, keys={}),
        lambda r: _with(r, keys={"zz": r["keys"][r["current"]]}),
        lambda r: _with(r, folder="zz"),
        lambda r: _with(r, store="cloud"),
        lambda r: _with(r, keys={key: {"made": ""} for key in r["keys"]}),
        lambda r: _with(r, keys={key: {"made": "", "wrapped": {"salt": 1}} for key in r["keys"]}),
    ],
)
async def test_a_changed_record_does_not_open(tmp_path, change):
    held = file(FileStore(tmp_path), tmp_path)
    await held.open()
    await held.begin(["journal"])
    await _changes(tmp_path, change)
    with pytest.raises((Corrupted, WrongKey)):
        await held.open()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_gives_another_key(tmp_path, at, flip):
    async def check():
        ring = await file(FileStore(tmp_path), tmp_path).open()
        path = tmp_path / "data.key"
        data = bytearray(path.read_bytes())
        data[at % len(data)] ^= flip
        try:
            path.write_bytes(data)
            assert (await file(FileStore(tmp_path), tmp_path).open()).current.id == ring.current.id
        except EscherError:
            pass
        finally:
            data[at % len(data)] ^= flip
            path.write_bytes(data)

    asyncio.run(check())


@pytest.mark.parametrize("change", [lambda r: r | {"format": 9}, lambda r: r | {"salt": "zz"}, lambda r: r | {"wrapped": ""}])
async def test_a_broken_file_of_the_first_format_is_corrupted(tmp_path, change):
    first_format(tmp_path)
    await _changes(tmp_path, change)
    with pytest.raises(Corrupted):
        await file(FileStore(tmp_path), tmp_path).open()


async def test_a_data_key_that_is_gone_is_not_made_up_by_a_change(tmp_path):
    with pytest.raises(WrongKey, match="There is no"):
        await file(FileStore(tmp_path), tmp_path).rewrap(FakeKeyStore())
    assert not (tmp_path / "data.key").exists()


async def test_a_change_waits_for_another_and_says_so_when_that_takes_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(data_key, "_WAITS_S", 0.3)
    held = file(FileStore(tmp_path), tmp_path)
    await held.open()
    async with held._turn():
        with pytest.raises(StoreError, match="Another process"):
            await file(FileStore(tmp_path), tmp_path).begin(["journal"])
    await file(FileStore(tmp_path), tmp_path).begin(["journal"])


async def test_killed_at_any_step_of_a_new_wrapping_key_it_opens(tmp_path):
    for start in ("second", "first"):
        base = tmp_path / start
        (base / "start").mkdir(parents=True)
        if start == "first":
            first_format(base / "start")
        before = (await file(FileStore(base / "start"), base / "start").open()).current
        left = await asyncio.to_thread(killed_everywhere, "tests.engine.secrets.rewrapping", base)
        assert len(left) > 15
        for folder in left:
            held = file(FileStore(folder), folder)
            assert (await held.open()).current.id == before.id, folder.name
            await held.rewrap(FileStore(folder))
            assert (await held.open()).current.id == before.id, folder.name
            assert len((folder / "key").read_text().split()) == 1


async def test_killed_at_any_step_of_the_first_use_it_opens(tmp_path):
    (tmp_path / "start").mkdir()
    for folder in await asyncio.to_thread(killed_everywhere, "tests.engine.secrets.first_use", tmp_path):
        first = (await file(FileStore(folder), folder).open()).current
        assert (await file(FileStore(folder), folder).open()).current.id == first.id


async def test_another_folder_does_not_open_with_a_record_from_here(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    store = FakeKeyStore()
    await file(store, one).open()
    await file(store, two).open()
    mine, other = (json.loads((folder / "data.key").read_text()) for folder in (one, two))
    (two / "data.key").write_text(json.dumps(other | {"keys": mine["keys"], "current": mine["current"]}))
    with pytest.raises(WrongKey):
        await file(store, two).open()
