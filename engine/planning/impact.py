"""What a plan breaks, interrupts or leaves behind, told in short sentences: from the plan and what of the estate may depend on it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.estate.constraints import constraints
from engine.estate.facts import flags, native_name
from engine.estate.resource import Resource
from engine.execution.plan import Breaks, Step
from engine.planning.dependence import COUNTS, EXPOSED, KEEPERS, MAY_DEPEND, RELATIONS, SERVES, Effect, effects, stops
from engine.planning.usage import listed, owned, used

MOST = 40  # sentences a plan carries; a card shows five
# Where a resource stands is not what it refers to.
_PLACES = frozenset({"resource_group", "zone", "account_environment"})
# Told from the other side: a disk says what it hangs on, a replica what it follows.
_TOLD_ELSEWHERE = frozenset({"disks", "replicas"})
# A name with one of these is unlikely to be a word that means something else.
_TELLING = frozenset("-_.0123456789")
# A lower-case text in somebody's properties -> who says it, and in which property.
Mentions = Mapping[str, Sequence[tuple[Resource, str]]]


def impact(steps: tuple[Step, ...], targets: Mapping[str, Resource], around: Sequence[Resource]) -> tuple[Breaks, ...]:
    """Everything known to be hit, the hardest first. `around` are the resources that may depend on the targets, as `around.py` reads them.

    Empty for a plan nobody feels: a start, a tag, a snapshot. What the estate does not know is not said, so silence is no promise.
    """
    felt = effects(steps, targets)
    hit = [targets[one] for one in felt]
    said = mentions(one for one in around if felt.get(one.id) != "gone")
    missed = [one for one in hit if felt[one.id] != "closed"]
    told = [*_kept(hit, felt), *_lost(steps, hit), *_balanced(hit, felt)]
    for one in hit:
        told += [*_serving(one, felt[one.id], around), *_depending(one, felt[one.id], said)]
    told += [*_exposed(hit, felt), *used(missed), *owned(missed)]
    if len(told) > MOST:
        told = [*told[: MOST - 1], Breaks(f"And {len(told) - MOST + 1} more of this kind.", ())]
    return tuple(told)


def mentions(around: Iterable[Resource]) -> Mentions:
    """What the properties of these resources name, but for themselves and their places."""
    found: dict[str, list[tuple[Resource, str]]] = defaultdict(list)
    for one in around:
        own = _names(one)
        for key, value in one.properties.items():
            for text in () if key in _PLACES | _TOLD_ELSEWHERE else _flat(value):
                for word in _words(text) - own:
                    found[word].append((one, key))
    return found


def served(targets: Iterable[Resource]) -> frozenset[str]:
    """The ids, or ends of ids, of what the targets themselves say they serve."""
    return frozenset(
        word
        for one in targets
        for type_, key, _ in SERVES
        if type_ == one.type
        for text in _flat(one.properties.get(key))
        for word in _words(text)
    )


def _kept(hit: Sequence[Resource], felt: Mapping[str, Effect]) -> Iterator[Breaks]:
    """Members of something that looks after them, a sentence for each such group."""
    for keeper in KEEPERS:
        members: dict[tuple[str, str], list[Resource]] = {}
        for one in hit:
            if (name := one.tags.get(keeper.key) or one.properties.get(keeper.key)) and felt[one.id] in keeper.then:
                members.setdefault((name, keeper.then[felt[one.id]]), []).append(one)
        for (name, then), mine in members.items():
            verb = "is" if len(mine) == 1 else "are"
            yield Breaks(f"{listed(one.name for one in mine)} {verb} in {keeper.noun} {name}: {then}.", _ids(mine))


def _lost(steps: Sequence[Step], hit: Sequence[Resource]) -> Iterator[Breaks]:
    """What a stop takes with it, and where it may not be let through."""
    stopped = {step.target for step in steps if stops(step)}
    for one in hit:
        known = constraints(one)
        if one.id in stopped and known.loses:
            yield Breaks(f"Stopping {one.name} loses {known.loses}.", (one.id,))
        if one.id in stopped and known.can_stop is None and known.why_not:
            yield Breaks(f"{one.name} may refuse to stop. {known.why_not}", (one.id,))


def _balanced(hit: Sequence[Resource], felt: Mapping[str, Effect]) -> Iterator[Breaks]:
    """Targets that a load balancer sends traffic to."""
    for one in hit:
        if (known := constraints(one)).balancers and felt[one.id] != "closed":
            yield Breaks(f"{one.name} gets its traffic from {listed(known.balancers)}.", (one.id,))


def _serving(target: Resource, effect: Effect, around: Sequence[Resource]) -> Iterator[Breaks]:
    """What loses the target because it says itself whom it serves."""
    for type_, key, words in SERVES:
        if type_ == target.type and effect == "gone":
            said = served((target,))
            mine = [one for one in around if _near(one, target) and _names(one) & said]
            if mine and key in target.properties:
                yield Breaks(f"{target.name} is {words} {listed(one.name for one in mine)}.", (target.id,), _ids(mine))


def _depending(target: Resource, effect: Effect, said: Mentions) -> Iterator[Breaks]:
    """What hangs on one target: by a known property, by number only, or because its settings name it."""
    by_noun, others = _sorted(target, effect, said)
    for noun, mine in by_noun.items():
        then = next(one.then[effect] for one in RELATIONS if (one.of, one.noun) == (target.type, noun))
        yield Breaks(f"{target.name} has {_count(len(mine), noun)}: {listed(one.name for one in mine)}. {then}", (target.id,), _ids(mine))
    for type_, key, noun in COUNTS:
        count = target.properties.get(key)
        if type_ == target.type and isinstance(count, int) and count > len(by_noun.get(noun, ())):
            known = f", of which {len(by_noun[noun])} known here" if noun in by_noun else ""
            yield Breaks(f"{target.name} has {_count(count, noun)}{known}.", (target.id,))
    if others:
        refer = "refers" if len(others) == 1 else "refer"
        yield Breaks(f"{listed(one.name for one in others)} {refer} to {target.name}.", (target.id,), _ids(others))


def _sorted(target: Resource, effect: Effect, said: Mentions) -> tuple[dict[str, list[Resource]], list[Resource]]:
    """Those that name the target and feel the effect: by what they are to it, and the rest."""
    by_noun: dict[str, dict[str, Resource]] = {}
    others: dict[str, Resource] = {}
    for name in sorted(_names(target)):
        for one, key in said.get(name, ()):
            if not _near(one, target) or effect not in MAY_DEPEND.get(target.type, {}).get(one.type, frozenset()):
                continue
            relation = next((row for row in RELATIONS if (row.of, row.by, row.property) == (target.type, one.type, key)), None)
            if relation is not None:
                by_noun.setdefault(relation.noun, {})[one.id] = one
            elif name == target.id.lower() or _TELLING & set(name):
                others[one.id] = one
    related = {one for mine in by_noun.values() for one in mine}
    return {noun: list(mine.values()) for noun, mine in by_noun.items()}, [one for id_, one in others.items() if id_ not in related]


def _exposed(hit: Sequence[Resource], felt: Mapping[str, Effect]) -> Iterator[Breaks]:
    for flag, when, one_of, several in EXPOSED:
        if mine := [one for one in hit if felt[one.id] in when and flag in flags(one)]:
            yield Breaks(f"{listed(one.name for one in mine)} {one_of if len(mine) == 1 else several}.", _ids(mine))


def _near(one: Resource, target: Resource) -> bool:
    """Ids without an account in them mean something within their own account only."""
    return one.id != target.id and (one.cloud, one.account) == (target.cloud, target.account)


def _names(resource: Resource) -> frozenset[str]:
    return frozenset({resource.id.lower(), native_name(resource).lower(), resource.name.lower()})


def _words(text: str) -> frozenset[str]:
    """A text and, where it is a link, the last part of it."""
    return frozenset({text.lower(), text.lower().rpartition("/")[2]}) - {""}


def _flat(value: Any) -> Iterator[str]:
    """Every text in a property, whatever its shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _flat(part))
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        yield from (text for part in value for text in _flat(part))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _ids(resources: Sequence[Resource]) -> tuple[str, ...]:
    return tuple(one.id for one in resources)
