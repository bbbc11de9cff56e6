"""The door to the AI server as the settings describe it: token by reference, CA file, pins."""

from __future__ import annotations

import pytest
import trustme

from engine.advisor.pins import pin_of
from engine.errors import AdvisorError, SettingsError
from engine.request.seal import seal
from engine.settings import AdvisorSettings
from engine.wiring import ADVISOR_TOKEN, advisor_of
from tests.engine.advisor.tls_peer import tls_peer

SEALED = seal("how do i stop an instance", [])


@pytest.mark.parametrize(
    ("token", "env", "sent"),
    [
        ("env:MY_TOKEN", {"MY_TOKEN": "mine", ADVISOR_TOKEN: "other"}, b"Bearer mine"),
        (None, {ADVISOR_TOKEN: "other"}, b"Bearer other"),
        (None, {}, b""),
    ],
)
async def test_settings_become_a_door(tmp_path, token, env, sent):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with tls_peer(authority) as peer:
        settings = AdvisorSettings(url=peer.url, token=token, ca_file=str(tmp_path / "ca.pem"), pins=(pin_of(peer.certificate),))
        advisor = await advisor_of(settings, env)
        assert (await advisor.advise(SEALED)).reply.text == "r"
        await advisor.close()
        assert (b"authorization" in bytes(peer.heard).lower()) == bool(sent)
        assert sent in bytes(peer.heard)


async def test_a_pin_of_the_settings_is_kept_to(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with tls_peer(authority) as peer:
        advisor = await advisor_of(AdvisorSettings(url=peer.url, ca_file=str(tmp_path / "ca.pem"), pins=("sha256/" + "A" * 43 + "=",)), {})
        with pytest.raises(AdvisorError, match="none of the pins"):
            await advisor.advise(SEALED)
        await advisor.close()
    assert bytes(peer.heard) == b""


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (AdvisorSettings(url="https://ai.example.com", token="env:NOT_THERE"), "NOT_THERE is not set"),
        (AdvisorSettings(url="https://ai.example.com", ca_file="/nowhere/ca.pem"), "/nowhere/ca.pem cannot be read"),
    ],
)
async def test_what_is_not_there_is_named(settings, says):
    with pytest.raises(SettingsError, match=says):
        await advisor_of(settings, {})
