"""Signature Version 4, held to the vectors of AWS's published test suite and to botocore's own signer."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from ai_server.models.choosing import choose
from ai_server.models.signing import Keys, Message, Scope, Signing, authorization, keys_of, region_of
from ai_server.settings import BadSettings, Settings

# The example keys, the day and the service of the suite (aws-sig-v4-test-suite).
PUBLIC = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
AT = "20150830T123600Z"
SUITE = {"host": "example.amazonaws.com", "x-amz-date": AT}
SECRET = "x" * 40
MODEL = "bedrock:eu.vendor.model-v1:0"
URL = "https://bedrock-runtime.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("name", "message", "signature"),
    [
        ("get-vanilla", Message("GET", "/", "", SUITE, b""), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("post-vanilla", Message("POST", "/", "", SUITE, b""), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "get-vanilla-query-order-key-case",
            Message("GET", "/", "Param2=value2&Param1=value1", SUITE, b""),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "post-x-www-form-urlencoded",
            Message("POST", "/", "", {**SUITE, "content-type": "application/x-www-form-urlencoded"}, b"Param1=value1"),
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_the_published_vectors(name, message, signature):
    said = authorization(message, PUBLIC, Scope("us-east-1", "service"), AT)
    names = ";".join(sorted(message.headers))
    assert (
        said
        == f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}"
    ), name


@pytest.mark.parametrize("token", ["", "a-session's/token+of=enough=length"])
@pytest.mark.parametrize("path", ["/model/eu.vendor.model-v1%3A0/converse", "/model/arn%3Aaws%3Abedrock%3Aeu%2Fx/converse", "/"])
@pytest.mark.parametrize("query", ["", "b=2&a=1&a=0&empty=", "q=a%20b%2Fc~"])
async def test_botocore_signs_the_same(token, path, query):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    body = '{"messages": "ü"}'.encode()
    url = f"{URL}{path}{f'?{query}' if query else ''}"
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    keys = Keys("AKIAEXAMPLEEXAMPLE", SECRET, token)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.post(url, content=body, auth=Signing(keys, Scope("eu-central-1"), lambda: now))
    (request,) = sent
    peer = SigV4Auth(Credentials(keys.id, keys.secret, token or None), "bedrock", "eu-central-1")
    theirs = AWSRequest("POST", str(request.url), data=body)
    theirs.context["timestamp"] = request.headers["x-amz-date"]
    if token:
        theirs.headers["X-Amz-Security-Token"] = token
    theirs.headers["X-Amz-Date"] = request.headers["x-amz-date"]
    signature = peer.signature(peer.string_to_sign(theirs, peer.canonical_request(theirs)), theirs)
    assert request.headers["authorization"].endswith(f"Signature={signature}")
    assert request.headers["x-amz-date"] == "20261121T093000Z"
    assert request.headers.get("x-amz-security-token", "") == token


def test_keys_and_regions_are_told_from_anything_else():
    assert keys_of(f"AKIAEXAMPLEEXAMPLE:{SECRET}") == Keys("AKIAEXAMPLEEXAMPLE", SECRET)
    assert keys_of(f"ASIAEXAMPLEEXAMPLE:{SECRET}:{'t' * 40}") == Keys("ASIAEXAMPLEEXAMPLE", SECRET, "t" * 40)
    for other in ("", "bedrock-api-key-abc:def", f"AKIAEXAMPLEEXAMPLE:{'x' * 10}", "ABSKQmVkcm9jaw=="):
        assert keys_of(other) is None
    assert SECRET not in repr(keys_of(f"AKIAEXAMPLEEXAMPLE:{SECRET}"))
    assert region_of("bedrock-runtime.eu-central-1.amazonaws.com") == "eu-central-1"
    assert region_of("bedrock-runtime-fips.us-gov-west-1.amazonaws.com") == "us-gov-west-1"
    assert region_of("bedrock.example.com") == ""


def test_keys_without_a_region_are_refused_at_the_start():
    with pytest.raises(BadSettings, match="tells no region"):
        choose(Settings(model=MODEL, model_url="https://bedrock.example.com", model_key=f"AKIAEXAMPLEEXAMPLE:{SECRET}"))
    assert choose(Settings(model=MODEL, model_url="https://bedrock.example.com", model_key="an-api-key")) is not None
