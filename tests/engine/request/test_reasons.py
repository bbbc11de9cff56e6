"""Why a resource is among those that were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.estate.memory import MemoryEstate
from engine.estate.where import is_
from engine.request.reading import Selection
from engine.request.reasons import in_short, meaning_like, name_like, reasons
from engine.request.resolver import resolve
from engine.request.understanding import Understanding
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, WEB_DEV, resource

BY_ACCOUNT = resource("search-api-01", account_name="acme-dev", tags={"team": "lake"}, id="arn:aws:ec2:us-east-1:1:instance/i-0abc1234")
ESTATE = MemoryEstate((*ALL, BY_ACCOUNT))


async def selection(message: str) -> Selection:
    reading = (await Understanding(ESTATE).of(message)).reading
    return reading.orders[0].selection if reading.orders else reading.about


@pytest.mark.parametrize(
    ("message", "one", "expected"),
    [
        ("stop all dev vms", BY_ACCOUNT, ("environment development by account acme-dev", "kind compute_instance")),
        ("stop all dev vms", WEB_DEV, ("environment development by tag env=dev", "kind compute_instance")),
        ("show checkout-web-01", WEB_1, ("name is checkout-web-01",)),
        ("show i-0abc1234", BY_ACCOUNT, ("id is i-0abc1234",)),
        ("show stopped vms in us-east-1", WEB_2, ("state stopped", "kind compute_instance", "region us-east-1")),
        ("show running databases", LEDGER, ("state running", "kind database_instance")),
        ("show the checkout vms", WEB_1, ("app checkout by tag app=checkout", "kind compute_instance")),
        ("show vms in acme-dev", WEB_DEV, ("kind compute_instance", "account acme-dev")),
        ("show everything tagged tier=gold", LEDGER, ("tag tier=gold",)),
        ("show databases without backups", LEDGER, ("kind database_instance", "no backups (backup retention days 0)")),
        ("show vms owned by lake", BY_ACCOUNT, ("kind compute_instance", "owner lake by tag team=lake")),
        ("show postgres databases", LEDGER, ("kind database_instance", "engine postgres")),
        ("show vms in europe", VM, ("kind compute_instance", "region westeurope")),
        ("show vms over $50", WEB_1, ("kind compute_instance", "monthly cost 60.5 > 50")),
        ("stop all vms except checkout", VM, ("kind compute_instance", "not left out by \u201ccheckout\u201d")),
        ("show the buckets", BUCKET, ("kind object_storage",)),
    ],
)  # fmt: skip
async def test_every_condition_with_where_it_was_read(message, one, expected):
    assert reasons(await selection(message), one) == expected


async def test_words_that_are_only_part_of_a_name():
    found = await resolve(await selection("show the search things"), ESTATE, changing=False)
    assert BY_ACCOUNT in found.resources
    assert found.why(await selection("show the search things"), BY_ACCOUNT) == ("name part search",)


def test_an_app_that_no_tag_says_is_read_off_the_name():
    asked = Selection(filters=(("app", is_("app", "search")),))
    assert reasons(asked, BY_ACCOUNT) == ("app search by name part",)


async def test_a_likeness_is_told_with_its_score():
    asked = await selection("show chekout-web-02")
    found = await resolve(asked, ESTATE, changing=False)
    assert found.why(asked, WEB_2) == (name_like("chekout-web-02", 0.93),) == ("name like chekout-web-02 (0.93)",)


def test_a_line():
    assert in_short(("a", "b")) == "a; b"
    assert meaning_like("payment database", 0.614) == "meaning like \u201cpayment database\u201d (0.61)"


WORDS = st.sampled_from(
    ["all", "dev", "prod", "vms", "databases", "in", "us-east-1", "checkout", "checkout-web-01", "running", "not", "except", "tagged", "tier=gold", "or"]
)  # fmt: skip


@given(st.lists(WORDS, min_size=1, max_size=7))
async def test_whatever_is_found_has_reasons_that_are_told_once(words):
    asked = await selection("show " + " ".join(words))
    found = await resolve(asked, ESTATE, changing=False)
    for one in found.resources if asked.filters and not asked.names else ():
        told = found.why(asked, one)
        assert told
        assert len(set(told)) == len(told)
