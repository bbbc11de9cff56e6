"""How sure a likeness is."""

from __future__ import annotations

import pytest

from engine.estate.memory import MemoryEstate
from engine.estate.view import Match
from engine.request.liking import CANDIDATES, LIST_FROM, MEANT_FROM, liking, meant
from tests.engine.estate.samples import ALL, LEDGER, VM, WEB_1, WEB_2, resource

ELSEWHERE = resource("checkout-web-02", account_name="acme-dev", id="arn:aws:ec2:us-east-1:444455556666:instance/i-2")


async def liked(said: str, *more):
    return liking(said, await MemoryEstate((*ALL, *more)).by_name(said, None, CANDIDATES))


@pytest.mark.parametrize("said", ["chekout-web-02", "checkoutweb02", "Checkout Web 02", "chekcout-web-02"])
async def test_a_slip_in_one_name_is_certain_and_brings_all_that_bear_it(said):
    found = await liked(said, ELSEWHERE)
    assert found.sureness == "certain"
    assert {match.resource.id for match in found.matches} == {WEB_2.id, ELSEWHERE.id}


@pytest.mark.parametrize("said", ["checkout-web-07", "checkout-web", "web-checkout-02", "checkout-02", "checkout-web-02-old"])
async def test_what_may_be_several_or_none_is_asked(said):
    found = await liked(said)
    assert found.sureness == "ask"
    assert WEB_2 in [match.resource for match in found.matches]


async def test_two_names_as_close_are_asked():
    found = await liked("ledgar-db", resource("ledgor-db"))
    assert found.sureness == "ask"


@pytest.mark.parametrize("said", ["zzz-qqq-99", "kubeflow-x1", ""])
async def test_what_is_like_nothing_is_nothing(said):
    assert await liked(said) == liking(said, [])


def test_the_list_begins_where_it_says_and_is_best_first():
    found = liking("another", [Match(WEB_1, LIST_FROM - 0.01), Match(VM, LIST_FROM), Match(LEDGER, 0.9)])
    assert ([match.resource for match in found.matches], found.sureness) == ([LEDGER, VM], "ask")


def test_a_poor_meaning_is_not_shown():
    assert meant([Match(WEB_1, MEANT_FROM - 0.01), Match(VM, MEANT_FROM), Match(LEDGER, 0.6)]) == (
        Match(LEDGER, 0.6),
        Match(VM, MEANT_FROM),
    )
