"""What people are told of a plan, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.notices import notice_card
from bot.cards.plain import plain
from bot.cards.production import is_production
from engine.approvals.filed import Filed
from engine.approvals.states import Request, Vote
from engine.execution.plan import Plan
from tests.engine.execution.samples import NOW, stopping, vm

PLAN = stopping(*(vm(f"web-{number}", env="production") for number in range(1, 5)))


def filed(plan: Plan = PLAN, **changes) -> Filed:
    return Filed(plan, replace(Request(plan.id, plan.digest, "lena", 1, plan.expires_at), **changes))


def test_who_waits_for_what_and_until_when():
    card = notice_card("asked", filed(), "Lena", NOW)
    assert (card.kind, card.title, card.tone) == ("notice", "Your approval is wanted", "waiting")
    assert "Lena waits for your approval: Stop 4 instances in production. Expires 13:00 UTC." in plain(card)
    assert (card.actions, card.subject) == ((), ""), "each notice is a message of its own"


def test_a_reminder_says_so():
    card = notice_card("reminder", filed(), "Lena", NOW)
    assert card.title == "Reminder"
    assert "Lena still waits for your approval" in plain(card)


def test_an_expiry_on_another_day_names_the_day():
    card = notice_card("asked", filed(replace(PLAN, expires_at=NOW + timedelta(days=2))), "Lena", NOW)
    assert "Expires 12:00 UTC on 22 November." in plain(card)


def test_an_expiry_is_no_denial_and_says_how_to_ask_again():
    words = plain(notice_card("expired", filed(state="expired"), "Lena", NOW + timedelta(hours=2)))
    assert "Nobody approved in time: Stop 4 instances in production. It expired at 13:00 UTC." in words
    assert "That is no denial, and nothing was touched. To ask again, send your message once more: \u201cstop things\u201d" in words
    undo = plain(notice_card("expired", filed(replace(PLAN, undoes="run-7")), "Lena", NOW))
    assert "press Undo on the run's card, or say: undo run-7" in undo
    long = plain(notice_card("expired", filed(replace(PLAN, message="stop " * 100)), "Lena", NOW))
    assert "stop \u2026\u201d" in long


@pytest.mark.parametrize(
    ("state", "title", "said"),
    [
        ("denied", "Your plan was denied", "Denied by mona: not today. Nothing was touched."),
        ("used", "Your plan was approved", "Approved by mona at 12:00 UTC"),
    ],
)
def test_a_decision_says_whose_it_was(state, title, said):
    by = Vote("mona", NOW, "not today")
    decided = filed(state=state, **({"closed": by} if state == "denied" else {"votes": (by,)}))
    card = notice_card("decided", decided, "Lena", NOW)
    assert card.title == title
    assert said in plain(card)


@pytest.mark.parametrize("kind", ["asked", "reminder", "expired", "decided"])
def test_account_region_and_environment_stand_on_every_one(kind):
    card = notice_card(kind, filed(state="denied", closed=Vote("mona", NOW)), "Lena", NOW)
    assert "Account: acme-four (aws)\nRegion: us-east-1\nEnvironment: production" in plain(card)
    assert is_production(card)


def test_of_many_accounts_it_says_how_many_more():
    many = stopping(*(vm(f"web-{number}", account_name=f"acme-{number}") for number in range(6)))
    assert "Account: acme-0 (aws), acme-1 (aws), acme-2 (aws) and 3 more" in plain(notice_card("asked", filed(many), "Lena", NOW))
