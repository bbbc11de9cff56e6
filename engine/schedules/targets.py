"""What the words of a schedule mean today: its message read anew, each selection resolved, each target read from its cloud. Edge (estate, clouds)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.clouds.cloud import Cloud
from engine.errors import CloudError
from engine.estate.resource import CloudName, Resource
from engine.estate.view import EstateView
from engine.estate.where import All, Not, matches
from engine.execution.effects import known_as
from engine.execution.plan import LeftOut
from engine.request.reading import Order, Selection
from engine.request.reasons import in_short
from engine.request.resolver import pick, resolve
from engine.request.seal import Wanted
from engine.request.understanding import Understanding
from engine.settings import Person

PICKED = "picked from the list"
SPOKEN_OF = "spoken of before"
_READS_AT_ONCE = 64
# "Stop all running dev vms every night" means those that run by then, so who is meant does not hang on the state of this minute.
_BY_THEN = frozenset({"start", "stop", "restart"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a schedule was asked with, and by whom; `picked` as in `Schedule`."""

    message: str
    person: Person
    picked: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """The targets of one order. `selection` is what they must still meet when they are read, None where a person picked them one by one.

    `follows`: those of the order before it, as in "and start them again".
    """

    order: Order
    resources: tuple[Resource, ...]
    selection: Selection | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """What the words mean. `unclear` is a sentence where they mean nothing certain, and then nothing may be done; `gone` counts picked ones."""

    targets: tuple[Target, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    sealed_text: str = ""
    by_name: bool = True
    unclear: str = ""
    gone: int = 0

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The orders in the planner's words, those without any target left away."""
        return tuple(_wanted(one.order, one.resources) for one in self.targets if one.resources)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every target once."""
        return tuple({resource.id: resource for one in self.targets for resource in one.resources}.values())


@dataclass(frozen=True, slots=True)
class Seen:
    """What is meant as its clouds have it now: how many are gone, how many no longer fit the words, and what did not answer."""

    meant: Meant
    gone: int = 0
    strayed: int = 0
    unanswered: tuple[tuple[str, int], ...] = ()  # why, how many


async def meant(words: Words, understanding: Understanding, estate: EstateView) -> Meant:
    """What the words mean in the estate as it is. Raises StoreError."""
    understood = await understanding.of(words.message, (words.person.id, words.person.name))
    reading = understood.reading
    if reading.speech != "command" or not reading.orders:
        return Meant(unclear="The message no longer reads as something to do.")
    found = Meant(sealed_text=understood.sealed_text)
    for number, order in enumerate(reading.orders):
        found = await _with(found, order, words.picked.get(number), estate)
        if found.unclear:
            break
    return found


async def _with(found: Meant, order: Order, picked: Sequence[str] | None, estate: EstateView) -> Meant:
    """The orders so far and one more."""
    if picked is not None:
        here = [one for id_ in picked if (one := await estate.get(id_)) is not None]
        gone = found.gone + len(set(picked)) - len(here)
        return replace(_more(found, Target(order, tuple(here)), dict.fromkeys((one.id for one in here), PICKED)), gone=gone)
    selection = order.selection
    if found.targets and (selection.refers or selection.empty) and not selection.everything:
        same = pick(found.targets[-1].resources, selection)
        return _more(found, Target(order, same, follows=True), dict.fromkeys((one.id for one in same), SPOKEN_OF))
    if selection.refers or (selection.empty and not selection.everything):
        return replace(found, unclear="The words alone do not say which resources are meant.")
    resolved = await resolve(by_then(order), estate, changing=True)
    if resolved.confidence == "ask" or resolved.by_likeness or (resolved.confidence == "none" and (selection.names or selection.unknown)):
        return replace(found, unclear=resolved.question or "The words no longer say which resources are meant.")
    left_out = tuple(LeftOut(part.count, f"excluded by \u201c{part.words}\u201d") for part in resolved.excluded if part.count)
    why = {one.id: in_short(resolved.why(selection, one)) or SPOKEN_OF for one in resolved.resources}
    more = _more(found, Target(order, resolved.resources, selection), why)
    return replace(more, left_out=(*found.left_out, *left_out), by_name=found.by_name and bool(selection.names))


def _more(found: Meant, target: Target, why: Mapping[str, str]) -> Meant:
    return replace(found, targets=(*found.targets, target), why={**why, **found.why})


def by_then(order: Order) -> Selection:
    """The order's selection without the states it names, where the order is about what runs and stops."""
    selection = order.selection
    if order.action not in _BY_THEN:
        return selection
    return replace(selection, filters=tuple(part for part in selection.filters if part[0] != "state"))


async def seen(found: Meant, clouds: Mapping[CloudName, Cloud]) -> Seen:
    """Every target read from its cloud at this moment; those that are gone, unanswered or no longer meant are told and not among them."""
    gate = asyncio.Semaphore(_READS_AT_ONCE)

    async def read(resource: Resource) -> Resource | str | None:
        async with gate:
            return await _read(resource, clouds)

    resources = found.resources
    read_now = dict(zip((one.id for one in resources), await asyncio.gather(*(read(one) for one in resources)), strict=True))
    gaps: dict[str, int] = {}
    for answer in read_now.values():
        if isinstance(answer, str):
            gaps[answer] = gaps.get(answer, 0) + 1
    here = {id_: answer for id_, answer in read_now.items() if isinstance(answer, Resource)}
    fresh = replace(found, targets=tuple(replace(one, resources=_there(one, here)) for one in found.targets))
    meant_still = narrowed(fresh, any_state=True)
    gone = found.gone + sum(answer is None for answer in read_now.values())
    return Seen(narrowed(fresh), gone, len(here) - len(meant_still.resources), tuple(gaps.items()))


def _there(target: Target, here: Mapping[str, Resource]) -> tuple[Resource, ...]:
    return tuple(here[one.id] for one in target.resources if one.id in here)


def narrowed(found: Meant, *, any_state: bool = False) -> Meant:
    """Only what meets the words as it reads: what was dev at the last scan may be production now. `any_state`: whatever states they name."""
    kept: list[Target] = []
    for one in found.targets:
        resources = tuple(resource for resource in one.resources if _fits(one, resource, any_state=any_state))
        if one.follows and kept:
            before = {resource.id for resource in kept[-1].resources}
            resources = tuple(resource for resource in resources if resource.id in before)
        kept.append(replace(one, resources=resources))
    return replace(found, targets=tuple(kept))


def _fits(target: Target, now: Resource, *, any_state: bool) -> bool:
    if target.selection is None:
        return True
    selection = by_then(target.order) if any_state else target.selection
    return matches(All((selection.where, *(Not(part.where) for part in selection.excluded))), now)


async def _read(resource: Resource, clouds: Mapping[CloudName, Cloud]) -> Resource | str | None:
    """The resource as it is now, None when it is gone, or why nobody can tell."""
    cloud = clouds.get(resource.cloud)
    if cloud is None:
        return f"no {resource.cloud} account is configured here"
    try:
        return known_as(resource, await cloud.read(resource))
    except CloudError as error:
        return error.message.rstrip(".")


def _wanted(order: Order, resources: tuple[Resource, ...]) -> Wanted:
    """The order in the wire's words: machines are terminated, everything else is deleted."""
    action = order.action
    if action in ("terminate", "delete"):
        action = "terminate" if all(one.type == "compute_instance" for one in resources) else "delete"
    return Wanted(action, resources, order.given)
