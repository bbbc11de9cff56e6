"""What every key store keeps, from a file to four services: one suite over all of them and the public fake.

AWS KMS is moto's; Vault, Key Vault and Cloud KMS are loopback servers behind the makers' own clients.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from google.auth.credentials import AnonymousCredentials

from engine.errors import EscherError, NotFound, SettingsError, Unreachable, WrongKey
from engine.secrets.aws_kms import AwsKms
from engine.secrets.azure_key_vault import AzureKeyVault
from engine.secrets.enveloped import EnvelopeStore
from engine.secrets.fake import FakeKeyStore
from engine.secrets.file import FileStore
from engine.secrets.gcp_kms import GcpKms
from engine.secrets.keychain import KeychainStore
from engine.secrets.passphrase import PassphraseStore
from engine.secrets.store import Context, KeyStore
from engine.secrets.vault import vault_store
from engine.settings import KeySettings
from tests.engine.secrets import azure_server, gcp_server, vault_server
from tests.engine.secrets.chain import DictKeyring
from tests.engine.secrets.kms import made_key, profile

DATA_KEY = bytes(range(32))
CONTEXT = Context("f" * 32, "0badcafe")


@dataclass
class Stores:
    """`store` and `again` reach one key, `other` another of the same kind, `away` the first where nothing answers; `secrets` are never shown."""

    store: KeyStore
    again: KeyStore
    other: KeyStore
    away: KeyStore | None
    secrets: tuple[str, ...] = ()
    renews: bool = False
    named: str = ""

    def __post_init__(self) -> None:
        self.named = self.named or self.store.place


def _file(tmp_path: Path) -> Stores:
    (tmp_path / "other").mkdir()
    return Stores(FileStore(tmp_path), FileStore(tmp_path), FileStore(tmp_path / "other"), FileStore(tmp_path / "nowhere"), renews=True)


def _keychain(tmp_path: Path) -> Stores:
    chain = DictKeyring()
    made = [KeychainStore(tmp_path, one) for one in (chain, chain, DictKeyring(), DictKeyring(locked=True))]
    return Stores(*made, renews=True)


def _passphrase(_: Path) -> Stores:
    made = [PassphraseStore(phrase) for phrase in ("correct horse", "correct horse", "battery staple", "")]
    return Stores(*made, secrets=("correct horse", "battery staple"))


def _fake(_: Path) -> Stores:
    store, away = FakeKeyStore(), FakeKeyStore()
    away.fails = Unreachable(f"{away.place} is away")
    return Stores(store, store, FakeKeyStore(), away, renews=True)


def _vault(server: vault_server.Vault, key: str, other: str, *, renews: bool = False) -> Stores:
    def store(id_: str, url: str = server.url) -> KeyStore:
        return vault_store(KeySettings(id=id_, url=url), {"VAULT_TOKEN": vault_server.TOKEN})

    named = "secret/escher/key" if renews else key
    return Stores(store(key), store(key), store(other), store(key, "http://127.0.0.1:1"), (vault_server.TOKEN,), renews, named)


async def _aws(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stores:
    named, secret = profile(monkeypatch, tmp_path)

    def store(arn: str, url: str = endpoint) -> KeyStore:
        return EnvelopeStore("aws-kms", AwsKms(KeySettings(id=arn, url=url, profile=named)))

    key, other = await made_key(endpoint), await made_key(endpoint)
    return Stores(store(key), store(key), store(other), store(key, "http://127.0.0.1:1"), (secret,))


def _azure(server: azure_server.KeyVault, name: str, other: str) -> Stores:
    def store(called: str, url: str = server.url) -> KeyStore:
        settings = KeySettings(id=f"https://acme.vault.azure.net/keys/{called}", url=url, ca_file=str(server.ca_file))
        return EnvelopeStore("azure-key-vault", AzureKeyVault(settings, azure_server.Credential()))

    return Stores(store(name), store(name), store(other), store(name, "https://127.0.0.1:1"), (azure_server.TOKEN,))


def _gcp(server: gcp_server.CloudKms) -> Stores:
    def store(name: str, url: str = server.url) -> KeyStore:
        return EnvelopeStore("gcp-kms", GcpKms(KeySettings(id=name, url=url, ca_file=str(server.ca_file)), AnonymousCredentials()))

    name = gcp_server.NAME
    return Stores(store(name), store(name), store(f"{gcp_server.RING}/cryptoKeys/other"), store(name, "https://127.0.0.1:1"))


LOCAL: dict[str, Callable[[Path], Stores]] = {"file": _file, "keychain": _keychain, "passphrase": _passphrase, "fake": _fake}
SERVED = ["vault-transit", "vault-transit-derived", "vault-kv", "aws-kms", "azure-rsa", "azure-hsm", "gcp-kms"]


@pytest_asyncio.fixture(params=[*LOCAL, *SERVED])
async def stores(request, tmp_path, monkeypatch, empty_aws):
    if request.param in LOCAL:
        yield LOCAL[request.param](tmp_path)
    elif request.param.startswith("vault"):
        async with vault_server.Vault() as server:
            if request.param == "vault-kv":
                yield _vault(server, "kv@secret/escher/key", "kv@secret/escher/other", renews=True)
            else:
                yield _vault(server, "transit/derived" if request.param.endswith("derived") else "transit/escher", "transit/other")
    elif request.param == "aws-kms":
        yield await _aws(empty_aws.endpoint, monkeypatch, tmp_path)
    elif request.param == "gcp-kms":
        async with gcp_server.CloudKms(tmp_path) as server:
            yield _gcp(server)
    else:
        async with azure_server.KeyVault(tmp_path) as server:
            hsm = request.param == "azure-hsm"
            for name in ("escher", "other"):
                server.keys[name] = [azure_server.Version(secret=name.encode().ljust(32))] if hsm else [azure_server.rsa_version()]
            yield _azure(server, "escher", "other")


async def test_the_same_key_opens(stores: Stores) -> None:
    await stores.store.ensure()
    wrapped = await stores.store.wrap(DATA_KEY, CONTEXT)
    assert await stores.again.unwrap(json.loads(json.dumps(dict(wrapped))), CONTEXT) == DATA_KEY
    await stores.again.ensure()
    assert await stores.store.unwrap(wrapped, CONTEXT) == DATA_KEY, "ensuring again changed nothing"
    assert await stores.store.wrap(DATA_KEY, CONTEXT) != wrapped, "the same key never looks the same twice"


async def test_another_key_refuses(stores: Stores) -> None:
    await stores.store.ensure()
    await stores.other.ensure()
    # Key Vault says that the other key has no such version.
    with pytest.raises((WrongKey, NotFound)):
        await stores.other.unwrap(await stores.store.wrap(DATA_KEY, CONTEXT), CONTEXT)


@pytest.mark.parametrize("context", [Context("e" * 32, CONTEXT.key), Context(CONTEXT.folder, "deadbeef"), Context()])
async def test_another_folder_or_key_id_refuses(stores: Stores, context: Context) -> None:
    await stores.store.ensure()
    with pytest.raises(WrongKey):
        await stores.store.unwrap(await stores.store.wrap(DATA_KEY, CONTEXT), context)


def _tampered(value: str) -> list[str]:
    middle = len(value) // 2
    other = "0" if value[middle] != "0" else "1"
    return [value[:middle] + other + value[middle + 1 :], value[:-6], ""]


async def test_a_tampered_field_refuses(stores: Stores) -> None:
    await stores.store.ensure()
    wrapped = dict(await stores.store.wrap(DATA_KEY, CONTEXT))
    for field, value in wrapped.items():
        rest = {name: one for name, one in wrapped.items() if name != field}
        for changed in ({**rest, field: other} for other in _tampered(value)):
            assert await _refusal(stores.store.unwrap(changed, CONTEXT)) is not None, (field, changed)
        assert await _refusal(stores.store.unwrap(rest, CONTEXT)) is not None or field == "by", field
    assert await stores.store.unwrap(wrapped, CONTEXT) == DATA_KEY


async def _refusal(work: Awaitable[bytes]) -> EscherError | None:
    try:
        opened = await work
    except EscherError as error:
        return error
    assert opened == DATA_KEY, "what was changed opened as something else"
    return None


async def test_a_store_that_is_away_is_told_and_makes_nothing_up(stores: Stores, tmp_path: Path) -> None:
    await stores.store.ensure()
    wrapped = await stores.store.wrap(DATA_KEY, CONTEXT)
    for refused in (await _refusal(stores.away.unwrap(wrapped, CONTEXT)), await _refusal(stores.away.wrap(DATA_KEY, CONTEXT))):
        assert isinstance(refused, Unreachable | WrongKey | SettingsError)
        assert isinstance(refused, SettingsError) or stores.named in str(refused) or stores.away.place in str(refused)
        for secret in stores.secrets:
            assert secret not in str(refused)
    assert not (tmp_path / "nowhere").exists()


async def test_a_renewed_key_wraps_and_the_older_still_opens_until_it_is_retired(stores: Stores) -> None:
    await stores.store.ensure()
    before = await stores.store.wrap(DATA_KEY, CONTEXT)
    await stores.store.ensure(renew=True)
    after = await stores.store.wrap(DATA_KEY, CONTEXT)
    assert await stores.again.unwrap(before, CONTEXT) == DATA_KEY
    assert await stores.store.retire([before, after]) == ""
    assert await stores.again.unwrap(before, CONTEXT) == DATA_KEY
    assert await stores.store.retire([after]) == ""
    assert await stores.again.unwrap(after, CONTEXT) == DATA_KEY
    if stores.renews:
        with pytest.raises(WrongKey):
            await stores.again.unwrap(before, CONTEXT)


async def test_nothing_secret_is_shown(stores: Stores, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await stores.store.ensure()
    wrapped = await stores.store.wrap(DATA_KEY, CONTEXT)
    await stores.store.unwrap(wrapped, CONTEXT)
    shown = capfd.readouterr()
    seen = f"{shown.out}{shown.err}{json.dumps(dict(wrapped))}{stores.store!r}{stores.store.place}"
    # botocore's own debug log shows requests; Escher never turns it on.
    seen += "".join(record.getMessage() for record in caplog.records if not record.name.startswith(("botocore", "aiobotocore")))
    forms = (DATA_KEY.hex(), base64.b64encode(DATA_KEY).decode(), base64.urlsafe_b64encode(DATA_KEY).decode().rstrip("="))
    for secret in (*forms, *stores.secrets):
        assert secret not in seen
