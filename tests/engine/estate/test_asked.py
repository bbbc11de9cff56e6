"""Facts asked for one by one are those that `facts` tells all at once."""

from __future__ import annotations

import pytest

from engine.estate.asked import Asked, fits
from engine.estate.facts import facts
from engine.estate.where import All, Compare, Not, is_, matches
from tests.benchmarks.synthetic import estate
from tests.engine.estate.samples import ALL

EVERY = [*ALL, *estate(400)]


def test_each_fact_is_the_one_that_all_are_made_of():
    for known in EVERY:
        asked, everything = Asked(known), facts(known)
        assert {field: asked[field] for field in everything} == everything
        assert dict(asked) == everything
        assert len(asked) == len(everything)


def test_a_field_that_is_none_is_told_as_of_any_mapping():
    assert Asked(ALL[0]).get("colour") is None
    with pytest.raises(KeyError):
        Asked(ALL[0])["colour"]


def test_a_condition_holds_where_it_matches():
    one = ALL[0]
    wheres = [
        is_("account", one.account),
        is_("tag_key", "env"),
        is_("colour", "red"),
        Not(is_("name_part", "web")),
        Compare("monthly_cost", ">", 1),
        All((is_("cloud", "aws"), is_("flag", "public"))),
    ]
    found = [[fits(where, known) for where in wheres] for known in EVERY]
    assert found == [[matches(where, known) for where in wheres] for known in EVERY]
    assert any(map(any, found))
    assert not all(map(all, found))
