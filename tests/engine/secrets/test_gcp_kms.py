"""Cloud KMS's own ways: checksums both ways, versions, roles, disabled keys. Google's own client against a loopback gRPC server."""

from __future__ import annotations

import sys

import google_crc32c
import grpc
import pytest
import pytest_asyncio
from google.auth.credentials import AnonymousCredentials
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Denied, NotFound, Rejected, SettingsError, Throttled, Unreachable
from engine.secrets.crc32c import crc32c
from engine.secrets.enveloped import EnvelopeStore
from engine.secrets.gcp_kms import ATTEMPTS, GcpKms
from engine.secrets.store import Context
from engine.settings import KeySettings
from tests.engine.secrets.gcp_server import NAME, RING, CloudKms

KEY, CONTEXT = b"k" * 32, Context("f" * 32, "0badcafe")


@pytest_asyncio.fixture
async def kms(tmp_path):
    async with CloudKms(tmp_path) as server:
        yield server


def store(kms, name=NAME, **changed):
    settings = KeySettings(**{"id": name, "url": kms.url, "ca_file": str(kms.ca_file), **changed})
    return EnvelopeStore("gcp-kms", GcpKms(settings, AnonymousCredentials()))


@given(st.binary(max_size=80))
def test_the_checksum_is_googles(data):
    assert crc32c(data) == google_crc32c.value(data)


async def test_what_is_sent_carries_its_checksums_and_what_it_is_bound_to(kms):
    await store(kms).unwrap(await store(kms).wrap(KEY, CONTEXT), CONTEXT)
    asked, opened = kms.seen
    for request in (asked, opened):
        assert request.additional_authenticated_data == CONTEXT.bound("gcp-kms")
        assert request.additional_authenticated_data_crc32c == google_crc32c.value(CONTEXT.bound("gcp-kms"))
    assert asked.plaintext != KEY, "the data key itself is never sent"
    assert asked.plaintext_crc32c == google_crc32c.value(asked.plaintext)
    assert opened.ciphertext_crc32c == google_crc32c.value(opened.ciphertext)


@pytest.mark.parametrize("lever", ["garble", "unverified"])
async def test_an_answer_that_arrived_changed_is_asked_for_again_and_then_refused(kms, lever):
    setattr(kms, lever, ATTEMPTS - 1)
    wrapped = await store(kms).wrap(KEY, CONTEXT)
    assert await store(kms).unwrap(wrapped, CONTEXT) == KEY
    setattr(kms, lever, 100)
    with pytest.raises(Unreachable, match="arrived changed") as raised:
        await store(kms).wrap(KEY, CONTEXT)
    assert NAME in str(raised.value)
    if lever == "garble":
        with pytest.raises(Unreachable, match="the plaintext's checksum"):
            await store(kms).unwrap(wrapped, CONTEXT)


async def test_a_new_version_wraps_and_an_older_one_still_opens(kms):
    before = await store(kms).wrap(KEY, CONTEXT)
    kms.keys[NAME].append(b"2" * 32)
    after = await store(kms).wrap(KEY, CONTEXT)
    for wrapped in (before, after):
        assert await store(kms).unwrap(wrapped, CONTEXT) == KEY


@pytest.mark.parametrize(
    ("status", "said", "error", "says"),
    [
        ("PERMISSION_DENIED", "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied", Denied, "useToEncrypt"),
        ("UNAUTHENTICATED", "Request had invalid authentication credentials.", Denied, "Sign in again"),
        ("FAILED_PRECONDITION", f"{NAME}/cryptoKeyVersions/1 is not enabled, current state is: DISABLED.", Rejected, "DISABLED"),
        ("RESOURCE_EXHAUSTED", "Quota exceeded", Throttled, "too often"),
        ("UNAVAILABLE", "The service is currently unavailable.", Unreachable, "UNAVAILABLE"),
    ],
)
async def test_each_answer_is_understood_and_names_the_key(kms, status, said, error, says):
    kms.fault = (grpc.StatusCode[status], said)
    with pytest.raises(error) as raised:
        await store(kms).wrap(KEY, CONTEXT)
    assert NAME in str(raised.value)
    assert says in str(raised.value)


async def test_a_key_that_is_not_there_and_a_server_nobody_vouches_for(kms):
    with pytest.raises(NotFound, match="cryptoKeys/unknown"):
        await store(kms, f"{RING}/cryptoKeys/unknown").wrap(KEY, CONTEXT)
    with pytest.raises(Unreachable):
        await store(kms, ca_file="").wrap(KEY, CONTEXT)


async def test_without_credentials_it_says_how_to_sign_in(kms, monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(SettingsError, match="gcloud auth"):
        await EnvelopeStore("gcp-kms", GcpKms(KeySettings(id=NAME, url=kms.url))).wrap(KEY, CONTEXT)


async def test_without_its_sdk_it_says_what_to_install(kms, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.cloud.kms_v1", None)
    monkeypatch.delattr("google.cloud.kms_v1", raising=False)
    with pytest.raises(SettingsError, match=r"pip install 'escher-ops\[gcp\]'"):
        await store(kms).wrap(KEY, CONTEXT)
