"""Seals, tokens and hidden grams: what they keep apart and what they notice."""

from __future__ import annotations

import base64
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Corrupted
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto

KEYS = Keys(bytes(range(32)))
CRYPTO = Crypto(KEYS, "cloud_estate")


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
    assert all(0 <= known < 2**63 for known in (token, *others))


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
