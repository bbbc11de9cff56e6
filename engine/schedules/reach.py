"""Where a schedule reaches, for every card that tells of it: how many resources in which environment, account and region. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.estate.facts import environment
from engine.estate.resource import Resource

MOST_PLACES = 6


def reach(resources: Iterable[Resource]) -> tuple[str, ...]:
    """A line for each place, the fullest first: `7 in acme-dev (aws), us-east-1, development`; the rest of many is counted in one line."""
    places = Counter(_place(one) for one in resources)
    told = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    lines = tuple(f"{count} in {place}" for place, count in told[:MOST_PLACES])
    rest = told[MOST_PLACES:]
    return (*lines, f"{sum(count for _, count in rest)} in {len(rest)} more places") if rest else lines


def _place(one: Resource) -> str:
    where = environment(one)[0] or "environment unknown"
    return f"{one.account_name or one.account} ({one.cloud}), {one.region or 'no region'}, {where}"
