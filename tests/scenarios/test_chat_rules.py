"""What people expect of a bot in a busy chat: second deliveries, edits, deletions, strangers, guests, other platforms, restarts, long lists."""

import csv
import io
from dataclasses import replace

import pytest

from bot.cards.card import Action, Card
from bot.platforms.platform import Click, Message, Place, Retraction
from engine.clock import fresh_id
from tests.engine.execution.samples import vm
from tests.scenarios.stage import ESTATE, HERE, Recorder, away_from, button, stage, verbs, words

STOP_DEV = "stop all running dev instances"
STOP_TRACKER = "stop tracker-api-01"
MANY = tuple(vm(f"farm-{number:03}", id=f"arn:aws:ec2:us-east-1:444455556666:instance/i-farm-{number:03}") for number in range(57))
TEAMS = Place("teams", "19:ops", "chat")


@pytest.fixture
async def bot(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as staged:
        yield staged


# --- second deliveries


async def test_a_second_delivery_is_not_answered(bot):
    message = Message("Ev01", HERE, "eve", STOP_DEV)
    for _ in range(3):
        await bot.conversation.received(message)
    await bot.conversation.settled()
    assert len(bot.journal("plan.made")) == 1
    assert len(bot.sent()) == 3


async def test_a_second_delivery_after_a_restart_is_not_answered(tmp_path, advisor_url):
    message = Message("Ev01", HERE, "eve", STOP_DEV, about="C1:17.2")
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.received(message)
        await bot.conversation.settled()
        assert len(bot.sent()) == 3
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.received(message)
        await bot.conversation.settled()
        assert bot.sent() == []
        assert len(bot.journal("plan.made")) == 1


async def test_the_same_id_on_another_platform_is_another_message(bot):
    await bot.conversation.received(Message("1", HERE, "eve", "help"))
    await bot.conversation.received(Message("1", replace(HERE, platform="console"), "eve", "help"))
    await bot.conversation.settled()
    assert len(bot.journal("message.answered")) == 2


async def test_a_second_delivery_of_a_click_does_nothing(bot):
    *_, outcome = await bot.say("eve", STOP_DEV)
    click = Click("action-1", HERE, "eve", "undo", button(outcome, "undo").subject)
    await bot.click(click)
    made = len(bot.journal("plan.made"))
    own, shown = await bot.click(click)
    assert (own, shown) == (None, [])
    assert len(bot.journal("plan.made")) == made


# --- messages in their order, edited and deleted


async def test_messages_of_a_thread_are_answered_in_their_order(bot):
    for number, text in enumerate(("show all stopped dev instances", STOP_TRACKER, "help", "which disks are unattached?")):
        await bot.conversation.received(Message(f"m{number}", HERE, "eve", text))
    await bot.conversation.settled()
    answered = [body["message"] if "message" in body else body["id"] for body in bot.journal("message.answered")]
    assert answered == ["m0", "m1", "m2", "m3"]


async def test_an_edit_withdraws_what_waits_and_is_answered_anew(bot):
    (card,) = await bot.say("eve", STOP_TRACKER, about="C1:17.2")
    assert "approve" in verbs(card)
    old, *_, fresh = await bot.say("eve", "restart tracker-api-01", about="C1:17.2", edits="C1:17.2")
    assert "approve" not in verbs(old)
    assert "the message was edited" in words(old) or "Withdrawn" in words(old)
    assert fresh.title.startswith("Reboot")
    own, _ = await bot.press("mona", card, "approve")
    assert "it was withdrawn" in words(own)


async def test_a_preview_added_to_a_message_is_no_edit(bot):
    (card,) = await bot.say("eve", STOP_TRACKER, about="C1:17.2")
    assert await bot.say("eve", STOP_TRACKER, about="C1:17.2", edits="C1:17.2") == []
    _, shown = await bot.press("mona", card, "approve")
    assert shown[-1].tone == "good"


async def test_an_edit_of_what_ran_already_repeats_nothing(bot):
    await bot.say("eve", STOP_DEV, about="C1:17.2")
    (told,) = await bot.say("eve", STOP_TRACKER, about="C1:17.2", edits="C1:17.2")
    assert "edit came too late" in told.title
    assert len(bot.sent()) == 3


async def test_somebody_elses_edit_is_not_an_order(bot):
    await bot.say("eve", STOP_TRACKER, about="C1:17.2")
    assert await bot.say("max", "restart tracker-api-01", about="C1:17.2", edits="C1:17.2") == []
    assert len(bot.engine.desk.waiting()) == 1


async def test_an_edit_after_a_restart_still_finds_its_plan(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        await bot.say("eve", STOP_TRACKER, about="C1:17.2")
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.recover()
        await bot.say("eve", "restart tracker-api-01", about="C1:17.2", edits="C1:17.2")
        assert [filed.plan.message for filed in bot.engine.desk.waiting()] == ["restart tracker-api-01"]


async def test_a_deleted_message_takes_its_waiting_plan_along(bot):
    (card,) = await bot.say("eve", STOP_TRACKER, about="C1:17.2")
    stranger = Retraction("Ev8", HERE, "max", "C1:17.2")
    await bot.conversation.retracted(stranger)
    assert len(bot.engine.desk.waiting()) == 1
    await bot.conversation.retracted(Retraction("Ev9", HERE, "eve", "C1:17.2"))
    assert bot.engine.desk.waiting() == []
    assert "approve" not in verbs(bot.platform.shown[-1][1])
    own, _ = await bot.press("mona", card, "approve")
    assert "it was withdrawn" in words(own)


async def test_a_message_that_a_stop_left_unanswered_is_told(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        await bot.say("eve", "help")
        body = {"platform": "web", "channel": "general", "thread": "m7", "login": "eve", "about": "", "edits": ""}
        await bot.engine.journal.append("message.received", {"id": "m7", "text": STOP_DEV, **body})
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.recover()
        ((place, card),) = bot.platform.shown
        assert place == away_from(HERE, "m7")
        assert STOP_DEV in words(card)
        assert bot.sent() == []


# --- strangers and guests


async def test_a_stranger_may_ask_how_things_are_done(bot):
    (card,) = await bot.say("zoe", "how do I stop an ec2 instance from the command line?")
    assert "aws ec2 stop-instances" in words(card)


@pytest.mark.parametrize(
    "text", [STOP_DEV, "show all dev instances", "which buckets are public?", "approvals", "status", "search web", "undo run-1"]
)
async def test_a_stranger_hears_nothing_of_the_estate_and_learns_how_to_be_known(bot, text):
    (card,) = await bot.say("zoe", text)
    said = words(card)
    assert "I do not know you here" in said
    assert "zoe" in said, "the login an administrator has to write down"
    assert not any(resource.name in said for resource in ESTATE)
    assert bot.platform.shown == []
    assert bot.sent() == []


@pytest.mark.parametrize("verb", ["approve", "deny", "withdraw", "fewer"])
async def test_a_guest_decides_nothing_whatever_roles_they_have(bot, verb):
    (card,) = await bot.say("eve", STOP_TRACKER)
    subject = button(card, "approve").subject
    own, shown = await bot.click(Click(fresh_id("c"), HERE, "mona", verb, subject, {"reason": ["no"]}, guest=True))
    assert "Guests" in words(own)
    assert shown == []
    assert len(bot.engine.desk.waiting()) == 1
    assert [body["by"] for body in bot.journal("click.refused")] == ["mona"]


async def test_a_guest_may_look_and_not_undo(bot):
    *_, outcome = await bot.say("eve", STOP_DEV)
    own, _ = await bot.click(Click(fresh_id("c"), HERE, "max", "undo", button(outcome, "undo").subject, guest=True))
    assert "Guests" in words(own)
    own, _ = await bot.click(Click(fresh_id("c"), HERE, "max", "run-details", button(outcome, "run-details").subject, guest=True))
    assert "mailer-web-1" in words(own)


# --- several platforms


async def test_asked_here_and_approved_there(bot):
    teams = Recorder("teams")
    bot.conversation.add(teams)
    (card,) = await bot.say("eve", STOP_TRACKER)
    subject = card.subject
    await bot.conversation.posts.keep(TEAMS, subject, "activity-1")
    own, shown = await bot.click(Click(fresh_id("c"), TEAMS, "tenant/mona", "approve", button(card, "approve").subject))
    assert own is None
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
    for cards in (shown, [one for _, one in teams.shown]):
        decided = [one for one in cards if one.subject == subject][-1]
        assert "approve" not in verbs(decided)
        assert "Approved by mona" in words(decided)
        assert any(one.kind == "outcome" for one in cards)


async def test_what_waits_is_drawn_anew_after_a_restart_wherever_it_stands(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        (card,) = await bot.say("eve", STOP_TRACKER)
        await bot.conversation.posts.keep(TEAMS, card.subject, "activity-1")
    async with stage(tmp_path, advisor_url) as bot:
        teams = Recorder("teams")
        bot.conversation.add(teams)
        await bot.conversation.recover()
        assert [(place, verbs(one)[0]) for place, one in teams.shown] == [(TEAMS, "approve")]
        assert bot.conversation.posts.find(TEAMS, card.subject) == "activity-1"


# --- questions across a restart


async def test_a_question_is_answered_after_a_restart(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        (question,) = await bot.say("eve", "stop mailer-web-1 and restart storefront-db")
        pick = button(question, "pick")
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.recover()
        form = await bot.conversation.form(Click("f", HERE, "eve", "pick", pick.subject))
        assert isinstance(form, Action)
        chosen = next(value for value, _, detail in form.form[0].choices if "nimbus-prod" in detail)
        own, shown = await bot.press_subject("eve", "pick", pick.subject, targets=(chosen,))
        assert own is None
        closed, plan = shown
        assert "pick" not in verbs(closed)
        assert "storefront-db" in words(plan)
        again, _ = await bot.press_subject("eve", "pick", pick.subject, targets=(chosen,))
        assert "answered or too old" in words(again)
    async with stage(tmp_path, advisor_url) as bot:
        await bot.conversation.recover()
        own, _ = await bot.press_subject("eve", "pick", pick.subject, targets=(chosen,))
        assert "answered or too old" in words(own), "closed questions stay closed"


# --- forms


async def test_a_form_is_refused_before_anybody_fills_it_in(bot):
    (card,) = await bot.say("eve", STOP_TRACKER)
    deny = button(card, "deny")
    refused = await bot.conversation.form(Click("f1", HERE, "eve", "deny", deny.subject))
    assert isinstance(refused, Card)
    assert "Only a manager" in words(refused)
    form = await bot.conversation.form(Click("f2", HERE, "mona", "deny", deny.subject))
    assert isinstance(form, Action)
    assert [field.name for field in form.form] == ["reason"]
    stale = await bot.conversation.form(Click("f3", HERE, "mona", "deny", "plan-none.000000000000"))
    assert isinstance(stale, Card)


# --- rooms


async def test_rooms_show_what_waits_for_whom(bot):
    await bot.say("eve", STOP_TRACKER)
    (for_mona,) = await bot.conversation.enter(HERE, "mona", "approvals")
    assert "1 waits for your approval" in words(for_mona)
    own, _ = await bot.press("mona", for_mona, "review")
    assert own is not None
    assert "approve" in verbs(own)
    (for_eve,) = await bot.conversation.enter(HERE, "eve", "approvals")
    assert "1 of yours waits for somebody else" in words(for_eve)
    assert "Nothing waits for your approval" in words(for_eve)


@pytest.mark.parametrize("room", ["home", "approvals", "runs", "status", "help", "search", "no-such-room"])
async def test_every_room_can_be_entered_and_typed(bot, room):
    await bot.say("eve", STOP_DEV)
    cards = await bot.conversation.enter(HERE, "eve", room, "web" if room == "search" else "")
    assert cards
    assert all(card.kind != "error" for card in cards)
    typed = await bot.say("eve", room if room != "search" else "search web")
    if room != "no-such-room":
        assert typed[0].kind == cards[0].kind
        assert bot.platform.whispered


async def test_home_tells_of_runs_and_the_estate(bot):
    await bot.say("eve", STOP_DEV)
    (home,) = await bot.conversation.enter(HERE, "eve", "home")
    said = words(home)
    assert "Hello Eve" in said
    assert "Stop 3 instances in development | done" in said
    assert f"{len(ESTATE)}" in said


# --- long lists


@pytest.fixture
async def farm(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url, resources=(*ESTATE, *MANY)) as staged:
        yield staged


async def test_a_long_answer_is_paged_sorted_filtered_and_downloaded(farm):
    (table,) = await farm.say("vic", "show all running dev instances in us-east-1")
    everything = button(table, "sheet")
    assert everything.label == "All 59"
    first, _ = await farm.press_subject("vic", "sheet", everything.subject)
    assert "1 to 25 of 59" in words(first)
    following = next(one for one in first.actions if one.label == "Next")
    second, _ = await farm.press_subject("vic", "sheet", following.subject)
    assert "26 to 50 of 59" in words(second)
    ask = next(one for one in second.actions if one.form and one.verb == "sheet")
    found, _ = await farm.press_subject("vic", "sheet", ask.subject, words=("farm 05",), sort=("-Name",))
    assert "1 to 8 of 8 with “farm 05”, by name downwards" in words(found)
    names = [row[0] for row in found.blocks[1].rows]
    assert names == sorted(names, reverse=True)
    file, _ = await farm.press_subject("vic", "csv", button(found, "csv").subject)
    rows = list(csv.reader(io.StringIO(file.files[0].text)))
    assert rows[0][0] == "Name"
    assert len(rows) == 1 + 8


async def test_one_of_a_list_is_opened_and_acted_on(farm):
    (table,) = await farm.say("eve", "show all running dev instances in us-east-1")
    form = await farm.conversation.form(Click("f", HERE, "eve", "resource", button(table, "resource").subject))
    chosen = form.form[0].choices[0][0]
    opened, _ = await farm.press_subject("eve", "resource", button(table, "resource").subject, row=(chosen,))
    assert opened.kind == "resource"
    own, shown = await farm.press_subject("eve", "act", button(opened, "act").subject)
    assert own is None
    assert [one.kind for one in shown] == ["plan", "outcome"]
    assert len(farm.sent()) == 1
    again, _ = await farm.press_subject("eve", "act", button(opened, "act").subject)
    assert again is None or "not possible" in words(again) or "nothing" in words(again).lower()
    assert len(farm.sent()) == 1


async def test_all_targets_of_a_plan_can_be_looked_through(farm):
    (card,) = await farm.say("eve", "stop all running dev instances in us-east-1")
    own, _ = await farm.press_subject("vic", "targets", button(card, "approve").subject)
    assert "1 to 25 of 59" in words(own)


async def test_a_forgotten_answer_says_so(bot):
    own, _ = await bot.press_subject("vic", "sheet", "answer-gone|1||")
    assert "too old" in words(own)


@pytest.mark.parametrize("subject", ["", "|||", "answer-x|-1|Cost|", "answer-x|99999999|x|y|z|", "plan-none.1|2"])
async def test_an_odd_view_is_refused_calmly(bot, subject):
    for verb in ("sheet", "csv", "targets"):
        own, _ = await bot.press_subject("vic", verb, subject)
        assert own.kind == "refusal"
