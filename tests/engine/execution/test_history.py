"""What the journal tells of runs: what is open, what was taken back."""

from __future__ import annotations

from engine.execution.history import interrupted, plans, runs
from engine.execution.machine import StepState
from engine.execution.plan import to_json
from engine.journal.entry import GENESIS, Entry, link
from tests.engine.execution.samples import NOW, plan, step, stopping, vm

ONE = vm("one")
PLAN = stopping(ONE)
UNDO = plan(step("u1", vm("one", "stopped"), "ec2:StartInstances"), targets=[vm("one", "stopped")], undoes="run-1", id="plan-2")


def journal(*said: tuple[str, dict]) -> list[Entry]:
    entries: list[Entry] = []
    for kind, body in said:
        entries.append(link((entries[-1].sequence, entries[-1].hash) if entries else (0, GENESIS), NOW.isoformat(), kind, body))
    return entries


def started(run: str, planned) -> tuple[str, dict]:
    return "run.started", {"run": run, "plan": to_json(planned), "grant": run, "approved_by": ["mona"], "at": NOW.isoformat()}


def sending(run: str, id_: str, attempt: int = 1) -> tuple[str, dict]:
    return "step.sending", {"run": run, "step": id_, "attempt": attempt}


def settled(run: str, id_: str, state: str = "done") -> tuple[str, dict]:
    return "step.settled", {"run": run, "step": id_, "attempt": 1, "state": state, "detail": "d", "request_id": "q", "produced": ""}


def finished(run: str) -> tuple[str, dict]:
    return "run.finished", {"run": run, "at": NOW.isoformat(), "interrupted": False}


WHOLE = (started("run-1", PLAN), sending("run-1", "s1.1"), settled("run-1", "s1.1"), finished("run-1"))


def test_a_whole_run_is_told_as_it_was():
    told = runs(journal(*WHOLE))["run-1"].report()
    assert (told.plan, told.approved_by, told.finished_at, told.succeeded) == (PLAN, ("mona",), NOW, True)
    assert interrupted(journal(*WHOLE)) == []


def test_a_run_without_an_end_is_open_and_its_steps_say_how_far_they_came():
    (left,) = interrupted(journal(started("run-1", PLAN), sending("run-1", "s1.1", 2)))
    assert left.sent == {"s1.1": 2}
    assert left.report().steps[0].state is StepState.LOOKING
    (left,) = interrupted(journal(started("run-1", PLAN)))
    assert left.report().steps[0].state is StepState.WAITING
    assert left.report().undoable == ()


def test_an_undo_counts_from_its_start_until_it_turns_out_to_have_done_nothing():
    def undone(*more) -> str:
        return runs(journal(*WHOLE, started("run-2", UNDO), *more))["run-1"].undone_by

    assert undone() == "run-2", "under way"
    assert undone(sending("run-2", "u1")) == "run-2"
    assert undone(sending("run-2", "u1"), settled("run-2", "u1"), finished("run-2")) == "run-2"
    assert undone(sending("run-2", "u1"), settled("run-2", "u1", "failed"), finished("run-2")) == ""


def test_entries_of_runs_nobody_began_are_passed_over():
    assert runs(journal(sending("run-9", "s1"), finished("run-9"))) == {}


def test_plans_by_their_id():
    assert plans(journal(("plan.made", {"plan": to_json(PLAN), "because": []}))) == {PLAN.id: PLAN}
