"""Conditions on tokens: never narrower than what was asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.estate.facts import facts
from engine.estate.prefilter import is_exact, prefilter
from engine.estate.where import All, AnyOf, Compare, Is, Not, is_, matches
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, every, has
from tests.engine.estate.samples import ALL

TOKENS: dict[tuple[str, str], int] = {}


def token(field, value):
    return TOKENS.setdefault((field, value), len(TOKENS))


def test_a_prefilter_never_excludes_what_a_comparison_might_let_in():
    number, cloud = Compare("monthly_cost", ">", 5), is_("cloud", "aws")
    said = has([token("cloud", "aws")])
    assert prefilter(All((cloud, number)), token) == every([said])
    assert prefilter(AnyOf((cloud, number)), token) == every([])
    assert prefilter(Not(number), token) == every([])
    assert prefilter(Not(All((cloud, number))), token) == every([])
    assert prefilter(Not(cloud), token) == {"not": said}
    assert prefilter(AnyOf((cloud, is_("app", "x"))), token) == {"any": [said, has([token("app", "x")])]}
    assert prefilter(Is("app", frozenset()), token) == has([])
    assert [is_exact(w) for w in (cloud, number, Not(number), All((cloud, number)), AnyOf((cloud,)))] == [True, False, False, False, True]


leaves = st.sampled_from(
    [
        is_("cloud", "aws"),
        is_("type", "compute_instance", "disk"),
        is_("environment", "production"),
        is_("app", "checkout"),
        Is("app", frozenset()),
        Compare("metrics.cpu_avg_7d", "<", 5),
        Compare("monthly_cost", ">", 60),
    ]
)


def joined(parts):
    some = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(some.map(All), some.map(AnyOf), parts.map(Not))


@given(st.recursive(leaves, joined, max_leaves=8))
async def test_of_any_condition_it_lets_in_all_that_fit_and_only_those_when_exact(where):
    store = MemoryStore()
    await store.ensure(Collection("c"))
    for known in ALL:
        bears = {token(field, value) for field, values in facts(known).items() for value in values}
        await store.upsert("c", [Point(known.id, {}, tuple(bears))])
    let_in = {found.id async for found in store.scroll("c", prefilter(where, token))}
    fit = {known.id for known in ALL if matches(where, known)}
    assert fit <= let_in
    if is_exact(where):
        assert fit == let_in
