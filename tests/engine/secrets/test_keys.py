"""Opening the data key through each key store, and every way it can go wrong."""

from __future__ import annotations

import json

import keyring.backend
import keyring.backends.fail
import pytest

from engine.errors import Corrupted, SettingsError, WrongKey
from engine.secrets.derive import Keys, derive
from engine.secrets.file import FileStore
from engine.secrets.keychain import KeychainStore
from engine.secrets.keys import open_keys, rewrap, store_for, unwrap
from engine.secrets.passphrase import PassphraseStore
from engine.settings import EstateSettings


class DictKeyring(keyring.backend.KeyringBackend):
    """A keychain in a dictionary."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        self.entries[service, username] = password


def stores(tmp_path):
    return {"file": FileStore(tmp_path), "keychain": KeychainStore(tmp_path, DictKeyring()), "passphrase": PassphraseStore("correct horse")}


@pytest.mark.parametrize("name", ["file", "keychain", "passphrase"])
async def test_the_second_opening_gives_the_same_keys(tmp_path, name):
    store = stores(tmp_path)[name]
    first, second = await unwrap(store, tmp_path), await unwrap(store, tmp_path)
    assert store.name == name
    assert first.for_("journal") == second.for_("journal")
    assert first.for_("journal") != first.for_("payload")
    assert first.for_("tokens:app") != first.for_("tokens:owner")
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0


async def test_open_keys_follows_the_settings(tmp_path):
    keys = await open_keys(EstateSettings(key="file"), tmp_path, {})
    assert keys.for_("x") == (await unwrap(FileStore(tmp_path), tmp_path)).for_("x")
    for name in ("file", "keychain", "passphrase"):
        assert store_for(EstateSettings(key=name), tmp_path, {}).name == name


async def test_a_wrong_passphrase_is_called_that(tmp_path):
    await unwrap(PassphraseStore("correct horse"), tmp_path)
    with pytest.raises(WrongKey, match="passphrase"):
        await unwrap(PassphraseStore("battery staple"), tmp_path)


@pytest.mark.parametrize(("phrase", "said"), [("", "ESCHER_PASSPHRASE"), ("short", "fewer than 8")])
async def test_a_missing_or_short_passphrase_is_refused(tmp_path, phrase, said):
    with pytest.raises(SettingsError, match=said):
        await unwrap(PassphraseStore(phrase), tmp_path)


@pytest.mark.parametrize("name", ["key", "data.key"])
async def test_a_key_file_that_others_may_read_is_refused(tmp_path, name):
    await unwrap(FileStore(tmp_path), tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        await unwrap(FileStore(tmp_path), tmp_path)


async def test_a_lost_key_file_is_never_replaced_by_a_new_one(tmp_path):
    await unwrap(FileStore(tmp_path), tmp_path)
    (tmp_path / "key").unlink()
    with pytest.raises(WrongKey, match="gone"):
        await unwrap(FileStore(tmp_path), tmp_path)
    assert not (tmp_path / "key").exists()


async def test_another_key_file_is_the_wrong_key(tmp_path):
    await unwrap(FileStore(tmp_path), tmp_path)
    (tmp_path / "key").write_text("00" * 32)
    with pytest.raises(WrongKey):
        await unwrap(FileStore(tmp_path), tmp_path)
    (tmp_path / "key").write_text("not hex")
    with pytest.raises(Corrupted):
        await unwrap(FileStore(tmp_path), tmp_path)


async def test_no_keychain_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match=r"estate\.key: passphrase"):
        await unwrap(KeychainStore(tmp_path, keyring.backends.fail.Keyring()), tmp_path)


async def test_a_keychain_without_our_entry_or_with_rubbish_is_the_wrong_key(tmp_path):
    chain = DictKeyring()
    await unwrap(KeychainStore(tmp_path, chain), tmp_path)
    with pytest.raises(WrongKey, match="holds no key"):
        await unwrap(KeychainStore(tmp_path, DictKeyring()), tmp_path)
    chain.entries = dict.fromkeys(chain.entries, "rubbish")
    with pytest.raises(WrongKey, match="not a key"):
        await unwrap(KeychainStore(tmp_path, chain), tmp_path)


async def test_the_store_of_the_settings_must_be_the_one_that_wrapped(tmp_path):
    await unwrap(FileStore(tmp_path), tmp_path)
    with pytest.raises(WrongKey, match=r"estate\.key: file"):
        await unwrap(PassphraseStore("correct horse"), tmp_path)


async def test_rewrapping_keeps_the_data_key(tmp_path):
    before = await unwrap(FileStore(tmp_path), tmp_path)
    await rewrap(FileStore(tmp_path), PassphraseStore("correct horse"), tmp_path)
    after = await unwrap(PassphraseStore("correct horse"), tmp_path)
    assert before.for_("payload") == after.for_("payload")
    with pytest.raises(WrongKey):
        await unwrap(FileStore(tmp_path), tmp_path)


@pytest.mark.parametrize(
    "change", [lambda r: {}, lambda r: r | {"format": 9}, lambda r: r | {"salt": "zz"}, lambda r: r | {"wrapped": "00"}]
)
async def test_a_broken_wrapped_key_is_corrupted(tmp_path, change):
    await unwrap(FileStore(tmp_path), tmp_path)
    path = tmp_path / "data.key"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(Corrupted):
        await unwrap(FileStore(tmp_path), tmp_path)


def test_keys_do_not_print_and_have_one_length():
    assert "01" * 4 not in repr(Keys(b"\x01" * 32))
    with pytest.raises(ValueError):
        Keys(b"short")
    assert len(derive(b"k" * 32, "x")) == 32
