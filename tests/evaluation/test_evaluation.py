"""Our own set through the real path: resolver, sealing, AI server process, binding, policy. No wrong target, no unasked action."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.measuring import ASKER, measure, read_lines, read_resources
from bot.processes import ai_server
from engine.clock import FakeClock
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.memory import MemoryEstate
from engine.settings import AdvisorSettings, EstateSettings, ScheduleSettings, Settings
from engine.wiring import Parts, open_engine
from tests.evaluation.estate_maker import ESTATE
from tests.evaluation.estate_maker import make as make_estate
from tests.evaluation.later_estate_maker import make as make_later_estate
from tests.evaluation.requests_maker import REQUESTS
from tests.evaluation.requests_maker import make as make_requests
from tests.evaluation.scoring import Score, score
from tests.evaluation.unseen_estate_maker import ESTATE as UNSEEN_ESTATE
from tests.evaluation.unseen_estate_maker import make as make_unseen_estate
from tests.evaluation.unseen_requests_maker import REQUESTS as UNSEEN
from tests.evaluation.unseen_requests_maker import make as make_unseen
from tests.evaluation.unseen_requests_maker import make_later

SHARED = Path(__file__).parents[2] / ".." / "shared" / "eval"
# What was reached when this was written, less three percent.
LEAST_SHARE = 0.97
LEAST_UNSEEN = 0.92
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # "tonight" is still to come


async def run(cases: Path, estate: Path, home: Path) -> Score:
    resources = read_resources(estate)
    async with ai_server() as url:
        settings = Settings(
            people=(ASKER,),
            advisor=AdvisorSettings(url=url),
            estate=EstateSettings(key="file"),
            schedules=ScheduleSettings(timezone="UTC"),
        )
        clouds = {name: FakeCloud([one for one in resources if one.cloud == name], table, name) for name, table in TABLES.items()}
        engine = await open_engine(home, settings, {}, Parts(estate=MemoryEstate(resources), clouds=clouds, clock=FakeClock(NOON)))
        try:
            wanted = read_lines(cases)
            return score(wanted, [result async for result in measure(Conversation(engine), wanted)])
        finally:
            await engine.close()


async def test_our_own_set(tmp_path):
    result = await run(REQUESTS, ESTATE, tmp_path)
    assert (result.wrong_targets, result.unasked_actions) == (0, 0), result.missed
    assert result.share >= LEAST_SHARE, result.missed


async def test_a_set_over_another_estate(tmp_path):
    """At first sight, before anything was mended for it, 277 of 355 were right on 2026-11-21, and one plan held two addresses too many.

    Six of its expectations were then found mistaken and corrected; with them, 281 of 355 would have been right.
    """
    result = await run(UNSEEN, UNSEEN_ESTATE, tmp_path)
    assert (result.wrong_targets, result.unasked_actions) == (0, 0), result.missed
    assert result.share >= LEAST_SHARE, result.missed


async def test_a_third_set_that_nothing_was_mended_for(tmp_path):
    """Measured once, on 2026-11-21: 63 of 65 right. What it misses stays missed, so that it goes on saying how the unseen fares."""
    cases, estate = tmp_path / "cases.jsonl", tmp_path / "estate.ndjson"
    cases.write_text("".join(json.dumps(case) + "\n" for case in make_later()), encoding="utf-8")
    estate.write_text("".join(json.dumps(row) + "\n" for row in make_later_estate()), encoding="utf-8")
    result = await run(cases, estate, tmp_path / "home")
    assert (result.wrong_targets, result.unasked_actions) == (0, 0), result.missed
    assert result.share >= LEAST_UNSEEN, result.missed


@pytest.mark.peer
async def test_the_given_set(tmp_path):
    if not SHARED.is_dir():
        pytest.skip("the given evaluation set is not beside this checkout")
    result = await run(SHARED / "requests.jsonl", SHARED / "estate.ndjson", tmp_path)
    assert (result.wrong_targets, result.unasked_actions) == (0, 0), result.missed
    assert result.share >= 0.9, result.missed


def test_the_files_are_what_their_makers_make():
    assert [json.loads(line) for line in ESTATE.read_text(encoding="utf-8").splitlines()] == make_estate()
    assert [json.loads(line) for line in REQUESTS.read_text(encoding="utf-8").splitlines()] == make_requests()
    assert [json.loads(line) for line in UNSEEN_ESTATE.read_text(encoding="utf-8").splitlines()] == make_unseen_estate()
    assert [json.loads(line) for line in UNSEEN.read_text(encoding="utf-8").splitlines()] == make_unseen()


def test_the_set_is_broad():
    cases = make_requests()
    outcomes = [case["expect"]["outcome"] for case in cases]
    assert len(cases) >= 150
    assert all(outcomes.count(outcome) >= 15 for outcome in ("plan", "answer", "clarify", "refuse", "chat"))
    assert len({(case["text"], tuple(case.get("after", ()))) for case in cases}) == len(cases)
