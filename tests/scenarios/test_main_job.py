"""The main job from end to end: a message becomes a plan, waits, is approved, runs, is read back, and is taken back."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.platforms.platform import Click
from engine.clock import fresh_id
from engine.execution.history import runs
from engine.journal.verify import verify
from engine.wiring import JOURNAL_FOLDER
from tests.scenarios.stage import HERE, TRACKER, Stage, away_from, button, stage, verbs, words

STOP_TRACKER = "stop tracker-api-01 in nimbus-prod us-west-2"
STOP_DEV = "stop the running mailer dev instances in us-east-1"


async def waiting(bot: Stage, text: str = STOP_TRACKER, who: str = "eve"):
    (card,) = await bot.say(who, text)
    assert "approve" in verbs(card), words(card)
    return card


async def test_low_risk_runs_at_once_and_is_taken_back(bot):
    plan, outcome = await bot.say("eve", STOP_DEV)
    assert "Runs at once: low risk outside production." in words(plan)
    assert "stop-instances --instance-ids i-mailer-web-1 --region us-east-1" in words(plan)
    assert outcome.tone == "good"
    assert sorted(bot.sent()) == [("mailer-web-1", "ec2:StopInstances"), ("mailer-web-2", "ec2:StopInstances")]
    own, (back, undone, *_) = await bot.press("eve", outcome, "undo")
    assert own is None
    assert "Start 2 instances" in back.title
    assert undone.title.startswith("Done: Start 2 instances")
    assert sorted(operation for _, operation in bot.sent()[2:]) == ["ec2:StartInstances"] * 2
    last = [card for _, card in bot.platform.shown if card.subject == outcome.subject][-1]
    assert "undo" not in verbs(last), "the outcome that was taken back loses its button"
    own, _ = await bot.press("eve", outcome, "undo")
    assert "undone already" in words(own)
    assert len(bot.sent()) == 4


async def test_production_waits_is_approved_runs_and_its_undo_waits_too(bot):
    card = await waiting(bot)
    assert "Waits for a manager other than eve, because it touches production." in words(card)
    assert "nimbus-prod" in words(card)
    assert bot.sent() == []
    own, (decided, outcome) = await bot.press("mona", card, "approve")
    assert own is None
    assert "Approved by mona" in words(decided)
    assert "approve" not in verbs(decided)
    assert outcome.title == "Done: Stop tracker-api-01 in production"
    assert "approved by mona" in words(outcome)
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
    found = await bot.engine.estate.get(TRACKER.id)
    assert found is not None
    assert found.state == "stopped"
    _, (undo,) = await bot.press("eve", outcome, "undo")
    assert "approve" in verbs(undo)
    _, shown = await bot.press("mona", undo, "approve")
    assert any(card.title == "Done: Start tracker-api-01 in production" for card in shown)
    assert bot.sent()[1:] == [("tracker-api-01", "ec2:StartInstances")]


async def test_the_journal_tells_the_whole_story_and_is_whole(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        card = await waiting(bot)
        await bot.press("mona", card, "approve")
        kinds = [entry.kind for entry in bot.engine.journal.entries()]
        key = bot.engine.keys.for_("journal")
    assert kinds == [
        "message.received", "advisor.asked", "plan.made", "approval.asked", "message.answered", "click.received", "approval.moved",
        "approval.moved", "run.started", "step.sending", "step.settled", "run.finished", "answer.told",
    ]  # fmt: skip
    assert verify(tmp_path / JOURNAL_FOLDER, key).whole


async def test_nothing_that_names_the_estate_left(bot):
    card = await waiting(bot)
    (sent,) = [body["sent"] for body in bot.journal("advisor.asked")]
    for name in ("tracker", "nimbus", "us-west-2", "111122223333", "i-tracker", "eve"):
        assert name not in sent
    own, _ = await bot.press("vic", card, "left-network")
    assert sent in words(own), "what left is shown byte for byte"
    assert json.loads(sent)["groups"][0]["count"] == 1


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("stop vm-search-01", [("vm-search-01", "Microsoft.Compute/virtualMachines/deallocate/action")]),
        ("stop batch-worker", [("batch-worker", "compute.instances.stop")]),
        ("tag scratch-data with team=payments", [("scratch-data", "ec2:CreateTags")]),
        ("snapshot scratch-data", [("scratch-data", "ec2:CreateSnapshot")]),
    ],
)
async def test_every_cloud_and_every_way_back(bot, text, calls):
    _, outcome = await bot.say("eve", text)
    assert outcome.tone == "good", words(outcome)
    assert bot.sent() == calls
    own, shown = await bot.press("eve", outcome, "undo")
    assert own is None
    if "approve" in verbs(shown[0]):
        _, shown = await bot.press("mona", shown[0], "approve")
    assert any(card.kind == "outcome" and card.tone == "good" for card in shown), [words(card) for card in shown]
    assert len(bot.sent()) == 2


async def test_stop_and_start_again_is_one_plan_in_order(bot):
    _, outcome = await bot.say("eve", "stop mailer-web-1 and start it again")
    assert outcome.tone == "good", words(outcome)
    assert bot.sent() == [("mailer-web-1", "ec2:StopInstances"), ("mailer-web-1", "ec2:StartInstances")]


# --- following up


async def test_them_is_what_was_listed(bot):
    (table,) = await bot.say("eve", "show running mailer dev instances")
    assert table.kind == "table"
    _, outcome = await bot.say("eve", "stop them")
    assert outcome.tone == "good"
    assert sorted(name for name, _ in bot.sent()) == ["mailer-web-1", "mailer-web-2"]


async def test_them_means_nothing_in_another_thread(bot):
    await bot.say("eve", "show running mailer dev instances")
    (card,) = await bot.say("eve", "stop them", away_from(HERE, "m2"))
    assert "Name the resources" in words(card)
    assert bot.sent() == []


async def test_and_in_prod(bot):
    await bot.say("eve", "show running dev instances")
    (table,) = await bot.say("eve", "and in prod?")
    assert "tracker-api-01" in words(table)
    assert "mailer" not in words(table)


async def test_an_ambiguous_name_is_asked_back_and_answered_in_words(bot):
    (question,) = await bot.say("eve", "restart storefront-db")
    assert question.kind == "clarification"
    assert "staging" in words(question)
    assert "production" in words(question)
    *_, outcome = await bot.say("eve", "the one in staging")
    assert outcome.tone == "good"
    assert [(call.resource.account_name, call.operation) for call in bot.clouds["aws"].performed] == [("acme-four", "rds:RebootDBInstance")]


async def test_a_question_is_answered_by_a_click_once(bot):
    (question,) = await bot.say("eve", "restart storefront-db")
    staging = next(value for value, _, label in button(question, "pick").form[0].choices if "us-east-1" in label)
    own, _ = await bot.press("eve", question, "pick", targets=[])
    assert "Nothing was picked" in words(own)
    own, _ = await bot.press("eve", question, "pick", targets=[TRACKER.id])
    assert "Nothing was picked" in words(own), "only what was offered can be picked"
    clicks = [bot.press("eve", question, "pick", targets=[staging]) for _ in range(3)]
    answers = [own for own, _ in await asyncio.gather(*clicks)]
    assert sorted(own is None for own in answers) == [False, False, True]
    assert bot.sent() == [("storefront-db", "rds:RebootDBInstance")], "three clicks at once, one restart"


@pytest.mark.parametrize("between", ["never mind", "cancel that", "don't restart anything", "tag scratch-data with team=payments"])
async def test_a_question_is_over_when_something_else_was_said(bot, between):
    (question,) = await bot.say("eve", "restart storefront-db")
    await bot.say("eve", between)
    before = bot.sent()
    await bot.say("eve", "the one in staging")
    assert bot.sent() == before
    own, _ = await bot.press("eve", question, "pick", targets=[button(question, "pick").form[0].choices[0][0]])
    assert "answered or too old" in words(own)


@pytest.mark.parametrize(
    "asked", ["show all stopped dev instances", "list all databases", "which databases are in staging", "how many are in prod"]
)
async def test_a_question_about_something_is_no_answer_to_which_one(bot, asked):
    await bot.say("eve", "stop mailer-web-9")
    await bot.say("eve", asked)
    assert bot.sent() == []
    assert bot.engine.desk.waiting() == []


async def test_fewer_targets_are_a_new_plan(bot):
    card = await waiting(bot, "terminate the running mailer dev instances in us-east-1")
    choices = [value for value, _, _ in button(card, "fewer").form[0].choices]
    assert len(choices) == 2
    own, shown = await bot.press("eve", card, "fewer", targets=choices[:1])
    assert own is None
    old, new = shown
    assert "Withdrawn by eve" in words(old)
    assert (new.subject == card.subject, button(new, "approve").subject == button(card, "approve").subject) == (False, False)
    own, _ = await bot.press("mona", card, "approve")
    assert "it was withdrawn" in words(own)
    await bot.press("mona", new, "approve")
    assert [operation for _, operation in bot.sent()] == ["ec2:TerminateInstances"]
    own, _ = await bot.press("eve", card, "fewer", targets=choices)
    assert "no such waiting plan" in words(own)


# --- who may, and when


async def test_the_requester_cannot_approve_though_a_manager(bot):
    card = await waiting(bot, who="max")
    own, _ = await bot.press("max", card, "approve")
    assert "You asked for this, so somebody else must approve it." in words(own)
    assert bot.sent() == []


@pytest.mark.parametrize(("who", "why"), [("eve", "Only a manager"), ("vic", "Only a manager"), ("zoe", "I do not know you")])
async def test_nobody_else_can_approve_and_it_is_written_down(bot, who, why):
    card = await waiting(bot)
    own, shown = await bot.press(who, card, "approve")
    assert why in words(own)
    assert shown == []
    assert bot.sent() == []
    assert [body["by"] for body in bot.journal("click.refused")] == ["a stranger, web zoe" if who == "zoe" else who]


async def test_a_stranger_hears_nothing_of_the_estate_and_in_private(bot):
    (card,) = await bot.say("zoe", STOP_TRACKER)
    assert "I do not know you" in words(card)
    assert bot.platform.shown == []
    assert bot.platform.whispered[0][0] == "zoe"


async def test_a_viewer_may_look_and_not_change(bot):
    (table,) = await bot.say("vic", "show running dev instances")
    assert table.kind == "table"
    (card,) = await bot.say("vic", STOP_DEV)
    assert "You may look and ask, but not change anything." in words(card)
    assert bot.sent() == []
    assert bot.journal("advisor.asked") == []


async def test_a_denial_says_why_and_ends_it(bot):
    card = await waiting(bot)
    _, (denied,) = await bot.press("mona", card, "deny", reason=["not on a Friday"])
    assert "Denied by mona: not on a Friday. Nothing was touched." in words(denied)
    own, _ = await bot.press("theo", card, "approve")
    assert "it was denied" in words(own)
    assert bot.sent() == []


async def test_the_requester_withdraws_and_nobody_approves_it_then(bot):
    card = await waiting(bot)
    _, (gone,) = await bot.press("eve", card, "withdraw")
    assert "Withdrawn by eve" in words(gone)
    own, _ = await bot.press("mona", card, "approve")
    assert "it was withdrawn" in words(own)
    assert bot.sent() == []


async def test_a_click_from_yesterday_finds_it_expired(bot):
    card = await waiting(bot)
    bot.clock.advance(24 * 3600)
    own, (expired,) = await bot.press("mona", card, "approve")
    assert "it expired" in words(own)
    assert "Expired without approval" in words(expired)
    assert bot.sent() == []


async def test_a_second_click_does_nothing(bot):
    card = await waiting(bot)
    clicks = [bot.press("mona", card, "approve") for _ in range(3)] + [bot.press("theo", card, "approve")]
    answers = [own for own, _ in await asyncio.gather(*clicks)]
    assert sum(own is None for own in answers) == 1
    own, _ = await bot.press("mona", card, "approve")
    assert "it already ran" in words(own)
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]


@pytest.mark.parametrize("forge", ["no plan", "short", "other digest", "empty digest", "no verb"])
async def test_a_forged_button_does_nothing(bot, forge):
    card = await waiting(bot)
    plan_id, _, digest = button(card, "approve").subject.partition(".")
    subject = {
        "no plan": f"plan-00000000.{digest}",
        "short": f"{plan_id}.{digest[:4]}",
        "other digest": f"{plan_id}.{'0' * 12}",
        "empty digest": plan_id,
        "no verb": f"{plan_id}.{digest}",
    }[forge]
    own, shown = await bot.press_subject("mona", "use" if forge == "no verb" else "approve", subject)
    assert own is not None
    assert own.kind == "refusal"
    assert shown == []
    assert bot.sent() == []


async def test_a_critical_plan_asks_two_managers(bot):
    card = await waiting(bot, "delete storefront-db in nimbus-prod")
    assert "2 managers" in words(card)
    _, (half,) = await bot.press("mona", card, "approve")
    assert "Approved so far by mona" in words(half)
    assert bot.sent() == []
    own, _ = await bot.press("mona", card, "approve")
    assert "it needs another manager" in words(own)
    _, shown = await bot.press("theo", card, "approve")
    assert any(card.kind == "outcome" for card in shown), [words(card) for card in shown]
    assert "rds:DeleteDBInstance" in [operation for _, operation in bot.sent()]


async def test_a_world_that_changed_meanwhile_is_not_touched(bot):
    card = await waiting(bot)
    bot.clouds["aws"].change(TRACKER.id, properties={"instance_type": "m5.24xlarge"})
    _, shown = await bot.press("mona", card, "approve")
    assert "tracker-api-01 was t3.large and is now m5.24xlarge" in words(shown[-1])
    assert bot.sent() == []


# --- after a restart


async def test_a_plan_that_waited_through_a_restart_is_approved_and_runs_once(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        card = await waiting(bot)
    async with stage(tmp_path, advisor_url) as bot:
        own, shown = await bot.press("eve", card, "approve")
        assert "Only a manager" in words(own)
        _, shown = await bot.press("mona", card, "approve")
        assert shown[-1].tone == "good"
    async with stage(tmp_path, advisor_url) as bot:
        own, _ = await bot.press("theo", card, "approve")
        assert "it already ran" in words(own)
        assert bot.sent() == []
        (left,) = runs(bot.engine.journal.entries()).values()
        (undo, *_) = await bot.say("eve", f"undo {left.run}")
        assert "gone" in words(undo) or "approve" in verbs(undo)


async def test_stop_stops_what_has_not_begun(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url, execution={"width": 1, "poll_s": 0.01, "step_timeout_s": 5}) as bot:
        bot.clouds["aws"].hold("arn:aws:ec2:us-east-1:444455556666:instance/i-mailer-web-1")
        said = asyncio.create_task(bot.say("eve", STOP_DEV))
        while not bot.sent():
            await asyncio.sleep(0)
        (live,) = bot.engine.executor.under_way()
        viewer = await bot.conversation.clicked(_click("vic", live.id))
        assert "not stop a run" in words(viewer)
        assert await bot.conversation.clicked(_click("mona", live.id)) is None
        bot.clouds["aws"].release("arn:aws:ec2:us-east-1:444455556666:instance/i-mailer-web-1")
        *_, outcome = await said
        assert "1 of 2 steps done" in words(outcome)
        assert "stopped by mona" in words(outcome)
        assert len(bot.sent()) == 1
        own = await bot.conversation.clicked(_click("mona", live.id))
        assert "That run is over." in words(own)


def _click(who: str, run: str) -> Click:
    return Click(fresh_id("c"), HERE, who, "stop", run)
