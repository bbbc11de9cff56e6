"""Who is told of a waiting plan, and when: the table, quiet hours, and what never happens whoever is awake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.filed import Filed
from engine.approvals.notices import TURNS, Notice, Rota, Told, approvers, due, is_over, is_quiet, ways
from engine.approvals.states import Request, Vote
from engine.settings import Person, PolicySettings, QuietHours
from tests.engine.execution.samples import NOW, stopping, vm

EVE = Person(id="eve", name="Eve", roles=("executor",), logins={"web": "eve"})
MONA = Person(id="mona", name="Mona", roles=("manager",), logins={"slack": "T/M"})
THEO = Person(id="theo", name="Theo", roles=("manager",), logins={"slack": "T/T"})
MAX = Person(id="max", name="Max", roles=("manager", "executor"))
VIC = Person(id="vic", name="Vic")
PEOPLE = (EVE, VIC, MONA, THEO, MAX)
PLAN = replace(stopping(vm("web-1")), place={"platform": "web", "channel": "general", "thread": "m1"})


def filed(**changes) -> Filed:
    return Filed(PLAN, replace(Request(PLAN.id, PLAN.digest, "eve", 1, NOW + timedelta(hours=1)), **changes))


def rota(*people: Person, running=("web", "slack"), **policy) -> Rota:
    return Rota(people or PEOPLE, PolicySettings(**({"remind_minutes": 10} | policy)), running)


def quiet(person: Person, start: time, end: time, timezone: str = "UTC") -> Person:
    return person.model_copy(update={"quiet": QuietHours(start=start, end=end, timezone=timezone)})


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(*heard: tuple[str, str, float]) -> list[Told]:
    return [Told(PLAN.id, person, kind, at(minute)) for person, kind, minute in heard]


def line(notices) -> list[tuple[str, str]]:
    return [(one.person_id, one.kind) for one in notices]


def follow(one: Filed, people: Rota, minutes, *, unreachable=()) -> list[tuple[float, str, str]]:
    """Ticks at these minutes and tells everybody who is due, as the bot does; who was told what, and when."""
    heard: list[Told] = []
    story = []
    for minute in minutes:
        while notices := due(one, heard, people, at(minute)):
            kind = "unreachable" if notices[0].person_id in unreachable else notices[0].kind
            heard.append(Told(PLAN.id, notices[0].person_id, kind, at(minute)))
            story.append((minute, notices[0].person_id, kind))
    return story


# --- the line of approvers


def test_approvers_are_the_other_managers_in_the_order_of_the_configuration():
    assert [one.id for one in approvers(filed().request, PEOPLE)] == ["mona", "theo", "max"]
    assert [one.id for one in approvers(filed(asked_by="theo").request, PEOPLE)] == ["mona", "max"]
    assert [one.id for one in approvers(filed(asked_by="theo", requester_may_approve=True).request, PEOPLE)] == ["mona", "theo", "max"]
    assert [one.id for one in approvers(filed(votes=(Vote("mona", NOW),), needs=2).request, PEOPLE)] == ["theo", "max"]


def test_one_is_asked_reminded_and_then_the_next_around_once():
    assert follow(filed(), rota(), range(60)) == [
        (0, "mona", "asked"), (10, "mona", "reminder"),
        (20, "theo", "asked"), (30, "theo", "reminder"),
        (40, "max", "asked"), (50, "max", "reminder"),
    ]  # fmt: skip
    long = filed(expires_at=NOW + timedelta(days=1))
    assert len(follow(long, rota(), range(0, 600, 5))) == 6, "around once"


def test_critical_plans_ask_two_at_once_and_a_vote_frees_no_turn():
    critical = filed(needs=2)
    assert line(due(critical, [], rota(), NOW)) == [("mona", "asked"), ("theo", "asked")]
    once = filed(needs=2, votes=(Vote("mona", at(5)),))
    asked = told(("mona", "asked", 0), ("theo", "asked", 0))
    assert due(once, asked, rota(), at(6)) == ()
    assert line(due(once, asked, rota(), at(10))) == [("theo", "reminder")], "who approved is not reminded"
    assert line(due(once, asked, rota(), at(20))) == [("max", "asked")]


def test_who_cannot_be_reached_is_passed_over_at_once():
    assert follow(filed(), rota(), (0, 10), unreachable=("mona", "theo")) == [
        (0, "mona", "unreachable"), (0, "theo", "unreachable"), (0, "max", "asked"), (10, "max", "reminder"),
    ]  # fmt: skip
    assert line(due(filed(), told(("mona", "unreachable", 0)), rota(), at(0))) == [("theo", "asked")]


def test_who_was_not_reached_is_tried_again_after_a_wait_three_times_at_most():
    only = rota(EVE, MONA)
    assert [minute for minute, _, _ in follow(filed(), only, range(60), unreachable=("mona",))] == [0, 10, 20]
    back = told(("mona", "unreachable", 0), ("mona", "asked", 10))
    assert due(filed(), back, only, at(19)) == ()
    assert line(due(filed(), back, only, at(20))) == [("mona", "reminder")]
    lost = [*back, *told(("mona", "unreachable", 20))]
    assert due(filed(), lost, only, at(59)) == (), "who was asked and then lost is not asked again"
    assert due(filed(), told(("mona", "unreachable", 0)), rota(EVE, MONA, running=("web",)), at(30)) == (), "there is nothing to try"


def test_the_requester_who_was_not_reached_is_tried_again_too():
    assert due(filed(), told(("eve", "unreachable", 61)), rota(), at(70)) == ()
    assert line(due(filed(), told(("eve", "unreachable", 61)), rota(), at(71))) == [("eve", "expired")]
    thrice = told(*(("eve", "unreachable", minute) for minute in (61, 71, 81)))
    assert due(filed(), thrice, rota(), at(200)) == ()


def test_after_a_long_stop_of_the_bot_the_next_is_asked_not_the_first_reminded():
    assert line(due(filed(), told(("mona", "asked", 0)), rota(), at(35))) == [("theo", "asked")]


@pytest.mark.parametrize("state", ["approved", "denied", "withdrawn", "used"])
def test_after_a_decision_nobody_is_asked(state):
    assert due(filed(state=state), [], rota(), NOW) == ()


def test_zero_minutes_tell_nobody_and_what_needs_nobody_asks_nobody():
    assert due(filed(), [], rota(remind_minutes=0), NOW) == ()
    assert due(filed(), [], rota(remind_minutes=0), at(61)) == ()
    assert due(filed(needs=0, state="approved"), [], rota(), NOW) == ()


def test_what_was_told_of_another_plan_counts_for_that_one_only():
    other = [Told("plan-other", "mona", "asked", NOW)]
    assert line(due(filed(), other, rota(), NOW)) == [("mona", "asked")]


def test_the_table_names_every_case():
    assert {len(turns) for turns in TURNS.values()} == {3}
    assert set(TURNS) == {None, "asked", "reminder", "unreachable"}


# --- quiet hours


@pytest.mark.parametrize(
    ("start", "end", "zone", "minute_of_day", "expected"),
    [
        (time(22), time(7), "UTC", 23 * 60, True),
        (time(22), time(7), "UTC", 6 * 60 + 59, True),
        (time(22), time(7), "UTC", 7 * 60, False),
        (time(22), time(7), "UTC", 21 * 60 + 59, False),
        (time(22), time(7), "UTC", 22 * 60, True),
        (time(12), time(13), "UTC", 12 * 60 + 30, True),
        (time(12), time(13), "UTC", 13 * 60, False),
        (time(22), time(7), "Asia/Tokyo", 13 * 60, True),  # 22:00 there
        (time(22), time(7), "Asia/Tokyo", 12 * 60 + 59, False),
        (time(9), time(9), "UTC", 9 * 60, False),
    ],
)
def test_quiet_hours_go_over_midnight_and_by_the_wall_clock_there(start, end, zone, minute_of_day, expected):
    now = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=minute_of_day)
    assert is_quiet(QuietHours(start=start, end=end, timezone=zone), now) is expected
    assert is_quiet(None, now) is False


def test_summer_time_moves_quiet_hours_with_the_wall_clock():
    night = QuietHours(start=time(22), end=time(7), timezone="Europe/Berlin")
    assert is_quiet(night, datetime(2026, 7, 1, 5, 30, tzinfo=UTC)) is False, "07:30 in summer"
    assert is_quiet(night, datetime(2026, 12, 1, 5, 30, tzinfo=UTC)) is True, "06:30 in winter"


def test_who_is_in_quiet_hours_is_passed_over_and_keeps_their_place():
    people = (EVE, quiet(MONA, time(11), time(12, 15)), THEO)
    assert follow(filed(), rota(*people), range(60)) == [
        (0, "theo", "asked"), (10, "theo", "reminder"), (20, "mona", "asked"), (30, "mona", "reminder"),
    ]  # fmt: skip


def test_if_all_are_quiet_the_first_who_wakes_is_asked_then():
    people = (EVE, quiet(MONA, time(11), time(12, 40)), quiet(THEO, time(11), time(12, 25)))
    assert follow(filed(), rota(*people), range(60))[:2] == [(25, "theo", "asked"), (35, "theo", "reminder")]
    assert follow(filed(expires_at=at(20)), rota(*people), range(20)) == []


def test_a_turn_that_runs_into_quiet_hours_passes_on_instead_of_reminding():
    people = (EVE, quiet(MONA, time(12, 5), time(14)), THEO)
    assert follow(filed(), rota(*people), range(25)) == [(0, "mona", "asked"), (10, "theo", "asked"), (20, "theo", "reminder")]


# --- how it ended


def test_the_requester_is_told_once_of_an_expiry_and_within_a_day():
    assert due(filed(), [], rota(), at(61)) == (Notice(PLAN.id, "eve", "expired"),)
    assert due(filed(), told(("eve", "expired", 61)), rota(), at(62)) == ()
    assert due(filed(), [], rota(), at(60 + 24 * 60)) == ()
    asleep = (quiet(EVE, time(12), time(15)), MONA)
    assert due(filed(), [], rota(*asleep), at(61)) == ()
    assert line(due(filed(), [], rota(*asleep), at(180))) == [("eve", "expired")]


def test_an_approval_that_expired_unused_is_no_missing_approval():
    assert due(filed(state="approved", votes=(Vote("mona", NOW),)), [], rota(), at(61)) == ()
    half = filed(needs=2, votes=(Vote("mona", NOW),))
    assert line(due(half, [], rota(), at(61))) == [("eve", "expired")]


@pytest.mark.parametrize("state", ["approved", "used", "denied"])
def test_a_decision_is_told_where_the_requester_is_reached_elsewhere(state):
    by = Vote("mona", at(3))
    done = filed(state=state, **({"closed": by} if state == "denied" else {"votes": (by,)}))
    reached = EVE.model_copy(update={"logins": {"web": "eve", "slack": "T/U"}, "reach": "slack"})
    assert due(done, [], rota(EVE, MONA), at(4)) == (), "the card in place tells"
    assert line(due(done, [], rota(reached, MONA), at(4))) == [("eve", "decided")]
    assert due(done, told(("eve", "decided", 4)), rota(reached, MONA), at(5)) == ()
    assert due(done, [], rota(reached, MONA, running=("web",)), at(4)) == ()
    assert due(done, [], rota(EVE.model_copy(update={"logins": {}}), MONA), at(4)) == ()
    assert due(done, [], rota(MONA), at(4)) == (), "somebody who left"


def test_nobody_is_told_of_their_own_decision():
    elsewhere = MAX.model_copy(update={"logins": {"slack": "T/U"}})
    own = filed(asked_by="max", state="denied", closed=Vote("max", NOW))
    assert due(own, [], rota(elsewhere), at(1)) == ()


def test_a_plan_is_over_when_nothing_can_be_due_any_more():
    assert is_over(filed(state="withdrawn"), NOW)
    assert not is_over(filed(), NOW)
    assert not is_over(filed(), at(61))
    assert is_over(filed(), at(61 + 24 * 60))


def test_the_preferred_platform_comes_first_and_only_those_that_run():
    eve = Person(id="eve", name="Eve", logins={"slack": "T/U", "web": "eve", "teams": "t/o"}, reach="teams")
    assert ways(eve, ("web", "slack", "teams")) == (("teams", "t/o"), ("slack", "T/U"), ("web", "eve"))
    assert ways(eve, ("web",)) == (("web", "eve"),)
    assert ways(VIC, ("web",)) == ()


# --- whoever is awake, whatever happens

QUIETS = st.none() | st.builds(
    lambda start, end, zone: QuietHours(start=time(start), end=time(end), timezone=zone),
    st.integers(0, 23), st.integers(0, 23), st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin"]),
)  # fmt: skip
PERSONS = st.lists(st.tuples(st.sampled_from([("manager",), ("manager", "executor"), ("executor",), ("viewer",)]), QUIETS), max_size=6)
EVENTS = st.lists(st.tuples(st.integers(1, 90), st.sampled_from(["tick", "tick", "tick", "vote", "deny", "lose", "restart"])), max_size=40)


@settings(max_examples=250, deadline=None)
@given(PERSONS, EVENTS, st.tuples(st.integers(1, 2), st.booleans()), st.integers(0, 5), st.integers(1, 30), st.integers(0, 23))
def test_whatever_happens(persons, events, wanted, asker, remind, hour):
    people = tuple(
        Person(id=f"p{number}", name="P", roles=roles, quiet=hush, logins={"slack": f"T/{number}"})
        for number, (roles, hush) in enumerate(persons)
    )
    standing = Rota(people, PolicySettings(remind_minutes=remind), ("slack",))
    now = NOW.replace(hour=hour)
    request = Request(PLAN.id, PLAN.digest, f"p{asker}", wanted[0], now + timedelta(hours=3), wanted[1])
    heard: list[Told] = []
    for minutes, event in events:
        now += timedelta(minutes=minutes)
        request = moved(request, event, people, now)
        notices = due(Filed(PLAN, request), heard, standing, now)
        assert len(set(notices)) == len(notices)
        for one in notices:
            assert_may_be_told(one, request, standing, now)
            assert (one.person_id, one.kind) not in {(old.person_id, old.kind) for old in heard}, "nothing twice"
        if is_open(request, now) and somebody_is_free(request, heard, standing, now):
            assert any(one.kind == "asked" for one in notices), "while somebody awake was never asked, somebody is"
        heard += [Told(PLAN.id, one.person_id, "unreachable" if event == "lose" else one.kind, now) for one in notices]


def is_open(request: Request, now: datetime) -> bool:
    return request.state == "asked" and now < request.expires_at


def moved(request: Request, event: str, people, now: datetime) -> Request:
    """The request after a vote of the first who may, or a denial; anything else leaves it."""
    possible = approvers(request, people)
    if event == "vote" and is_open(request, now) and possible:
        votes = (*request.votes, Vote(possible[0].id, now))
        return replace(request, votes=votes, state="approved" if len(votes) >= request.needs else "asked")
    if event == "deny" and is_open(request, now):
        return replace(request, state="denied", closed=Vote("p9", now))
    return request


def assert_may_be_told(one: Notice, request: Request, standing: Rota, now: datetime) -> None:
    person = next(each for each in standing.people if each.id == one.person_id)
    assert not is_quiet(person.quiet, now), "nobody in quiet hours"
    if one.kind in ("asked", "reminder"):
        assert is_open(request, now), "never after a decision or the expiry"
        assert "manager" in person.roles
        assert person.id != request.asked_by or request.requester_may_approve
        assert person.id not in {vote.by for vote in request.votes}
    else:
        assert not is_open(request, now)
        assert person.id == request.asked_by


def somebody_is_free(request: Request, heard, standing: Rota, now: datetime) -> bool:
    """Nobody has a turn, and some approver is awake and has heard nothing yet."""
    two_waits = 2 * timedelta(minutes=standing.policy.remind_minutes)
    turns = [old for old in heard if old.kind == "asked" and now < old.at + two_waits]
    knowing = {old.person_id for old in heard}
    return not turns and any(one.id not in knowing and not is_quiet(one.quiet, now) for one in approvers(request, standing.people))
