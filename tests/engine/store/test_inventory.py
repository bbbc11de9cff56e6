"""The count and sum over points: nothing lost, added or altered goes unseen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.store.inventory import Inventory


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=6), st.text(max_size=4))
def test_the_inventory_adds_up_and_notices_any_change(points, other):
    whole = Inventory.of(points.items())
    assert whole.count == len(points)
    for key, mark in points.items():
        rest = Inventory.of((k, m) for k, m in points.items() if k != key)
        assert whole != rest
        assert whole - Inventory.of([(key, mark)]) == rest
        assert rest + Inventory.of([(key, mark)]) == whole
        if other != mark:
            assert Inventory.of((points | {key: other}).items()) != whole
