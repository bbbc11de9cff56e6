"""Token buckets: a burst, then a steady flow, each caller for itself, and a table that does not grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_server.buckets import Buckets, neighbourhood


def test_a_burst_then_one_for_each_interval():
    buckets = Buckets(rate=2.0, burst=3)
    assert [buckets.wait_s("a", 10.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.wait_s("a", 10.25) == pytest.approx(0.25), "a refusal takes nothing"
    assert buckets.wait_s("a", 10.5) == 0.0
    assert buckets.wait_s("b", 10.5) == 0.0, "callers do not share"


def test_a_long_pause_fills_no_more_than_the_burst():
    buckets = Buckets(rate=5.0, burst=2)
    assert [buckets.wait_s("a", at) for at in (0.0, 1000.0, 1000.0)] == [0.0, 0.0, 0.0]
    assert buckets.wait_s("a", 1000.0) > 0


def test_who_came_last_is_kept():
    buckets = Buckets(rate=0.001, burst=1, most=3)
    for caller in "abc":
        assert buckets.wait_s(caller, 0.0) == 0.0
    assert buckets.wait_s("a", 0.0) > 0
    assert buckets.wait_s("d", 0.0) == 0.0
    assert len(buckets) == 3
    assert buckets.wait_s("a", 0.0) > 0, "a came after b, so b was forgotten"
    assert buckets.wait_s("b", 0.0) == 0.0


@given(st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=60), st.floats(0.1, 20), st.integers(1, 10))
def test_nobody_gets_more_than_burst_and_flow(gaps, rate, burst):
    buckets, now, served = Buckets(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        served += buckets.wait_s("a", now) == 0.0
    assert served <= burst + now * rate + 1e-6


def test_a_clock_that_stands_still_or_goes_back_gives_nothing():
    buckets = Buckets(rate=1.0, burst=1)
    assert buckets.wait_s("a", 5.0) == 0.0
    assert buckets.wait_s("a", 4.0) > 0


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("not an address", "not an address"),
    ],
)
def test_what_one_customer_holds(address, same):
    assert neighbourhood(address) == same
