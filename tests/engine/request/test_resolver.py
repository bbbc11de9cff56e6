"""Selections turned into exact resources."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import FakeClock
from engine.estate.memory import MemoryEstate
from engine.request.reading import Selection
from engine.request.resolver import pick, resolve
from engine.request.understanding import Understanding
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, WEB_DEV, resource

TWIN = resource(
    "checkout-web-01",
    account="444455556666",
    account_name="acme-dev",
    tags={"env": "dev"},
    id="arn:aws:ec2:us-east-1:444455556666:instance/i-2",
)
ESTATE = MemoryEstate((*ALL, TWIN))


async def selection(message: str) -> Selection:
    reading = (await Understanding(ESTATE).of(message)).reading
    return reading.orders[0].selection if reading.orders else reading.about


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("stop checkout-web-02", [WEB_2]),
        ("stop checkout-web-01 in acme-dev", [TWIN]),
        ("stop all dev vms", [TWIN, WEB_DEV]),
        ("stop the ledger database", [LEDGER]),
        ("stop all running prod vms on aws", [WEB_1]),
        ("stop all vms except checkout", [VM]),
        ("stop everything tagged tier=gold", [LEDGER]),
        ("stop both dev vms", [TWIN, WEB_DEV]),
        ("block public access on acme-raw-events", [BUCKET]),
        ("stop the checkout dev vms", [WEB_DEV, TWIN]),
    ],
)
async def test_certain(message, expected):
    found = await resolve(await selection(message), ESTATE, changing=True)
    assert (found.confidence, {one.id for one in found.resources}) == ("certain", {one.id for one in expected})


@pytest.mark.parametrize(
    "message",
    [
        "stop checkout-web-01", "stop the dev vm", "stop chekout-web-02", "stop everything", "stop everything in dev", "stop dev", "stop all", "stop ledger",
        "stop the 3 dev vms", "stop the flaky dev vms", "stop checkout-web-02 in acme-dev", "stop the database checkout-web-02", "stop everything on checkout-web-02",
        "stop vms near checkout-web-02", "stop dev vms?", "stop all vms except", "stop acme-dev", "stop one of the dev vms",
    ],
)  # fmt: skip
async def test_asked_back(message):
    found = await resolve(await selection(message), ESTATE, changing=True)
    assert found.confidence == "ask"
    assert found.question


@pytest.mark.parametrize("message", ["stop zzz-qqq-99", "stop the gcp vms", "stop i-00000000dead"])
async def test_nothing_is_meant(message):
    assert (await resolve(await selection(message), ESTATE, changing=True)).confidence in ("none", "ask")


async def test_a_likeness_never_acts():
    found = await resolve(await selection("stop chekout-web-02"), ESTATE, changing=True)
    assert found.by_likeness
    assert WEB_2 in found.resources


async def test_a_question_may_be_answered_by_likeness():
    found = await resolve(await selection("show chekout-web-02"), ESTATE, changing=False)
    assert (found.confidence, found.by_likeness) == ("certain", True)


async def test_a_question_about_a_state_shows_the_resource():
    found = await resolve(await selection("is checkout-web-02 running?"), ESTATE, changing=False)
    assert found.resources == (WEB_2,)


async def test_what_was_left_out_is_counted():
    found = await resolve(await selection("stop all vms except checkout"), ESTATE, changing=True)
    assert [(part.count, part.words) for part in found.excluded] == [(4, "checkout")]


async def test_unread_words_narrow_by_name_and_never_widen():
    found = await resolve(await selection("stop the checkout web vms in prod"), ESTATE, changing=True)
    assert {one.id for one in found.resources} == {WEB_1.id, WEB_2.id}


async def test_picking_among_what_is_on_the_table():
    assert pick((WEB_1, TWIN), await selection("the one in acme-dev")) == (TWIN,)
    assert pick((WEB_1, TWIN), await selection("checkout-web-01 in prod")) == (WEB_1,)


class Meanings:
    """Every description means the same thing: whatever is asked by meaning is found."""

    async def embed(self, texts):
        return [[1.0, 0.0] for _ in texts]


VAGUE = MemoryEstate((*ALL, TWIN), Meanings())
WORDS = st.sampled_from([
    "all", "every", "both", "the", "dev", "prod", "vms", "vm", "databases", "ledger", "in", "us-east-1", "acme-dev", "checkout", "checkout-web-01", "chekout-web-02",
    "checkoutweb02", "web-checkout-01", "zzz-qqq-99", "payment", "flaky", "running", "not", "except", "and", "or", "tagged", "tier=gold", "everything", "it", "3",
    '"chekout web 02"', "named", "like", "without", "owner", "over $50",
])  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=8))
async def test_no_change_is_ever_certain_by_a_likeness(words):
    wanted = await selection("stop " + " ".join(words))
    found = await resolve(wanted, VAGUE, changing=True)
    assert not (found.confidence == "certain" and (found.by_likeness or found.likely or found.by_meaning))
    if found.confidence == "certain":
        assert not wanted.unknown
        exact = [one for one in found.resources if wanted.names or not wanted.unread]
        assert all(found.why(wanted, one) for one in exact if wanted.filters or wanted.names)


@given(
    st.sampled_from(["chekout-web-02", "checkoutweb02", "web-checkout-01", "ledger-bd", "vm-serch-01", "acme-raw-evnts"]),
    st.lists(WORDS, max_size=5),
)
async def test_a_name_that_is_none_is_asked_back_whatever_stands_around_it(name, around):
    found = await resolve(await selection(f"stop {name} {' '.join(around)}"), VAGUE, changing=True)
    assert found.confidence != "certain"


@pytest.mark.parametrize(
    ("message", "confidence", "expected"),
    [
        ("show chekout-web-02", "certain", [WEB_2]),
        ("show chekout-web-01 in acme-dev", "certain", [TWIN]),
        ("is chekout-web-02 running?", "certain", [WEB_2]),
        ("show chekout-web-02 and checkout-web-dev", "certain", [WEB_2, WEB_DEV]),
        ("show chekout-web-02 and leger-db", "certain", [WEB_2, LEDGER]),
        ("show checkout-web-07", "ask", [WEB_1, WEB_2, TWIN, WEB_DEV]),
        ("show web-checkout-02", "ask", [WEB_1, WEB_2, TWIN]),
        ("show zzz-qqq-99", "none", []),
        ("show the web things", "certain", [WEB_1, WEB_2, TWIN, WEB_DEV]),
    ],
)
async def test_how_sure_a_question_is(message, confidence, expected):
    found = await resolve(await selection(message), ESTATE, changing=False)
    assert (found.confidence, {one.id for one in found.resources}) == (confidence, {one.id for one in expected})


async def test_a_description_is_answered_by_meaning_and_told_so():
    found = await resolve(await selection("show the payment things"), VAGUE, changing=False)
    assert (found.confidence, found.by_likeness, found.by_meaning) == ("ask", True, True)
    assert found.why(Selection(), found.resources[0]) == ("meaning like \u201cpayment\u201d (1.00)",)


async def test_a_description_without_a_model_is_said_to_be_nothing():
    found = await resolve(await selection("show the payment things"), ESTATE, changing=False)
    assert (found.confidence, found.question) == ("none", "Nothing in the estate matches that. No embedding model was given.")


RANKED = MemoryEstate((
    resource("cheap", type="disk", monthly_cost=2.0, properties={"size_gb": 500}),
    resource("dear", type="disk", monthly_cost=90.0, properties={"size_gb": 20}),
    resource("dearer", type="disk", monthly_cost=91.0, properties={}),
    resource("LedgerBatchRunner", state="running", metrics={"cpu_avg_7d": 1.0}),
))  # fmt: skip


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("cheapest disk", ["cheap"]),
        ("most expensive disk", ["dearer"]),
        ("top 2 most expensive disks", ["dearer", "dear"]),
        ("biggest disk", ["cheap"]),
        ("smallest disk", ["dear"]),
        ("largest disks", ["cheap", "dear", "dearer"]),  # nobody said how many
        ("busiest disk", ["cheap", "dear", "dearer"]),  # nobody knows
    ],
)
async def test_the_most_of_something(question, names):
    about = (await Understanding(RANKED).of(question)).reading.about
    found = await resolve(about, RANKED, changing=False)
    assert sorted(one.name for one in found.resources) == sorted(names)


@pytest.mark.parametrize(
    ("message", "confidence", "names"),
    [
        ("terminate LedgerBatchRuner", "ask", ["LedgerBatchRunner"]),
        ("stop zonk", "ask", []),
        ("stop everything idle in us-east-1", "certain", ["LedgerBatchRunner"]),
        ("stop everything in us-east-1", "ask", []),
        ("stop the batch vms", "certain", ["LedgerBatchRunner"]),
    ],
)
async def test_what_a_change_acts_on(message, confidence, names):
    (order,) = (await Understanding(RANKED).of(message)).reading.orders
    found = await resolve(order.selection, RANKED, changing=True)
    assert (found.confidence, [one.name for one in found.resources]) == (confidence, names)


async def test_an_age_is_counted_from_the_clock():
    now = datetime(2026, 11, 21, tzinfo=UTC)
    estate = MemoryEstate((
        resource("old", type="snapshot", properties={"taken_at": "2026-01-01T00:00:00+00:00"}),
        resource("new", type="snapshot", properties={"created": "2026-11-20T00:00:00"}),
        resource("who knows", type="snapshot", properties={}),
    ))  # fmt: skip
    about = (await Understanding(estate, FakeClock(now)).of("snapshots older than 30 days")).reading.about
    assert [one.name for one in (await resolve(about, estate, changing=False)).resources] == ["old"]
