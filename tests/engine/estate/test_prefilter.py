"""Conditions on tokens: never narrower than what was asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.estate.facts import facts
from engine.estate.memory import scope_of
from engine.estate.phrase import kind_of
from engine.estate.prefilter import is_exact, of_kinds, prefilter
from engine.estate.recorder import KIND, Recorder
from engine.estate.where import All, AnyOf, Compare, Is, Not, is_, matches
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, every, has
from tests.benchmarks.synthetic import estate as made
from tests.engine.estate.samples import ALL

KEYS = Keys(bytes(range(32)))
CRYPTO = Crypto(KEYS, "c")
RECORDER = Recorder(KEYS, CRYPTO)
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


@given(st.recursive(leaves, joined, max_leaves=8))
async def test_what_is_asked_of_kinds_lets_in_the_kind_of_every_resource_that_fits(where):
    store = MemoryStore()
    await store.ensure(Collection("c"))
    for known in ALL:
        await store.upsert("c", [Point(known.id, {}, RECORDER.facts_of_kind(known))])
    let_in = {found.id async for found in store.scroll("c", prefilter(of_kinds(where), CRYPTO.token))}
    assert let_in >= {known.id for known in ALL if matches(where, known)}


def test_of_kinds_is_asked_what_must_hold_and_follows_from_a_kind():
    aws, app = is_("cloud", "aws"), is_("app", "checkout")
    assert of_kinds(All((aws, app, Not(is_("type", "disk"))))) == All((aws,))
    assert of_kinds(AnyOf((aws, app))) == All()


def test_what_follows_from_a_kind_is_the_same_of_all_its_resources():
    found: dict[str, set[tuple[int, ...]]] = {}
    for one in made(3_000):
        found.setdefault(kind_of(one), set()).add(RECORDER.facts_of_kind(one))
        assert RECORDER.point(RECORDER.marked(one), scope_of(one)).payload[KIND] == str(RECORDER.kind_token(kind_of(one)))
    assert len(found) < 3_000
    assert all(len(facts_of_it) == 1 for facts_of_it in found.values())
