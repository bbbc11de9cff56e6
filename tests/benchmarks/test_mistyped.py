"""A mistyped name means one name alone, by yardsticks that no search here is made of."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.mistyped import WAYS, levenshtein, mistyped
from tests.benchmarks.synthetic import estate

NAMES = [resource.name for resource in estate(500)]
words = st.text("ab-", max_size=6)


@pytest.fixture(scope="module")
def mentions():
    return mistyped(NAMES, 80)


def plain(name):
    return name.replace(" ", "-")


def test_as_many_of_each_way_each_of_a_name_of_its_own(mentions):
    assert [sum(one.way == way for one in mentions) for way in WAYS] == [20] * len(WAYS)
    assert len({one.meant for one in mentions}) == 80
    assert {one.meant for one in mentions} <= set(NAMES)
    assert all(plain(one.said) != one.meant for one in mentions)
    hyphened = sum("-" in one.said for one in mentions)
    assert 20 < hyphened < 60, "about half are written with blanks"


def test_nothing_said_is_another_things_name(mentions):
    assert not {plain(one.said) for one in mentions} & set(NAMES)


def test_a_slip_is_nearer_to_what_is_meant_than_to_any_other_name(mentions):
    for one in mentions:
        if one.way == "a slip":
            said = plain(one.said)
            far = levenshtein(said, one.meant)
            assert far <= 2
            assert all(levenshtein(said, name) > far for name in NAMES if name != one.meant)


def test_parts_that_lack_or_moved_are_the_words_of_one_name_alone(mentions):
    bags = [sorted(name.split("-")) for name in NAMES]
    for one in mentions:
        said = sorted(plain(one.said).split("-"))
        if one.way == "parts moved":
            assert [name for name, bag in zip(NAMES, bags, strict=True) if bag == said] == [one.meant]
        if one.way == "a part dropped":
            less_one = [name for name, bag in zip(NAMES, bags, strict=True) if said in (bag[:at] + bag[at + 1 :] for at in range(len(bag)))]
            assert less_one == [one.meant]


def test_the_same_seed_gives_the_same_and_another_gives_others():
    assert mistyped(NAMES, 20) == mistyped(list(reversed(NAMES)), 20)
    assert mistyped(NAMES, 20) != mistyped(NAMES, 20, seed=3)


def test_names_of_which_none_can_be_mistyped_alone_give_none():
    assert mistyped(["a", "b"], 5) == []
    assert mistyped([], 5) == []


@pytest.mark.parametrize(
    ("one", "other", "far"), [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2), ("web-1", "web-01", 1)]
)
def test_letters_to_add_drop_or_change(one, other, far):
    assert levenshtein(one, other) == levenshtein(other, one) == far


@given(words, words, words)
def test_it_is_a_distance(one, two, three):
    assert (levenshtein(one, two) == 0) == (one == two)
    for a, b, c in itertools.permutations((one, two, three)):
        assert levenshtein(a, c) <= levenshtein(a, b) + levenshtein(b, c)
