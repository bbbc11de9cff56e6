"""What counts as another world, and how it is told."""

from __future__ import annotations

import pytest

from engine.execution.drift import drift, sentence
from tests.engine.execution.samples import vm

PLANNED = vm("web", tags={"env": "dev", "owner": "lena"}, metrics={"cpu_avg_7d": 2.0})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": "stopped"}, "web was running and is now stopped"),
        ({"properties": {"instance_type": "t3.2xlarge"}}, "web was t3.large and is now t3.2xlarge"),
        ({"tags": {"env": "prod", "owner": "lena"}}, "web was in development and is now in production"),
        ({"tags": {}}, "web was in development and is now in none"),
        ({"tags": {"env": "dev", "owner": "max"}}, "the tags of web changed"),
        (
            {"properties": {"instance_type": "t3.large", "deletion_protection": True}},
            "deletion protection of web was None and is now True",
        ),
    ],
)
def test_what_matters_is_told(changes, told):
    now = vm("web", **({"tags": PLANNED.tags} | changes))
    assert drift(PLANNED, now) == (told,)


@pytest.mark.parametrize(
    "changes",
    [{}, {"monthly_cost": 900.0}, {"metrics": {"cpu_avg_7d": 99.0}}, {"properties": {"instance_type": "t3.large", "launched": 1}}],
)
def test_what_moves_by_itself_does_not_matter(changes):
    assert drift(PLANNED, vm("web", **({"tags": PLANNED.tags} | changes))) == ()


def test_what_is_gone_is_gone():
    assert drift(PLANNED, None) == ("web is gone",)


def test_many_changes_are_one_sentence():
    assert sentence(["a", "b"]) == "a; b"
    assert sentence([str(n) for n in range(8)]) == "0; 1; 2; 3; 4, and 3 more"
