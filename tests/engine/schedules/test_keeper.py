"""The keeper of time: what is due fires once, what is near is told once, what was missed is told and never made up for too late."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.approvals.desk import Pressed
from engine.clock import SystemClock
from engine.errors import EscherError, StoreError
from engine.schedules.keeper import Keeper
from engine.schedules.schedule import Cadence
from tests.engine.schedules.bench import MONA, PRESS, PROD, bench
from tests.engine.schedules.samples import NOW, ONCE

TONIGHT = NOW.replace(hour=20)
WARNED = {"schedules": {"heads_up_minutes": 15, "timezone": "UTC"}}


@pytest.fixture
async def made(tmp_path):
    async with bench(tmp_path) as opened:
        yield opened


@pytest.fixture
async def warned(tmp_path):
    async with bench(tmp_path, **WARNED) as opened:
        yield opened


def results(told):
    return [fired.result if fired else None for _, fired in told]


async def test_nothing_happens_before_its_time(made):
    await made.active()
    made.clock.advance(8 * 3600 - 1)
    assert await made.tick() == []
    made.clock.advance(1)
    assert results(await made.tick()) == ["ran"]
    assert await made.tick() == []


async def test_a_time_that_came_a_little_while_ago_is_made_up_for(made):
    await made.active()
    made.clock.advance(8 * 3600 + 15 * 60)
    (told,) = await made.tick()
    assert told[1].result == "ran"
    assert told[1].due == TONIGHT


async def test_a_time_that_came_too_long_ago_is_missed_and_told(made):
    await made.active()
    made.clock.advance(8 * 3600 + 15 * 60 + 1)
    (told,) = await made.tick()
    assert told[1].result == "missed"
    assert told[1].says == "Escher was not running at 2026-11-20 20:00 UTC. Nothing was done."
    assert made.sent() == []
    assert made.schedules.all()[0].next_at == TONIGHT + timedelta(days=1)
    assert await made.tick() == []


async def test_many_missed_times_are_told_once_and_the_last_is_made_up_for(made):
    schedule = await made.active(cadence=Cadence("hourly", "UTC", cron="0 * * * *"))
    made.clock.advance(timedelta(days=3, minutes=5).total_seconds())
    missed, ran = await made.tick()
    assert missed[1].result == "missed"
    assert "at 2026-11-20 13:00 UTC and at the times until 2026-11-23 11:50 UTC" in missed[1].says
    assert (ran[1].result, ran[1].due) == ("ran", NOW + timedelta(days=3))
    assert made.schedules.find(schedule.id).next_at == NOW + timedelta(days=3, hours=1)


async def test_a_single_time_that_was_missed_is_over(made):
    schedule = await made.active(cadence=ONCE)
    made.clock.advance(3 * 3600)
    assert results(await made.tick()) == ["missed"]
    assert made.schedules.find(schedule.id).state == "ended"


async def test_a_single_time_that_came_is_over(made):
    schedule = await made.active(cadence=ONCE)
    assert (await made.at(2)).result == "ran"
    assert made.schedules.find(schedule.id).state == "ended"


async def test_a_single_time_that_comes_while_it_is_paused_is_over(made):
    schedule = await made.active(cadence=ONCE)
    await made.schedules.move(schedule.id, "pause", PRESS)
    made.clock.advance(2 * 3600)
    ((_, fired),) = await made.tick()
    assert (fired.result, fired.says) == ("skipped", "It was paused when its time came, so it ended.")
    assert made.schedules.find(schedule.id).state == "ended"
    assert await made.tick() == []


@pytest.mark.parametrize("cadence", [ONCE, Cadence("nightly", "UTC", cron="0 20 * * *")])
async def test_what_nobody_approves_in_time_ends_and_is_told(made, cadence):
    proposed = await made.propose(cadence=cadence)
    assert await made.tick() == []
    made.clock.advance(2 * 3600)
    ((_, fired),) = await made.tick()
    assert (fired.result, fired.says) == ("left", "Nobody approved it in time, so it ended. Nothing was done.")
    assert made.schedules.find(proposed.schedule.id).state == "ended"
    assert made.sent() == []
    assert await made.tick() == []


async def test_what_was_denied_ends_without_another_word(made):
    proposed = await made.propose()
    plan = proposed.filed.plan
    await made.engine.desk.click(plan.id, Pressed("deny", MONA, plan.digest))
    assert await made.tick() == []
    assert made.schedules.find(proposed.schedule.id).state == "ended"


async def test_a_review_with_fewer_targets_keeps_it_proposed(made):
    proposed = await made.propose()
    plan = proposed.filed.plan
    await made.engine.planner.fewer(plan, [PROD[0].id], MONA)
    await made.engine.desk.click(plan.id, Pressed("withdraw", MONA, plan.digest, "replaced"))
    assert await made.tick() == []
    assert made.schedules.find(proposed.schedule.id).state == "proposed"


# --- told before


async def test_its_place_is_told_once_before_it_runs(warned):
    schedule = await warned.active()
    warned.clock.advance(8 * 3600 - 900 - 1)
    assert await warned.tick() == []
    warned.clock.advance(1)
    assert await warned.tick() == [(schedule.id, None)]
    warned.clock.advance(600)
    assert await warned.tick() == []
    warned.clock.advance(300)
    assert results(await warned.tick()) == ["ran"]
    assert warned.bodies("schedule.heads_up") == [{"id": schedule.id, "due": TONIGHT.isoformat()}]


async def test_nobody_is_told_before_a_run_that_changes_nothing(warned):
    await warned.active()
    for one in PROD:
        warned.cloud.change(one.id, state="stopped")
        await warned.estate.replace(await warned.cloud.read(one))
    warned.clock.advance(8 * 3600 - 600)
    assert await warned.tick() == []
    assert (await warned.at(1 / 6)).result == "nothing"


async def test_nobody_is_told_of_what_was_settled_after_that(warned):
    await warned.active(cadence=Cadence("in 10 minutes", "UTC", run_at=NOW + timedelta(minutes=10)))
    warned.clock.advance(60)
    assert await warned.tick() == []


async def test_of_a_snoozed_time_its_place_is_told_anew(warned):
    schedule = await warned.active()
    warned.clock.advance(8 * 3600 - 600)
    assert await warned.tick() == [(schedule.id, None)]
    await warned.schedules.snooze(schedule.id, timedelta(hours=1), PRESS)
    assert await warned.tick() == []
    warned.clock.advance(3600)
    assert await warned.tick() == [(schedule.id, None)]


async def test_of_times_that_follow_each_other_quickly_nobody_is_told(warned):
    await warned.active(cadence=Cadence("often", "UTC", cron="*/5 * * * *"))
    told = []
    for _ in range(10):
        warned.clock.advance(300)
        told += await warned.tick()
    assert None not in results(told)
    assert len(told) == 10


async def test_after_a_start_nobody_is_told_twice(tmp_path):
    async with bench(tmp_path, **WARNED) as made:
        await made.active()
        made.clock.advance(8 * 3600 - 600)
        assert len(await made.tick()) == 1
        clock = made.clock
    async with bench(tmp_path, clock=clock, **WARNED) as made:
        assert await made.tick() == []


# --- together


async def test_two_at_one_minute_both_run(made):
    one = await made.active()
    two = await made.active("stop all dev instances")
    made.clock.advance(8 * 3600)
    assert sorted(await made.tick()) == sorted([(one.id, made.schedules.find(one.id).last), (two.id, made.schedules.find(two.id).last)])
    assert len(made.sent()) == 5


async def test_a_long_run_holds_up_no_other_and_its_own_next_time_is_left_out(made):
    slow = await made.active("stop all dev instances", Cadence("often", "UTC", cron="*/5 * * * *"))
    await made.active("stop shop-1")
    held, gate = asyncio.Event(), asyncio.Event()
    run = made.schedules._run_here

    async def slowly(plan_id):
        if made.engine.desk.find(plan_id).plan.fires.startswith(slow.id):
            held.set()
            await gate.wait()
        return await run(plan_id)

    made.schedules.through(slowly)
    made.clock.advance(300)
    await made.keeper.tick()
    await held.wait()
    made.clock.advance(300)
    await made.keeper.tick()
    assert results(made.told) == ["skipped"]
    assert "still under way" in made.told[0][1].says
    gate.set()
    await made.keeper.settled()
    assert results(made.told) == ["skipped", "ran"]
    assert len(made.bodies("run.started")) == 1


async def test_a_fault_of_ours_is_told_and_stops_no_other(made):
    broken = await made.active()
    fine = await made.active("stop all dev instances")
    run = made.schedules._run_here

    async def half(plan_id):
        if made.engine.desk.find(plan_id).plan.fires.startswith(broken.id):
            raise ZeroDivisionError
        return await run(plan_id)

    made.schedules.through(half)
    made.clock.advance(8 * 3600)
    told = dict(await made.tick())
    assert told[broken.id].result == "refused"
    assert "A fault inside Escher (ZeroDivisionError)" in told[broken.id].says
    assert told[fine.id].result == "ran"


async def test_a_place_that_cannot_be_told_stops_nothing(made):
    await made.active()

    async def away(_schedule, _fired):
        raise EscherError("Slack is away.")

    keeper = Keeper(made.schedules, made.clock, away)
    made.clock.advance(8 * 3600)
    await keeper.tick()
    await keeper.settled()
    assert len(made.sent()) == 3


async def test_a_schedule_that_cannot_be_attended_to_stops_no_other(made, monkeypatch):
    await made.active()
    one = await made.active("stop all dev instances")
    note = made.engine.journal.append

    async def full(kind, body):
        if kind == "schedule.fired" and body["id"] == one.id:
            raise StoreError("The disk is full.")
        return await note(kind, body)

    monkeypatch.setattr(made.engine.journal, "append", full)
    made.clock.advance(8 * 3600)
    assert results(await made.tick()) == ["ran"]
    assert made.schedules.find(one.id).next_at == TONIGHT, "what could not be written down was not done"
    monkeypatch.undo()
    assert results(await made.tick()) == ["ran"]


# --- on its own


async def test_it_keeps_time_until_it_is_cancelled(tmp_path):
    """On the machine's own clock: what is due runs, what is approved meanwhile is noticed."""
    async with bench(tmp_path, clock=SystemClock()) as made:  # type: ignore[arg-type]
        came = asyncio.Event()

        async def tell(_schedule, fired):
            assert fired.result == "ran"
            came.set()

        keeper = Keeper(made.schedules, made.clock, tell)
        running = asyncio.create_task(keeper.run())
        soon = Cadence("soon", "UTC", run_at=made.clock.now() + timedelta(seconds=1))
        await made.active(cadence=soon)
        await asyncio.wait_for(came.wait(), 30)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(made.sent()) == 3


async def test_after_a_start_what_fired_and_was_never_told_is_missed_and_not_done(tmp_path):
    async with bench(tmp_path) as made:
        schedule = await made.active()
        made.clock.advance(8 * 3600)
        await made.engine.journal.append("schedule.fired", {"id": schedule.id, "due": TONIGHT.isoformat()})
        clock, cloud = made.clock, made.cloud
    async with bench(tmp_path, clock=clock, cloud=cloud) as made:
        await made.keeper.begin()
        ((_, fired),) = made.told
        assert (fired.result, fired.due) == ("missed", TONIGHT)
        assert await made.tick() == []
        assert made.sent() == []
        await made.keeper.begin()
        assert len(made.told) == 1
