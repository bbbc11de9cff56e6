"""Schedules asked for, approved, moved, put off and fired; and all of it again after a start."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.advisor.replies import Said
from engine.approvals.desk import Pressed
from engine.errors import AdvisorError, GrantRefused, Refused, ScheduleRefused
from engine.planning.planner import Ask, NothingToDo
from engine.schedules.cadence import in_words
from engine.schedules.schedule import Cadence
from engine.schedules.schedules import Wish
from engine.schedules.states import GUESTS, Press
from engine.settings import Person
from tests.engine.execution.samples import vm
from tests.engine.schedules.bench import EVE, MONA, PRESS, PROD, THEO, bench
from tests.engine.schedules.samples import NIGHTLY, NOW, ONCE, PLACE

MANAGER = Press("mona", frozenset({"manager"}))
STRANGER = Press("ada", frozenset({"viewer"}))
TONIGHT = NOW.replace(hour=20)


@pytest.fixture
async def made(tmp_path):
    async with bench(tmp_path) as opened:
        yield opened


# --- asked for


async def test_a_review_holds_everything_as_if_it_needed_it(made):
    made.cloud.change(PROD[1].id, state="stopped")
    await made.estate.replace(vm("shop-2", "stopped", env="production"))
    proposed = await made.propose()
    plan = proposed.filed.plan
    assert {step.target for step in plan.steps} == {one.id for one in PROD}
    assert proposed.now == (PROD[0].id, PROD[2].id)
    assert {group.told["state"] for group in made.oracle.asked[0].groups} == {"any"}
    assert plan.schedule.startswith(f"{proposed.schedule.id}@")
    assert plan.monthly_delta == 0.0
    assert plan.place == PLACE
    schedule = proposed.schedule
    assert (schedule.state, schedule.next_at, schedule.review, schedule.title) == (
        "proposed", None, plan.id, "Stop all production instances",
    )  # fmt: skip
    assert made.sent() == []


async def test_the_review_itself_never_runs(made):
    filed = (await made.propose()).filed
    await made.engine.desk.click(filed.plan.id, Pressed("approve", MONA, filed.plan.digest))
    with pytest.raises(GrantRefused, match="for later, and never runs itself"):
        await made.engine.executor.execute(filed.plan, await made.engine.desk.grant(filed.plan.id))
    assert made.sent() == []


async def test_the_asker_does_not_approve_it(made):
    filed = (await made.propose()).filed
    decided = await made.engine.desk.click(filed.plan.id, Pressed("approve", EVE, filed.plan.digest))
    assert decided is not None
    assert decided.refused
    with pytest.raises(GrantRefused):
        await made.schedules.approved(filed.plan.id)
    assert made.schedules.all()[0].state == "proposed"


@pytest.mark.parametrize(
    ("message", "cadence", "said"),
    [
        ("stop all production instances", Cadence("x", "UTC", cron="0 25 * * *"), "The hour of the cron line, '25'"),
        (
            "stop all production instances",
            Cadence("yesterday", "UTC", run_at=NOW - timedelta(hours=1)),
            "\u201cyesterday\u201d is over already",
        ),
        ("stop them", NIGHTLY, "The words alone do not say which resources"),
        ("stop shop-17", NIGHTLY, "nobody could tell which resources are meant"),
        ("stop all staging instances", NIGHTLY, "Nothing in the estate matches that."),
        ("show all production instances", NIGHTLY, "no longer reads as something to do"),
    ],
)
async def test_what_could_not_be_done_at_its_time_is_refused_now(made, message, cadence, said):
    with pytest.raises(ScheduleRefused, match=said):
        await made.schedules.propose(Wish(Ask(EVE, message, "", ()), cadence))
    assert made.schedules.all() == ()
    assert made.bodies("plan.made") == []


async def test_what_the_ai_server_says_instead_is_passed_on(made):
    wish = Wish(Ask(EVE, "stop all production instances", "", ()), NIGHTLY)
    made.oracle.reply = Said("clarification", "Which?")
    assert await made.schedules.propose(wish) == made.oracle.reply
    made.oracle.reply = None
    made.oracle.away_because = "Away."
    with pytest.raises(AdvisorError):
        await made.schedules.propose(wish)
    viewer = Person(id="vic", name="Vic")
    with pytest.raises(Refused, match="look and ask"):
        await made.schedules.propose(Wish(Ask(viewer, "stop all production instances", "", ()), NIGHTLY))
    assert made.schedules.all() == ()


async def test_there_is_a_most(tmp_path):
    async with bench(tmp_path, schedules={"most": 1, "heads_up_minutes": 0}) as made:
        await made.propose()
        with pytest.raises(ScheduleRefused, match="There are 1 schedules already"):
            await made.propose()


async def test_what_the_plan_leaves_alone_is_not_new_each_night(made):
    await made.put(vm("shop-4", env="production", properties={"can_stop": False}))
    schedule = await made.active()
    assert schedule.spared == (vm("shop-4").id,)
    fired = await made.at(8)
    assert fired.says.startswith("Stop 3 compute instances: done. 1 left out: cannot be stopped (shop-4)")
    assert "new" not in fired.says


# --- approved


async def test_an_approval_stands_once_and_again_is_the_same(made):
    proposed = await made.propose()
    schedule = await made.approve(proposed.filed)
    assert schedule.state == "active"
    assert schedule.standing is not None
    assert (schedule.standing.approved_by, schedule.standing.until) == (("mona",), NOW + timedelta(days=90))
    assert schedule.next_at == TONIGHT
    assert await made.schedules.approved(proposed.filed.plan.id) == schedule
    assert len(made.bodies("schedule.approved")) == 1


async def test_what_is_no_review_activates_nothing(made):
    with pytest.raises(ScheduleRefused, match="no review of a schedule"):
        await made.schedules.approved("plan-unknown")


async def test_a_single_time_may_be_approved_until_it_comes(made):
    tomorrow = Cadence("tomorrow", "UTC", run_at=NOW + timedelta(hours=21))
    proposed = await made.propose(cadence=tomorrow)
    assert proposed.filed.plan.expires_at == tomorrow.run_at
    far = Cadence("in a month", "UTC", run_at=NOW + timedelta(days=30))
    assert (await made.propose(cadence=far)).filed.plan.expires_at == NOW + timedelta(days=7)
    assert (await made.propose()).filed.plan.expires_at == NOW + timedelta(minutes=60)
    made.clock.advance(20 * 3600)
    assert (await made.approve(proposed.filed)).next_at == tomorrow.run_at


async def test_an_ended_schedules_review_is_withdrawn(made):
    proposed = await made.propose()
    ended = await made.schedules.move(proposed.schedule.id, "end", PRESS)
    assert ended.state == "ended"
    found = made.engine.desk.find(proposed.filed.plan.id)
    assert found is not None
    assert (found.request.state, found.request.closed.reason) == ("withdrawn", "its schedule was ended")
    with pytest.raises(ScheduleRefused, match="has ended"):
        await made.schedules.approved(proposed.filed.plan.id)
    assert made.schedules.all() == ()


async def test_a_fresh_review_takes_in_what_matches_today_and_replaces_the_approval(made):
    schedule = await made.active()
    await made.put(vm("shop-4", env="production"))
    filed = await made.schedules.review(schedule.id, MONA)
    assert len(filed.plan.steps) == 4
    assert filed.plan.asked_by == "eve"
    waiting = made.schedules.find(schedule.id)
    assert (waiting.review, waiting.standing) == (filed.plan.id, schedule.standing), "what was approved holds until the new one is"
    after = await made.approve(filed)
    assert after.standing.plan_id == filed.plan.id
    assert after.next_at == schedule.next_at
    assert (await made.at(8)).says == "Stop 4 compute instances: done."


async def test_a_second_review_takes_the_place_of_the_first(made):
    schedule = await made.active()
    first = await made.schedules.review(schedule.id, EVE)
    second = await made.schedules.review(schedule.id, EVE)
    assert made.engine.desk.find(first.plan.id).request.state == "withdrawn"
    assert (await made.approve(second)).standing.plan_id == second.plan.id


async def test_a_review_with_fewer_targets_stays_a_review(made):
    proposed = await made.propose()
    smaller = await made.engine.planner.fewer(proposed.filed.plan, [PROD[0].id], EVE)
    assert smaller.plan.schedule == proposed.filed.plan.schedule
    schedule = await made.approve(smaller)
    assert (schedule.state, schedule.review) == ("active", smaller.plan.id)
    assert schedule.spared == tuple(sorted(one.id for one in PROD[1:])), "who was not picked is not new"
    assert (await made.at(8)).says == "Stop 1 compute instance: done."


async def test_who_may_ask_for_a_review_and_of_what(made):
    schedule = await made.active()
    with pytest.raises(ScheduleRefused, match="Only the person who asked"):
        await made.schedules.review(schedule.id, Person(id="vic", name="Vic"))
    for one in PROD:
        await made.estate.replace(vm(one.name, env="production", properties={"can_stop": False}))
    with pytest.raises(Refused, match="cannot be stopped"):
        await made.schedules.review(schedule.id, MONA)
    made.oracle.reply = Said("refusal", "Never.", who_can="Nobody.")
    for one in PROD:
        await made.estate.replace(one)
    with pytest.raises(ScheduleRefused, match="Never"):
        await made.schedules.review(schedule.id, MONA)


async def test_a_review_of_what_could_never_need_it(made, monkeypatch):
    schedule = await made.active()

    async def nothing(_ask):
        return NothingToDo((), "")

    monkeypatch.setattr(made.engine.planner, "draft", nothing)
    with pytest.raises(ScheduleRefused, match="nothing to review"):
        await made.schedules.review(schedule.id, MONA)


# --- moved and put off


async def test_paused_it_does_not_run_and_resumed_it_runs_the_next_time(made):
    schedule = await made.active()
    paused = await made.schedules.move(schedule.id, "pause", PRESS)
    assert (paused.state, paused.next_at) == ("paused", None)
    made.clock.advance(30 * 3600)
    assert await made.tick() == []
    resumed = await made.schedules.move(schedule.id, "resume", MANAGER)
    assert resumed.next_at == TONIGHT + timedelta(days=1)
    assert made.sent() == []


WAYS = {
    "pause": lambda made, id_, press: made.schedules.move(id_, "pause", press),
    "end": lambda made, id_, press: made.schedules.move(id_, "end", press),
    "snooze": lambda made, id_, press: made.schedules.snooze(id_, timedelta(hours=1), press),
    "skip": lambda made, id_, press: made.schedules.skip(id_, press),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_a_refused_press_explains_itself_and_is_written_down(made, way):
    schedule = await made.active()
    guest = Press("mona", frozenset({"manager"}), guest=True)
    for press, said in ((STRANGER, "Only the person who asked"), (guest, GUESTS)):
        with pytest.raises(ScheduleRefused, match=said):
            await way(made, schedule.id, press)
    assert [(body["plan"], body["by"]) for body in made.bodies("click.refused")] == [(schedule.id, "ada"), (schedule.id, "mona")]
    assert made.schedules.find(schedule.id) == schedule


async def test_snoozed_it_runs_later_once(made):
    schedule = await made.active()
    made.clock.advance(8 * 3600 - 600)
    snoozed = await made.schedules.snooze(schedule.id, timedelta(hours=1), PRESS)
    assert (snoozed.next_at, snoozed.snoozed) == (TONIGHT + timedelta(hours=1), True)
    made.clock.advance(1200)
    assert await made.tick() == []
    assert (await made.at(1)).due == TONIGHT + timedelta(hours=1)
    assert made.schedules.find(schedule.id).next_at == TONIGHT + timedelta(days=1)


@pytest.mark.parametrize("until", [timedelta(0), timedelta(hours=-1), timedelta(days=8)])
async def test_how_long_is_bounded(made, until):
    schedule = await made.active()
    with pytest.raises(ScheduleRefused, match="up to 7 days"):
        await made.schedules.snooze(schedule.id, until, PRESS)


async def test_skipped_it_runs_the_time_after(made):
    schedule = await made.active()
    skipped = await made.schedules.skip(schedule.id, PRESS)
    assert skipped.next_at == TONIGHT + timedelta(days=1)
    made.clock.advance(9 * 3600)
    assert await made.tick() == []
    assert (await made.at(23)).result == "ran"


async def test_a_single_time_that_is_skipped_is_over(made):
    schedule = await made.active(cadence=ONCE)
    assert (await made.schedules.skip(schedule.id, PRESS)).state == "ended"
    with pytest.raises(ScheduleRefused, match="has ended"):
        await made.schedules.snooze(schedule.id, timedelta(hours=1), PRESS)


async def test_what_is_over_is_not_resumed(made):
    schedule = await made.active(cadence=ONCE)
    await made.schedules.move(schedule.id, "pause", PRESS)
    made.clock.advance(3 * 3600)
    with pytest.raises(ScheduleRefused, match="Its time is over"):
        await made.schedules.move(schedule.id, "resume", PRESS)


async def test_what_does_not_exist_is_said_to_be_so(made):
    with pytest.raises(ScheduleRefused, match="There is no schedule sched-unknown"):
        await made.schedules.move("sched-unknown", "pause", PRESS)
    assert made.schedules.find("sched-unknown") is None


# --- times


async def test_only_what_is_due_fires_and_only_once(made):
    schedule = await made.active()
    with pytest.raises(ScheduleRefused, match="is not due at 2026-11-20 12:00"):
        await made.schedules.fire(schedule.id, NOW)
    made.clock.advance(8 * 3600)
    assert (await made.schedules.fire(schedule.id, TONIGHT)).result == "ran"
    with pytest.raises(ScheduleRefused, match="is not due"):
        await made.schedules.fire(schedule.id, TONIGHT)
    assert len(made.sent()) == 3


async def test_two_that_fire_the_same_time_at_once_are_one(made):
    schedule = await made.active()
    made.clock.advance(8 * 3600)
    both = await asyncio.gather(*(made.schedules.fire(schedule.id, TONIGHT) for _ in range(2)), return_exceptions=True)
    assert len(made.bodies("run.started")) == 1
    assert sum(not isinstance(one, Exception) and one.result == "ran" for one in both) == 1
    assert len(made.sent()) == 3


async def test_looking(made):
    one = await made.active()
    two = await made.active(cadence=ONCE)
    proposed = await made.propose()
    assert [schedule.id for schedule in made.schedules.all()] == [one.id, two.id, proposed.schedule.id]
    assert [schedule.id for schedule in made.schedules.upcoming(timedelta(hours=9))] == [two.id, one.id]
    assert made.schedules.upcoming(timedelta(hours=1)) == ()
    assert await made.schedules.touching(one.id) == tuple(resource.id for resource in PROD)
    assert made.schedules.zone == "UTC"
    assert made.schedules.settings.standing_days == 90
    assert in_words(one.cadence) == "every day at 20:00 UTC"


async def test_nobody_who_asked_touches_nothing(tmp_path):
    async with bench(tmp_path) as made:
        schedule = await made.active()
    async with bench(tmp_path, people=(MONA, THEO)) as made:
        assert await made.schedules.touching(schedule.id) == ()
        with pytest.raises(ScheduleRefused, match="is not configured here any more"):
            await made.schedules.review(schedule.id, MONA)


# --- after a start


async def test_after_a_start_all_is_as_it_was(tmp_path):
    async with bench(tmp_path) as made:
        one = await made.active()
        await made.schedules.snooze(one.id, timedelta(hours=1), PRESS)
        two = await made.active("stop all dev instances")
        await made.schedules.move(two.id, "pause", PRESS)
        three = await made.active(cadence=ONCE)
        await made.at(2)
        await made.propose()
        before = [made.schedules.find(one.id), made.schedules.find(two.id), made.schedules.find(three.id), *made.schedules.all()]
        clock = made.clock
    async with bench(tmp_path, clock=clock) as made:
        assert [made.schedules.find(one.id), made.schedules.find(two.id), made.schedules.find(three.id), *made.schedules.all()] == before
        assert await made.schedules.unfinished() == ()


@pytest.mark.parametrize("granted", [False, True])
async def test_an_approval_that_a_kill_came_after_is_not_lost(tmp_path, granted):
    async with bench(tmp_path) as made:
        proposed = await made.propose()
        plan = proposed.filed.plan
        await made.engine.desk.click(plan.id, Pressed("approve", MONA, plan.digest))
        if granted:
            await made.engine.desk.grant(plan.id)
        clock = made.clock
    async with bench(tmp_path, clock=clock) as made:
        assert made.schedules.all()[0].state == "proposed"
        await made.schedules.recover()
        await made.engine.desk.abandon_unbegun(set())
        (schedule,) = made.schedules.all()
        assert (schedule.state, schedule.standing.approved_by) == ("active", ("mona",))
        await made.schedules.recover()
        assert len(made.bodies("schedule.approved")) == 1
        assert (await made.at(8)).result == "ran"


@pytest.mark.slow
async def test_200_schedules_at_one_minute_lose_none(tmp_path):
    """Ten of them for each machine: whoever comes second finds it done, or a world that changed, and says so."""
    machines = [vm(f"lab-{number}") for number in range(20)]
    async with bench(tmp_path, machines) as made:
        for number in range(200):
            await made.active(f"stop lab-{number % 20}")
        made.clock.advance(8 * 3600)
        told = await made.tick()
        assert len({schedule_id for schedule_id, _ in told}) == len(told) == 200
        assert len(made.bodies("schedule.fired")) == len(made.bodies("schedule.told")) == 200
        assert {name for name, _ in made.sent()} == {one.name for one in machines}
        assert sum(fired.result == "ran" for _, fired in told) >= 20
        assert await made.tick() == []
        clock = made.clock
    async with bench(tmp_path, machines, clock=clock) as made:
        assert len(made.schedules.all()) == 200
        assert {schedule.next_at for schedule in made.schedules.all()} == {TONIGHT + timedelta(days=1)}
