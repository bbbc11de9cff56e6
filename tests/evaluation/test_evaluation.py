"""Our own set through the real path: resolver, sealing, AI server process, binding, policy. No wrong target, no unasked action."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.measuring import ASKER, measure, read_lines, read_resources
from bot.processes import ai_server
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.memory import MemoryEstate
from engine.settings import AdvisorSettings, EstateSettings, Settings
from engine.wiring import Parts, open_engine
from tests.evaluation.estate_maker import ESTATE
from tests.evaluation.estate_maker import make as make_estate
from tests.evaluation.requests_maker import REQUESTS
from tests.evaluation.requests_maker import make as make_requests
from tests.evaluation.scoring import Score, score

SHARED = Path(__file__).parents[2] / ".." / "shared" / "eval"
# What was reached when this was written, less three percent.
LEAST_SHARE = 0.97


async def run(cases: Path, estate: Path, home: Path) -> Score:
    resources = read_resources(estate)
    async with ai_server() as url:
        settings = Settings(people=(ASKER,), advisor=AdvisorSettings(url=url), estate=EstateSettings(key="file"))
        clouds = {name: FakeCloud([one for one in resources if one.cloud == name], table, name) for name, table in TABLES.items()}
        engine = await open_engine(home, settings, {}, Parts(estate=MemoryEstate(resources), clouds=clouds))
        try:
            wanted = read_lines(cases)
            return score(wanted, [result async for result in measure(Conversation(engine), wanted)])
        finally:
            await engine.close()


async def test_our_own_set(tmp_path):
    result = await run(REQUESTS, ESTATE, tmp_path)
    assert (result.wrong_targets, result.unasked_actions) == (0, 0), result.missed
    assert result.share >= LEAST_SHARE, result.missed


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


def test_the_set_is_broad():
    cases = make_requests()
    outcomes = [case["expect"]["outcome"] for case in cases]
    assert len(cases) >= 150
    assert all(outcomes.count(outcome) >= 15 for outcome in ("plan", "answer", "clarify", "refuse", "chat"))
    assert len({(case["text"], tuple(case.get("after", ()))) for case in cases}) == len(cases)
