"""Key Vault's own ways: versions, disabled keys, roles, the challenge, a sign-in that fails. Microsoft's own client against a loopback vault."""

from __future__ import annotations

import sys

import pytest
import pytest_asyncio
from azure.core.exceptions import ClientAuthenticationError

from engine.errors import Denied, NotFound, Rejected, SettingsError, Throttled, Unreachable, WrongKey
from engine.secrets.azure_key_vault import AzureKeyVault
from engine.secrets.enveloped import EnvelopeStore
from engine.secrets.store import Context
from engine.settings import KeySettings
from tests.engine.secrets.azure_server import TOKEN, Credential, KeyVault, rsa_version

KEY, CONTEXT = b"k" * 32, Context("f" * 32, "0badcafe")
ID = "https://acme.vault.azure.net/keys/escher"


@pytest_asyncio.fixture
async def vault(tmp_path):
    async with KeyVault(tmp_path) as server:
        server.keys["escher"] = [rsa_version()]
        yield server


def store(vault, id_=ID, credential=None, **changed):
    settings = KeySettings(**{"id": id_, "url": vault.url, "ca_file": str(vault.ca_file), **changed})
    return EnvelopeStore("azure-key-vault", AzureKeyVault(settings, credential or Credential()))


async def test_the_newest_version_wraps_and_the_one_that_wrapped_unwraps(vault):
    before = await store(vault).wrap(KEY, CONTEXT)
    vault.keys["escher"].append(rsa_version())
    after = await store(vault).wrap(KEY, CONTEXT)
    assert [one["version"] for one in (before, after)] == [version.id for version in vault.keys["escher"]]
    for wrapped in (before, after):
        assert wrapped["algorithm"] == "RSA-OAEP-256"
        assert await store(vault).unwrap(wrapped, CONTEXT) == KEY


async def test_a_disabled_key_is_called_that(vault):
    wrapped = await store(vault).wrap(KEY, CONTEXT)
    vault.keys["escher"][0].enabled = False
    for work in (store(vault).unwrap(wrapped, CONTEXT), store(vault).wrap(KEY, CONTEXT)):
        with pytest.raises(Rejected, match="disabled") as raised:
            await work
        assert ID in str(raised.value)


@pytest.mark.parametrize(("denied", "says"), [("keys/get", "keys/get"), ("keys/unwrapKey", "keys/unwrapKey")])
async def test_a_role_that_lacks_an_action_is_named(vault, denied, says):
    wrapped = await store(vault).wrap(KEY, CONTEXT)
    vault.denied.add(denied)
    with pytest.raises(Denied) as raised:
        await (store(vault).wrap(KEY, CONTEXT) if denied == "keys/get" else store(vault).unwrap(wrapped, CONTEXT))
    assert says in str(raised.value)
    assert ID in str(raised.value)
    assert TOKEN not in str(raised.value)


async def test_unwrapping_needs_no_more_than_unwrap(vault):
    wrapped = await store(vault).wrap(KEY, CONTEXT)
    vault.denied.add("keys/get")
    assert await store(vault).unwrap(wrapped, CONTEXT) == KEY


@pytest.mark.parametrize(("status", "error"), [(429, Throttled), (503, Unreachable)])
async def test_a_vault_that_is_busy_or_broken(vault, status, error):
    vault.broken = status
    with pytest.raises(error, match="escher"):
        await store(vault).wrap(KEY, CONTEXT)


async def test_a_key_that_is_not_there(vault):
    with pytest.raises(NotFound, match="keys/unknown"):
        await store(vault, "https://acme.vault.azure.net/keys/unknown").wrap(KEY, CONTEXT)


async def test_a_token_that_is_not_taken_and_a_sign_in_that_fails(vault):
    with pytest.raises(Denied, match="Sign in again"):
        await store(vault, credential=Credential("another")).wrap(KEY, CONTEXT)

    class SignedOut(Credential):
        async def get_token(self, *_scopes, **_options):
            raise ClientAuthenticationError("DefaultAzureCredential failed to retrieve a token from the included credentials.")

    with pytest.raises(SettingsError, match="az login"):
        await store(vault, credential=SignedOut()).wrap(KEY, CONTEXT)


async def test_a_certificate_nobody_vouches_for_is_not_trusted(vault):
    with pytest.raises(Unreachable):
        await store(vault, ca_file="").wrap(KEY, CONTEXT)
    assert vault.seen == []


async def test_without_another_address_the_token_goes_to_the_vaults_own_domain_only(vault):
    with pytest.raises(SettingsError, match=r"key_service\.url"):
        await store(vault, id_=f"{vault.url}/keys/escher", url="").wrap(KEY, CONTEXT)
    assert vault.seen == [], "nothing was sent with a token"


async def test_a_record_of_another_kind_is_the_wrong_key(vault):
    wrapped = await store(vault).wrap(KEY, CONTEXT)
    for change in ({"version": "../../secrets/x"}, {"algorithm": "RSA1_5"}):
        with pytest.raises(WrongKey):
            await store(vault).unwrap({**wrapped, **change}, CONTEXT)


async def test_without_its_sdk_it_says_what_to_install(vault, monkeypatch):
    monkeypatch.setitem(sys.modules, "azure.keyvault.keys", None)
    with pytest.raises(SettingsError, match=r"pip install 'escher-ops\[azure\]'"):
        await store(vault).wrap(KEY, CONTEXT)
