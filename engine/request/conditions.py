"""What one span filters on: a field and a condition on it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.estate.where import All, AnyOf, Not, Where, is_
from engine.request.lexicon import Lexicon, Noun
from engine.request.sizes import spellings
from engine.request.spans import Span

_ESTATE_ORDER = ("account", "region", "app", "owner", "tag_value", "tag_key")
_FIELD_WORDS = {
    "app": "app", "apps": "app", "application": "app", "service": "app", "project": "account", "account": "account", "subscription": "account",
    "owner": "owner", "owned": "owner", "by": "owner", "team": "owner", "region": "region", "named": "name", "called": "name",
    "tagged": "tag_key", "tag": "tag_key", "label": "tag_key", "labelled": "tag_key", "labeled": "tag_key",
}  # fmt: skip

_ACCOUNT_WORDS = frozenset(word for word, field in _FIELD_WORDS.items() if field == "account")
_UNUSED = ("unused", "not_used")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is asking, as the estate's owner tags may name them; lower-case."""

    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A span among its neighbours."""

    span: Span
    before: Span | None = None
    after: Span | None = None


def conditions(place: Place, lexicon: Lexicon, speaker: Speaker) -> Iterator[tuple[str, Where]]:
    """Field and condition of a span; nothing for a span that filters on nothing."""
    span = place.span
    match span.kind:
        case "type" if lexicon.nouns[span.value].types:
            yield "type", noun_where(lexicon.nouns[span.value])
        case "cloud" | "environment" | "state" | "flag" | "size" | "region":
            yield _about(place), is_(span.kind, *_values(span))
        case "not_environment":
            yield "not", Not(is_("environment", span.value))
        case "tag":
            # The value is taken as it was typed: environment=prod and environment=production are different tags.
            yield "tag", is_("tag", span.value)
        case "place" | "continent":
            yield "region", _somewhere(span, lexicon)
        case "mine" if speaker.names:
            yield "owner", is_("owner", *speaker.names)
        case "estate" if known := estate_field(place):
            yield known, _estate_where(known, span.value)


def _about(place: Place) -> str:
    """ "The test account" says where, as the name of an account does."""
    of_account = place.after is not None and place.after.text.lower() in _ACCOUNT_WORDS
    return "account" if place.span.kind == "environment" and of_account else place.span.kind


def _values(span: Span) -> tuple[str, ...]:
    if span.kind == "size":
        return spellings(span.value)
    # What it means that nobody uses a thing depends on the thing: a machine idles, a disk hangs on nothing.
    return ("idle", "unattached") if span.value in _UNUSED else (span.value,)


def _somewhere(span: Span, lexicon: Lexicon) -> Where:
    return is_("region", *lexicon.places[span.value]) if span.kind == "place" else is_("region_start", *lexicon.continents[span.value])


def noun_where(noun: Noun) -> Where:
    """The condition a kind-of-resource word stands for."""
    parts: list[Where] = [is_("type", *noun.types)] if noun.types else []
    if noun.cloud:
        parts.append(is_("cloud", noun.cloud))
    if noun.engine:
        parts.append(is_("engine", noun.engine))
    return All(tuple(parts))


def estate_field(place: Place) -> str:
    """Which field a value of the estate is meant as here: what stands around it decides, then a fixed order."""
    fields, after = place.span.fields, place.after
    if after is not None and after.text == "'s" and "owner" in fields:
        return "owner"
    for neighbour in (after, place.before):
        hint = _FIELD_WORDS.get(neighbour.text.lower()) if neighbour is not None else None
        if hint and hint in fields:
            return hint
    described = after is not None and after.kind == "type" and not after.single
    if fields & {"name", "id"} and not (described and fields & set(_ESTATE_ORDER)):
        return "name"
    return next((name for name in _ESTATE_ORDER if name in fields), "")


def _estate_where(name: str, value: str) -> Where:
    return AnyOf((is_("name", value), is_("id", value))) if name == "name" else is_(name, value)
