"""Vault's own ways: policies, sealed and old keys, a secret somebody else keeps, and errors that name the key and not the token."""

from __future__ import annotations

import base64
import sys

import pytest
import pytest_asyncio

from engine.errors import Denied, NotFound, Rejected, SettingsError, Unreachable, WrongKey
from engine.secrets.store import Context
from engine.secrets.vault import vault_store
from engine.settings import KeySettings
from tests.engine.secrets.vault_server import TOKEN, Vault

KEY, CONTEXT = b"k" * 32, Context("f" * 32, "0badcafe")


@pytest_asyncio.fixture
async def vault():
    async with Vault() as server:
        yield server


def store(vault, id_="transit/escher", token=TOKEN):
    return vault_store(KeySettings(id=id_, url=vault.url), {"VAULT_TOKEN": token})


async def test_the_data_key_itself_is_never_sent_to_transit(vault):
    await store(vault).unwrap(await store(vault).wrap(KEY, CONTEXT), CONTEXT)
    sent = b"".join(vault.bodies)
    assert vault.seen == ["transit/encrypt/escher", "transit/decrypt/escher"]
    assert base64.b64encode(KEY) not in sent
    assert base64.b64encode(CONTEXT.bound("vault")) in sent, "what a derived key derives from, and Vault's audit log shows"


async def test_a_rotated_transit_key_wraps_with_its_newest_version(vault):
    before = await store(vault).wrap(KEY, CONTEXT)
    vault.keys["escher"].append(b"2" * 32)
    after = await store(vault).wrap(KEY, CONTEXT)
    assert (before["ciphertext"][:8], after["ciphertext"][:8]) == ("vault:v1", "vault:v2")
    assert await store(vault).unwrap(before, CONTEXT) == KEY
    vault.oldest["escher"] = 2
    with pytest.raises(Rejected, match="too old"):
        await store(vault).unwrap(before, CONTEXT)
    assert await store(vault).unwrap(after, CONTEXT) == KEY


@pytest.mark.parametrize(
    ("id_", "denied", "permission"),
    [
        ("transit/escher", "transit/encrypt", "`update` on transit/encrypt/escher"),
        ("kv@secret/ops/escher", "secret/data", "`read` on secret/data/ops/escher"),
    ],
)
async def test_a_policy_that_lacks_a_path_is_named(vault, id_, denied, permission):
    vault.denied.add(denied)
    with pytest.raises(Denied) as raised:
        await store(vault, id_).wrap(KEY, CONTEXT)
    assert permission in str(raised.value)
    assert id_.split("@")[-1].split("/")[-1] in str(raised.value)
    assert TOKEN not in str(raised.value)


async def test_a_token_that_is_not_known_or_not_there(vault):
    with pytest.raises(Denied, match="not known or has expired"):
        await store(vault, token="hvs.another").wrap(KEY, CONTEXT)
    with pytest.raises(SettingsError, match="VAULT_TOKEN is not set"):
        await store(vault, token="").wrap(KEY, CONTEXT)


async def test_a_key_that_is_not_there_and_a_vault_that_is_sealed(vault):
    with pytest.raises(NotFound, match="no key transit/unknown"):
        await store(vault, "transit/unknown").wrap(KEY, CONTEXT)
    vault.sealed = True
    with pytest.raises(Unreachable, match="Vault is sealed"):
        await store(vault).wrap(KEY, CONTEXT)


async def test_a_secret_of_kv_is_made_on_first_use_and_other_fields_are_left_alone(vault):
    vault.secrets["ops/escher"] = [{"owner": "platform"}]
    kv = store(vault, "kv/ops/escher")
    with pytest.raises(WrongKey, match="There is no key"):
        await kv.wrap(KEY, CONTEXT)
    await kv.ensure()
    wrapped = await kv.wrap(KEY, CONTEXT)
    assert vault.secrets["ops/escher"][-1]["owner"] == "platform"
    assert len(bytes.fromhex(vault.secrets["ops/escher"][-1]["key"])) == 32
    assert await store(vault, "kv/ops/escher").unwrap(wrapped, CONTEXT) == KEY
    assert "vault kv metadata delete kv/ops/escher" in await kv.retire([])
    assert vault.secrets["ops/escher"][-1]["key"], "somebody else's Vault: people remove it"


async def test_a_secret_that_somebody_else_wrote_meanwhile_is_not_written_over(vault):
    kv = store(vault, "kv/ops/escher")
    await kv.ensure()

    class Between(type(kv._shelf)):
        async def _read(self):
            found = await super()._read()
            vault.secrets["ops/escher"].append({"key": "ab" * 32})
            return found

    kv._shelf.__class__ = Between
    with pytest.raises(Rejected, match="check-and-set"):
        await kv._shelf.write("cd" * 32, vault.secrets["ops/escher"][-1]["key"])
    kv._shelf.__class__ = Between.__base__
    with pytest.raises(SettingsError, match="Somebody else changed"):
        await kv._shelf.write("cd" * 32, "what was not there")
    assert vault.secrets["ops/escher"][-1]["key"] == "ab" * 32


async def test_without_its_sdk_it_says_what_to_install(vault, monkeypatch):
    monkeypatch.setitem(sys.modules, "hvac", None)
    with pytest.raises(SettingsError, match=r"pip install 'escher-ops\[vault\]'"):
        await store(vault).wrap(KEY, CONTEXT)
