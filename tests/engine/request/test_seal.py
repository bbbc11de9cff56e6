"""Nothing that identifies the estate leaves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.request.lexicon import load
from engine.request.reading import Given
from engine.request.seal import HIDDEN, Wanted, public_words, seal
from engine.request.understanding import Understanding
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, WEB_1, WEB_2, resource

LEXICON = load()
# Words that anybody may read: the vocabulary, the public words, and the words of the wire's closed lists.
PUBLIC = LEXICON.words | public_words() | {"message", "orders", "groups", "values", "turns", "count", "state", "engine", "flags", "handle", "kind", "role", "text",
    "true", "false", "version", "language", "later", "environment", "action", "cloud", "type", "native_type", "unknown"}  # fmt: skip
SHORTEST = 4


@pytest.mark.parametrize(
    ("message", "sealed"),
    [
        ("stop checkout-web-01", f"stop {HIDDEN}"),
        ("stop all dev vms in acme-dev", f"stop all development vms in {HIDDEN}"),
        ("stop lena@acme.example's vms tonight", f"stop {HIDDEN} 's vms [later]"),
        ("stop the ledger database, i-0abc", f"stop the {HIDDEN} database , {HIDDEN}"),
        ("tag it with secretproject=42", f"tag it with {HIDDEN}"),
        ("how do I resize a 10.0.0.1 vm", f"how do i resize a {HIDDEN} vm"),
    ],
)
async def test_a_message_keeps_public_words_only(message, sealed):
    assert (await Understanding(MemoryEstate(ALL)).of(message)).sealed_text == sealed


def test_alike_resources_share_a_handle():
    sealed = seal("stop [?]", [Wanted("stop", (WEB_1, WEB_2, LEDGER), (Given("tag_key", "zone"),))])
    assert (sealed.groups[0].handle, sealed.groups[0].ids) == ("g1", (WEB_1.id,))
    assert sealed.orders[0].on == ("g1", "g2", "g3")
    assert sealed.wire()["values"] == [{"handle": "v1", "kind": "tag_key"}]


def test_an_id_of_the_estate_never_leaves():
    text = json.dumps(seal("block [?]", [Wanted("block_public_access", (BUCKET,))]).wire())
    assert not any(part in text for part in (BUCKET.id, BUCKET.name, BUCKET.account, BUCKET.account_name, BUCKET.region))


WORDS = st.from_regex(r"[a-z]{4,9}(-[a-z0-9]{2,6}){0,3}", fullmatch=True)
VALUES = st.one_of(WORDS, st.sampled_from(sorted(word for word in LEXICON.words if len(word) >= SHORTEST)))


@st.composite
def estates(draw: st.DrawFn) -> list[Resource]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        tags = {draw(WORDS): draw(VALUES), "owner": draw(VALUES), "app": draw(VALUES)}
        account = draw(WORDS)
        made.append(
            resource(
                draw(VALUES), id=f"arn:aws:ec2:us-east-1:{number}77755533:instance/i-{number}{draw(WORDS)}", account_name=account, tags=tags
            )
        )
    return made


@st.composite
def messages(draw: st.DrawFn) -> tuple[list[Resource], str]:
    estate = draw(estates())
    values = [text for one in estate for text in (one.name, one.id, one.account_name, *one.tags, *one.tags.values())]
    vocabulary = st.sampled_from(sorted(LEXICON.phrases)).map(" ".join)
    parts = draw(st.lists(st.one_of(st.sampled_from(values), vocabulary, WORDS), min_size=1, max_size=12))
    return estate, draw(st.sampled_from([" ", ", ", " and ", "  '"])).join(parts)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages())
async def test_nothing_of_the_estate_is_in_the_sealed_bytes(made):
    estate, message = made
    understood = await Understanding(MemoryEstate(estate)).of(message)
    sealed = seal(
        understood.sealed_text, [Wanted("stop", tuple(estate), (Given("tag_value", estate[0].name),))], [("person", understood.sealed_text)]
    )
    sent = json.dumps(sealed.wire()).lower()
    words = set(json.dumps(sealed.wire()["message"]).lower().strip('"').replace(",", " ").split())
    for one in estate:
        for secret in (one.name, one.id, one.account, one.account_name, *one.tags, *one.tags.values()):
            if secret not in PUBLIC and len(secret) >= SHORTEST:
                assert secret.lower() not in words
                assert not _holds(sent, secret.lower())


def _holds(sent: str, secret: str) -> bool:
    """Whether the secret stands in the bytes as more than a part of a public word."""
    start = sent.find(secret)
    while start >= 0:
        before, after = sent[start - 1 : start], sent[start + len(secret) : start + len(secret) + 1]
        if not (before.isalnum() or after.isalnum() or before in ("-", "_") or after in ("-", "_")):
            return True
        start = sent.find(secret, start + 1)
    return False


def test_for_later_no_state_is_told_and_the_alike_are_one_group():
    off = replace(WEB_1, id=f"{WEB_1.id}-off", state="stopped")
    assert len(seal("stop them", [Wanted("stop", (WEB_1, off))]).groups) == 2
    (group,) = seal("stop them", [Wanted("stop", (WEB_1, off))], later=True).groups
    assert (group.told["state"], group.ids) == ("any", (WEB_1.id, off.id))
