"""Opening the data keys of a folder: first use, the settings, files of the first format, and what is said when something is wrong."""

from __future__ import annotations

import asyncio
import json

import keyring.backends.fail
import pytest

from engine.errors import Corrupted, SettingsError, WrongKey
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys, derive, id_of
from engine.secrets.file import FileStore
from engine.secrets.keychain import KeychainStore
from engine.secrets.keys import open_keys, open_ring, store_for
from engine.secrets.passphrase import PassphraseStore
from engine.settings import EstateSettings, KeySettings
from tests.engine.journal.rotating import clock
from tests.engine.secrets.chain import DictKeyring

# Written by the release that had the first format.
FIRST_KEY = "487d5e271d8ff74ab28d6aa07061b8875c2787a813a3f5b0e940d9b714f26b70\n"
FIRST_FILE = {
    "format": 1,
    "store": "file",
    "salt": "622eb79d8698d13b572cf219e29be726",
    "wrapped": "759340e1f7b4b0862bc0d62e47577feb8db11d24c0a8a4123b9787c1593123988d5639e5053831e7ba778840a124d2c215a4df311224a67b1da0acd3",
}
FIRST_JOURNAL_KEY = "82f74bdb4acd918ba117fd62ebe0ad2fcb15f122b0f8c2775c61fe1e1abe7d2f"
FIRST_PASSPHRASE = {
    "format": 1,
    "store": "passphrase",
    "salt": "c70a6c20f1c880c210e524d639ee1fdc",
    "wrapped": "dfa94d0efb4e104f52830323766d76b2aea06584e05cf4ed09582b2158e126d5f53b6cf2959c4074a0775dc17f517b40fe302a00d756067815f8907c",
}
FIRST_PASSPHRASE_JOURNAL_KEY = "ecdf9a797b241c87aba02125a001d6c255a8f06d8e85e59c275944ad3cde991f"


def first_format(folder, record=FIRST_FILE):
    for name, text in (("key", FIRST_KEY), ("data.key", json.dumps(record))):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)


def file(store, folder):
    return DataKeyFile(folder, store, clock())


async def opened(store, folder):
    return (await file(store, folder).open()).current


def stores(tmp_path):
    return {"file": FileStore(tmp_path), "keychain": KeychainStore(tmp_path, DictKeyring()), "passphrase": PassphraseStore("correct horse")}


@pytest.mark.parametrize("name", ["file", "keychain", "passphrase"])
async def test_the_second_opening_gives_the_same_keys(tmp_path, name):
    store = stores(tmp_path)[name]
    first, second = await opened(store, tmp_path), await opened(store, tmp_path)
    assert store.name == name
    assert (first.id, first.for_("journal")) == (second.id, second.for_("journal"))
    assert first.for_("journal") != first.for_("payload")
    assert first.for_("tokens:app") != first.for_("tokens:owner")
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0


async def test_two_first_openings_at_once_give_one_key(tmp_path):
    rings = await asyncio.gather(*(file(FileStore(tmp_path), tmp_path).open() for _ in range(8)))
    assert len({ring.current.id for ring in rings}) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"key", "data.key", "data.key.lock"}


async def test_open_keys_follows_the_settings(tmp_path):
    keys = await open_keys(EstateSettings(key="file"), tmp_path, {})
    ring = await open_ring(EstateSettings(key="file"), tmp_path, {}, clock())
    assert keys.for_("x") == (await opened(FileStore(tmp_path), tmp_path)).for_("x") == ring.current.for_("x")
    assert (ring.others, ring.rotation) == ((), None)


@pytest.mark.parametrize(
    ("name", "key", "place"),
    [
        ("file", KeySettings(), "/key"),
        ("keychain", KeySettings(), "entry"),
        ("passphrase", KeySettings(), "ESCHER_PASSPHRASE"),
        ("vault", KeySettings(id="transit/escher", url="https://vault.acme.example:8200"), "transit/escher"),
        ("vault", KeySettings(id="kv@secret/team/escher", url="https://vault.acme.example"), "secret/team/escher"),
        ("aws-kms", KeySettings(id="arn:aws:kms:eu-west-1:111111111111:alias/escher"), "alias/escher"),
        ("azure-key-vault", KeySettings(id="https://acme.vault.azure.net/keys/escher"), "acme.vault.azure.net/keys/escher"),
        ("gcp-kms", KeySettings(id="projects/p/locations/l/keyRings/r/cryptoKeys/k"), "cryptoKeys/k"),
    ],
)
def test_each_kind_of_the_settings_has_its_store(tmp_path, name, key, place):
    store = store_for(EstateSettings(key=name, key_service=key), tmp_path, {})
    assert store.name == name
    assert place in store.place


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("vault", KeySettings(id="escher", url="https://v.example"), "transit/NAME"),
        ("vault", KeySettings(id="transit/a/b", url="https://v.example"), "transit/NAME"),
        ("vault", KeySettings(id="transit/escher"), "Vault's address"),
        ("vault", KeySettings(id="transit/escher", url="http://vault.acme.example"), "https://"),
        ("aws-kms", KeySettings(id="alias/escher"), "arn:aws:kms"),
        ("azure-key-vault", KeySettings(id="http://acme.vault.azure.net/keys/escher"), "https://VAULT"),
        ("azure-key-vault", KeySettings(id="https://acme.vault.azure.net/keys/escher/0123"), "without a version"),
        ("azure-key-vault", KeySettings(id="https://acme.vault.azure.net/keys/escher", url="http://x"), "not an https"),
        ("gcp-kms", KeySettings(id="projects/p/cryptoKeys/k"), "projects/P"),
        ("gcp-kms", KeySettings(id="projects/p/locations/l/keyRings/r/cryptoKeys/k", url="http://x"), "not an https"),
    ],
)
def test_a_key_that_could_not_be_is_refused_by_the_name_of_its_setting(tmp_path, name, key, said):
    with pytest.raises(SettingsError, match=said) as raised:
        store_for(EstateSettings(key=name, key_service=key), tmp_path, {})
    assert "estate.key_service" in str(raised.value)


async def test_a_file_of_the_first_format_still_opens_and_is_left_as_it_is(tmp_path):
    first_format(tmp_path)
    before = (tmp_path / "data.key").read_bytes()
    assert (await opened(FileStore(tmp_path), tmp_path)).for_("journal").hex() == FIRST_JOURNAL_KEY
    assert (tmp_path / "data.key").read_bytes() == before
    first_format(tmp_path, FIRST_PASSPHRASE)
    assert (await opened(PassphraseStore("correct horse"), tmp_path)).for_("journal").hex() == FIRST_PASSPHRASE_JOURNAL_KEY


async def test_a_wrong_passphrase_is_called_that(tmp_path):
    await opened(PassphraseStore("correct horse"), tmp_path)
    with pytest.raises(WrongKey, match="passphrase"):
        await opened(PassphraseStore("battery staple"), tmp_path)


@pytest.mark.parametrize(("phrase", "said"), [("", "ESCHER_PASSPHRASE"), ("short", "fewer than 8")])
async def test_a_missing_or_short_passphrase_is_refused(tmp_path, phrase, said):
    with pytest.raises(SettingsError, match=said):
        await opened(PassphraseStore(phrase), tmp_path)


@pytest.mark.parametrize("name", ["key", "data.key"])
async def test_a_key_file_that_others_may_read_is_refused(tmp_path, name):
    await opened(FileStore(tmp_path), tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        await opened(FileStore(tmp_path), tmp_path)


async def test_a_lost_key_file_is_never_replaced_by_a_new_one(tmp_path):
    await opened(FileStore(tmp_path), tmp_path)
    (tmp_path / "key").unlink()
    with pytest.raises(WrongKey, match="gone"):
        await opened(FileStore(tmp_path), tmp_path)
    assert not (tmp_path / "key").exists()


async def test_another_key_file_is_the_wrong_key(tmp_path):
    await opened(FileStore(tmp_path), tmp_path)
    (tmp_path / "key").write_text("00" * 32)
    with pytest.raises(WrongKey):
        await opened(FileStore(tmp_path), tmp_path)
    for rubbish in ("not hex", "00" * 31, ""):
        (tmp_path / "key").write_text(rubbish)
        with pytest.raises(Corrupted, match="is not a key"):
            await opened(FileStore(tmp_path), tmp_path)


async def test_no_keychain_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match=r"estate\.key: passphrase"):
        await opened(KeychainStore(tmp_path, keyring.backends.fail.Keyring()), tmp_path)


async def test_a_keychain_without_our_entry_or_with_rubbish_is_told(tmp_path):
    chain = DictKeyring()
    await opened(KeychainStore(tmp_path, chain), tmp_path)
    with pytest.raises(WrongKey, match="There is no key"):
        await opened(KeychainStore(tmp_path, DictKeyring()), tmp_path)
    chain.entries = dict.fromkeys(chain.entries, "rubbish")
    with pytest.raises(Corrupted, match="is not a key"):
        await opened(KeychainStore(tmp_path, chain), tmp_path)
    with pytest.raises(SettingsError, match="Unlock it"):
        await opened(KeychainStore(tmp_path, DictKeyring(locked=True)), tmp_path)


async def test_the_store_of_the_settings_must_be_the_one_that_wrapped(tmp_path):
    await opened(FileStore(tmp_path), tmp_path)
    with pytest.raises(WrongKey, match=r"estate\.key: file"):
        await opened(PassphraseStore("correct horse"), tmp_path)


def test_keys_do_not_print_and_have_one_length():
    keys = Keys(b"\x01" * 32)
    assert "01" * 4 not in repr(keys)
    assert keys.id in repr(keys)
    assert keys.id == id_of(b"\x01" * 32) != id_of(b"\x02" * 32)
    assert len(keys.id) == 8
    with pytest.raises(ValueError):
        Keys(b"short")
    assert len(derive(b"k" * 32, "x")) == 32
