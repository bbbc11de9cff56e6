"""Conditions: evaluated, simplified, told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.estate.where import EVERYTHING, All, AnyOf, Compare, Not, in_words, is_, matches, number_at, required, select
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, WEB_DEV

DEV = is_("environment", "Development")
AWS = is_("cloud", "aws")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (EVERYTHING, list(ALL)),
        (AnyOf(), []),
        (DEV, [WEB_DEV]),
        (is_("state", "stopped"), [WEB_2]),
        (All((AWS, is_("type", "compute_instance"), Not(DEV))), [WEB_1, WEB_2]),
        (AnyOf((is_("cloud", "azure"), is_("cloud", "gcp"))), [VM, BUCKET]),
        (is_("tag", "tier=gold"), [LEDGER]),
        (is_("flag", "untagged"), [BUCKET]),
        (is_("no such field", "x"), []),
        (Compare("metrics.cpu_avg_7d", "<", 2), [WEB_2]),
        (Compare("metrics.cpu_avg_7d", "<=", 2), [WEB_2, WEB_DEV]),
        (Compare("monthly_cost", ">", 1000), []),
        (Not(Compare("properties.size_gb", ">", 1)), list(ALL)),
    ],
)
def test_select(where, expected):
    assert select(where, list(ALL)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("monthly_cost", 60.5),
        ("metrics.cpu_avg_7d", 41.0),
        ("properties.instance_type", None),
        ("nothing.here", None),
        ("name", None),
        ("tags.app", None),
    ],
)
def test_number_at(path, expected):
    assert number_at(WEB_1, path) == expected


def test_a_yes_or_no_is_no_number():
    assert number_at(BUCKET, "properties.public") is None


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (EVERYTHING, {}),
        (DEV, {"environment": {"development"}}),
        (All((AWS, DEV)), {"cloud": {"aws"}, "environment": {"development"}}),
        (All((is_("cloud", "aws", "gcp"), All((AWS,)))), {"cloud": {"aws"}}),
        (AnyOf((AWS, DEV)), {}),
        (Not(AWS), {}),
        (Compare("monthly_cost", ">", 1), {}),
    ],
)
def test_required(where, expected):
    assert required(where) == expected


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (EVERYTHING, "everything"),
        (DEV, "development"),
        (is_("region", "b", "a"), "region a or b"),
        (All((is_("type", "disk"), Not(is_("tag", "keep=true")))), "type disk and not keep=true"),
        (AnyOf((AWS, DEV)), "(aws or development)"),
        (Compare("properties.size_gb", ">=", 100), "size gb >= 100"),
        (Not(All((AWS, DEV))), "not (aws and development)"),
    ],
)
def test_in_words(where, words):
    assert in_words(where) == words


def test_what_is_required_holds_for_every_match():
    where = All((AWS, AnyOf((DEV, is_("state", "stopped")))))
    found = [one for one in ALL if matches(where, one)]
    assert found
    assert all(one.cloud in required(where)["cloud"] for one in found)


def test_a_moment_of_making_is_compared_and_told():
    made = replace(WEB_1, properties={"created_at": "2026-03-01T12:00:00Z"})
    before = Compare("created", "<", datetime(2026, 4, 1, tzinfo=UTC).timestamp())
    assert (matches(before, made), matches(before, WEB_2)) == (True, False)
    assert in_words(before) == "created before 2026-04-01 00:00"
    assert in_words(Compare("created", ">", before.number)) == "created after 2026-04-01 00:00"
