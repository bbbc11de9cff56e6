"""What was run, by whom, on what, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.collections.executed_operations import Sought
from tests.engine.collections.stage import START, finished, journal, library, sending, settled, started, target, told

A_RUN = (started("run-a", "mailer-web-1", "mailer-web-2"), sending("run-a", 0), sending("run-a", 1))


@pytest.fixture
async def made(tmp_path):
    kept = journal()
    told(kept, *A_RUN, settled("run-a", 0), settled("run-a", 1, "failed", "no capacity"), finished("run-a"))
    told(kept, started("run-b", "ledger-db", env="production", asked_by="theo", title="Restart the ledger"), sending("run-b"))
    async with library(tmp_path, kept) as opened:
        yield opened


async def test_a_run_tells_what_came_of_it(made):
    running, done = await made.operations.runs()
    assert (running.key, running.outcome, running.took_s) == ("run-b", "running", 0)
    assert (done.key, done.outcome, done.done, done.took_s) == ("run-a", "partly done", 1, 240)
    assert (done.asked_by, done.approved_by, done.environments, done.operations) == ("eve", ("mona",), ("dev",), ("ec2:StopInstances",))
    assert done.states == {"s0": "done", "s1": "failed"}


async def test_its_steps_stand_in_order_with_their_ends_and_ways_back(made):
    first, second = await made.operations.steps_of("run-a")
    assert (first.name, first.state, first.way_back, first.request_id, first.command) == (
        "mailer-web-1", "done", "ec2:StartInstances", "req-1", "aws ec2 stop-instances",
    )  # fmt: skip
    assert (second.name, second.state, second.detail) == ("mailer-web-2", "failed", "no capacity")
    assert first.took_s == 120
    (running,) = await made.operations.steps_of("run-b")
    assert (running.state, running.took_s) == ("sent", 0)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(person="eve"), ["run-a"]),
        (Sought(person="mona"), ["run-b", "run-a"]),
        (Sought(person="nobody"), []),
        (Sought(operation="ec2:StopInstances"), ["run-b", "run-a"]),
        (Sought(operation="ec2:StartInstances"), []),
        (Sought(resource="MAILER-web-2"), ["run-a"]),
        (Sought(resource=target("ledger-db")["id"]), ["run-b"]),
        (Sought(environment="production"), ["run-b"]),
        (Sought(environment="production", person="eve"), []),
        (Sought(since=START + timedelta(minutes=2)), []),
        (Sought(limit=1), ["run-b"]),
    ],
)
async def test_runs_are_found_by_every_field(made, sought, found):
    assert [run.key for run in await made.operations.runs(sought)] == found


async def test_everything_that_was_done_to_a_resource(made):
    assert [(step.run, step.state) for step in await made.operations.steps(Sought(resource="mailer-web-1"))] == [("run-a", "done")]


async def test_runs_are_found_by_words_of_title_and_targets(made):
    assert [run.key for run in await made.operations.search("restart ledger")] == ["run-b"]
    assert [run.key for run in await made.operations.search("mialer")] == ["run-a"]
    assert await made.operations.search("payroll") == []


async def test_an_undo_that_did_something_is_told(tmp_path):
    kept = journal()
    told(kept, *A_RUN, settled("run-a", 0), finished("run-a"))
    told(kept, started("run-u", "mailer-web-1", undoes="run-a"), sending("run-u"), settled("run-u", 0, "failed"), finished("run-u"))
    async with library(tmp_path, kept) as made:
        assert await made.operations.undone_by("run-a") == ""
        told(kept, started("run-v", "mailer-web-1", undoes="run-a"))
        await made.catch_up()
        assert await made.operations.undone_by("run-a") == "run-v"


async def test_what_a_step_made_is_kept_and_a_second_attempt_counts_from_the_first(tmp_path):
    kept = journal()
    told(kept, started("run-a", "disk"), sending("run-a"), sending("run-a"))
    told(kept, ("step.accepted", {"run": "run-a", "step": "s0", "request_id": "r", "produced": "snap-1"}))
    async with library(tmp_path, kept) as made:
        (step,) = await made.operations.steps_of("run-a")
        assert (step.produced, step.state, step.sent) == ("snap-1", "sent", (START + timedelta(minutes=2)).isoformat())
