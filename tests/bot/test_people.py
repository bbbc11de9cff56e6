"""Who is behind a login: exactly one configured person, or nobody."""

from __future__ import annotations

import pytest

from bot.people import People
from engine.settings import Person

EVE = Person(id="eve", name="Eve", logins={"slack": "T01/U02"})
MONA = Person(id="mona", name="Mona", logins={"web": "mona.m"})
PEOPLE = People([EVE, MONA])


@pytest.mark.parametrize(
    ("platform", "login", "person"),
    [
        ("slack", "T01/U02", EVE),
        ("slack", "t01/u02", None),
        ("slack", "eve", None),
        ("slack", "Eve", None),
        ("teams", "T01/U02", None),
        ("web", "eve", EVE),
        ("console", "eve", EVE),
        ("web", "mona.m", MONA),
        ("web", "mona", None),
        ("console", "mona", MONA),
        ("web", "", None),
    ],
)
def test_a_login_is_one_person_or_nobody(platform, login, person):
    assert PEOPLE.behind(platform, login) == person


def test_people_by_their_own_id():
    assert PEOPLE.named("mona") == MONA
    assert PEOPLE.named("Mona") is None
