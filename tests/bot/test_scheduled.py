"""Schedules spoken of in words: what is wanted, and which one is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.intents.scheduled import Asked, asked, meant, of_place
from bot.platforms.platform import Place
from tests.bot.platforms import shop

HERE = Place("web", "general", "m1")
ELSEWHERE = Place("web", "general", "m2")
OTHER = shop.scheduled(id="sched-2pf7vh4m", place={"platform": "web", "channel": "general", "thread": "m9"})


@pytest.mark.parametrize(
    "text",
    [
        "schedules",
        "Schedules?",
        "show schedules",
        "list all schedules",
        "what is scheduled?",
        "which schedules do we have",
        "all schedules",
    ],
)
def test_all_of_them(text):
    assert asked(text) == Asked("list")


@pytest.mark.parametrize("text", ["my schedules", "show my schedules", "please list my schedules"])
def test_ones_own(text):
    assert asked(text) == Asked("list", mine=True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pause schedule sched-6wq3kd8n", Asked("pause", "sched-6wq3kd8n")),
        ("please resume sched-6wq3kd8n", Asked("resume", "sched-6wq3kd8n")),
        ("delete the schedule", Asked("end")),
        ("cancel schedule sched-6wq3kd8n, please", Asked("end", "sched-6wq3kd8n")),
        ("show schedule SCHED-6wq3kd8n", Asked("show", "sched-6wq3kd8n")),
        ("review the schedule", Asked("review")),
        ("skip tonight", Asked("skip", day="tonight")),
        ("skip the next run", Asked("skip")),
        ("skip", Asked("skip")),
        ("snooze it 2 hours", Asked("snooze", by=timedelta(hours=2))),
        ("snooze 30 min", Asked("snooze", by=timedelta(minutes=30))),
        ("snooze sched-6wq3kd8n for a day", Asked("snooze", "sched-6wq3kd8n", timedelta(days=1))),
        ("put it off by half an hour", Asked("snooze", by=timedelta(minutes=30))),
        ("postpone the next run", Asked("snooze")),
        ("pause it", Asked("pause", unsure=True)),
    ],
)
def test_one_of_them(text, wanted):
    assert asked(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["stop web-1", "pause web-1", "delay web-1 by 2 hours", "skip web-1", "stop the scheduled vms", "stop schedule-1", "stop them", "schedule a stop of web-1 at 8",
     "show the dev vms", "delete the nightly schedule of web-1", "resume"],
)  # fmt: skip
def test_something_else(text):
    assert asked(text) is None


def test_the_one_of_this_thread_is_meant():
    here = shop.scheduled()
    assert of_place([OTHER, here], HERE) == [here]
    assert meant(Asked("pause"), [OTHER, here], HERE, shop.AT) == here


def test_the_only_one_is_meant_anywhere():
    assert meant(Asked("pause"), [OTHER], ELSEWHERE, shop.AT) == OTHER


def test_of_several_it_is_asked():
    question = meant(Asked("pause"), [OTHER, shop.scheduled()], ELSEWHERE, shop.AT)
    assert question == "Which schedule? Say its id, as in “pause sched-2pf7vh4m”."


def test_where_there_is_none_it_is_said():
    assert meant(Asked("skip"), [], HERE, shop.AT) == "There is no schedule yet."


def test_only_what_runs_can_be_put_off():
    paused = shop.scheduled(id="sched-9ck5tz3x", state="paused", next_at=None)
    assert meant(Asked("skip"), [paused, shop.scheduled()], HERE, shop.AT) == shop.scheduled()
    assert meant(Asked("skip"), [paused], HERE, shop.AT) == paused


@pytest.mark.parametrize(
    ("day", "next_at", "found"),
    [
        ("tonight", datetime(2026, 11, 20, 19, 0, tzinfo=UTC), True),
        ("today", datetime(2026, 11, 20, 19, 0, tzinfo=UTC), True),
        ("tonight", datetime(2026, 11, 21, 1, 0, tzinfo=UTC), True),
        ("tonight", datetime(2026, 11, 21, 19, 0, tzinfo=UTC), False),
        ("tomorrow", datetime(2026, 11, 21, 19, 0, tzinfo=UTC), True),
        ("tomorrow", datetime(2026, 11, 20, 19, 0, tzinfo=UTC), False),
        ("tonight", None, False),
    ],
)
def test_whose_run_is_meant(day, next_at, found):
    one = shop.scheduled(next_at=next_at)
    said = meant(Asked("skip", day=day), [one], HERE, shop.AT)
    assert said == one if found else isinstance(said, str) and f"Nothing of that runs {day}." in said


def test_the_schedule_or_the_resources_is_asked():
    assert "The schedule, or the resources?" in str(meant(Asked("pause", unsure=True), [shop.scheduled()], HERE, shop.AT))
