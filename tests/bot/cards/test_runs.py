"""Progress and outcome, word for word: each target with how long it took, what it saves, and why it cannot be undone."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Card, Facts, Note, Progress
from bot.cards.runs import outcome_card, progress_card
from engine.execution.machine import StepState
from engine.execution.plan import Plan
from engine.execution.report import Report, StepReport
from tests.engine.execution.samples import NOW, plan, step, stopping, vm

ONE, TWO, THREE = vm("one"), vm("two"), vm("three")
BOTH = stopping(ONE, TWO, monthly_delta=-120.0)


def report(planned: Plan, *states: StepState | tuple[StepState, str], over: bool = True, **changes) -> Report:
    told = [state if isinstance(state, tuple) else (state, "") for state in states]
    steps = tuple(
        StepReport(one, state, detail, 3.0 if state is StepState.DONE else 0.0)
        for one, (state, detail) in zip(planned.steps, told, strict=True)
    )
    finished = NOW + timedelta(seconds=12) if over else None
    return Report("run-1", planned, ("mona",), NOW, steps, finished, **changes)


def facts(card: Card) -> dict[str, str]:
    (found,) = [block for block in card.blocks if isinstance(block, Facts)]
    return dict(found.rows)


def rows(card: Card) -> list[tuple[str, str, str]]:
    (found,) = [block for block in card.blocks if isinstance(block, Progress)]
    return [(one.label.split(" (")[0], one.state, one.detail) for one in found.steps]


def notes(card: Card) -> list[tuple[str, str]]:
    return [(block.text, block.tone) for block in card.blocks if isinstance(block, Note)]


def test_each_target_has_its_time_and_its_saving():
    card = outcome_card(report(BOTH, StepState.DONE, StepState.DONE))
    assert rows(card) == [
        ("one", "done", "3.0 s, saves about $60.00 a month"),
        ("two", "done", "3.0 s, saves about $60.00 a month"),
    ]
    assert facts(card) == {
        "Environment": "development", "Account": "acme-four", "Region": "us-east-1", "Run": "run-1", "Plan": "plan-1", "Took": "12.0 s", "Saves": "about $120.00 a month while it lasts",
        "Way back": "Undo calls ec2:StartInstances",
    }  # fmt: skip
    assert [action.verb for action in card.actions] == ["undo", "run-details"]
    assert notes(card) == []


def test_what_was_done_in_part_saves_in_part():
    card = outcome_card(report(BOTH, StepState.DONE, (StepState.FAILED, "it is protected")))
    assert facts(card)["Saves"] == "about $60.00 a month while it lasts"
    assert rows(card)[0] == ("two", "failed", "it is protected")
    assert notes(card) == [("two: it is protected", "danger")]


def test_a_target_saves_once_all_its_steps_are_done():
    chain = plan(step("s1", ONE), step("s2", ONE, "ec2:TerminateInstances"), targets=[ONE])
    done = outcome_card(report(chain, StepState.DONE, StepState.DONE))
    assert [detail for *_, detail in rows(done)] == ["3.0 s", "3.0 s, saves about $60.00 a month"]
    half = outcome_card(report(chain, StepState.DONE, StepState.FAILED))
    assert "Saves" not in facts(half)
    started = outcome_card(report(plan(step("s1", ONE, "ec2:StartInstances"), targets=[ONE]), StepState.DONE))
    assert rows(started) == [("one", "done", "3.0 s, costs about $60.00 a month")]


def test_why_it_cannot_be_undone():
    end = step("s2", TWO, "ec2:TerminateInstances")
    gone = outcome_card(report(plan(end, targets=[TWO]), StepState.DONE))
    assert facts(gone)["Way back"] == f"cannot be undone. {end.no_way_back}"
    assert [action.verb for action in gone.actions] == ["run-details"]
    mixed = outcome_card(report(plan(step("s1", ONE), end, targets=[ONE, TWO]), StepState.DONE, StepState.DONE))
    assert facts(mixed)["Way back"] == f"Undo calls ec2:StartInstances; 1 of 2 steps cannot be undone. {end.no_way_back}"
    assert "Way back" not in facts(outcome_card(report(stopping(ONE), StepState.FAILED)))
    undone = outcome_card(report(BOTH, StepState.DONE, StepState.DONE, undone_by="run-2"))
    assert (facts(undone)["Undone by"], [action.verb for action in undone.actions]) == ("run-2", ["run-details"])


def test_failures_show_at_once_and_are_cut():
    many = stopping(*(vm(f"m{n}") for n in range(9)))
    under_way = report(many, *[(StepState.FAILED, "no")] * 7, StepState.SENDING, StepState.WAITING, over=False)
    card = progress_card(under_way)
    assert (card.title, card.tone) == ("Stop 9 instances in development: 7 of 9", "warning")
    assert [tone for _, tone in notes(card)] == ["danger"] * 5 + ["neutral"]
    assert notes(card)[-1][0] == "2 more did not end well; each stands in the list."
    assert [state for _, state, _ in rows(card)] == ["failed"] * 7 + ["running", "waiting"]
    assert [action.verb for action in card.actions] == ["stop"]
    calm = progress_card(report(many, *[StepState.WAITING] * 9, over=False))
    assert (notes(calm), calm.tone) == ([], "neutral")
    assert {text for text, _ in notes(outcome_card(report(many, *[(StepState.SKIPPED, "never begun")] * 9)))} >= {
        "4 more did not end well; each stands in the list."
    }


def test_what_targets_do_not_share_stands_with_each():
    other = vm("far", region="eu-west-1", id="arn:aws:ec2:eu-west-1:444455556666:instance/i-far")
    made = plan(step("s1", ONE), step("s2", other, "ec2:RebootInstances"), targets=[ONE, other])
    card = outcome_card(report(made, StepState.DONE, StepState.DONE))
    (progress,) = [block for block in card.blocks if isinstance(block, Progress)]
    assert [one.label for one in progress.steps] == ["Stop one (us-east-1)", "Reboot far (eu-west-1)"]
    assert facts(card)["Account"] == "acme-four"
    assert "Region" not in facts(card)
