"""Schedules in chat: asked for in words, reviewed, approved, moved by button and by word, and never anything now that was meant for later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.office import EngineOffice
from bot.platforms.platform import Click
from engine.clock import fresh_id
from tests.scenarios.stage import DB_STAGING, HERE, away_from, button, stage, verbs, words

EVENING = "stop all dev instances at 8pm daily"


@pytest.fixture
async def bot(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url, schedules={"timezone": "UTC"}) as made:
        yield made


async def scheduled(bot, text="stop mailer-web-1 at 8pm daily"):
    """A schedule that policy lets stand by itself."""
    shown = await bot.say("eve", text)
    (made,) = bot.engine.schedules.all()
    return made, shown


async def reviewed(bot, text="every night stop tracker-api-01"):
    """A schedule over production, whose review waits."""
    (card,) = await bot.say("eve", text)
    (made,) = bot.engine.schedules.all()
    return made, card


async def test_what_policy_lets_run_is_scheduled_and_nothing_runs_now(bot):
    made, shown = await scheduled(bot)
    review, standing = shown
    assert words(review).splitlines()[1] == "When: every day at 20:00 UTC."
    assert standing.title == "Scheduled: Stop mailer-web-1"
    assert "Next run Fri 2026-11-20 20:00 UTC, in 8 hours." in words(standing)
    assert (made.state, made.cadence.cron, bot.sent()) == ("active", "0 20 * * *", [])


async def test_production_waits_for_a_manager_whose_approval_schedules_it(bot):
    made, card = await reviewed(bot)
    assert made.state == "proposed"
    assert "“every night” names no hour and is taken as 22:00" in words(card)
    assert "If it ran now, it would be touched." in words(card)
    own, _ = await bot.press("eve", card, "approve")
    assert "Only a manager" in words(own)
    own, shown = await bot.press("mona", card, "approve")
    assert own is None
    assert shown[-1].title == "Scheduled: Stop tracker-api-01"
    assert bot.engine.schedules.find(made.id).state == "active"
    assert bot.sent() == []


async def test_a_time_that_is_not_clear_is_asked_and_then_taken(bot):
    (asked,) = await bot.say("eve", "stop mailer-web-1 on weekends")
    assert asked.title == "At what time?"
    assert bot.engine.schedules.all() == ()
    await bot.say("eve", "8pm")
    (made,) = bot.engine.schedules.all()
    assert (made.cadence.cron, made.message) == ("0 20 * * 0,6", "stop mailer-web-1 on weekends 8pm")
    assert bot.sent() == []


async def test_a_bare_hour_answers_at_what_time(bot):
    await bot.say("eve", "stop mailer-web-1 tomorrow")
    await bot.say("eve", "20")
    (made,) = bot.engine.schedules.all()
    assert f"{made.cadence.run_at:%Y-%m-%d %H:%M}" == "2026-11-21 20:00"


async def test_what_has_passed_is_asked(bot):
    (asked,) = await bot.say("eve", "stop mailer-web-1 at 11:00")
    assert asked.title == "11:00 has passed today. Tomorrow at 11:00, or when?"
    await bot.say("eve", "tomorrow")
    (made,) = bot.engine.schedules.all()
    assert f"{made.cadence.run_at:%Y-%m-%d %H:%M}" == "2026-11-21 11:00"
    assert bot.sent() == []


async def test_another_wish_ends_the_question_for_a_time(bot):
    await bot.say("eve", "stop mailer-web-1 tomorrow")
    await bot.say("eve", "never mind")
    (card,) = await bot.say("eve", "8pm")
    assert card.title == "I did not understand"
    assert bot.engine.schedules.all() == ()


@pytest.mark.parametrize("pick", ["button", "words"])
async def test_a_pick_for_later_is_not_done_now(bot, pick):
    (asked,) = await bot.say("eve", "stop storefront-db in 2 hours")
    assert asked.kind == "clarification"
    staging = DB_STAGING.id
    if pick == "button":
        await bot.press("eve", asked, "pick", targets=[staging])
    else:
        await bot.say("eve", "the one in staging")
    (made,) = bot.engine.schedules.all()
    assert made.cadence.run_at == bot.clock.now() + timedelta(hours=2)
    assert made.picked == {0: (staging,)}
    assert bot.sent() == []


async def test_them_are_those_of_the_thread(bot):
    await bot.say("eve", "show mailer-web-1")
    await bot.say("eve", "stop it every night at 9pm")
    (made,) = bot.engine.schedules.all()
    assert [len(ids) for ids in made.picked.values()] == [1]
    assert made.cadence.cron == "0 21 * * *"


@pytest.mark.parametrize(
    "text",
    ["stop mailer-web-1 for 2 hours", "stop mailer-web-1 next week", "stop mailer-web-1 at 8 or 9pm", "stop mailer-web-1 when it is quiet"],
)
async def test_what_cannot_be_settled_does_nothing(bot, text):
    (card,) = await bot.say("eve", text)
    assert card.footer == "Nothing was changed, and nothing is scheduled."
    assert (bot.sent(), bot.engine.schedules.all()) == ([], ())


@pytest.mark.parametrize("text", ["show what runs at 8pm", "don't stop mailer-web-1 at 8pm", "why does mailer-web-1 stop every night?"])
async def test_talk_of_times_schedules_nothing(bot, text):
    await bot.say("eve", text)
    assert (bot.sent(), bot.engine.schedules.all()) == ([], ())


async def test_a_bad_cron_line_names_its_field(bot):
    (card,) = await bot.say("eve", "stop mailer-web-1 on `0 25 * * *`")
    assert "hour of the cron line, '25'" in words(card)


async def test_somebody_who_may_only_look_schedules_nothing(bot):
    (card,) = await bot.say("vic", "stop mailer-web-1 at 8pm daily")
    assert card.kind == "refusal"
    assert bot.engine.schedules.all() == ()


# --- moving one


async def test_the_list_and_one_of_it(bot):
    made, _ = await scheduled(bot)
    (listed,) = await bot.say("mona", "show all schedules", away_from(HERE, "m7"))
    assert made.id in words(listed)
    own, _ = await bot.press_subject("mona", "schedule-show", "schedules", row=[made.id])
    assert own.title == "Scheduled: Stop mailer-web-1"
    (mine,) = await bot.say("mona", "my schedules")
    assert "Nothing is scheduled" in words(mine)


async def test_the_room_is_for_one_person(bot):
    await scheduled(bot)
    (card,) = await bot.say("mona", "schedules")
    assert bot.platform.whispered[-1] == ("mona", card)


async def test_buttons_put_off_pause_resume_and_end(bot):
    made, shown = await scheduled(bot)
    card = shown[-1]
    due = made.next_at
    _, shown = await bot.press("mona", card, "schedule-snooze")
    assert bot.engine.schedules.find(made.id).next_at == due + timedelta(hours=1)
    _, shown = await bot.press("eve", shown[-1], "schedule-skip")
    assert bot.engine.schedules.find(made.id).next_at == due + timedelta(days=1)
    _, shown = await bot.press("eve", shown[-1], "schedule-pause")
    assert verbs(shown[-1]) == ["schedule-resume", "schedule-review", "schedule-end"]
    _, shown = await bot.press("eve", shown[-1], "schedule-resume")
    _, shown = await bot.press("eve", shown[-1], "schedule-end")
    assert shown[-1].title == "Ended: Stop mailer-web-1"
    assert bot.engine.schedules.all() == ()


async def test_a_card_of_another_time_puts_nothing_off(bot):
    made, shown = await scheduled(bot)
    await bot.press("eve", shown[-1], "schedule-skip")
    own, _ = await bot.press("eve", shown[-1], "schedule-skip")
    assert "another time of this schedule" in words(own)
    assert bot.engine.schedules.find(made.id).next_at == made.next_at + timedelta(days=1)


async def test_buttons_are_not_for_everybody(bot):
    made, shown = await scheduled(bot)
    own, _ = await bot.press("vic", shown[-1], "schedule-pause")
    assert "Only the person who asked for this schedule, or a manager" in words(own)
    own, _ = await bot.click(Click(fresh_id("c"), HERE, "mona", "schedule-end", made.id, guest=True))
    assert "Guests" in words(own)
    own, _ = await bot.press_subject("eve", "schedule-pause", "sched-nothing1")
    assert "There is no schedule 'sched-nothing1'" in words(own)
    assert [entry["event"] for entry in bot.journal("click.refused")][-2:] == ["pause", "schedule-end"]
    assert bot.engine.schedules.find(made.id).state == "active"


async def test_words_do_what_buttons_do(bot):
    made, _ = await scheduled(bot)
    due = made.next_at
    (card,) = await bot.say("eve", "snooze it 2 hours")
    assert words(card).splitlines()[1] == "Snoozed."
    assert bot.engine.schedules.find(made.id).next_at == due + timedelta(hours=2)
    await bot.say("eve", "skip tonight")
    assert bot.engine.schedules.find(made.id).next_at == due + timedelta(days=1)
    await bot.say("mona", f"pause schedule {made.id}", away_from(HERE, "m8"))
    assert bot.engine.schedules.find(made.id).state == "paused"
    await bot.say("eve", "resume the schedule")
    (refused,) = await bot.say("vic", "delete the schedule")
    assert refused.kind == "refusal"
    (card,) = await bot.say("eve", "delete the schedule")
    assert card.title.startswith("Ended: ")


async def test_which_one_is_asked(bot):
    await bot.say("eve", "stop mailer-web-1 at 8pm daily", away_from(HERE, "a"))
    await bot.say("eve", "stop mailer-web-2 at 8pm daily", away_from(HERE, "b"))
    cards = await bot.say("eve", "pause the schedule")
    assert "Which schedule?" in words(cards[0])
    assert {one.state for one in bot.engine.schedules.all()} == {"active"}


async def test_it_may_be_the_machines_or_the_schedule(bot):
    await scheduled(bot)
    cards = await bot.say("eve", "pause it")
    assert "The schedule, or the resources?" in words(cards[0])
    assert bot.sent() == []


async def test_a_fresh_review_replaces_the_approval(bot):
    made, card = await reviewed(bot)
    await bot.press("mona", card, "approve")
    (fresh,) = await bot.say("mona", f"review {made.id}")
    assert "approve" in verbs(fresh)
    await bot.press("theo", fresh, "approve")
    assert bot.engine.schedules.find(made.id).standing.approved_by == ("theo",)


async def test_a_review_is_approved_whole(bot):
    _, card = await reviewed(bot, "every night stop tracker-api-01 and mailer-web-1")
    own, _ = await bot.press_subject("eve", "fewer", button(card, "approve").subject, targets=["x"])
    assert "approved whole" in words(own)


async def test_home_says_what_is_coming(bot):
    await scheduled(bot)
    (home,) = await bot.conversation.enter(HERE, "eve", "home")
    assert "Fri 2026-11-20 20:00 UTC: stop mailer-web-1." in words(home)


async def test_the_web_console_shows_them_and_the_journal_tells_of_them(bot):
    made, shown = await scheduled(bot)
    await bot.press("eve", shown[-1], "schedule-snooze")
    await bot.press("eve", shown[-1], "schedule-pause")
    office = EngineOffice(bot.engine)
    (card,) = await office.schedules()
    assert card.title == "Paused: Stop mailer-web-1"
    assert (await office.status()).counts["schedules"] == 1
    told = {entry.what: (entry.who, entry.detail) for entry in (await office.journal(None)).entries}
    assert told["schedule.made"] == ("eve", f"{made.id}: Stop mailer-web-1; at 8pm daily")
    assert told["schedule.approved"][1] == f"{made.id} under {made.review}, approved by policy"
    assert told["schedule.put_off"] == ("eve", f"{made.id}: snooze, next 2026-11-20 21:00")
    assert told["schedule.moved"] == ("eve", f"{made.id}: pause")


async def test_a_waiting_review_stands_among_the_approvals_with_its_times(bot):
    await reviewed(bot)
    (card,) = await EngineOffice(bot.engine).approvals("mona")
    assert "When: every day at 22:00 UTC." in words(card)
