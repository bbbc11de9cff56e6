"""What looks like a name is found and not repeated; public words pass."""

from __future__ import annotations

import pytest

from ai_server.unsealed import leak
from ai_server.wire import Group, PlanRequest, Turn

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
    "10.1.2.3",
    "192.168.0.0/16",
    "2001:db8::7",
    "fe80:0:0:0:1:2:3:4",
    "lena@example.com",
    "0123456789abcdef0123",
    "AKIAABCDEFGHIJKLMNOP",
    "s3://acme-data/x",
    "main.c9akciq32.eu-west-1.rds.amazonaws.com",
    "i-0061\u200bfe8164c9ccb6d",
    "\uff11\uff11\uff11\uff11\uff12\uff12\uff12\uff12\uff13\uff13\uff13\uff13",
]
PUBLIC = [
    "stop g1 in us-east-1 at 10:30:00",
    "resize g1 to v1, 3 times, by 2026-11-20",
    "which ports are open to 0.0.0.0/0 or ::/0",
    "how do I run compute.googleapis.com/Instance or s3:PutBucketPolicy",
    "use Standard_D2s_v5, t3.large, db.r6g.2xlarge or e2-standard-4",
    "a beefed-up facade, decade-old, kubernetes 1.29.3",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found(name):
    found = leak(PlanRequest(message=f"stop {name} now"))
    assert found is not None
    assert found.field == "message"
    assert name not in found.looks_like


@pytest.mark.parametrize("text", PUBLIC)
def test_public_words_pass(text):
    assert leak(PlanRequest(message=text)) is None


def test_turns_and_groups_are_looked_at_too():
    assert (
        leak(PlanRequest(message="stop", turns=(Turn(role="person", text="a"), Turn(role="person", text="10.1.2.3")))).field
        == "turns.1.text"
    )
    bad = Group(handle="g1", count=1, cloud="aws", type="disk", native_type="arn:aws:x:111122223333", environment="test", state="available")
    assert leak(PlanRequest(message="stop", groups=(bad,))).field == "groups.0"
