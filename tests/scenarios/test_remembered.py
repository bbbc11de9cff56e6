"""What was said and done is found afterwards: the journal tells it, the library follows, and no turn waits for that."""

from __future__ import annotations

import asyncio
import uuid

from engine.collections.chat_history import thread_of
from engine.collections.executed_operations import Sought
from tests.scenarios.stage import HERE, WEB_1, stage, words

THREAD = thread_of(HERE.platform, HERE.channel, HERE.thread)


async def test_a_conversation_is_kept_with_answers_and_outcome(bot):
    (plan, outcome) = await bot.say("eve", "stop mailer-web-1")
    await bot.engine.library.catch_up()
    asked, answered, ended = await bot.engine.library.chat.last(THREAD, 10)
    assert (asked.by, asked.text) == ("eve", "stop mailer-web-1")
    assert answered.by == ended.by == "escher"
    assert answered.text.splitlines()[0] == plan.title == "Stop mailer-web-1 in development"
    assert ended.text == words(outcome)
    assert answered.plan == ended.plan == bot.journal("plan.made")[0]["plan"]["id"]
    assert [uuid.UUID(one.key).version for one in (asked, answered, ended)] == [7, 7, 7]
    assert [one.by for one in await bot.engine.library.chat.search("mailer-web-1", person="eve")] == ["eve"]


async def test_a_run_is_found_with_everybody_who_had_a_part_in_it(bot):
    (plan,) = await bot.say("eve", "stop tracker-api-01")
    await bot.press("mona", plan, "approve")
    await bot.engine.library.catch_up()
    (run,) = await bot.engine.library.operations.runs(Sought(environment="production"))
    assert (run.asked_by, run.approved_by, run.outcome, run.environments) == ("eve", ("mona",), "done", ("production",))
    (step,) = await bot.engine.library.operations.steps_of(run.key)
    assert (step.name, step.state, step.way_back) == ("tracker-api-01", "done", "ec2:StartInstances")
    assert await bot.engine.library.operations.runs(Sought(person="mona")) == [run]
    assert (await bot.engine.library.status()).strange == 0


async def test_an_answer_for_one_person_is_marked_so(bot):
    await bot.say("eve", "status")
    await bot.engine.library.catch_up()
    asked, answered = await bot.engine.library.chat.last(THREAD, 10)
    assert (asked.to_one, answered.to_one) == (False, True)


async def test_no_turn_waits_for_the_library(bot):
    stuck = asyncio.Event()

    async def wait(*_: object) -> None:
        await stuck.wait()

    bot.engine.library._generation.shelves[0]._store.upsert = wait
    async with asyncio.timeout(10):
        (_, outcome) = await bot.say("eve", "stop mailer-web-1")
    assert outcome.kind == "outcome"
    assert bot.engine.library.behind
    stuck.set()
    assert bot.sent() == [(WEB_1.name, "ec2:StopInstances")]


async def test_after_a_restart_everything_is_still_found_under_the_same_ids(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        await bot.say("eve", "stop mailer-web-1")
        await bot.engine.library.catch_up()
        before = await bot.engine.library.chat.last(THREAD, 10)
    async with stage(tmp_path, advisor_url) as bot:  # the stage's store is one in memory: all of it comes from the journal again
        await bot.engine.library.catch_up()
        assert await bot.engine.library.chat.last(THREAD, 10) == before
