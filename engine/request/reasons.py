"""Why a resource is among those that a selection means, a short phrase for each condition: `environment development by account acme-dev`. Pure.

Only what holds of the resource is told, and where it was read: a tag, the account, the name. A likeness is told with its score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.estate.facts import (
    APP_KEYS,
    OWNER_KEYS,
    PROPERTY_FLAGS,
    environment_evidence,
    facts,
    native_name,
    state_class,
    tag_said,
)
from engine.estate.resource import Resource
from engine.estate.where import All, AnyOf, Compare, Is, Not, Where, holds, in_words, number_at
from engine.request.reading import Selection

SEPARATOR = "; "
_PARTS_OF_NAME = "name part"


def name_like(said: str, score: float) -> str:
    """`name like chekout-web (0.82)`."""
    return f"name like {said} ({score:.2f})"


def meaning_like(said: str, score: float) -> str:
    """`meaning like “payment database” (0.61)`."""
    return f"meaning like \u201c{said}\u201d ({score:.2f})"


@dataclass(frozen=True, slots=True)
class _Of:
    """A resource with its facts, which are read once."""

    resource: Resource
    known: Mapping[str, frozenset[str]]

    def holds(self, where: Where) -> bool:
        return holds(where, self.resource, self.known)


def reasons(selection: Selection, resource: Resource, likely: str = "") -> tuple[str, ...]:
    """Every reason once, in the order things were said. `likely` is the likeness it was found by, as `name_like` tells it."""
    of = _Of(resource, facts(resource))
    told = [*_named(selection.names, resource), *([likely] if likely else [])]
    told += [said for _, where in selection.filters if of.holds(where) for said in _told(where, of)]
    told += [f"{_PARTS_OF_NAME} {word}" for word in selection.unread if not likely and {word, word.rstrip("s")} & of.known["name_part"]]
    told += [f"not left out by \u201c{part.words}\u201d" for part in selection.excluded]
    return tuple(dict.fromkeys(said for said in told if said))


def in_short(said: Iterable[str]) -> str:
    """The reasons on one line."""
    return SEPARATOR.join(said)


def _named(names: Iterable[str], resource: Resource) -> Iterator[str]:
    for name in names:
        yield from _by_name(frozenset({name.lower()}), resource)


def _told(where: Where, of: _Of) -> Iterator[str]:
    """The parts of a condition that hold, each told in its own way."""
    match where:
        case Is(name, values):
            yield from _is(name, values, of)
        case Compare(path, op, number):
            value = number_at(of.resource, path)
            yield f"{path.rpartition('.')[2].replace('_', ' ')} {value:g} {op} {number:g}" if value is not None else ""
        case All(parts) | AnyOf(parts):
            yield from (said for part in parts if of.holds(part) for said in _told(part, of))
        case Not(part):
            yield f"not {in_words(part)}"


def _is(field: str, values: frozenset[str], of: _Of) -> Iterator[str]:
    hit = of.known.get(field, frozenset()) & values
    if field in ("name", "id"):
        yield from _by_name(hit, of.resource)
    elif tell := _TOLD.get(field):
        yield from (tell(of.resource, value) for value in sorted(hit))
    else:
        yield from (f"{field.replace('_', ' ')} {value}" for value in sorted(hit))


def _by_name(values: frozenset[str], resource: Resource) -> Iterator[str]:
    if resource.name.lower() in values:
        yield f"name is {resource.name}"
    elif resource.id.lower() in values:
        yield "id is the exact id"
    elif native_name(resource).lower() in values:
        yield f"id is {native_name(resource)}"


def _environment(resource: Resource, value: str) -> str:
    return f"environment {value} by {environment_evidence(resource)}"


def _app(resource: Resource, value: str) -> str:
    said = tag_said(resource, APP_KEYS)
    return f"app {value} by tag {said}" if said else f"app {value} by {_PARTS_OF_NAME}"


def _owner(resource: Resource, value: str) -> str:
    said = next((told for key in OWNER_KEYS if (told := tag_said(resource, (key,))).partition("=")[2].lower() == value), "")
    return f"owner {value} by tag {said}"


def _region(resource: Resource, value: str) -> str:
    return f"region {resource.region}" if value == resource.region.lower() else f"zone {value}"


def _state(resource: Resource, value: str) -> str:
    native = resource.state.lower()
    return f"state {value}" if value == native else f"state {state_class(resource)} ({native})"


def _tag(resource: Resource, value: str) -> str:
    """The tag as it stands, for one that was said by key and value, by its key, or by its value."""
    found = ((key, str(said)) for key, said in sorted(resource.tags.items()))
    return next((f"tag {key}={said}" for key, said in found if value in (key.lower(), said.lower(), f"{key}={said}".lower())), "")


def _flag(resource: Resource, value: str) -> str:
    """`public (publicly accessible)`, `unencrypted (storage encrypted no)`: the fact behind a word."""
    known = resource.properties
    key = next((key for flag, key, meaning in PROPERTY_FLAGS if flag == value and key in known and known[key] in meaning), "")
    return value.replace("_", " ") + (f" ({key.replace('_', ' ')}{_spoken(known[key])})" if key else "")


def _spoken(value: object) -> str:
    """What a property says: nothing more for a plain yes."""
    if isinstance(value, bool):
        return "" if value else " no"
    return f" {value}" if value not in (None, "") else " none"


_TOLD: Mapping[str, Callable[[Resource, str], str]] = {
    "environment": _environment,
    "app": _app,
    "owner": _owner,
    "region": _region,
    "region_start": lambda resource, _: f"region {resource.region}",
    "account": lambda resource, _: f"account {resource.account_name or resource.account}",
    "type": lambda _, value: f"kind {value}",
    "state": _state,
    "tag": _tag,
    "tag_key": _tag,
    "tag_value": _tag,
    "flag": _flag,
}
