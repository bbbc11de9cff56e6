"""What every estate keeps to: the one in our own process, the one on a server, and the one in memory."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses

import pytest

from bot.platforms import listening
from engine.estate.estate import Estate
from engine.estate.memory import MemoryEstate
from engine.estate.standing import StandingEstate
from engine.estate.view import Change, Changes
from engine.estate.where import EVERYTHING, All, AnyOf, Compare, Is, Not, is_, matches
from engine.secrets.derive import Keys
from engine.settings import EstateSettings, StoreSettings
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, WEB_DEV, gap, parts, resource
from tests.engine.store.server.peer import Peer

KEYS = Keys(bytes(range(32)))
SETTINGS = EstateSettings(key="file", embeddings="off")


@contextlib.asynccontextmanager
async def on_a_server(folder):
    """The estate as it is configured for a Qdrant server, which here is qdrant-client's own local mode behind HTTP."""
    taken = listening.take("127.0.0.1", 0, "port")
    url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    serving = asyncio.create_task(listening.serve(Peer().app, taken))
    try:
        yield await Estate.open(folder, KEYS, SETTINGS.model_copy(update={"store": StoreSettings(kind="qdrant", url=url)}))
    finally:
        serving.cancel()
        await asyncio.wait({serving})


@contextlib.asynccontextmanager
async def opened(name, folder):
    match name:
        case "memory":
            yield MemoryEstate()
        case "edge":
            yield await Estate.open(folder, KEYS, SETTINGS)
        case "standing":
            yield await StandingEstate.open(folder, KEYS, SETTINGS)
        case "server":
            async with on_a_server(folder) as estate:
                yield estate


@pytest.fixture(params=["memory", "edge", "standing", "server"])
async def estate(request, tmp_path):
    async with opened(request.param, tmp_path) as made:
        for part in parts(*ALL):
            await made.take_in(part)
        yield made
        await made.close()


def names(resources):
    return sorted(found.name for found in resources)


async def test_a_resource_comes_back_as_it_went_in(estate):
    for known in ALL:
        assert await estate.get(known.id) == known
    assert await estate.get("arn:aws:nothing") is None
    assert await estate.get(WEB_1.id.upper()) is None


CONDITIONS = [
    EVERYTHING,
    AnyOf(),
    Is("type", frozenset()),
    is_("type", "compute_instance"),
    is_("type", "compute_instance", "object_storage"),
    All((is_("environment", "production"), is_("app", "checkout"))),
    All((is_("type", "compute_instance"), Not(is_("environment", "production")))),
    Not(is_("tag_key", "app")),
    AnyOf((is_("cloud", "azure"), is_("flag", "public"))),
    is_("tag", "tier=gold"),
    is_("name", "Ledger-DB"),
    is_("id", "vm-search-01"),
    is_("region", "us-east-1a"),
    is_("state", "stopped"),
    Compare("metrics.cpu_avg_7d", "<", 5),
    Not(Compare("metrics.cpu_avg_7d", "<", 5)),
    AnyOf((Compare("monthly_cost", ">", 1000), is_("cloud", "gcp"))),
    Not(All((is_("cloud", "aws"), Compare("metrics.cpu_avg_7d", ">", 5)))),
    Not(AnyOf((is_("cloud", "aws"), is_("cloud", "gcp")))),
]


async def test_select_and_count_agree_with_the_condition_itself(estate):
    for where in CONDITIONS:
        expected = sorted((known for known in ALL if matches(where, known)), key=lambda known: known.id)
        assert await estate.select(where) == expected, where
        assert await estate.count(where) == len(expected), where
        assert await estate.select(where, limit=2) == expected[:2]


async def test_recognise_knows_names_ids_and_words_in_any_case_and_nothing_else(estate):
    found = await estate.recognise(
        [
            "Checkout-Web-01",
            LEDGER.id.lower(),
            "vm-search-01",
            "acme-prod",
            "444455556666",
            "checkout",
            "LENA@acme.example",
            "tier",
            "gold",
            "us-east-1",
            "us-east-1a",
            "checkout-web",
            "",
            "postgres",
        ]
    )
    assert found == {
        "Checkout-Web-01": {"name"},
        LEDGER.id.lower(): {"id"},
        "vm-search-01": {"name", "id"},
        "acme-prod": {"account"},
        "444455556666": {"account"},
        "checkout": {"app", "tag_value"},
        "LENA@acme.example": {"owner", "tag_value"},
        "tier": {"tag_key"},
        "gold": {"tag_value"},
        "us-east-1": {"region"},
        "us-east-1a": {"region"},
    }


async def test_recognise_asked_nothing_knows_nothing(estate):
    assert await estate.recognise([]) == {}


async def test_by_name_finds_through_typos_and_respects_the_condition(estate):
    best, *_ = await estate.by_name("chekout web 1", limit=3)
    assert best.resource.name.startswith("checkout-web")
    exact = await estate.by_name("LEDGER_DB")
    assert exact[0].resource == LEDGER
    assert exact[0].score == pytest.approx(1.0)
    only = await estate.by_name("checkout web", where=is_("environment", "development"))
    assert names(match.resource for match in only) == ["checkout-web-dev"]
    cheap = await estate.by_name("checkout web", where=Compare("metrics.cpu_avg_7d", "<", 5))
    assert names(match.resource for match in cheap) == ["checkout-web-02", "checkout-web-dev"]


async def test_by_name_finds_nothing_for_nothing(estate):
    assert await estate.by_name("") == []
    assert await estate.by_name("!!!") == []
    assert await estate.by_name("zzqqxx") == []


async def test_without_a_model_meaning_finds_nothing_and_says_why(estate):
    assert await estate.by_meaning("idle machines") == []
    assert estate.meaning_away().endswith(".")


async def test_stats_count_everything(estate):
    stats = await estate.stats()
    assert stats.total == 6
    assert stats.by_cloud == {"aws": 4, "azure": 1, "gcp": 1}
    assert stats.by_type == {"compute_instance": 4, "database_instance": 1, "object_storage": 1}
    assert stats.by_account == {"acme-prod": 3, "acme-dev": 1, "acme-az": 1, "acme-sandbox": 1}
    assert stats.by_environment == {"production": 3, "development": 1, "sandbox": 1, "": 1}


async def test_taking_in_the_same_again_changes_nothing(estate):
    for part in parts(*ALL):
        assert await estate.take_in(part) == Changes(unchanged=len(part.resources))


async def test_a_part_brings_new_changed_and_vanished_in_its_scope_only(estate):
    (part,) = parts(WEB_1, WEB_2)
    stopped = dataclasses.replace(WEB_1, state="stopped")
    fresh = resource("checkout-web-03")
    changes = await estate.take_in(dataclasses.replace(part, resources=(stopped, fresh)))
    how = (Change(WEB_1.id, "state", "running", "stopped"),)
    assert changes == Changes(added=(fresh.id,), changed=(WEB_1.id,), vanished=(WEB_2.id,), details=how)
    assert await estate.get(WEB_2.id) is None
    assert await estate.get(WEB_1.id) == stopped
    assert names(await estate.select(EVERYTHING)) == sorted(
        ["acme-raw-events", "checkout-web-01", "checkout-web-03", "checkout-web-dev", "ledger-db", "vm-search-01"]
    )
    assert await estate.count(is_("state", "stopped")) == 1
    assert "checkout-web-02" not in await estate.recognise(["checkout-web-02"])


async def test_a_part_tells_what_changed_of_each_resource(estate):
    (part,) = parts(WEB_1, WEB_2)
    first = dataclasses.replace(
        WEB_1, tags={**WEB_1.tags, "keep": "true"}, properties={"instance_type": "t3.micro", "public_ip": "203.0.113.9"}
    )
    second = dataclasses.replace(WEB_2, monthly_cost=1.0)
    changes = await estate.take_in(dataclasses.replace(part, resources=(second, first)))
    assert changes.changed == tuple(sorted((WEB_1.id, WEB_2.id)))
    assert changes.details == (
        Change(WEB_1.id, "size", "t3.large", "t3.micro"),
        Change(WEB_1.id, "exposure", "", "public, public_ip"),
        Change(WEB_1.id, "tags", "", "keep=true"),
    )


async def test_an_empty_part_empties_its_scope(estate):
    (part,) = parts(BUCKET)
    assert await estate.take_in(dataclasses.replace(part, resources=())) == Changes(vanished=(BUCKET.id,))
    assert (await estate.stats()).total == 5


async def test_a_resource_seen_in_another_scope_moves_there(estate):
    (part,) = parts(WEB_DEV)
    elsewhere = dataclasses.replace(part, region="eu-west-1")
    assert await estate.take_in(elsewhere) == Changes(unchanged=1)
    assert await estate.take_in(dataclasses.replace(part, resources=())) == Changes()
    assert await estate.get(WEB_DEV.id) == WEB_DEV
    assert await estate.take_in(dataclasses.replace(elsewhere, resources=())) == Changes(vanished=(WEB_DEV.id,))


async def test_a_gap_changes_nothing_and_is_remembered_until_the_part_is_seen(estate):
    first, second = gap(), gap(type="disk", detail="")
    await estate.note_gap(first)
    await estate.note_gap(second)
    await estate.note_gap(first)
    assert estate.gaps() == (first, second)
    assert (await estate.stats()).total == 6
    await estate.take_in(parts(WEB_1, WEB_2)[0])
    assert estate.gaps() == (second,)


async def test_many_gaps_and_parts_at_once_are_all_remembered(estate):
    types = [f"type-{n}" for n in range(20)]
    await asyncio.gather(*(estate.note_gap(gap(type=name)) for name in types), *(estate.take_in(part) for part in parts(*ALL)))
    assert [known.type for known in estate.gaps()] == sorted(types)
    assert await estate.count(EVERYTHING) == len(ALL)


async def test_replace_keeps_the_scope_and_adds_what_is_new(estate):
    stopped = dataclasses.replace(WEB_1, state="stopped")
    await estate.replace(stopped)
    assert await estate.get(WEB_1.id) == stopped
    await estate.replace(stopped)
    snapshot = resource("snap-1", type="snapshot", id="arn:aws:ec2:us-east-1::snapshot/snap-1")
    await estate.replace(snapshot)
    assert (await estate.stats()).total == 7
    (part,) = parts(WEB_1, WEB_2)
    assert (await estate.take_in(dataclasses.replace(part, resources=(WEB_2,)))).vanished == (WEB_1.id,)
    assert await estate.get(VM.id) == VM


async def test_close_may_be_called_twice(estate):
    await estate.close()


async def test_what_was_seen_to_be_gone_is_forgotten(estate):
    for part in parts(*ALL):
        await estate.take_in(part)
    await estate.forget(WEB_1.id)
    await estate.forget("arn:aws:ec2:::never-there")
    assert await estate.get(WEB_1.id) is None
    assert await estate.count(EVERYTHING) == len(ALL) - 1
