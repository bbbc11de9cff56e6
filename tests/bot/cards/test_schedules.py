"""Schedules as cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cards.card import Table
from bot.cards.plain import plain
from bot.cards.schedules import (
    Outlook,
    coming,
    fired_card,
    heads_up_card,
    list_card,
    moved_card,
    near_subject,
    of_subject,
    review_card,
    scheduled_card,
    subject_of,
    when_lines,
)  # fmt: skip
from engine.schedules.schedule import Cadence, Fired
from tests.bot.platforms import shop

AT = shop.AT
DUE = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
PROPOSED = shop.scheduled(state="proposed", standing=None, next_at=None, last=None)


def labels(card):
    return [action.label for action in card.actions]


def test_a_review_says_when_first_and_has_no_choice_of_targets():
    card = review_card(
        shop.reviewing(),
        PROPOSED,
        Outlook(AT, [one.id for one in shop.machines(11, "development")], "Read by the 24-hour clock: 20:00.", 90),
    )
    lines = plain(card).splitlines()
    assert lines[:5] == [
        "For later: stop 14 instances in development",
        "When: every weekday at 20:00 Europe/Berlin.",
        "Next runs: Fri 2026-11-20 20:00 · Mon 2026-11-23 20:00 · Tue 2026-11-24 20:00.",
        "Read by the 24-hour clock: 20:00.",
        "If it ran now: 11 of 14 would be touched, 3 are as wished already.",
    ]  # fmt: skip
    assert "An approval holds for each run for 90 days" in lines[5]
    assert labels(card)[:2] == ["Approve", "Deny"]
    assert "Choose targets" not in labels(card)


@pytest.mark.parametrize(
    ("touched", "said"),
    [(14, "all 14 would be touched"), (13, "13 of 14 would be touched, 1 is as wished"), (0, "0 of 14 would be touched, 14 are as wished")],
)
def test_a_review_says_what_of_it_is_to_do_now(touched, said):
    card = review_card(shop.reviewing(), PROPOSED, Outlook(AT, [str(number) for number in range(touched)]))
    assert said in plain(card)


def test_a_review_of_one_target():
    filed = shop.filed(replace(shop.stopping(shop.machines(3)), targets=shop.machines(1), steps=shop.stopping(shop.machines(3)).steps[:1]))
    assert "If it ran now, it would be touched." in plain(review_card(filed, PROPOSED, Outlook(AT, ["x"])))


def test_a_review_that_policy_lets_be_does_not_say_that_it_runs_at_once():
    filed = shop.reviewing()
    filed = replace(filed, request=replace(filed.request, needs=0, state="used"), because=("low risk outside production",))
    said = plain(review_card(filed, PROPOSED, Outlook(AT)))
    assert "Needs no approval at its times: low risk outside production." in said
    assert "at once" not in said
    assert "If it ran now" not in said


def test_once_has_no_next_runs():
    once = Cadence("tomorrow at 9", "Europe/Berlin", run_at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    assert [block.text for block in when_lines(replace(PROPOSED, cadence=once), AT)] == ["When: once, 2026-11-21 09:00 Europe/Berlin."]


@pytest.mark.parametrize(
    ("more", "title", "said", "buttons"),
    [
        (
            {},
            "Scheduled: ",
            "Next run Fri 2026-11-20 20:00 Europe/Berlin, in 10 hours.",
            ["Snooze 1 h", "Skip next run", "Pause", "Review anew", "End"],
        ),
        ({"snoozed": True}, "Scheduled: ", "(put off, this time only)", ["Snooze 1 h", "Skip next run", "Pause", "Review anew", "End"]),
        ({"next_at": None}, "Scheduled: ", "No next run.", ["Pause", "Review anew", "End"]),
        ({"state": "paused", "next_at": None}, "Paused: ", "nothing runs until it is resumed", ["Resume", "Review anew", "End"]),
        ({"state": "proposed", "next_at": None}, "Not scheduled yet: ", "waits for its approval (plan-5rt2xw9c)", ["Review", "End"]),
        ({"state": "ended", "next_at": None}, "Ended: ", "nothing runs any more", []),
    ],
)
def test_a_schedule_in_each_state(more, title, said, buttons):
    card = scheduled_card(shop.scheduled(**more), AT)
    assert card.title.startswith(title)
    assert said in plain(card)
    assert labels(card) == buttons
    assert card.subject == shop.SCHEDULE


def test_a_schedule_that_policy_lets_be_says_so():
    standing = replace(shop.scheduled().standing, approved_by=())
    assert "nobody: policy lets it run" in plain(scheduled_card(shop.scheduled(standing=standing), AT))
    assert "Policy lets this run without approval" in plain(scheduled_card(shop.scheduled(standing=standing), AT))


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=1), "in 1 minute."),
        (timedelta(minutes=15), "in 15 minutes."),
        (timedelta(hours=1), "in 1 hour."),
        (timedelta(days=3), "in 3 days."),
    ],
)
def test_how_far_the_next_run_is(ahead, said):
    assert said in plain(scheduled_card(shop.scheduled(next_at=AT + ahead), AT))


def test_all_schedules_stand_by_their_next_time():
    later = shop.scheduled(id="sched-b", next_at=DUE + timedelta(days=1))
    paused = shop.scheduled(id="sched-c", state="paused", next_at=None, last=None, snoozed=True)
    card = list_card([paused, later, shop.scheduled()], AT)
    table = next(block for block in card.blocks if isinstance(block, Table))
    assert [row[-1] for row in table.rows] == [shop.SCHEDULE, "sched-b", "sched-c"]
    assert [row[3] for row in table.rows] == ["active", "active", "paused, snoozed"]
    assert [row[4] for row in table.rows] == ["ran", "ran", "not yet"]
    assert [choice[0] for choice in card.actions[0].form[0].choices] == [shop.SCHEDULE, "sched-b", "sched-c"]


def test_where_nothing_is_scheduled_it_says_how():
    card = list_card([], AT)
    assert "stop all dev vms at 8pm daily" in plain(card)
    assert card.actions == ()


def test_a_heads_up_names_the_count_and_can_be_put_off():
    card = heads_up_card(shop.scheduled(), 1, DUE - timedelta(minutes=15))
    assert "In 15 minutes: stop every worker of the shop in development." in plain(card)
    assert "1 resource would be touched" in plain(card)
    assert labels(card) == ["Snooze 1 h", "Skip this time", "Pause"]
    assert card.subject == near_subject(shop.SCHEDULE, DUE)
    assert "would be touched" not in plain(heads_up_card(shop.scheduled(), None, DUE))


@pytest.mark.parametrize(
    ("result", "says", "buttons"),
    [
        ("ran", "Stop 14 workers: done.", []),
        ("ran", "Stop 14 workers: done. 2 are new since it was approved: review it.", ["Review"]),
        ("left", "Nothing was done: its approval ended.", ["Review"]),
        ("refused", "AWS did not answer.", ["Review"]),
        ("nothing", "Everything is as wished already.", []),
        ("missed", "Escher was not running.", []),
        ("skipped", "Skipped by eve.", []),
    ],
)
def test_what_became_of_a_time(result, says, buttons):
    came = Fired(DUE, DUE, result, says, shop.RUN if result == "ran" else "")
    card = fired_card(shop.scheduled(next_at=DUE + timedelta(days=3)), came, DUE)
    assert says in plain(card)
    assert "Next run: Mon 2026-11-23 20:00 Europe/Berlin, in 3 days" in plain(card)
    assert (shop.RUN in plain(card)) == (result == "ran")
    assert labels(card) == buttons
    assert card.subject == near_subject(shop.SCHEDULE, DUE)


def test_an_ended_schedule_offers_no_review():
    came = Fired(DUE, DUE, "left", "Nobody approved it in time.")
    card = fired_card(shop.scheduled(state="ended", next_at=None), came, DUE)
    assert (card.actions, "Next run" in plain(card)) == ((), False)


def test_a_button_tells_which_time_it_was_drawn_for():
    assert of_subject(subject_of(shop.scheduled())) == (shop.SCHEDULE, "20261120T1900")
    assert of_subject(subject_of(shop.scheduled(next_at=None))) == (shop.SCHEDULE, "")


def test_one_line_for_what_is_coming():
    assert coming(shop.scheduled()) == "Fri 2026-11-20 20:00 Europe/Berlin: stop every worker of the shop in development."
    assert coming(shop.scheduled(next_at=None)) == "Stop every worker of the shop in development."


def test_a_moved_schedule_says_what_was_done_first():
    assert plain(moved_card(shop.scheduled(), "Snoozed.", AT)).splitlines()[1] == "Snoozed."
