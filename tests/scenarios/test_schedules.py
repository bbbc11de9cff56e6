"""A schedule from words to the night it runs: on real local clouds, approved by a manager, undone, snoozed, skipped, killed and recovered."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.estate.where import is_
from engine.execution.history import runs
from engine.journal.verify import verify
from engine.wiring import JOURNAL_FOLDER
from tests.sandboxes import Sandbox, azure_sandbox, gcp_sandbox
from tests.scenarios.scheduled_bot import Night, night
from tests.scenarios.stage import verbs, words

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TONIGHT = NOON.replace(hour=20)
ASKED = "stop all storefront production vms every day at 8pm"
MACHINES = {f"vm-storefront-prod-0{n}" for n in (1, 2, 3)} | {f"storefront-prod-{n}" for n in (1, 2, 3)}
NEW = "storefront-prod-4"
_GCP_MACHINE = "/compute/v1/projects/nimbus-prod-318/zones/europe-west1-b/instances/storefront-prod-1"


@pytest.fixture
async def gcp(tmp_path):
    async with gcp_sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
async def folder(tmp_path, gcp):
    """A folder for the bot, beside two local clouds."""
    async with azure_sandbox(tmp_path) as azure:
        accounts = [account.model_dump(mode="json") for account in (*azure.accounts, *gcp.accounts)]
        (tmp_path / "accounts.json").write_text(json.dumps(accounts))
        yield tmp_path


async def grown(gcp: Sandbox) -> None:
    """One more machine of the same kind, made by somebody else."""
    async with gcp.client() as client:
        document = (await client.get(_GCP_MACHINE)).json()
    text = json.dumps(document).replace("storefront-prod-1", NEW).replace(str(document["id"]), "777000111")
    await gcp.seed(json.loads(text))


async def states(made: Night) -> dict[str, str]:
    """The machines as a fresh sweep sees them."""
    await made.app.engine.sweeper.sweep()
    found = [await made.app.engine.estate.select(is_("name", name)) for name in (*MACHINES, NEW)]
    return {one.name: one.state for several in found for one in several}


async def scheduled(made: Night) -> str:
    """Asked for by an executor, approved by a manager; the schedule's id."""
    await made.app.engine.sweeper.sweep()
    (card,) = await made.stage.say("eve", ASKED)
    assert "every day at 20:00 UTC" in words(card)
    assert "approve" in verbs(card), words(card)
    own, _ = await made.stage.press("eve", card, "approve")
    assert "Only a manager can approve" in words(own)
    assert made.app.engine.schedules.all()[0].next_at is None
    own, shown = await made.stage.press("mona", card, "approve")
    assert own is None
    assert shown[-1].title.startswith("Scheduled: Stop all storefront production vms")
    (schedule,) = made.app.engine.schedules.all()
    assert (schedule.state, schedule.next_at) == ("active", TONIGHT)
    assert not list(made.app.engine.journal.entries({"run.started"})), "nothing runs when it is approved"
    return schedule.id


async def test_from_words_to_the_night_it_runs_and_back(folder, gcp, advisor_url):
    async with night(folder, advisor_url, NOON) as made:
        schedule_id = await scheduled(made)
        assert set((await states(made)).values()) == {"running"}
        await grown(gcp)
        await made.app.engine.sweeper.sweep()
        engine, platform = made.app.engine, made.stage.platform
        # A quarter of an hour before, its place is told.
        made.clock.advance((TONIGHT - timedelta(minutes=15) - made.clock.now()).total_seconds())
        await made.tick()
        assert platform.shown[-1][1].title == "Coming up"
        # Its time: what was approved stops, what is new does not.
        made.clock.advance((TONIGHT - made.clock.now()).total_seconds())
        await made.tick()
        after = await states(made)
        assert {name for name, state in after.items() if state != "running"} == MACHINES
        assert after[NEW] == "running"
        outcome = next(card for _, card in reversed(platform.shown) if card.kind == "outcome")
        assert "approved by mona" in words(outcome)
        fired = platform.shown[-1][1]
        assert "1 is new since it was approved: review it." in words(fired)
        # Undone, which is a change to production and waits as any.
        _, (undo, *_) = await made.stage.press("eve", outcome, "undo")
        await made.stage.press("theo", undo, "approve")
        assert set((await states(made)).values()) == {"running"}
        # A review takes in what is new; once a manager approves it, the next night stops that too.
        filed = await engine.schedules.review(schedule_id, made.stage.engine.settings.people[0])
        assert len(filed.plan.steps) == len(MACHINES) + 1
        await made.stage.press_subject("mona", "approve", f"{filed.plan.id}.{filed.plan.digest[:12]}")
        schedule = engine.schedules.find(schedule_id)
        assert (schedule.standing.plan_id, schedule.next_at) == (filed.plan.id, TONIGHT + timedelta(days=1))
        made.clock.advance((schedule.next_at - made.clock.now()).total_seconds())
        await made.tick()
        assert "running" not in (await states(made)).values()
        assert engine.schedules.find(schedule_id).last.result == "ran"


async def test_snoozed_skipped_and_paused_by_its_buttons(folder, advisor_url):
    async with night(folder, advisor_url, NOON) as made:
        schedule_id = await scheduled(made)
        schedules, platform = made.app.engine.schedules, made.stage.platform
        made.clock.advance((TONIGHT - timedelta(minutes=15) - made.clock.now()).total_seconds())
        await made.tick()
        near = platform.shown[-1][1]
        own, _ = await made.stage.press("vic", near, "schedule-snooze")
        assert own is not None
        assert own.kind == "refusal"
        own, _ = await made.stage.press("max", near, "schedule-snooze")
        assert own is None
        assert schedules.find(schedule_id).next_at == TONIGHT + timedelta(hours=1)
        made.clock.advance(1800)
        await made.tick()
        assert set((await states(made)).values()) == {"running"}
        card = next(card for _, card in reversed(platform.shown) if "schedule-skip" in verbs(card))
        await made.stage.press("eve", card, "schedule-skip")
        assert schedules.find(schedule_id).next_at == TONIGHT + timedelta(days=1)
        card = next(card for _, card in reversed(platform.shown) if "schedule-pause" in verbs(card))
        await made.stage.press("mona", card, "schedule-pause")
        made.clock.advance(2 * 24 * 3600)
        await made.tick()
        assert set((await states(made)).values()) == {"running"}
        assert schedules.find(schedule_id).state == "paused"
        assert not list(made.app.engine.journal.entries({"run.started"}))


@pytest.mark.parametrize(("last", "result"), [("schedule.fired", "missed"), ("step.sending", "ran")])
async def test_killed_at_its_time_and_recovered(folder, advisor_url, last, result):
    async with night(folder, advisor_url, NOON) as made:
        await scheduled(made)
    arguments = [sys.executable, "-m", "tests.scenarios.scheduled_bot", str(folder), advisor_url, TONIGHT.isoformat(), last]
    died = await asyncio.to_thread(subprocess.run, arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert died.returncode == -9, died.stderr
    async with night(folder, advisor_url, TONIGHT + timedelta(minutes=2)) as made:
        (told,) = [entry.body for entry in made.app.engine.journal.entries({"schedule.told"})]
        assert (told["result"], told["due"]) == (result, TONIGHT.isoformat())
        assert words(made.stage.platform.shown[-1][1])
        await made.tick()
        assert len(list(made.app.engine.journal.entries({"schedule.fired"}))) == 1
        found = runs(made.app.engine.journal.entries())
        assert all(left.finished_at for left in found.values())
        if result == "missed":
            assert found == {}
            assert set((await states(made)).values()) == {"running"}
        verdict = verify(folder / "home" / JOURNAL_FOLDER, made.app.engine.keys.for_("journal"))
        assert verdict.whole
    # The next night it stops what still runs, with the AI server away.
    async with night(folder, "http://127.0.0.1:9", TONIGHT + timedelta(days=1)) as made:
        await made.tick()
        assert "running" not in (await states(made)).values()


async def test_without_the_ai_server_what_was_approved_still_runs_and_nothing_new_is_asked_for(folder, advisor_url):
    async with night(folder, advisor_url, NOON) as made:
        await scheduled(made)
    async with night(folder, "http://127.0.0.1:9", TONIGHT) as made:
        await made.tick()
        assert set((await states(made)).values()).isdisjoint({"running"})
        (card,) = await made.stage.say("eve", "stop all storefront production vms every day at 9pm")
        assert "AI server" in words(card)
        assert len(made.app.engine.schedules.all()) == 1
