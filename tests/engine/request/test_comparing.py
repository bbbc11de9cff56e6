"""Amounts and ages taken out of a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.estate.where import Compare
from engine.request.comparing import comparisons

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ago(days: float) -> float:
    return (NOW - timedelta(days=days)).timestamp()


@pytest.mark.parametrize(
    ("text", "left", "found"),
    [
        ("disks over 100 gb", "disks", [Compare("properties.size_gb", ">", 100)]),
        ("disks of at least 1tb", "disks", [Compare("properties.size_gb", ">=", 1024)]),
        ("vms under $5", "vms", [Compare("monthly_cost", "<", 5)]),
        ("vms with cpu below 3 percent", "vms", [Compare("metrics.cpu_avg_7d", "<", 3)]),
        ("more than 3 vms", "more than 3 vms", []),
        ("snapshots older than 30 days", "snapshots", [Compare("created", "<", ago(30))]),
        ("snapshots that are older than a year in dev", "snapshots   in dev", [Compare("created", "<", ago(365))]),
        ("snapshots more than 2 weeks old", "snapshots", [Compare("created", "<", ago(14))]),
        ("snapshots newer than 12 hours", "snapshots", [Compare("created", ">", ago(0.5))]),
        ("snapshots less than 3 months old", "snapshots", [Compare("created", ">", ago(90))]),
    ],
)
def test_conditions(text, left, found):
    rest, compares = comparisons(text, NOW)
    assert (rest.strip(), list(compares)) == (left, found)


def test_without_a_clock_an_age_stays_in_the_sentence():
    assert comparisons("snapshots older than 30 days") == ("snapshots older than 30 days", ())


def test_no_more_conditions_than_people_say():
    text, found = comparisons("older than 3 days " * 12, NOW)
    assert len(found) == 8
    assert text.count("older than") == 4
