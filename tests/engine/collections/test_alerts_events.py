"""What sweeps saw change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.collections.alerts_events import CHANGES_AN_ENTRY, Seen, bodies
from engine.collections.record import MOST_OF_AN_ENTRY
from tests.engine.collections.stage import START, changed, journal, library, told

WEB, DB = "arn:aws:ec2:us-east-1:4:instance/i-web", "arn:aws:rds:us-east-1:4:db:Ledger"


@pytest.fixture
async def made(tmp_path):
    kept = journal()
    told(kept, changed((WEB, "state", "running", "stopped"), (WEB, "exposure", "", "public")))
    told(kept, changed((DB, "size", "db.t3.large", "db.m5.large"), account="other"))
    told(kept, changed((WEB, "exposure", "public", "")))
    async with library(tmp_path, kept) as opened:
        yield opened


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (Seen(), ["exposure resolved", "size changed", "exposure found", "state changed"]),
        (Seen(resource=WEB.upper()), ["exposure resolved", "exposure found", "state changed"]),
        (Seen(aspect="exposure"), ["exposure resolved", "exposure found"]),
        (Seen(aspect="exposure", turn="found"), ["exposure found"]),
        (Seen(account="other"), ["size changed"]),
        (Seen(since=START + timedelta(minutes=2)), ["exposure resolved", "size changed"]),
        (Seen(limit=1), ["exposure resolved"]),
        (Seen(resource=WEB, aspect="tags"), []),
    ],
)
async def test_events_are_found_by_every_field_newest_first(made, seen, found):
    assert [f"{event.aspect} {event.turn}" for event in await made.events.latest(seen)] == found


async def test_events_are_found_by_a_part_of_the_name(made):
    assert [event.resource for event in await made.events.search("ledger")] == [DB]


@given(st.integers(0, 1000))
def test_many_changes_are_split_over_entries_and_none_is_lost(number):
    changes = [(f"i-{n}", "state", "a", "b") for n in range(number)]
    made = list(bodies({"cloud": "aws", "account": "1", "region": "r", "type": "t"}, changes))
    assert [tuple(change) for body in made for change in body["changes"]] == changes
    assert all(len(body["changes"]) <= CHANGES_AN_ENTRY < MOST_OF_AN_ENTRY for body in made)
