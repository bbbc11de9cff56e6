"""Sizes as people write them, and what only looks like one."""

from __future__ import annotations

import pytest

from engine.request.sizes import full_size, is_size, may_be_size, spellings


@pytest.mark.parametrize(
    "word",
    ["t3.large", "db.r6g.large", "cache.t4g.micro", "m6i.16xlarge", "e2-medium", "n2-standard-8", "standard_d4s_v5", "b2ms", "d4s_v5", "d4sv5", "e8ds_v5",
     "nc6s_v3", "db-f1-micro", "db-custom-2-7680"],
)  # fmt: skip
def test_sizes(word):
    assert is_size(word)
    assert may_be_size(word)


@pytest.mark.parametrize("word", ["k8s", "s3", "e2e", "b2b", "ec2", "d4", "web-01", "p2p", "m2", "gp3", "x86"])
def test_what_only_looks_like_a_size(word):
    assert not is_size(word)


@pytest.mark.parametrize("word", ["s1", "p1v3", "b1", "gp_gen5_2", "s12"])
def test_tiers_are_sizes_only_where_one_is_asked_for(word):
    assert (is_size(word), may_be_size(word)) == (False, True)


@pytest.mark.parametrize(
    ("said", "full"),
    [("b2ms", "Standard_B2ms"), ("D4s_v5", "Standard_D4s_v5"), ("d4sv5", "Standard_D4s_v5"), ("t3.large", "t3.large"), ("S1", "S1"),
     ("Standard_B2s", "Standard_B2s"), ("e2-medium", "e2-medium")],
)  # fmt: skip
def test_as_the_cloud_spells_it(said, full):
    assert full_size(said) == full


def test_a_filter_finds_both_spellings():
    assert spellings("b2ms") == ("b2ms", "standard_b2ms", "standard_b2ms", "basic_b2ms")
    assert spellings("t3.large") == ("t3.large",)
