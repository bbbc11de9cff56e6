"""One time that comes: what is meant and approved runs, whatever else is left out and told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.advisor.replies import Draft, DraftStep, Said
from engine.errors import Denied, Unreachable
from engine.schedules.cadence import next_after
from engine.schedules.schedule import Cadence
from engine.settings import Person
from tests.engine.execution.samples import vm
from tests.engine.schedules.bench import MONA, PEOPLE, PROD, THEO, bench
from tests.engine.schedules.samples import NOW, PLACE

TONIGHT = 8.0  # hours from NOW
STOPPED = [(one.name, "StopInstances") for one in PROD]


@pytest.fixture
async def made(tmp_path):
    async with bench(tmp_path) as opened:
        yield opened


async def test_what_was_approved_runs_without_the_ai_server(made):
    schedule = await made.active()
    made.oracle.away_because = "The AI server is away."
    fired = await made.at(TONIGHT)
    assert (fired.result, fired.says) == ("ran", "Stop 3 compute instances: done.")
    assert sorted(made.sent()) == STOPPED
    (run,) = made.bodies("run.started")
    assert run["run"] == fired.run
    assert run["approved_by"] == ["mona"]
    assert run["plan"]["fires"] == f"{schedule.id}@{fired.due.isoformat()}"
    assert run["plan"]["place"] == PLACE
    (_, filed) = made.bodies("plan.made")
    assert filed["because"] == [f"approved for this schedule by Mona on 2026-11-20 ({schedule.review})"]


async def test_the_journal_tells_it_first(made):
    await made.active()
    await made.at(TONIGHT)
    kinds = [entry.kind for entry in made.engine.journal.entries()]
    assert kinds.index("schedule.fired") < kinds.index("run.started") < kinds.index("schedule.told")
    assert kinds.count("schedule.fired") == kinds.count("schedule.told") == 1


async def test_it_runs_again_the_next_night_for_what_needs_it(made):
    await made.active()
    await made.at(TONIGHT)
    assert (await made.at(24)).result == "nothing"
    made.cloud.change(PROD[1].id, state="running")
    fired = await made.at(24)
    assert (fired.result, fired.says) == ("ran", "Stop 1 compute instance: done.")
    assert made.sent()[3:] == [STOPPED[1]]


async def test_the_state_is_the_clouds_and_not_the_estates(made):
    await made.active()
    made.cloud.change(PROD[0].id, state="stopped")
    await made.at(TONIGHT)
    assert sorted(made.sent()) == STOPPED[1:]


async def test_what_is_new_is_left_out_and_told(made):
    await made.active()
    await made.put(vm("shop-4", env="production"), vm("shop-5", "stopped", env="production"))
    fired = await made.at(TONIGHT)
    assert (fired.result, fired.says) == ("ran", "Stop 3 compute instances: done. 1 is new since it was approved: review it.")
    assert sorted(made.sent()) == STOPPED
    (run,) = made.bodies("run.started")
    assert {"count": 2, "reason": "new since it was approved"} in run["plan"]["left_out"]


async def test_only_what_is_new_needs_it(made):
    await made.active()
    for one in PROD:
        made.cloud.change(one.id, state="stopped")
    await made.put(vm("shop-4", env="production"))
    fired = await made.at(TONIGHT)
    assert fired.result == "left"
    assert fired.says == "Nothing of what was approved has to be done. 1 is new since it was approved: review it."
    assert made.sent() == []


async def test_what_is_new_and_fine_is_no_news(made):
    await made.active()
    await made.put(vm("shop-4", "stopped", env="production"))
    assert (await made.at(TONIGHT)).says == "Stop 3 compute instances: done."


@pytest.mark.parametrize("how", ["away", "words", "refused"])
async def test_where_nobody_can_judge_what_is_new_the_rest_runs(made, how):
    await made.active()
    await made.put(vm("shop-4", env="production"))
    if how == "away":
        made.oracle.away_because = "The AI server is away."
    elif how == "words":
        made.oracle.reply = Said("unknown", "I do not know.")
    else:
        made.oracle.reply = Draft("Title", (DraftStep("s1", "ec2:Forgotten", ("g1",), {}, (), "why"),))
    fired = await made.at(TONIGHT)
    assert fired.result == "ran"
    assert "1 is new since it was approved left out: " in fired.says
    assert sorted(made.sent()) == STOPPED


async def test_what_policy_asks_nobody_about_takes_new_ones_in(made):
    await made.active("stop all dev instances")
    assert made.bodies("schedule.approved")[0]["standing"]["approved_by"] == []
    await made.put(vm("lab-3"))
    fired = await made.at(TONIGHT)
    assert fired.result == "ran"
    assert sorted(name for name, _ in made.sent()) == ["lab-1", "lab-2", "lab-3"]


async def test_what_policy_asks_nobody_about_runs_its_known_part_without_the_ai_server(made):
    await made.active("stop all dev instances")
    made.oracle.away_because = "The AI server is away."
    await made.put(vm("lab-3"))
    assert "1 is new since it was approved left out: The AI server is away." in (await made.at(TONIGHT)).says
    assert sorted(name for name, _ in made.sent()) == ["lab-1", "lab-2"]


async def test_where_too_many_would_be_meant_only_the_known_ones_run(made):
    await made.active("stop all dev instances")
    await made.put(*(vm(f"lab-{number}") for number in range(3, 14)))
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 11 are new since it was approved: review it."
    assert len(made.sent()) == 2


async def test_what_changed_its_environment_is_new(made):
    await made.active("stop all instances in acme-four")
    changed = vm("lab-1", env="production")
    await made.put(changed)
    fired = await made.at(TONIGHT)
    assert "1 is new since it was approved: review it." in fired.says
    assert "lab-1" not in [name for name, _ in made.sent()]


async def test_what_no_longer_fits_the_words_is_left_alone(made):
    await made.active()
    made.cloud.change(PROD[0].id, tags={"env": "dev"})  # the estate does not know yet
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 1 is no longer what was meant."
    assert sorted(made.sent()) == STOPPED[1:]


async def test_what_is_gone_is_told_and_the_rest_runs(made):
    await made.active()
    made.cloud.remove(PROD[0].id)
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 1 is gone."


async def test_a_cloud_that_does_not_answer_is_a_gap(made):
    await made.active()
    made.cloud.fail(f"read:{PROD[0].id}", Unreachable("AWS did not answer."))
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 1 left out, as they could not be looked at: AWS did not answer."
    assert sorted(made.sent()) == STOPPED[1:]


async def test_when_no_cloud_answers_it_is_refused(made):
    await made.active()
    made.cloud.fail("read", Denied("The credentials may not look."), times=99)
    fired = await made.at(TONIGHT)
    assert fired.result == "refused"
    assert "3 left out, as they could not be looked at: The credentials may not look." in fired.says


async def test_a_state_in_between_is_left_out_and_told(made):
    await made.active()
    made.cloud.change(PROD[0].id, state="pending")
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 1 left out: cannot stop while pending."


async def test_words_with_a_state_mean_what_is_so_by_then(made):
    await made.put(vm("shop-4", "stopped", env="production"))
    proposed = await made.propose("stop all running production instances")
    assert len(proposed.filed.plan.steps) == 4
    assert len(proposed.now) == 3
    await made.approve(proposed.filed)
    made.cloud.change(vm("shop-4").id, state="running")
    await made.at(TONIGHT)
    assert "shop-4" in [name for name, _ in made.sent()]


async def test_words_that_no_longer_say_which_are_refused(made):
    await made.active("stop shop-1")
    await made.estate.forget(PROD[0].id)
    fired = await made.at(TONIGHT)
    assert fired.result == "refused"
    assert "nothing called shop-1" in fired.says
    assert made.sent() == []


async def test_words_that_mean_nothing_any_more_do_nothing(made):
    await made.active()
    for one in PROD:
        await made.estate.forget(one.id)
    fired = await made.at(TONIGHT)
    assert (fired.result, made.sent()) == ("nothing", [])


async def test_what_was_picked_stays_picked(made):
    schedule = await made.active("stop them", picked={0: (PROD[0].id, PROD[1].id)})
    await made.estate.forget(PROD[1].id)
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 1 compute instance: done. 1 is gone."
    assert schedule.picked == {0: (PROD[0].id, PROD[1].id)}


async def test_an_order_on_the_ones_before_follows_them(made):
    await made.active("stop all production instances and start them again")
    made.cloud.change(PROD[0].id, state="stopped")
    await made.at(TONIGHT)
    assert sorted(made.sent()) == sorted([*STOPPED[1:], *((name, "StartInstances") for name, _ in STOPPED[1:])])


# --- what was approved, and when it no longer holds


async def test_an_approval_ends_after_its_days(made):
    await made.active()
    made.clock.advance(timedelta(days=90).total_seconds())
    await made.tick()  # the times until then are missed, but for the last
    made.cloud.performed.clear()
    for one in PROD:
        made.cloud.change(one.id, state="running")
    fired = await made.at(TONIGHT)
    assert fired.result == "left"
    assert "its approval of 2026-11-20 ended on 2027-02-18" in fired.says
    assert made.sent() == []


async def test_a_risk_that_is_higher_than_what_was_approved_is_for_people(made):
    await made.active()
    made.cloud.change(PROD[0].id, properties={"instance_store": True})
    fired = await made.at(TONIGHT)
    assert fired.result == "left"
    assert "its risk is high now" in fired.says
    assert "and was medium when it was approved; review it." in fired.says
    assert made.sent() == []


async def test_a_risk_that_the_ai_server_raised_stays_raised(made):
    made.oracle.risk = "critical"
    await made.active()
    fired = await made.at(TONIGHT)
    assert fired.result == "ran"
    (run,) = made.bodies("run.started")
    assert (run["plan"]["risk"], run["approved_by"]) == ("critical", ["mona", "theo"])


async def test_what_cannot_be_stopped_any_more_is_left_out_and_told(made):
    await made.active()
    made.cloud.change(PROD[0].id, properties={"can_stop": False, "cannot_stop_because": "It is a pet."})
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 2 compute instances: done. 1 left out: cannot be stopped (shop-1): It is a pet."
    assert sorted(made.sent()) == STOPPED[1:]


async def test_a_policy_that_asks_more_now_ends_the_approval(tmp_path):
    async with bench(tmp_path) as made:
        await made.active("stop all dev instances")
        cloud, clock = made.cloud, made.clock
    async with bench(tmp_path, cloud=cloud, clock=clock, policy={"approve_above_targets": 1}) as made:
        fired = await made.at(TONIGHT)
        assert fired.result == "left"
        assert fired.says == (
            "Nothing was done: the policy asks one approval for it now (it reaches 2 resources, more than 1), and it has none; review it."
        )
        assert made.sent() == []


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ((MONA, THEO), "eve asked for this and is not configured here any more"),
        ((Person(id="eve", name="Eve"), MONA), "You may look and ask, but not change anything."),
    ],
)
async def test_who_asked_must_still_be_somebody_who_may(tmp_path, people, said):
    async with bench(tmp_path) as made:
        await made.active()
        cloud, clock = made.cloud, made.clock
    async with bench(tmp_path, people=people, cloud=cloud, clock=clock) as made:
        fired = await made.at(TONIGHT)
        assert fired.result == "refused"
        assert said in fired.says
        assert made.sent() == []


async def test_an_approval_goes_with_the_role_of_who_gave_it(tmp_path):
    async with bench(tmp_path) as made:
        await made.active()
        cloud, clock = made.cloud, made.clock
    demoted = tuple(one.model_copy(update={"roles": ("executor",)}) if one == MONA else one for one in PEOPLE)
    async with bench(tmp_path, people=demoted, cloud=cloud, clock=clock) as made:
        fired = await made.at(TONIGHT)
        assert fired.result == "left"
        assert "and it has none of people who are managers today; review it." in fired.says
        assert made.sent() == []


async def test_guardrails_hold_each_time(tmp_path):
    async with bench(tmp_path) as made:
        await made.active("terminate lab-1 and lab-2")
        cloud, clock = made.cloud, made.clock
    async with bench(tmp_path, cloud=cloud, clock=clock, policy={"protected_tags": {"env": "dev"}}) as made:
        fired = await made.at(TONIGHT)
        assert fired.result == "refused"
        assert "tagged env=dev" in fired.says
        assert made.sent() == []
    async with bench(tmp_path, cloud=cloud, clock=clock, policy={"most_targets": 1}) as made:
        fired = await made.at(24)
        assert "the most allowed is 1" in fired.says
        assert made.sent() == []


async def test_what_the_world_does_between_the_look_and_the_run_stops_it(made):
    await made.active()
    reads = 0
    read = made.cloud.read

    async def later(resource):
        nonlocal reads
        reads += 1
        if reads == 5:  # three looks of the firing, then the executor's own
            made.cloud.change(resource.id, state="stopped")
        return await read(resource)

    made.cloud.read = later
    fired = await made.at(TONIGHT)
    assert fired.result == "refused"
    assert "The world changed" in fired.says
    assert made.sent() == []


async def test_a_run_that_half_fails_says_so(made):
    await made.active()
    made.cloud.fail(PROD[0].id, Denied("No permission."))
    fired = await made.at(TONIGHT)
    assert fired.says == "Stop 3 compute instances: 2 of 3 steps done."


async def test_a_time_in_another_zone(made):
    berlin = Cadence("at 8pm", "Europe/Berlin", cron="0 20 * * *")
    schedule = await made.active(cadence=berlin)
    assert schedule.next_at == next_after(berlin, NOW) == NOW + timedelta(hours=7)
    assert (await made.at(7)).result == "ran"


async def test_a_manager_may_ask_and_another_must_approve(made):
    manager = Person(id="mona", name="Mona", roles=("manager",))
    proposed = await made.propose(person=manager)
    await made.approve(proposed.filed, THEO)
    assert (await made.at(TONIGHT)).result == "ran"
