"""Selections turned into exact resources."""

from __future__ import annotations

import pytest

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
