"""What an activity says was pressed; all of it may be forged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.teams.pressed import Press, pressed

OURS = {"escher": {"verb": "approve", "subject": "p.1", "card": "p"}}


@pytest.mark.parametrize("value", [{"action": {"type": "Action.Execute", "data": OURS}}, {"data": OURS}, OURS])
def test_all_ways_of_pressing_say_the_same(value):
    assert pressed(value) == Press("approve", "p.1", "p")


@pytest.mark.parametrize(
    "value",
    [None, "approve", [], {}, {"escher": "approve"}, {"escher": {"subject": "p"}}, {"data": {"verb": "x"}}, {"escher": {"verb": 5}}],
)
def test_what_is_none_of_ours_is_nothing(value):
    assert pressed(value) is None


def test_a_modal_is_asked_for_in_two_ways_only():
    assert pressed({"escher": {"verb": "v", "asks": "form"}}) == Press("v", "", asks="form")
    assert pressed({"escher": {"verb": "v", "asks": "everything"}}) == Press("v", "")


def test_what_is_longer_than_we_ever_wrote_is_not_ours_and_never_cut():
    assert pressed({"escher": {"verb": "v" * 1801, "subject": "s"}}) is None
    press = pressed({"escher": {"verb": "v", "subject": "s" * 1800}})
    assert press is not None
    assert press.subject == "s" * 1800
    assert pressed({"escher": {"verb": "v", "subject": "s" * 1801}}) == Press("v", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.dictionaries(st.sampled_from(["escher", "data", "action", "form", "0.one.a", "verb"]), JSON))
def test_nothing_that_a_client_sends_breaks_it(value):
    assert pressed(value) is None or isinstance(pressed(value), Press)
