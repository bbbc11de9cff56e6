"""AWS KMS's own ways: aliases that move, refusals, disabled keys, missing credentials. moto answers; a proxy before it misbehaves."""

from __future__ import annotations

import json
import sys

import pytest
import pytest_asyncio

from deploy.sandbox.aws import start_aws
from engine.errors import Denied, NotFound, Rejected, SettingsError, Throttled, Unreachable, WrongKey
from engine.secrets.aws_kms import AwsKms
from engine.secrets.enveloped import EnvelopeStore
from engine.secrets.store import Context
from engine.settings import KeySettings
from tests.engine.clouds.aws.faults import Faults
from tests.engine.secrets.kms import REGION, SECRET, made_key, profile

KEY, CONTEXT = b"k" * 32, Context("f" * 32, "0badcafe")
GONE = f"arn:aws:kms:{REGION}:123456789012:key/00000000-0000-0000-0000-000000000000"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aws(tmp_path_factory):
    running = await start_aws(tmp_path_factory.mktemp("kms"), seeded=False)
    yield running
    await running.stop()


@pytest.fixture
def named(monkeypatch, tmp_path):
    return profile(monkeypatch, tmp_path)[0]


def store(endpoint, arn, named):
    return EnvelopeStore("aws-kms", AwsKms(KeySettings(id=arn, url=endpoint, profile=named)))


async def test_an_alias_that_points_to_another_key_still_opens_what_the_first_wrapped(aws, named):
    first = await made_key(aws.endpoint, "alias/escher")
    alias = f"arn:aws:kms:{REGION}:123456789012:alias/escher"
    before = await store(aws.endpoint, alias, named).wrap(KEY, CONTEXT)
    second = await made_key(aws.endpoint, "alias/escher")
    after = await store(aws.endpoint, alias, named).wrap(KEY, CONTEXT)
    assert (before["key"], after["key"]) == (first, second)
    for wrapped in (before, after):
        assert await store(aws.endpoint, alias, named).unwrap(wrapped, CONTEXT) == KEY
    for elsewhere in (first.replace("123456789012", "999999999999"), first.replace(REGION, "us-east-1"), ""):
        with pytest.raises(WrongKey, match="was not wrapped by"):
            await store(aws.endpoint, alias, named).unwrap({**before, "key": elsewhere}, CONTEXT)


async def test_a_key_that_is_not_there(aws, named):
    with pytest.raises(NotFound, match=GONE):
        await store(aws.endpoint, GONE, named).wrap(KEY, CONTEXT)


@pytest.mark.parametrize(
    ("status", "told", "error", "says"),
    [
        (400, ("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Encrypt"), Denied, "kms:Encrypt"),
        (400, ("DisabledException", "key/0 is disabled."), Rejected, "is disabled"),
        (400, ("KMSInvalidStateException", "key/0 is pending deletion."), Rejected, "pending deletion"),
        (400, ("ExpiredTokenException", "The security token included in the request is expired"), Denied, "Sign in again"),
        (400, ("UnrecognizedClientException", "The security token included in the request is invalid."), Denied, "Sign in again"),
        (400, ("ThrottlingException", "Rate exceeded"), Throttled, "too often"),
        (500, ("KMSInternalException", ""), Unreachable, "KMSInternalException"),
        (400, ("InvalidCiphertextException", ""), WrongKey, "InvalidCiphertextException"),
    ],
)
async def test_each_answer_is_understood_and_names_the_key(aws, named, status, told, error, says):
    async with Faults(aws.endpoint) as proxy:
        proxy.answer_with("Encrypt", status, json.dumps({"__type": told[0], "message": told[1]}))
        with pytest.raises(error) as raised:
            await store(proxy.endpoint, GONE, named).wrap(KEY, CONTEXT)
    assert GONE in str(raised.value)
    assert says in str(raised.value)
    assert SECRET not in str(raised.value)


async def test_missing_credentials_and_an_unknown_profile(aws, named, monkeypatch):
    with pytest.raises(SettingsError, match="no AWS profile 'nobody'"):
        await store(aws.endpoint, GONE, "nobody").wrap(KEY, CONTEXT)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(SettingsError, match="Sign in to AWS"):
        await store(aws.endpoint, GONE, "").wrap(KEY, CONTEXT)


async def test_without_its_sdk_it_says_what_to_install(aws, named, monkeypatch):
    monkeypatch.setitem(sys.modules, "aioboto3", None)
    with pytest.raises(SettingsError, match=r"pip install 'escher-ops\[aws\]'"):
        await store(aws.endpoint, GONE, named).wrap(KEY, CONTEXT)
