"""Links and sessions: once, in time, signed, and for somebody who has a login here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.web.doors import Doors, LinkSpent, Terms, same
from engine.clock import FakeClock
from engine.errors import SettingsError
from tests.bot.platforms.web.running import PEOPLE

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEY = b"k" * 32


def doors(clock: FakeClock | None = None, key: bytes = KEY) -> Doors:
    return Doors(PEOPLE, key, clock or FakeClock(START), Terms())


def test_a_link_opens_once_and_makes_a_session() -> None:
    door = doors()
    token = door.new_link("omar")
    session = door.session(door.enter(token))
    assert session is not None
    assert (session.person.id, session.login) == ("omar", "omar.h")
    with pytest.raises(LinkSpent):
        door.enter(token)


def test_a_link_expires() -> None:
    clock = FakeClock(START)
    door = doors(clock)
    token = door.new_link("lena")
    clock.advance(12 * 3600)
    with pytest.raises(LinkSpent):
        door.enter(token)


def test_unknown_people_and_people_of_other_platforms_get_no_link() -> None:
    with pytest.raises(SettingsError, match="Nobody is called 'eve'"):
        doors().new_link("eve")
    with pytest.raises(SettingsError, match="no web login"):
        doors().new_link("sam")


def test_a_session_outlives_a_restart_with_the_same_key_only() -> None:
    door = doors()
    cookie = door.enter(door.new_link("lena"))
    assert doors().session(cookie) is not None
    assert doors(key=b"other").session(cookie) is None


def test_a_session_ends_by_time_and_by_signing_out() -> None:
    clock = FakeClock(START)
    door = doors(clock)
    first, second = (door.enter(door.new_link("lena")) for _ in range(2))
    session = door.session(first)
    assert session is not None
    door.end(session)
    assert door.session(first) is None
    assert door.session(second) is not None
    clock.advance(timedelta(days=7, seconds=1).total_seconds())
    assert door.session(second) is None


@given(st.text(max_size=60))
def test_no_made_up_cookie_opens(cookie: str) -> None:
    assert doors().session(cookie) is None


def test_a_changed_cookie_does_not_open() -> None:
    door = doors()
    said, _, mac = door.enter(door.new_link("lena")).partition(".")
    other, _, _ = door.enter(door.new_link("omar")).partition(".")
    assert door.session(f"{other}.{mac}") is None
    assert door.session(f"{said}.{mac[:-2]}AA") is None


def test_two_sessions_have_two_tokens() -> None:
    door = doors()
    one, two = (door.session(door.enter(door.new_link("lena"))) for _ in range(2))
    assert one is not None
    assert two is not None
    assert not same(one.token, two.token)
