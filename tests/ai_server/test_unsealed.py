"""What looks like a name is found and not repeated, however it is written; public words pass."""

from __future__ import annotations

import base64
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_server.disguises import readings
from ai_server.unsealed import leak, looks_like
from ai_server.wire import Group, PlanRequest, Turn
from tests.ai_server.asking import knowledge

NAMES = [
    "arn:aws:ec2:us-east-1:333344445555:instance/x",
    "/subscriptions/8f1c6f0e-0000-4000-8000-00000000a001/resourceGroups/rg",
    "8f1c6f0e-0000-4000-8000-00000000a001",
    "//compute.googleapis.com/projects/acme-prod-441/zones/europe-west1-b",
    "projects/acme-prod-441/zones",
    "i-0061fe8164c9ccb6d",
    "vol-061b342cbe80cc12a",
    "sg-05b507fd",
    "111122223333",
    "1111-2222-3333",
    "1111 2222 3333",
    "10.1.2.3",
    "192.168.0.0/16",
    "2001:db8::7",
    "fe80:0:0:0:1:2:3:4",
    "00:1a:2b:3c:4d:5e",
    "lena@example.com",
    "0123456789abcdef0123",
    "AKIAABCDEFGHIJKLMNOP",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "s3://acme-data/x",
    "main.c9akciq32.eu-west-1.rds.amazonaws.com",
    "acmeprod.blob.core.windows.net",
    "db01.corp.acme.internal",
    "build7.acme.local",
    "acme.com",
    "payments.acme.io",
    "password=hunter22",
    "AccountKey=abcdefgh12345",
    "xoxb-123456789012-abcdefghijkl",
    "ghp_abcdefghijklmnop1234",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x",
    "sk-abcdefghijklmnop1234",
    "-----BEGIN RSA PRIVATE KEY-----",
]
PUBLIC = [
    "stop g1 in us-east-1 at 10:30:00",
    "resize g1 to v1, 3 times, by 2026-11-20",
    "at 2026-11-20 10:30 and again 2026-11-21 at 11:45 stop g1",
    "which ports are open to 0.0.0.0/0 or ::/0",
    "how do I run compute.googleapis.com/Instance or s3:PutBucketPolicy",
    "use Standard_D2s_v5, t3.large, db.r6g.2xlarge or e2-standard-4",
    "a beefed-up facade, decade-old, kubernetes 1.29.3",
    "is learn.microsoft.com right about asp.net on docs.aws.amazon.com?",
    "stop g1. dev is next. com is down",
    "100% of g1, 50%2 percent & more; a+b=c",
    "add 2 bad faces to a decade of feeds",
    "Microsoft.Compute/virtualMachines/deallocate/action",
    "postgres 16.4 on arm64, python3.11, node.js 22",
    "internationalisation of misunderstandings, deoxyribonucleic acid",
]


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


DISGUISES = {
    "full width": wide,
    "zero width": "\u200b".join,
    "joiners": "\u200d\u2060".join,
    "soft hyphens": "\u00ad".join,
    "direction": lambda text: "\u202d" + "\u2066".join(text) + "\u202c",
    "combining": lambda text: "".join(letter + "\u0336" for letter in text),
    "percent": lambda text: "".join(f"%{ord(letter):02x}" for letter in text),
    "percent twice": lambda text: "".join(f"%25{ord(letter):02x}" for letter in text),
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "hex entities": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "bold": lambda text: "".join(chr(0x1D7CE + int(letter)) if letter in string.digits else letter for letter in text),
    "arabic digits": lambda text: "".join(chr(0x660 + int(letter)) if letter in string.digits else letter for letter in text),
    "cyrillic": lambda text: text.translate(str.maketrans("aeopcxi", "\u0430\u0435\u043e\u0440\u0441\u0445\u0456")),
    "base64": lambda text: base64.b64encode(f"see {text} there".encode()).decode(),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(f"see {text} there".encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found(name):
    found = leak(PlanRequest(message=f"stop {name} now"))
    assert found is not None
    assert found.field == "message"
    assert name not in found.looks_like


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", NAMES)
def test_names_are_found_in_disguise(name, disguise):
    assert leak(PlanRequest(message=f"stop {DISGUISES[disguise](name)} now")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "10 . 1 . 2 . 3",
        "10[.]1[.]2[.]3",
        "10 dot 1 dot 2 dot 3",
        "10(.)1(.)2(.)3",
        "lena [at] example [dot] com",
        "lena @ example . com",
        "1 1 1 1 2 2 2 2 3 3 3 3",
        "0061 fe81 64c9 ccb6",
        "i - 0061fe8164c9ccb6d",
        "arn : aws : ec2 : us-east-1",
        "10\n.\n1\n.\n2\n.\n3",
        "10\u20241\u20242\u20243",
        "i\u20110061fe8164c9ccb6d",
        "10\u30021\u30022\u30023",
    ],
)
def test_names_that_are_set_apart_are_found(text):
    assert looks_like(f"stop {text} now")


@pytest.mark.parametrize("text", PUBLIC)
def test_public_words_pass(text):
    assert looks_like(text) == ""


def test_the_whole_public_library_passes():
    """Whatever the server itself says may be asked about."""
    for book in knowledge().playbooks:
        for text in (
            book.title,
            *book.asks,
            *(step.why for step in book.steps),
            *(step.operation for step in book.steps),
            *book.native_types,
        ):
            assert looks_like(text) == "", (book.id, text)


GROUP = {
    "handle": "g1",
    "count": 1,
    "cloud": "aws",
    "type": "disk",
    "native_type": "AWS::EC2::Volume",
    "environment": "test",
    "state": "available",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"native_type": "arn:aws:x:111122223333"}, "groups.0.native_type"),
        ({"type": "i_0061fe8164c9ccb6d"}, "groups.0.type"),
        ({"state": "vol_061b342cbe80cc12a"}, "groups.0.state"),
        ({"engine": "a0123456789abcdef0123"}, "groups.0.engine"),
        ({"flags": ("public", "sg_05b507fd")}, "groups.0.flags.1"),
    ],
)
def test_typed_context_is_looked_at_and_its_field_named(change, field):
    assert leak(PlanRequest(message="stop", groups=(Group(**{**GROUP, **change}),))).field == field


def test_turns_and_operations_are_looked_at_too():
    turns = (Turn(role="person", text="a"), Turn(role="person", text="10.1.2.3"))
    assert leak(PlanRequest(message="stop", turns=turns)).field == "turns.1.text"
    halves = (Turn(role="person", text="stop 10.1."),)
    assert leak(PlanRequest(message="2.3 now", turns=halves)).field == "turns"
    assert leak(PlanRequest(message="why", operations=("arn:aws:x:1",))).field == "operations.0"
    assert leak(PlanRequest(message="why", operations=("ec2:StopInstances",))) is None


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_any_text_has_readings_and_the_first_is_plain(text):
    found = list(readings(text))
    assert found[0].isascii() or not text.isascii()
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "part",
    [
        "%25",
        "&#",
        "\\u00",
        "a.",
        "1 ",
        "a@",
        "- ",
        ": ",
        "0061 ",
        "A" * 39 + " ",
        "a-",
        "password=",
        "1111-",
        "QUJD",
        ". ",
        "[.]",
        "eyJ",
        "\u0336",
        "::",
        "//",
        "\u200b",
    ],
)
def test_no_text_makes_it_slow(part):
    text = (part * 8000)[:8000]
    begun = time.perf_counter()
    looks_like(text)
    assert time.perf_counter() - begun < 1, part
