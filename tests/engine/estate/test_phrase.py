"""The phrase that tells a resource's kind, and not which one it is."""

from __future__ import annotations

from engine.estate.phrase import kind_of
from tests.engine.estate.samples import ALL, LEDGER, WEB_1, resource


def test_the_meaning_tells_the_kind_and_not_the_name():
    said = kind_of(LEDGER)
    assert "database instance postgres" in said
    assert "app ledger" in said
    assert "no backups" not in said, "a finding comes and goes; it is a filter"
    assert "tier gold" in said
    for known in ALL:
        for word in (known.name, known.id, known.account, known.account_name):
            assert word not in kind_of(known)
    assert kind_of(WEB_1) == kind_of(resource("another-name"))


def test_what_changes_from_day_to_day_does_not_change_the_kind():
    stopped = resource(
        "checkout-web-01", state="stopped", metrics={"cpu_avg_7d": 0.1}, monthly_cost=1.0, properties={"instance_type": "t3.nano"}
    )
    assert kind_of(stopped) == kind_of(WEB_1)
