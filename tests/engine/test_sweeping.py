"""A sweep writes down what it saw change, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.clock import FakeClock
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.collections.alerts_events import CHANGES_AN_ENTRY
from engine.errors import Unreachable
from engine.estate.constraints import constraints
from engine.estate.memory import MemoryEstate
from engine.estate.view import Change, Changes
from engine.journal.journal import Journal
from engine.settings import AccountSettings
from engine.sweeping import RIGHTS, Reach, Sweeper, told
from tests.engine.collections.stage import START
from tests.engine.execution.samples import KEY, vm


@pytest.fixture
async def journal(tmp_path):
    opened = await Journal.open(tmp_path / "journal", KEY, FakeClock(START))
    yield opened
    await opened.close()


def sweeper(journal, *resources):
    clouds = {"aws": FakeCloud(list(resources), TABLES["aws"], "aws")}
    return Sweeper(Reach(clouds, sweeper.estate, journal), (), FakeClock(START))


def written(journal):
    return [change for entry in journal.entries({"estate.changed"}) for change in entry.body["changes"]]


async def test_what_came_went_and_changed_is_written_down_once(journal):
    sweeper.estate = MemoryEstate()
    web, batch = vm("web"), vm("batch")
    await sweeper(journal, web, batch).sweep()
    assert written(journal) == [["", "first seen", "", "2"]]
    (first,) = journal.entries({"estate.changed"})
    assert (first.body["account"], first.body["region"], first.body["type"]) == (web.account, web.region, "compute_instance")
    await sweeper(journal, web, batch).sweep()
    assert len(written(journal)) == 1
    fresh = vm("fresh")
    await sweeper(journal, replace(web, state="stopped"), fresh).sweep()
    assert written(journal)[1:] == [
        [fresh.id, "appeared", "", "there"],
        [batch.id, "vanished", "there", ""],
        [web.id, "state", "running", "stopped"],
    ]


async def test_a_change_of_everything_is_split_over_entries(journal):
    sweeper.estate = MemoryEstate()
    many = [vm(f"web-{number}") for number in range(CHANGES_AN_ENTRY + 1)]
    await sweeper(journal, *many).sweep()
    await sweeper(journal, *(replace(one, state="stopped") for one in many)).sweep()
    assert [len(entry.body["changes"]) for entry in journal.entries({"estate.changed"})] == [1, CHANGES_AN_ENTRY, 1]


def test_a_part_seen_for_the_first_time_is_one_event():
    assert told(Changes(added=("a", "b"))) == [("", "first seen", "", "2")]
    assert told(Changes(added=("a",), unchanged=1)) == [("a", "appeared", "", "there")]
    assert told(Changes(unchanged=7)) == []
    assert told(Changes(changed=("a",), details=(Change("a", "size", "t3.large", ""),))) == [("a", "size", "t3.large", "")]


def asking(journal, cloud, estate):
    accounts = (AccountSettings(cloud="aws", id=vm("web").account, name="dev"),)
    return Sweeper(Reach({"aws": cloud}, estate, journal), accounts, FakeClock(START))


async def test_what_the_account_allows_stands_with_each_resource_and_is_written_down_when_it_changes(journal):
    estate, web = MemoryEstate(), vm("web")
    cloud = FakeCloud([web], TABLES["aws"], "aws")
    cloud.deny("ec2:TerminateInstances")
    for _ in range(2):
        await asking(journal, cloud, estate).sweep()
    found = constraints(await estate.get(web.id))
    assert "ec2:StopInstances" in found.allowed
    assert found.denied == {"ec2:TerminateInstances"}
    (entry,) = journal.entries({RIGHTS})
    assert (entry.body["account"], entry.body["denied"]) == (web.account, ["ec2:TerminateInstances"])
    cloud.fail("rights", Unreachable("nobody is there"))
    await asking(journal, cloud, estate).sweep()
    assert constraints(await estate.get(web.id)) == found, "what was said the last time holds"
    cloud.deny("ec2:StopInstances")
    await asking(journal, cloud, estate).sweep()
    assert "ec2:StopInstances" in constraints(await estate.get(web.id)).denied
    assert len(list(journal.entries({RIGHTS}))) == 2


async def test_who_does_not_say_what_is_allowed_leaves_it_unknown(journal):
    estate, web = MemoryEstate(), vm("web")
    cloud = FakeCloud([web], TABLES["aws"], "aws")
    cloud.fail("rights", Unreachable("nobody is there"))
    await asking(journal, cloud, estate).sweep()
    assert await estate.get(web.id) == web
    assert not list(journal.entries({RIGHTS}))
