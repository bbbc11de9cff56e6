"""Who may move a schedule, and what a missing pair of the table comes to."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from engine.schedules.schedule import State
from engine.schedules.states import GUESTS, HANDS, OWNERS, TABLE, Event, Press, PutOff, move, put_off, review
from tests.engine.schedules.samples import NOW, schedule

EVE = Press("eve", frozenset({"executor"}))
ADA = Press("ada", frozenset({"executor"}))
MONA = Press("mona", frozenset({"manager"}))
VIC = Press("vic", frozenset({"viewer"}))
GUEST = Press("eve", frozenset({"manager", "executor"}), guest=True)


def in_state(state: State):
    return schedule(state=state, next_at=NOW if state == "active" else None)


def test_the_table_is_whole_and_an_end_is_an_end():
    assert set(TABLE) == set(get_args(State))
    assert TABLE["ended"] == {}
    assert all("end" in TABLE[state] for state in TABLE if state != "ended")


@pytest.mark.parametrize(("state", "event"), list(product(get_args(State), get_args(Event))))
def test_every_pair_moves_as_the_table_says_or_refuses_and_moves_nothing(state, event):
    moved = move(in_state(state), event, MONA)
    if event in TABLE[state] and event != "approve":
        assert (moved.state, moved.refused) == (TABLE[state][event], "")
    else:
        assert moved.state == state
        assert moved.refused


@pytest.mark.parametrize("event", ["pause", "end"])
def test_the_person_who_asked_and_managers_move_it(event):
    assert move(in_state("active"), event, EVE).refused == ""
    assert move(in_state("active"), event, MONA).refused == ""
    for press in (ADA, VIC):
        refused = move(in_state("active"), event, press)
        assert (refused.state, refused.who_can) == ("active", OWNERS)
        assert "Only the person who asked" in refused.refused


def test_nobody_approves_by_a_press():
    refused = move(in_state("proposed"), "approve", MONA)
    assert refused.state == "proposed"
    assert "review plan" in refused.refused


@pytest.mark.parametrize("how", get_args(PutOff))
def test_hands_put_off_and_viewers_do_not(how):
    for press in (EVE, ADA, MONA):
        assert put_off(in_state("active"), how, press).refused == ""
    refused = put_off(in_state("active"), how, VIC)
    assert refused.refused
    assert refused.who_can == HANDS


@pytest.mark.parametrize("state", ["proposed", "paused", "ended"])
def test_only_what_runs_is_put_off(state):
    assert put_off(in_state(state), "snooze", MONA).refused.startswith("Nothing to snooze: ")
    assert put_off(schedule(state="active"), "skip", MONA).refused == "Nothing to skip: it does not run again."


def test_guests_move_nothing_whatever_their_roles():
    assert move(in_state("active"), "end", GUEST).refused == GUESTS
    assert put_off(in_state("active"), "skip", GUEST).refused == GUESTS
    assert review(in_state("active"), GUEST).refused == GUESTS


def test_a_review_may_be_asked_for_by_all_hands_while_it_lives():
    assert review(in_state("active"), ADA).refused == ""
    assert review(in_state("active"), VIC).who_can == HANDS
    assert review(in_state("ended"), MONA).refused == "Nothing to review: it has ended."
