"""What the web console reads of a large estate: pages of it, never all of it."""

from __future__ import annotations

import pytest

from bot.office import MOST_SORTED, PAGE, EngineOffice
from bot.platforms.web.office import Search
from engine.estate.memory import MemoryEstate
from engine.settings import EstateSettings, Settings
from engine.wiring import Parts, open_engine
from tests.engine.estate.samples import resource

COUNT = MOST_SORTED + 500
MANY = [resource(f"web-{n}", id=f"arn:{n}", state="running" if n % 10 else "stopped", account=str(n % 5)) for n in range(COUNT)]


class Counting(MemoryEstate):
    """Counts the resources it hands out."""

    handed = 0

    async def select(self, where, limit=None):
        found = await super().select(where, limit)
        self.handed += len(found)
        return found

    async def page(self, where, after="", limit=100):
        found, following = await super().page(where, after, limit)
        self.handed += len(found)
        return found, following


@pytest.fixture
async def estate():
    return Counting(MANY)


@pytest.fixture
async def office(estate, tmp_path):
    settings = Settings(estate=EstateSettings(key="file", embeddings="off"))
    engine = await open_engine(tmp_path, settings, {}, Parts(estate=estate, clouds={}))
    yield EngineOffice(engine)
    await engine.close()


@pytest.mark.parametrize("query", ["", "running instances", "everything in production"])
async def test_each_page_costs_a_page(office, estate, query):
    after, ids = "", []
    for turn in range(1, 4):
        page = await office.resources(Search(query, {}, "", after))
        after, ids = page.following, [*ids, *page.ids]
        assert (len(page.rows), page.total > MOST_SORTED, page.sortable) == (PAGE, True, False)
        assert estate.handed == turn * PAGE
    assert len(set(ids)) == 3 * PAGE


async def test_to_the_end_everything_comes_once(office):
    after, ids = "", []
    while True:
        page = await office.resources(Search("running instances", {}, "", after))
        after, ids = page.following, [*ids, *page.ids]
        if not after:
            break
    assert sorted(ids) == sorted(one.id for one in MANY if one.state == "running")


async def test_few_are_put_in_order(office, estate):
    page = await office.resources(Search("stopped instances", {"type": "compute_instance"}, "name"))
    assert (page.total, page.sortable, estate.handed) == (COUNT // 10, True, COUNT // 10)
    names = [row[0] for row in page.rows]
    assert names == sorted(names)


async def test_names_and_what_is_left_out_are_searched_as_in_chat(office):
    (only,) = (await office.resources(Search("web-7", {}, ""))).ids
    assert only == "arn:7"
    page = await office.resources(Search("instances except stopped ones", {}, ""))
    assert page.total in (COUNT, COUNT - COUNT // 10)
