"""The wire to the AI server: TLS 1.3, a certificate that is checked, a key that is pinned before the first byte."""

from __future__ import annotations

import ssl

import pytest
import trustme

from engine.advisor.advisor import HttpAdvisor
from engine.advisor.pins import pin_of
from engine.advisor.tls import client_context
from engine.errors import AdvisorError, SettingsError
from engine.request.seal import seal
from tests.engine.advisor.tls_peer import tls_peer

SEALED = seal("how do i stop an instance", [])
OTHER = "sha256/" + "A" * 43 + "="


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


async def asked(url: str, tls: ssl.SSLContext) -> str:
    """What the advisor said, or the error's whole text."""
    advisor = HttpAdvisor(url, "t0ken", 3.0, tls)
    try:
        return (await advisor.advise(SEALED)).reply.text
    except AdvisorError as error:
        return str(error)
    finally:
        await advisor.close()


async def test_the_pinned_key_is_spoken_to(authority, ca_file):
    async with tls_peer(authority) as peer:
        assert await asked(peer.url, client_context(ca_file, (OTHER, pin_of(peer.certificate)))) == "r"
        assert b"POST /v1/plan" in peer.heard
        assert b"Bearer t0ken" in peer.heard


async def test_another_key_sees_no_byte_of_the_request(authority, ca_file):
    """The same authority signed it and the name is right: only the key is another one."""
    async with tls_peer(authority) as peer:
        said = await asked(peer.url, client_context(ca_file, (OTHER,)))
    assert peer.handshakes == 0, "it did not even get the handshake's end"
    assert bytes(peer.heard) == b""
    assert f"presents the key {pin_of(peer.certificate)}, which is none of the pins; no byte" in said
    assert "advisor.pins" in said


async def test_the_same_server_hears_the_request_when_nothing_is_pinned(authority, ca_file):
    """So the silence above is the pin's doing."""
    async with tls_peer(authority) as peer:
        assert await asked(peer.url, client_context(ca_file)) == "r"
        assert b"how do i stop" in peer.heard


async def test_a_pin_does_not_replace_the_certificates_check(authority, tmp_path):
    stranger = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    async with tls_peer(authority) as peer:
        said = await asked(peer.url, client_context(str(stranger), (pin_of(peer.certificate),)))
    assert "does not verify" in said
    assert "advisor.ca_file" in said
    assert bytes(peer.heard) == b""


async def test_a_name_that_does_not_fit_is_refused(authority, ca_file):
    async with tls_peer(authority, "ai.example.com") as peer:
        said = await asked(peer.url, client_context(ca_file))
    assert "IP address mismatch" in said
    assert bytes(peer.heard) == b""


async def test_public_authorities_are_trusted_without_a_file(authority):
    assert client_context().get_ca_certs()
    async with tls_peer(authority) as peer:
        assert "does not verify: unable to get local issuer certificate" in await asked(peer.url, client_context())


async def test_an_older_tls_is_refused(authority, ca_file):
    async with tls_peer(authority, newest=ssl.TLSVersion.TLSv1_2) as peer:
        said = await asked(peer.url, client_context(ca_file))
    assert "does not speak TLS 1.3 with us" in said
    assert bytes(peer.heard) == b""


async def test_away_tells_of_the_key_too(authority, ca_file):
    async with tls_peer(authority) as peer:
        advisor = HttpAdvisor(peer.url, tls=client_context(ca_file, (OTHER,)))
        assert "none of the pins" in await advisor.away()
        await advisor.close()
    assert bytes(peer.heard) == b""


def test_pins_make_no_difference_to_other_contexts(ca_file):
    client_context(ca_file, (OTHER,))
    assert client_context(ca_file).sslobject_class is ssl.SSLObject


@pytest.mark.parametrize(("content", "says"), [(None, "cannot be read: No such file"), (b"", "no PEM"), (b"-----BEGIN", "no PEM")])
def test_a_ca_file_that_is_none_is_named(tmp_path, content, says):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=says) as error:
        client_context(str(path))
    assert str(path) in str(error.value)
