"""Seals, tokens, grams and marks: what they keep apart and what they notice."""

from __future__ import annotations

import base64
import dataclasses
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Corrupted
from engine.estate.crypto import Crypto
from engine.estate.grams import grams, likeness, normalised, ranked
from engine.estate.inventory import Inventory
from engine.estate.lexicon import lexicon
from engine.estate.meaning import meaning
from engine.estate.prefilter import is_exact, prefilter
from engine.estate.recorder import MARK, SEALED, Recorder
from engine.estate.store import TOKENS, Stored, every, has
from engine.estate.where import All, AnyOf, Compare, Is, Not, is_
from engine.secrets.derive import Keys
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, WEB_1, resource

KEYS = Keys(bytes(range(32)))
CRYPTO = Crypto(KEYS, "cloud_estate")
SCOPE = ("aws", "1", "us-east-1", "disk")


@settings(max_examples=40)
@given(st.binary(max_size=200), st.text(max_size=10))
def test_what_is_sealed_opens_in_its_place_only(plain, place):
    sealed = CRYPTO.seal(place, plain)
    assert CRYPTO.open(place, sealed) == plain
    with pytest.raises(Corrupted):
        CRYPTO.open(place + "x", sealed)
    with pytest.raises(Corrupted):
        Crypto(KEYS, "chat_history").open(place, sealed)
    with pytest.raises(Corrupted):
        Crypto(Keys(bytes(32)), "cloud_estate").open(place, sealed)


def test_every_flipped_bit_of_a_seal_is_noticed():
    raw = base64.b64decode(CRYPTO.seal("p", b"ledger-db"))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Corrupted, match="cloud_estate/p"):
            CRYPTO.open("p", base64.b64encode(flipped).decode())


@pytest.mark.parametrize("rubbish", [None, "", "###", "QUJD", 7])
def test_rubbish_for_a_seal_is_corrupted(rubbish):
    with pytest.raises(Corrupted):
        CRYPTO.open("p", rubbish)


def test_two_seals_of_one_thing_differ():
    assert CRYPTO.seal("p", b"x") != CRYPTO.seal("p", b"x")


def test_tokens_are_the_same_for_the_same_and_differ_by_field_value_and_key():
    token = CRYPTO.token("app", "checkout")
    assert token == Crypto(KEYS, "cloud_estate").token("app", "checkout")
    others = {CRYPTO.token("owner", "checkout"), CRYPTO.token("app", "ledger"), Crypto(Keys(bytes(32)), "x").token("app", "checkout")}
    assert token not in others
    assert len(others) == 3
    assert len(base64.urlsafe_b64decode(token)) == 12


def test_a_point_id_is_a_uuid_of_the_key():
    assert str(uuid.UUID(CRYPTO.point_id("arn:x"))) == CRYPTO.point_id("arn:x")
    assert CRYPTO.point_id("arn:x") != Crypto(Keys(bytes(32)), "cloud_estate").point_id("arn:x")


def test_hidden_grams_share_what_names_share():
    one, other = CRYPTO.grams("checkout-web-01"), CRYPTO.grams("Web_01.checkout")
    assert one == other
    assert set(CRYPTO.grams("checkout").indices) < set(one.indices)
    assert set(one.indices).isdisjoint(Crypto(Keys(bytes(32)), "cloud_estate").grams("checkout-web-01").indices)
    assert sum(value * value for value in one.values) == pytest.approx(1)
    assert CRYPTO.grams("--").indices == ()


def test_grams_of_a_name():
    assert normalised("Checkout-Web_01") == "checkout web 01"
    assert normalised("Zürich") == "zurich"
    assert grams("ab") == {"^a", "ab", "b$", "^ab", "ab$"}
    assert grams("") == frozenset()


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_even_handed_and_between_0_and_1(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1.0000001
    assert likeness(one, one) == pytest.approx(1 if grams(one) else 0)


def test_the_rarer_gram_decides():
    names = {str(n): grams(f"web-{n:02d}") for n in range(20)} | {"db": grams("web-ledger")}
    assert ranked("web ledgr", names)[0][0] == "db"
    assert ranked("zzz", names) == []


def test_the_lexicon_names_what_people_say():
    words = lexicon(LEDGER)
    assert words["id"] == {LEDGER.id.lower(), "ledger-db"}
    assert words["tag_value"] == {"production", "ledger", "gold"}
    assert lexicon(BUCKET)["app"] == frozenset()
    assert lexicon(WEB_1)["region"] == {"us-east-1", "us-east-1a"}


def test_the_meaning_tells_the_kind_and_not_the_name():
    said = meaning(LEDGER)
    assert "database instance postgres" in said
    assert "app ledger" in said
    assert "no backups" in said
    assert "tier gold" in said
    for known in ALL:
        for word in (known.name, known.id, known.account, known.account_name):
            assert word not in meaning(known)
    assert meaning(WEB_1) == meaning(resource("another-name"))


def token(field, value):
    return f"{field}:{value}"


def test_a_prefilter_never_excludes_what_a_comparison_might_let_in():
    number = Compare("monthly_cost", ">", 5)
    cloud = is_("cloud", "aws")
    assert prefilter(All((cloud, number)), token) == every([has(["cloud:aws"])])
    assert prefilter(AnyOf((cloud, number)), token) == every([])
    assert prefilter(Not(number), token) == every([])
    assert prefilter(Not(All((cloud, number))), token) == every([])
    assert prefilter(Not(cloud), token) == {"not": has(["cloud:aws"])}
    assert prefilter(AnyOf((cloud, is_("app", "x"))), token) == {"any": [has(["cloud:aws"]), has(["app:x"])]}
    assert prefilter(Is("app", frozenset()), token) == has([])
    assert [is_exact(w) for w in (cloud, number, Not(number), All((cloud, number)), AnyOf((cloud,)))] == [True, False, False, False, True]


def stored(point):
    return Stored(point.id, point.payload)


def test_a_recorded_resource_comes_back_and_its_mark_tells_changes():
    recorder = Recorder(KEYS, CRYPTO, "")
    for known in ALL:
        point = recorder.point(known, SCOPE)
        assert recorder.resource(stored(point)) == known
        recorder.check(stored(point))
        assert recorder.marks([known]) == {point.id: point.payload[MARK]}
        assert point.text == ""
    changed = dataclasses.replace(WEB_1, state="stopped")
    assert recorder.marks([WEB_1]).keys() == recorder.marks([changed]).keys()
    assert recorder.marks([WEB_1]) != recorder.marks([changed])
    with_model = Recorder(KEYS, CRYPTO, "some-model")
    assert with_model.marks([WEB_1]) != recorder.marks([WEB_1])
    assert with_model.point(WEB_1, SCOPE).text == meaning(WEB_1)


def test_a_swapped_or_retokened_point_is_corrupted():
    recorder = Recorder(KEYS, CRYPTO, "")
    one, other = recorder.point(WEB_1, SCOPE), recorder.point(LEDGER, SCOPE)
    with pytest.raises(Corrupted, match=one.id):
        recorder.resource(Stored(one.id, other.payload))
    with pytest.raises(Corrupted, match="tokens"):
        recorder.check(Stored(one.id, {**one.payload, TOKENS: other.payload[TOKENS]}))
    elsewhere = CRYPTO.seal(one.id, base64.b64decode(base64.b64encode(CRYPTO.open(other.id, other.payload[SEALED]))))
    with pytest.raises(Corrupted, match="another resource"):
        recorder.resource(Stored(one.id, {SEALED: elsewhere}))
    with pytest.raises(Corrupted, match="unknown field"):
        recorder.resource(Stored(one.id, {SEALED: CRYPTO.seal(one.id, b'{"what": 1}')}))


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=6), st.text(max_size=4))
def test_the_inventory_adds_up_and_notices_any_change(points, other):
    whole = Inventory.of(points.items())
    assert whole.count == len(points)
    for key, mark in points.items():
        rest = Inventory.of((k, m) for k, m in points.items() if k != key)
        assert whole != rest
        assert whole - Inventory.of([(key, mark)]) == rest
        assert rest + Inventory.of([(key, mark)]) == whole
        if other != mark:
            assert Inventory.of((points | {key: other}).items()) != whole
