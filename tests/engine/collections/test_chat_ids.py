"""Ids in order of time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.collections.chat_ids import RANDOM_BYTES, chat_id, fresh

TIMES = st.integers(10**6, 10**11).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(TIMES, st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_an_id_is_a_uuid_of_version_7_that_tells_its_millisecond(at, randomness):
    made = uuid.UUID(chat_id(at, randomness))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == int(at.timestamp() * 1000)


@given(TIMES, st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_a_later_message_has_a_greater_id(at, one, other):
    assert chat_id(at, one) < chat_id(at + timedelta(milliseconds=2), other)


def test_ids_of_one_moment_differ():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert len({fresh(now) for _ in range(1000)}) == 1000


def test_too_little_randomness_is_refused():
    with pytest.raises(ValueError, match="10 random bytes"):
        chat_id(datetime(2026, 1, 1, tzinfo=UTC), b"short")
