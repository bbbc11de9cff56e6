"""How much should be there, as a whole and by scope: what it says is what was put in, or that it does not know."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.estate.ledger import Ledger
from engine.store.inventory import Inventory

SCOPES = ("a", "b")
ids = st.sampled_from([f"p{n}" for n in range(5)])
# A point is put into a scope with a mark, or taken out.
steps = st.lists(st.tuples(ids, st.sampled_from([None, *SCOPES]), st.sampled_from(["m", "n"])), max_size=12)


def done(ledger, points, step):
    """The step in the ledger and in a plain table of id → scope and mark."""
    key, scope, mark = step
    if key in points:
        was, its = points.pop(key)
        ledger.change(was, [], [(key, its)])
    if scope:
        ledger.change(scope, [(key, mark)], [])
        points[key] = scope, mark


def of(points, scope=None):
    return Inventory.of((key, mark) for key, (its, mark) in points.items() if scope in (None, its))


@given(steps)
def test_a_ledger_begun_with_nothing_knows_every_scope(path):
    ledger, points = Ledger(Inventory()), {}
    for step in path:
        done(ledger, points, step)
    assert ledger.whole == of(points)
    assert all(ledger.scope(scope) == of(points, scope) for scope in SCOPES)


@given(steps, steps)
def test_it_comes_back_from_what_it_said(first, then):
    ledger, points = Ledger(Inventory()), {}
    for step in first:
        done(ledger, points, step)
    again = Ledger.read(json.loads(json.dumps(ledger.said_by_scope())))
    for step in then:
        done(again, points, step)
    assert again.whole == of(points)
    assert all(again.scope(scope) == of(points, scope) for scope in SCOPES)


@given(steps, steps, steps)
def test_begun_with_something_it_knows_a_scope_only_once_it_was_looked_at(first, then, last):
    points = {}
    for step in [("p0", "a", "m"), *first]:
        done(Ledger(Inventory()), points, step)
    ledger = Ledger(of(points))
    assert (ledger.scope("a"), ledger.scope("b")) == ((None, None) if points else (Inventory(), Inventory()))
    for step in then:
        done(ledger, points, step)
    ledger.learn("a", of(points, "a"), ledger.touched("a"))
    for step in last:
        done(ledger, points, step)
    assert ledger.whole == of(points)
    assert ledger.scope("a") == of(points, "a")


def test_what_was_found_in_a_scope_that_changed_meanwhile_is_not_believed():
    ledger = Ledger(Inventory.of([("p", "m")]))
    touched = ledger.touched("a")
    ledger.change("a", [("q", "m")], [])
    ledger.learn("a", Inventory.of([("p", "m")]), touched)
    assert ledger.scope("a") is None


def test_a_ledger_that_does_not_know_all_scopes_says_the_whole_only():
    ledger = Ledger(Inventory.of([("p", "m")]))
    ledger.learn("a", Inventory.of([("p", "m")]), 0)
    assert set(ledger.said_by_scope()) == {"count", "sum"}
    assert Ledger.read(ledger.said_by_scope()).scope("a") is None
