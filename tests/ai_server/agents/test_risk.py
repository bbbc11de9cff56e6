"""Risk: what raises it, and that the order of things does not matter."""

from __future__ import annotations

import pytest

from ai_server.agents.risk import Touch, estimate
from ai_server.wire import RISK_ORDER
from tests.ai_server.asking import fitting, knowledge

BOOKS = {book.id: book for book in knowledge().playbooks}


def touch(book: str, handle: str = "g1", **changed) -> Touch:
    return Touch(BOOKS[book], fitting(BOOKS[book], handle).model_copy(update=changed))


@pytest.mark.parametrize(
    ("book", "changed", "level"),
    [
        ("aws-ec2-stop", {}, "low"),
        ("aws-ec2-stop", {"environment": "production"}, "high"),
        ("aws-ec2-start", {"environment": "production"}, "medium"),
        ("aws-ec2-stop", {"environment": "unknown"}, "medium"),
        ("aws-ec2-tag", {"environment": "unknown"}, "low"),
        ("aws-ec2-stop", {"count": 10}, "low"),
        ("aws-ec2-stop", {"count": 11}, "medium"),
        ("aws-ec2-tag", {"count": 101}, "high"),
        ("aws-rds-restart", {"flags": ("multi_az",)}, "medium"),
        ("aws-rds-restart", {"flags": ("has_replicas",)}, "medium"),
        ("aws-rds-delete", {"flags": ("has_replicas",)}, "critical"),
        ("aws-rds-delete", {}, "high"),
        ("aws-rds-delete", {"environment": "production"}, "critical"),
        ("aws-ebs-snapshot", {"flags": ("attached",)}, "low"),
        ("gcp-instance-stop", {"flags": ("public",)}, "medium"),
    ],
)
def test_levels(book, changed, level):
    assert estimate([touch(book, **changed)]).level == level


def test_reasons_say_what_counts():
    risk = estimate(
        [
            touch("aws-ec2-stop", environment="production", count=3),
            touch("aws-ec2-stop", "g2", environment="production", flags=("public",), count=4),
        ]
    )
    assert "touches production (7)" in risk.reasons
    assert any(reason.startswith("4 × can be reached") for reason in risk.reasons)


def test_nothing_touched_is_low():
    assert estimate([]).level == "low"


def test_more_is_never_less_and_order_does_not_matter():
    touches = [touch(book, f"g{number}") for number, book in enumerate(BOOKS, start=1)]
    for size in range(1, len(touches)):
        assert RISK_ORDER.index(estimate(touches[: size + 1]).level) >= RISK_ORDER.index(estimate(touches[:size]).level)
    assert estimate(touches).level == estimate(touches[::-1]).level


def test_a_resource_touched_twice_counts_once():
    assert estimate([touch("aws-ec2-stop", count=6), touch("aws-ec2-start", count=6)]).level == "low"
