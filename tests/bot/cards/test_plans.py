"""The plan card and its details, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.card import Card, Code, Facts, Note, Table, Text
from bot.cards.plain import plain
from bot.cards.plans import details_card, left_out, permissions, plan_card, subject_of, until, way_back
from engine.approvals.filed import Filed
from engine.approvals.states import Request, State, Vote
from engine.clouds.permission import Check
from engine.execution.plan import Breaks, LeftOut, Plan
from tests.engine.execution.samples import NOW, database, plan, step, stopping, vm

ONE, TWO = vm("web-1", env="production"), vm("web-2", env="production")
REFUSED = Check("ec2:StopInstances", ONE.account, "denied", (TWO.id,), ("ec2:StopInstances",), "role escher", "not granted")
GRANTED = replace(REFUSED, verdict="allowed", targets=(ONE.id, TWO.id), missing=(), why="")
UNKNOWN = replace(GRANTED, verdict="unknown", why="The cloud has not answered in time.")
WHOLE = stopping(
    ONE,
    TWO,
    risk="medium",
    reasons=("touches production",),
    left_out=(LeftOut(3, "already stopped"), LeftOut(2, "excluded by \u201ckeep=true\u201d"), LeftOut(0, "nobody")),
    monthly_delta=-120.0,
    impact=(Breaks("front refers to web-1.", (ONE.id,), ("arn:front",)), Breaks("Owned by payments.", (ONE.id,))),
    checks=(GRANTED,),
    explanation="Stops both.",
    sources=("playbook aws/ec2/stop",),
)


def filed(planned: Plan = WHOLE, state: State = "asked", **changes) -> Filed:
    request = Request(planned.id, planned.digest, "eve", 1, planned.expires_at, state=state)
    return Filed(planned, replace(request, **changes), ("it touches production",))


def facts(card: Card) -> dict[str, str]:
    (found,) = [block for block in card.blocks if isinstance(block, Facts)]
    return dict(found.rows)


def notes(card: Card) -> list[tuple[str, str]]:
    return [(block.text, block.tone) for block in card.blocks if isinstance(block, Note)]


def test_it_reads_in_a_calm_order():
    card = plan_card(filed())
    assert [type(block) for block in card.blocks] == [Text, Facts, Table, Note, Note, Note, Note, Code]
    assert (card.title, card.tone) == ("Stop 2 instances in production", "waiting")
    assert list(facts(card)) == ["Risk", "Asked by", "Saves", "Way back", "Permissions", "Expires", "Plan"]
    assert facts(card) | {"Plan": ""} == {
        "Risk": "medium", "Asked by": "eve", "Saves": "about $120.00 a month while it lasts", "Way back": "Undo calls ec2:StartInstances",
        "Permissions": "allowed for role escher", "Expires": "13:00 UTC", "Plan": "",
    }  # fmt: skip
    assert notes(card) == [
        ("Left out: 3 already stopped; 2 excluded by \u201ckeep=true\u201d.", "neutral"),
        ("front refers to web-1.", "warning"),
        ("Owned by payments.", "neutral"),
        ("Medium risk: touches production", "warning"),
    ]
    assert "aws ec2 stop-instances --instance-ids i-web-1 --region us-east-1" in plain(card)


def test_a_denied_permission_is_said_at_once_and_refuses_nothing():
    card = plan_card(filed(replace(WHOLE, checks=(REFUSED,))))
    assert card.blocks[1] == Note(
        "Denied: ec2:StopInstances in acme-four for role escher, on 1 of 2 targets. "
        "Who can: whoever manages permissions in acme-four. Until then this would fail.",
        "danger",
    )
    assert facts(card)["Permissions"] == "denied: ec2:StopInstances"
    assert "approve" in [action.verb for action in card.actions]
    all_of_them = replace(REFUSED, targets=(ONE.id, TWO.id), principal="")
    assert "Denied: ec2:StopInstances in acme-four for Escher's sign-in. Who can" in plain(
        plan_card(filed(replace(WHOLE, checks=(all_of_them,))))
    )


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ((GRANTED,), "allowed for role escher"),
        ((replace(GRANTED, principal=""),), "allowed"),
        ((UNKNOWN,), "not known. The cloud has not answered in time."),
        ((GRANTED, UNKNOWN), "not known for 1 of 2 operations. The cloud has not answered in time."),
        ((GRANTED, UNKNOWN, REFUSED), "denied: ec2:StopInstances"),
    ],
)
def test_permissions_in_one_line(checks, said):
    assert permissions(checks) == said


def test_a_plan_from_before_there_were_checks_says_nothing_of_them():
    assert "Permissions" not in facts(plan_card(filed(replace(WHOLE, checks=()))))


def test_the_card_shows_five_sentences_and_the_details_all():
    many = replace(WHOLE, impact=tuple(Breaks(f"thing {n} refers to web-1.", (ONE.id,), (f"arn:{n}",)) for n in range(8)))
    shown = [text for text, _ in notes(plan_card(filed(many)))]
    assert "thing 4 refers to web-1." in shown
    assert "thing 5 refers to web-1." not in shown
    assert "3 more of this kind in the details." in shown
    details = details_card(filed(many))
    assert sum("refers to web-1" in text for text, _ in notes(details)) == 8
    assert Code("\n".join(f"arn:{n}" for n in range(8)), "Exact ids of what depends on them") in details.blocks


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (LeftOut(3, "already stopped"), "3 already stopped"),
        (LeftOut(1, "is being created"), "1 is being created"),
        (LeftOut(2, "is being created"), "2 are being created"),
        (LeftOut(2, "has failed"), "2 have failed"),
        (LeftOut(1, "No way is known."), "1 No way is known"),
    ],
)
def test_who_is_left_out_reads_as_a_sentence(part, said):
    assert left_out(part) == said


def test_the_date_stands_there_when_it_is_another_day():
    assert until(WHOLE) == "13:00 UTC"
    assert until(replace(WHOLE, expires_at=NOW + timedelta(hours=14))) == "2026-11-21 02:00 UTC"


def test_the_way_back_says_why_there_is_none():
    db = database("pg")
    end = step("s1", db, "rds:DeleteDBInstance")
    assert way_back(plan(end, targets=[db])) == f"cannot be undone. {end.no_way_back}"
    both = plan(step("s1", ONE), end, targets=[ONE, db])
    assert way_back(both) == f"Undo calls ec2:StartInstances; 1 of 2 steps cannot be undone. {end.no_way_back}"


def buttons(card: Card) -> list[str]:
    return [action.label for action in card.actions]


def test_buttons_stand_as_a_phone_shows_them():
    assert buttons(plan_card(filed())) == ["Approve", "Deny", "Choose targets", "Details", "What left the network", "Withdraw"]
    many = stopping(*(vm(f"m{n}") for n in range(11)))
    card = plan_card(filed(many))
    assert buttons(card) == ["Approve", "Deny", "Choose targets", "All 11 targets", "Details", "What left the network", "Withdraw"]
    (every,) = [action for action in card.actions if action.verb == "targets"]
    assert (every.subject, every.opens) == (subject_of(many), True)
    assert [block.shown for block in card.blocks if isinstance(block, Table)] == [10]
    assert buttons(plan_card(filed(many, "used"))) == ["All 11 targets", "Details", "What left the network"]
    assert buttons(plan_card(filed(stopping(ONE), "asked")))[:3] == ["Approve", "Deny", "Details"]


@pytest.mark.parametrize("state", ["approved", "used", "denied", "expired", "withdrawn"])
def test_once_decided_it_neither_expires_nor_can_be_decided(state):
    closed = Vote("mona", NOW, "no")
    card = plan_card(filed(state=state, closed=closed, votes=(closed,)))
    assert "Expires" not in facts(card)
    assert card.footer == ""
    assert not {"approve", "deny", "fewer", "withdraw"} & {action.verb for action in card.actions}


def test_details_have_everything():
    said = plain(details_card(filed(replace(WHOLE, checks=(REFUSED, GRANTED)))))
    for piece in (
        "Stops both.", WHOLE.digest, "stop things", "2026-11-20 13:00 UTC", ONE.id, TWO.id, "arn:front", "front refers to web-1.",
        "3 already stopped", "Medium risk: touches production", "ec2:StopInstances | acme-four | denied | 1 | role escher | not granted",
        "Denied: ec2:StopInstances", "i-web-2", "Sources: playbook aws/ec2/stop", "Undo calls ec2:StartInstances",
    ):  # fmt: skip
        assert piece in said
