"""Why a resource was taken, shown where somebody looks; likenesses that answer and never act; names while they are typed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from tests.engine.execution.samples import database, vm
from tests.scenarios.stage import AZ_VM, DB_PROD, DB_STAGING, ESTATE, HERE, TRACKER, WEB_1, away_from, button, stage, words


@pytest.fixture
async def bot(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as staged:
        yield staged


async def _planned(bot, asked, target):
    """The plan for a target that was picked from a question's list."""
    _, shown = await bot.press("eve", asked, "pick", targets=(target,))
    return next(card for card in shown if card.subject.startswith("plan-"))


# --- why


async def test_an_answer_its_csv_and_the_resource_tell_why(bot):
    (card,) = await bot.say("eve", "show running mailer dev vms")
    assert "environment development by tag env=dev" in words(card)
    csv_card, _ = await bot.press("eve", card, "csv")
    rows = list(csv.reader(io.StringIO(csv_card.files[0].text)))
    assert rows[0][-1] == "Why"
    assert all("environment development by tag env=dev" in row[-1] for row in rows[1:])
    resource, _ = await bot.press("eve", card, "resource", row=(WEB_1.id,))
    assert "Why this one" in words(resource)


async def test_a_plan_stays_calm_and_its_details_tell_why(bot):
    plan, *_ = await bot.say("eve", "stop tracker-api-01")
    assert "name is" not in words(plan)
    details, _ = await bot.press("eve", plan, "details")
    assert "name is tracker-api-01" in words(details)


async def test_why_outlives_a_restart(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url) as bot:
        plan, *_ = await bot.say("eve", "stop tracker-api-01")
    async with stage(tmp_path, advisor_url) as bot:
        details, _ = await bot.press("eve", plan, "details")
        assert "name is tracker-api-01" in words(details)


async def test_a_pick_is_told_as_a_pick(bot):
    (asked,) = await bot.say("eve", "stop storefront-db")
    plan = await _planned(bot, asked, DB_PROD.id)
    details, _ = await bot.press("eve", plan, "details")
    assert "picked from the list" in words(details)


# --- likenesses


async def test_a_slip_is_answered_and_never_acted_on(bot):
    (answer,) = await bot.say("eve", "show traker-api-01")
    assert answer.kind == "table"
    assert "There is no traker-api-01. By likeness: tracker-api-01." in words(answer)
    for follow_up in ("stop it", "stop them all", "restart it"):
        *_, asked = await bot.say("eve", follow_up)
        assert asked.kind == "clarification"
        assert bot.journal("plan.made") == []
    assert "tracker-api-01" in words(await _planned(bot, asked, TRACKER.id))


async def test_looking_again_does_not_make_a_guess_certain(bot):
    await bot.say("eve", "show traker-api-01")
    await bot.say("eve", "show them")
    (asked,) = await bot.say("eve", "stop them")
    assert (asked.kind, bot.sent()) == ("clarification", [])


async def test_a_name_said_exactly_after_a_guess_is_exact(bot):
    await bot.say("eve", "show traker-api-01")
    plan, *_ = await bot.say("eve", "stop tracker-api-01")
    assert plan.kind == "plan"


async def test_a_slip_in_a_change_is_asked_back(bot):
    (asked,) = await bot.say("eve", "stop traker-api-01")
    assert "Did you mean tracker-api-01?" in words(asked)
    assert bot.journal("plan.made") == []


class Meanings:
    """Says that databases are what is meant by a ledger, and nothing else is."""

    async def embed(self, texts):
        return [[1.0, 0.0] if "database" in text or "ledger" in text else [0.0, 1.0] for text in texts]


async def test_a_description_is_answered_by_meaning_and_never_acted_on(tmp_path, advisor_url):
    async with stage(tmp_path, advisor_url, embedder=Meanings()) as bot:
        (answer,) = await bot.say("eve", "show our ledger things")
        assert answer.kind == "table"
        assert "Nothing is called or tagged \u201cledger\u201d. By likeness of meaning, these come closest." in words(answer)
        assert "storefront-db" in words(answer)
        assert "tracker" not in words(answer)
        csv_card, _ = await bot.press("eve", answer, "csv")
        assert "meaning like \u201cledger\u201d (1.00)" in csv_card.files[0].text
        *_, asked = await bot.say("eve", "stop them")
        assert asked.kind == "clarification"
        assert "by likeness only" in words(asked)
        assert bot.journal("plan.made") == []


# --- what cannot be stopped


async def test_what_cannot_be_stopped_is_left_out_or_refused(tmp_path, advisor_url):
    replica = replace(database("orders-replica"), properties={"engine": "postgres", "replica_of": "orders"})
    main = replace(database("orders"), properties={"engine": "postgres"})
    async with stage(tmp_path, advisor_url, resources=(*ESTATE, replica, main)) as bot:
        (refusal,) = await bot.say("eve", "stop orders-replica")
        assert refusal.kind == "refusal"
        assert "orders-replica cannot be stopped: It is a read replica" in words(refusal)
        assert "Stop" not in [action.label for action in (await _opened(bot, replica.name)).actions]
        cards = await bot.say("eve", "stop orders and orders-replica", away_from(HERE, "m2"))
        assert any("Left out: 1 cannot be stopped (orders-replica)" in words(card) for card in cards), [words(card) for card in cards]


async def _opened(bot, said):
    card, _ = await bot.press_subject("eve", "open", "resource", row=(said,))
    return card


# --- names while they are typed


async def test_names_are_completed_for_people_escher_knows(bot):
    found = await bot.conversation.complete("web", "eve", "mailer-w")
    assert [one.name for one in found] == ["mailer-web-1", "mailer-web-2", "mailer-web-3"]
    assert found[0].says == "mailer-web-1"
    assert found[0].detail == "instance · acme-four · us-east-1 · development"
    assert await bot.conversation.complete("web", "nobody", "mailer-w") == ()


async def test_a_name_of_several_is_written_as_the_exact_id(bot):
    found = await bot.conversation.complete("web", "eve", "storefront")
    assert {one.says for one in found} == {DB_PROD.id, DB_STAGING.id}
    (plan, *_) = await bot.say("eve", f"stop {DB_PROD.id}")
    assert (plan.kind, "storefront-db" in words(plan)) == ("plan", True)


async def test_finding_one_opens_it_by_name_or_id_and_lists_what_is_like_it(bot):
    (find,) = await bot.say("eve", "search")
    assert button(find, "open").form[0].lookup
    assert (await _opened(bot, "vm-search-01")).title == "vm-search-01"
    assert (await _opened(bot, AZ_VM.id)).title == "vm-search-01"
    twins = await _opened(bot, "storefront-db")
    assert (twins.kind, twins.title) == ("sheet", "2 like “storefront-db”")
    assert (await _opened(bot, "storefrnt-db")).kind == "sheet"
    assert (await _opened(bot, "zzz")).title == "Nothing found"
    assert (await _opened(bot, "")).title == "Nothing found"


async def test_many_candidates_can_all_be_picked_from(tmp_path, advisor_url):
    farm = [vm(f"farm-{number:03}", id=f"arn:aws:ec2:us-east-1:444455556666:instance/i-{number:08}") for number in range(120)]
    async with stage(tmp_path, advisor_url, resources=farm) as bot:
        (asked,) = await bot.say("eve", "stop the farm vm")
        assert len(button(asked, "pick").form[0].choices) == 120
        assert "farm-119" in words(await _planned(bot, asked, farm[119].id))
