"""A prepared HMAC gives what the standard library's gives."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.keyed import KeyedHash


@given(st.binary(max_size=64), st.lists(st.binary(max_size=300), max_size=4))
def test_it_is_hmac_sha256_however_often_it_is_asked(key, values):
    prepared = KeyedHash(key)
    assert [prepared.digest(value) for value in values] == [hmac.digest(key, value, "sha256") for value in values]


def test_a_longer_key_is_refused():
    with pytest.raises(ValueError, match="64 bytes at most, not 65"):
        KeyedHash(bytes(65))
