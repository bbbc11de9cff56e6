"""A pin is what other programs compute for the same key, and outlives the certificate."""

from __future__ import annotations

import ssl
import subprocess

import pytest
import trustme

from engine.advisor.pins import PinMismatch, pin_of, pinned


def der(authority: trustme.CA) -> bytes:
    return ssl.PEM_cert_to_DER_cert(authority.issue_cert("x.example").cert_chain_pems[0].bytes().decode())


def test_openssl_computes_the_same():
    certificate = der(trustme.CA())
    key = subprocess.run(["openssl", "x509", "-inform", "der", "-pubkey", "-noout"], input=certificate, capture_output=True, check=True)
    public = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.stdout, capture_output=True, check=True)
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=public.stdout, capture_output=True, check=True)
    text = subprocess.run(["openssl", "base64"], input=digest.stdout, capture_output=True, check=True).stdout.decode().strip()
    assert pin_of(certificate) == f"sha256/{text}"


def test_two_keys_have_two_pins():
    authority = trustme.CA()
    assert pin_of(der(authority)) != pin_of(der(authority))


def test_without_pins_the_context_is_left_alone():
    context = ssl.create_default_context()
    assert pinned(context, ()) is context
    assert context.sslobject_class is ssl.SSLObject


def test_what_is_no_certificate():
    with pytest.raises(ValueError):
        pin_of(b"nothing")


def test_the_mismatch_names_what_was_presented():
    error = PinMismatch("sha256/x")
    assert error.presented == "sha256/x"
    assert "sha256/x" in str(error)
    assert isinstance(error, ssl.SSLError)


@pytest.mark.parametrize("which", ["mine", "other"])
def test_the_handshake_itself_decides(which):
    """Two TLS machines over memory, without any socket: the client's handshake ends or fails by the pin."""
    authority = trustme.CA()
    issued = authority.issue_cert("x.example")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(server_side)
    client_side = ssl.create_default_context()
    authority.configure_trust(client_side)
    mine = pin_of(ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode()))
    pinned(client_side, (mine if which == "mine" else "sha256/other",))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(down, up, server_hostname="x.example")
    server = server_side.wrap_bio(up, down, server_side=True)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    if which == "other":
        with pytest.raises(PinMismatch):
            client.do_handshake()
    else:
        client.do_handshake()
        assert client.version() == "TLSv1.3"
