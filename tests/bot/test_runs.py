"""Runs as people see them: while they run, when they end, and after a kill."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import Denied, Unreachable
from engine.execution.plan import from_json, to_json
from tests.ai_server.serving import serving
from tests.scenarios.stage import HERE, TRACKER, stage, verbs, words


@pytest.fixture(scope="module")
def advisor_url():
    with serving() as server:
        yield server.url


@pytest.fixture
async def bot(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as made:
        yield made


async def test_progress_is_shown_with_a_stop_and_replaced_by_the_outcome(bot):
    bot.clouds["azure"].settles_after_reads = 4
    _, outcome = await bot.say("eve", "stop vm-search-01")
    versions = [card for _, card in bot.platform.shown if card.subject == outcome.subject]
    assert versions[0].kind == "progress"
    assert verbs(versions[0]) == ["stop"]
    assert versions[-1].kind == "outcome"
    assert all(place == HERE for place, _ in bot.platform.shown)


async def test_a_failure_stands_on_the_outcome_with_its_reason(bot):
    bot.clouds["azure"].fail("Microsoft.Compute/virtualMachines/deallocate/action", Denied("AuthorizationFailed: no write access."))
    _, outcome = await bot.say("eve", "stop vm-search-01")
    assert "AuthorizationFailed: no write access." in words(outcome)
    assert outcome.title.startswith("Nothing done")
    assert "undo" not in verbs(outcome)
    own, _ = await bot.press("eve", outcome, "run-details")
    assert "AuthorizationFailed" in words(own)


async def test_a_world_that_cannot_be_looked_at_becomes_a_card(bot):
    bot.clouds["azure"].fail("read", Unreachable("No answer from management.azure.com."))
    _, last = await bot.say("eve", "stop vm-search-01")
    assert last.kind == "refusal"
    assert "No answer from management.azure.com. Nothing was touched." in words(last)


async def test_what_a_kill_left_open_is_told_where_it_was_asked(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        (card,) = await bot.say("eve", "stop tracker-api-01")
        planned = bot.engine.desk.find(card.subject).plan
        body = {"run": "run-1", "plan": to_json(planned), "grant": "grant-1", "approved_by": ["mona"], "at": bot.clock.now().isoformat()}
        await bot.engine.journal.append("run.started", body)
        await bot.engine.journal.append("step.sending", {"run": "run-1", "step": planned.steps[0].id, "attempt": 1})
    async with stage(tmp_path, advisor_url) as bot:
        bot.clouds["aws"].change(TRACKER.id, state="stopped")
        await bot.conversation.runs.recover()
        ((place, outcome),) = bot.platform.shown
        assert place == HERE
        assert "Escher was stopped in the middle of this run" in words(outcome)
        assert outcome.tone == "good"
        assert "undo" in verbs(outcome)
        assert bot.sent() == []
        assert from_json(to_json(planned)) == planned


async def test_settled_waits_for_everything(bot):
    await asyncio.gather(bot.say("eve", "stop vm-search-01"), bot.say("eve", "tag scratch-data with team=payments"))
    await bot.conversation.runs.settled()
    assert len(bot.sent()) == 2
    assert bot.engine.executor.under_way() == ()
