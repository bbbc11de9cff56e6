"""What each entry does to a schedule, and that a start finds what stood there before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.journal.entry import Entry, link
from engine.schedules.history import Book, from_json, standing_to, to_json
from tests.engine.schedules.samples import NIGHTLY, NOW, ONCE, schedule, standing

TONIGHT = NOW.replace(hour=20)
TOMORROW = TONIGHT + timedelta(days=1)


def entry(kind: str, body: dict[str, Any], at: datetime = NOW) -> Entry:
    return link((0, "0" * 64), at.isoformat(), f"schedule.{kind}", body)


def made(**changes: Any) -> Book:
    book = Book()
    book.apply(entry("made", {"schedule": to_json(schedule(**changes))}))
    return book


def active(**changes: Any) -> Book:
    book = made(**changes)
    book.apply(entry("approved", {"id": "sched-1", "standing": standing_to(standing()), "spared": ["x"], "reach": ["1 in a"]}))
    return book


def moved(book: Book, kind: str, at: datetime = NOW, **body: Any):
    book.apply(entry(kind, {"id": "sched-1", **body}, at))
    return book.schedules["sched-1"]


def fired(book: Book, due: datetime):
    return moved(book, "fired", due, due=due.isoformat())


def told(book: Book, due: datetime, result: str = "ran", run: str = "run-1"):
    return moved(book, "told", due, due=due.isoformat(), result=result, says="Done.", run=run)


@pytest.mark.parametrize("cadence", [NIGHTLY, ONCE])
def test_a_schedule_comes_back_as_it_was(cadence):
    one = schedule(cadence=cadence, picked={0: ("a", "b"), 2: ("c",)}, spared=("x",), reach=("2 in b",))
    assert from_json(to_json(one)) == one


def test_it_is_proposed_then_active_with_its_next_time():
    assert made().schedules["sched-1"].next_at is None
    now = active().schedules["sched-1"]
    assert (now.state, now.next_at, now.standing, now.spared, now.reach) == ("active", TONIGHT, standing(), ("x",), ("1 in a",))


def test_a_newer_approval_keeps_the_next_time_and_a_pause():
    book = active()
    moved(book, "put_off", by="eve", next_at=TOMORROW.isoformat(), how="snooze")
    newer = standing_to(standing(plan_id="plan-2"))
    assert moved(book, "approved", standing=newer, spared=[], reach=[]).next_at == TOMORROW
    moved(book, "moved", event="pause", by="eve", review="")
    after = moved(book, "approved", standing=newer, spared=[], reach=[])
    assert (after.state, after.next_at) == ("paused", None)


def test_pause_resume_review_and_end():
    book = active()
    assert moved(book, "moved", event="review", by="eve", review="plan-2").review == "plan-2"
    paused = moved(book, "moved", event="pause", by="eve", review="")
    assert (paused.state, paused.next_at) == ("paused", None)
    later = NOW + timedelta(days=3)
    resumed = moved(book, "moved", later, event="resume", by="eve", review="")
    assert (resumed.state, resumed.next_at) == ("active", TONIGHT + timedelta(days=3))
    assert book.since["sched-1"] == later
    ended = moved(book, "moved", event="end", by="eve", review="")
    assert (ended.state, ended.next_at) == ("ended", None)


def test_a_time_that_fired_never_comes_again():
    book = active()
    assert fired(book, TONIGHT).next_at == TOMORROW
    assert book.begun == {"sched-1": TONIGHT}
    after = told(book, TONIGHT)
    assert book.begun == {}
    assert after.last is not None
    assert (after.last.due, after.last.result, after.last.run, after.state, after.next_at) == (TONIGHT, "ran", "run-1", "active", TOMORROW)


def test_a_snoozed_time_takes_the_place_of_the_one_before():
    book = active()
    snoozed = moved(book, "put_off", by="eve", next_at=(TONIGHT + timedelta(hours=1)).isoformat(), how="snooze")
    assert (snoozed.next_at, snoozed.snoozed) == (TONIGHT + timedelta(hours=1), True)
    after = fired(book, TONIGHT + timedelta(hours=1))
    assert (after.next_at, after.snoozed) == (TOMORROW, False)


def test_a_skipped_time_is_told_and_a_single_one_ends():
    book = active()
    after = moved(book, "put_off", by="ada", next_at=TOMORROW.isoformat(), how="skip")
    assert after.last is not None
    assert (after.last.result, after.last.due, after.last.says) == ("skipped", TONIGHT, "Skipped by ada.")
    once = active(cadence=ONCE)
    assert moved(once, "put_off", by="ada", next_at="", how="skip").state == "ended"


def test_a_missed_time_moves_on_without_having_fired():
    book = active()
    after = told(book, TONIGHT, "missed", "")
    assert (after.state, after.next_at) == ("active", TOMORROW)


@pytest.mark.parametrize("result", ["ran", "missed", "nothing", "left"])
def test_a_single_time_ends_whatever_became_of_it(result):
    book = active(cadence=ONCE)
    assert ONCE.run_at is not None
    if result != "missed":
        assert fired(book, ONCE.run_at).state == "active"
    assert told(book, ONCE.run_at, result).state == "ended"


def test_a_warning_and_what_is_not_known_change_nothing_else():
    book = active()
    before = book.schedules["sched-1"]
    assert moved(book, "heads_up", due=TONIGHT.isoformat()) == before
    assert book.warned == {"sched-1": TONIGHT}
    book.apply(entry("fired", {"id": "sched-other", "due": TONIGHT.isoformat()}))
    book.apply(replace(entry("made", {}), kind="plan.made"))
    assert list(book.schedules) == ["sched-1"]
    assert book.begun == {}
