"""Reads from the estate what may depend on a plan's targets, as far as that is quick. Edge (through the estate)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import StoreError
from engine.estate.resource import Resource
from engine.estate.view import EstateView
from engine.estate.where import All, AnyOf, Where, is_
from engine.execution.plan import Breaks, Step
from engine.planning.dependence import MAY_DEPEND, Effect, effects
from engine.planning.impact import impact, served
from engine.planning.usage import listed

# A resource takes about a tenth of a millisecond to read; a plan card must not wait for a whole account.
MOST_READ = 200


@dataclass(frozen=True, slots=True)
class _Kind:
    """All resources of one type in the accounts of the targets that such resources may depend on."""

    type: str
    accounts: Mapping[str, str]  # id to name

    @property
    def where(self) -> Where:
        return All((is_("account", *self.accounts), is_("type", self.type)))


async def breaks(estate: EstateView, steps: tuple[Step, ...], targets: Mapping[str, Resource]) -> tuple[Breaks, ...]:
    """What the steps break, and what could not be looked through: kinds with too many resources, or a store that is away."""
    felt = effects(steps, targets)
    hit = [targets[one] for one in felt]
    try:
        read, skipped = await _readable(estate, _kinds(hit, felt))
        wheres = [kind.where for kind in read]
        if ids := served(one for one in hit if felt[one.id] == "gone"):
            wheres.append(is_("id", *ids))
        around = await estate.select(AnyOf(tuple(wheres))) if wheres else []
    except StoreError as error:  # an undo must not fail because the inventory is away
        return (*impact(steps, targets, ()), Breaks(f"What depends on this could not be looked up: {error}", ()))
    return (*impact(steps, targets, around), *(_unread(kind, count) for kind, count in skipped))


def _kinds(hit: Sequence[Resource], felt: Mapping[str, Effect]) -> list[_Kind]:
    """A few questions to the estate, however many targets and accounts there are."""
    accounts: dict[str, dict[str, str]] = {}
    for one in hit:
        for type_, when in MAY_DEPEND.get(one.type, {}).items():
            if felt[one.id] in when:
                accounts.setdefault(type_, {})[one.account] = one.account_name or one.account
    return [_Kind(type_, its) for type_, its in accounts.items()]


async def _readable(estate: EstateView, kinds: list[_Kind]) -> tuple[list[_Kind], list[tuple[_Kind, int]]]:
    """The kinds that together are quick to read, the small ones first, and those left aside with their number."""
    if not kinds or await estate.count(AnyOf(tuple(kind.where for kind in kinds))) <= MOST_READ:
        return kinds, []
    counts = sorted([(await estate.count(kind.where), kind.type, kind) for kind in kinds], key=lambda row: row[:2])
    read: list[_Kind] = []
    skipped: list[tuple[_Kind, int]] = []
    total = 0
    for count, _, kind in counts:
        total += count
        if total <= MOST_READ:
            read.append(kind)
        else:
            skipped.append((kind, count))
    return read, skipped


def _unread(kind: _Kind, count: int) -> Breaks:
    what = kind.type.replace("_", " ") + "s"
    return Breaks(f"{count:,} {what} in {listed(kind.accounts.values())} were not looked through; some may depend on this.", ())
