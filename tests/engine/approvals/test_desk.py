"""The approval desk over a real journal: one grant at most, by the right people, also after a restart."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.approvals.desk import Desk, Pressed
from engine.approvals.policy import Decision
from engine.clock import FakeClock
from engine.errors import GrantRefused
from engine.execution.grant import check
from engine.journal.journal import Journal
from engine.settings import Person, PolicySettings
from tests.engine.execution.samples import GRANT_KEY, KEY, NOW, stopping, vm

EVE = Person(id="eve", name="Eve", roles=("executor",))
MONA = Person(id="mona", name="Mona", roles=("manager",))
THEO = Person(id="theo", name="Theo", roles=("manager",))
MAX = Person(id="max", name="Max", roles=("manager", "executor"))
VIC = Person(id="vic", name="Vic")
PLAN = stopping(vm("web-1"))
ONE, TWO, NONE = Decision(1, ("it touches production",)), Decision(2, ("its risk is critical",)), Decision(0, ("low risk",))


class Office:
    """A desk that can be closed and opened again, as by a restart."""

    def __init__(self, folder: Path, policy: PolicySettings = PolicySettings()) -> None:
        self.folder = folder
        self.policy = policy
        self.clock = FakeClock(NOW)

    async def open(self) -> Desk:
        self.journal = await Journal.open(self.folder, KEY, self.clock)
        return Desk(self.journal, self.clock, GRANT_KEY, self.policy)

    async def reopen(self) -> Desk:
        await self.journal.close()
        return await self.open()

    def refusals(self) -> list[tuple[str, str]]:
        return [(entry.body["by"], entry.body["why"]) for entry in self.journal.entries({"click.refused"})]


@pytest.fixture
async def office(tmp_path):
    made = Office(tmp_path)
    yield made
    await made.journal.close()


async def state(desk: Desk) -> str:
    filed = desk.find(PLAN.id)
    assert filed is not None
    return filed.request.state


async def test_an_approved_plan_gets_one_grant_and_only_one(office):
    desk = await office.open()
    filed = await desk.file(PLAN, ONE)
    assert (filed.request.state, filed.because) == ("asked", ONE.because)
    assert desk.waiting() == [filed]
    decided = await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    assert decided is not None
    assert decided.refused == ""
    grant = await desk.grant(PLAN.id)
    check(grant, PLAN, GRANT_KEY, NOW)
    assert grant.approved_by == ("mona",)
    with pytest.raises(GrantRefused, match="it is used"):
        await desk.grant(PLAN.id)
    assert desk.waiting() == []


async def test_what_policy_asks_nobody_about_is_granted_at_once(office):
    desk = await office.open()
    await desk.file(PLAN, NONE)
    grant = await desk.grant(PLAN.id)
    assert (grant.approved_by, grant.why) == ((), "low risk")


@pytest.mark.parametrize("waited", [False, True])
async def test_without_an_approval_there_is_no_grant(office, waited):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    if waited:
        office.clock.advance(3600)
    with pytest.raises(GrantRefused, match="it is expired" if waited else "it is asked"):
        await desk.grant(PLAN.id)
    with pytest.raises(GrantRefused, match="no such plan"):
        await desk.grant("plan-other")


async def test_every_refused_click_is_in_the_journal(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    for person, digest in ((EVE, PLAN.digest), (VIC, PLAN.digest), (MONA, "0" * 64)):
        decided = await desk.click(PLAN.id, Pressed("approve", person, digest))
        assert decided is not None
        assert decided.refused
    assert await desk.click("plan-forged" * 20, Pressed("approve", MONA, "")) is None
    assert [by for by, _ in office.refusals()] == ["eve", "vic", "mona", "mona"]
    assert await state(desk) == "asked"
    assert all(len(entry.body["plan"]) <= 64 for entry in office.journal.entries({"click.refused"}))


async def test_a_second_click_is_refused_and_said_to_be_one(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    again = await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    assert again is not None
    assert again.refused == "Nothing to approve: it was approved already."


async def test_two_clicks_at_the_same_moment_count_once_each(office):
    desk = await office.open()
    await desk.file(PLAN, TWO)
    decided = await asyncio.gather(*(desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest)) for _ in range(5)))
    assert sorted(bool(one and one.refused) for one in decided) == [False, True, True, True, True]
    assert await state(desk) == "asked"
    granted = await asyncio.gather(
        desk.click(PLAN.id, Pressed("approve", THEO, PLAN.digest)), *(desk.grant(PLAN.id) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(one, GrantRefused) for one in granted) == 2


async def test_a_click_from_yesterday_finds_it_expired_and_the_desk_remembers(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    office.clock.advance(24 * 3600)
    late = await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    assert late is not None
    assert late.refused == "Nothing to approve: it expired."
    assert [entry.body["request"]["state"] for entry in office.journal.entries({"approval.moved"})] == ["expired"]
    assert await state(await office.reopen()) == "expired"


async def test_an_approval_that_waited_too_long_is_no_grant(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    office.clock.advance(3600)
    with pytest.raises(GrantRefused, match="expired"):
        await desk.grant(PLAN.id)


async def test_after_a_restart_everything_is_as_it_was(office):
    desk = await office.open()
    filed = await desk.file(PLAN, TWO)
    desk = await office.reopen()
    assert desk.find(PLAN.id) == filed
    assert desk.waiting() == [filed]
    await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    desk = await office.reopen()
    again = await desk.click(PLAN.id, Pressed("approve", MONA, PLAN.digest))
    assert again is not None
    assert again.refused.startswith("You approved this already")
    await desk.click(PLAN.id, Pressed("approve", THEO, PLAN.digest))
    desk = await office.reopen()
    grant = await desk.grant(PLAN.id)
    assert grant.approved_by == ("mona", "theo")
    desk = await office.reopen()
    with pytest.raises(GrantRefused):
        await desk.grant(PLAN.id)


async def test_a_denial_is_kept_with_its_reason(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    await desk.click(PLAN.id, Pressed("deny", MONA, PLAN.digest, "not on a Friday"))
    filed = (await office.reopen()).find(PLAN.id)
    assert filed is not None
    assert filed.request.closed is not None
    assert (filed.request.state, filed.request.closed.by, filed.request.closed.reason) == ("denied", "mona", "not on a Friday")


async def test_the_policy_may_let_the_requester_approve(tmp_path):
    office = Office(tmp_path, PolicySettings(requester_may_approve=True))
    desk = await office.open()
    await desk.file(stopping(vm("web-1"), asked_by="max"), ONE)
    decided = await desk.click(PLAN.id, Pressed("approve", MAX, stopping(vm("web-1"), asked_by="max").digest))
    assert decided is not None
    assert decided.refused == ""
    await office.journal.close()


async def test_there_is_nothing_where_nothing_was_filed(office):
    desk = await office.open()
    assert desk.find("plan-none") is None
    assert await desk.click("plan-none", Pressed("approve", MONA, "")) is None


MOVES = st.one_of(
    st.tuples(
        st.sampled_from(["approve", "approve", "approve", "deny", "withdraw"]),
        st.sampled_from([EVE, MONA, THEO, MAX, VIC]),
        st.sampled_from([PLAN.digest, PLAN.digest, "f" * 64]),
    ),
    st.sampled_from(["grant", "restart", "wait"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(MOVES, max_size=16), st.integers(1, 2))
def test_never_more_than_one_grant_and_never_without_its_managers(moves, needs):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_played(Path(folder), moves, needs))


async def _played(folder: Path, moves, needs: int) -> None:
    office = Office(folder)
    desk = await office.open()
    await desk.file(PLAN, Decision(needs, ("because",)))
    approvals: set[str] = set()
    grants = 0
    for move in moves:
        match move:
            case "restart":
                desk = await office.reopen()
            case "wait":
                office.clock.advance(timedelta(minutes=25).total_seconds())
            case "grant":
                try:
                    grant = await desk.grant(PLAN.id)
                except GrantRefused:
                    continue
                grants += 1
                assert set(grant.approved_by) <= approvals
                assert len(set(grant.approved_by)) == needs
                assert office.clock.now() < PLAN.expires_at
            case (event, person, digest):
                decided = await desk.click(PLAN.id, Pressed(event, person, digest))
                if event == "approve" and decided is not None and not decided.refused:
                    assert digest == PLAN.digest
                    assert "manager" in person.roles
                    assert person is not EVE
                    approvals.add(person.id)
    assert grants <= 1
    await office.journal.close()


# --- reviews of schedules

REVIEW = stopping(vm("web-1"), vm("web-2"), id="plan-review", schedule="sched-1@0123456789abcdef")
TONIGHT = stopping(vm("web-2"), id="plan-tonight")


async def test_a_part_of_an_approved_review_is_let_run_by_its_votes(office):
    desk = await office.open()
    await desk.file(REVIEW, TWO)
    await desk.click(REVIEW.id, Pressed("approve", MONA, REVIEW.digest))
    for _ in range(2):
        with pytest.raises(GrantRefused, match="No approval stands"):
            await desk.file_under(TONIGHT, REVIEW.id, "approved for this schedule")
        await desk.click(REVIEW.id, Pressed("approve", THEO, REVIEW.digest))
    await desk.grant(REVIEW.id)
    filed = await desk.file_under(TONIGHT, REVIEW.id, "approved for this schedule")
    assert (filed.request.state, filed.because) == ("approved", ("approved for this schedule",))
    grant = await desk.grant(TONIGHT.id)
    check(grant, TONIGHT, GRANT_KEY, NOW)
    assert grant.approved_by == ("mona", "theo")
    assert desk.reviews() == [desk.find(REVIEW.id)]


async def test_what_is_no_review_lets_nothing_run(office):
    desk = await office.open()
    await desk.file(PLAN, NONE)
    await desk.grant(PLAN.id)
    for other in (PLAN.id, "plan-unknown"):
        with pytest.raises(GrantRefused, match="No approval stands"):
            await desk.file_under(TONIGHT, other, "approved")


async def test_after_a_start_a_review_is_not_taken_for_a_run_that_never_began(office):
    desk = await office.open()
    await desk.file(REVIEW, NONE)
    await desk.file(PLAN, NONE)
    closed = await desk.abandon_unbegun(set())
    assert [filed.plan.id for filed in closed] == [PLAN.id]
    assert await state_of(desk, REVIEW.id) == "approved"


async def test_what_waits_for_nothing_any_more_is_closed_and_the_decided_stays(office):
    desk = await office.open()
    await desk.file(PLAN, ONE)
    await desk.close(PLAN.id, "eve", "its schedule was ended")
    await desk.close(PLAN.id, "eve", "again")
    await desk.close("plan-unknown", "eve", "again")
    found = desk.find(PLAN.id)
    assert found is not None
    assert found.request.closed is not None
    assert (found.request.state, found.request.closed.reason) == ("withdrawn", "its schedule was ended")


async def state_of(desk: Desk, plan_id: str) -> str:
    filed = desk.find(plan_id)
    assert filed is not None
    return filed.request.state
