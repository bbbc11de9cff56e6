"""TLS 1.3 and nothing else, over the real server; what keeps it from starting is said in a line."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys

import httpx
import pytest
import trustme

from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(folder / "other.pem")
    return folder


def trusting(authority, **versions: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    for name, version in versions.items():
        setattr(context, name, version)
    return context


def test_it_speaks_tls_13_and_refuses_older(authority, files):
    with serving(ESCHER_AI_CERTIFICATE=str(files / "cert.pem"), ESCHER_AI_KEY=str(files / "key.pem")) as server:
        url = server.url.replace("http://", "https://")
        with httpx.Client(verify=trusting(authority)) as client, client.stream("POST", f"{url}/v1/plan", json=STOP) as answer:
            spoken = answer.extensions["network_stream"].get_extra_info("ssl_object").version()
            assert (answer.status_code, spoken) == (200, "TLSv1.3")
        with httpx.Client(verify=trusting(authority, maximum_version=ssl.TLSVersion.TLSv1_2)) as old, pytest.raises(httpx.ConnectError):
            old.get(f"{url}/health")
        with httpx.Client() as stranger, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            stranger.get(f"{url}/health")
        with server.client() as plain, pytest.raises(httpx.TransportError):
            plain.get("/health")
        with httpx.Client(verify=trusting(authority)) as client:
            assert client.get(f"{url}/health").status_code == 200, "the others left it well"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"ESCHER_AI_HOST": "0.0.0.0"}, "there is no TLS"),
        ({"ESCHER_AI_CERTIFICATE": "cert.pem"}, "go together"),
        ({"ESCHER_AI_CERTIFICATE": "none.pem", "ESCHER_AI_KEY": "key.pem"}, "none.pem cannot be read: No such file"),
        ({"ESCHER_AI_CERTIFICATE": "cert.pem", "ESCHER_AI_KEY": "other.pem"}, "make no pair: KEY_VALUES_MISMATCH"),
        ({"ESCHER_AI_CERTIFICATE": "key.pem", "ESCHER_AI_KEY": "key.pem"}, "make no pair"),
    ],
)
def test_it_does_not_start_in_the_open_or_with_half_a_key(files, settings, says):
    paths = {key: str(files / value) if value.endswith(".pem") else value for key, value in settings.items()}
    ended = subprocess.run(
        [sys.executable, "-m", "ai_server", "--port", "0"], cwd=ROOT, env=paths, capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.returncode, says in ended.stderr) == (2, True), ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_encrypted_key_does_not_wait_for_somebody_at_a_terminal(files):
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key((files / "key.pem").read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    (files / "locked.pem").write_bytes(locked)
    settings = {"ESCHER_AI_CERTIFICATE": str(files / "cert.pem"), "ESCHER_AI_KEY": str(files / "locked.pem")}
    ended = subprocess.run(
        [sys.executable, "-m", "ai_server", "--port", "0"], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.returncode, "make no pair" in ended.stderr) == (2, True), ended.stderr


def issued_to(authority, folder):
    """A new certificate in the folder's files, each put in place at once; returns its DER."""
    made = authority.issue_cert("127.0.0.1", "localhost")
    for name, blobs in (("key.pem", [made.private_key_pem]), ("cert.pem", made.cert_chain_pems)):
        part = folder / f"{name}.part"
        part.write_bytes(b"".join(blob.bytes() for blob in blobs))
        part.replace(folder / name)
    return ssl.PEM_cert_to_DER_cert(made.cert_chain_pems[0].bytes().decode())


def shown(url, authority):
    """The certificate that a new connection meets."""
    with httpx.Client(verify=trusting(authority)) as client, client.stream("GET", f"{url}/health") as answer:
        assert answer.status_code == 200
        return answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert(True)


def test_a_renewed_certificate_is_met_by_new_connections_and_a_broken_one_is_not(authority, tmp_path):
    first = issued_to(authority, tmp_path)
    with serving(ESCHER_AI_CERTIFICATE=str(tmp_path / "cert.pem"), ESCHER_AI_KEY=str(tmp_path / "key.pem")) as server:
        url = server.url.replace("http://", "https://")
        assert shown(url, authority) == first
        with httpx.Client(verify=trusting(authority)) as kept:
            assert kept.get(f"{url}/health").status_code == 200
            second = issued_to(authority, tmp_path)
            assert shown(url, authority) == second != first
            assert kept.get(f"{url}/health").status_code == 200, "a connection under way goes on with what it has"
        (tmp_path / "cert.pem").write_text("-----BEGIN CERTIFICATE-----\nhalf of one")
        assert [shown(url, authority) for _ in range(3)] == [second] * 3
        (tmp_path / "cert.pem").unlink()
        assert shown(url, authority) == second
        third = issued_to(authority, tmp_path)
        assert shown(url, authority) == third
        with httpx.Client(verify=trusting(authority, maximum_version=ssl.TLSVersion.TLSv1_2)) as old, pytest.raises(httpx.ConnectError):
            old.get(f"{url}/health")
    codes = [said["code"] for said in map(json.loads, server.log.splitlines()) if said["event"] == "certificate"]
    assert codes == ["certificate_renewed", "certificate_kept", "certificate_kept", "certificate_renewed"]


def test_behind_a_proxy_it_serves_in_the_open():
    with (
        serving(arguments=("-m", "ai_server", "--port", "0", "--behind-proxy"), ESCHER_AI_HOST="0.0.0.0") as server,
        server.client() as client,
    ):
        assert client.get("/health").status_code == 200
