"""Spans of one clause made into a Selection: which filters, how they combine, what is left out. Pure.

How words combine: values of one field are alternatives ("in us-east-1 and eu-west-1"), different fields must all hold, flags and tags must
all hold unless an "or" stands between. After "except" every part is left out; after "not" only the next filter is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.estate.where import All, AnyOf, Compare, Comparison, Not, Where, is_
from engine.request.lexicon import Lexicon, Noun
from engine.request.reading import Exclusion, Selection
from engine.request.spans import Span

_CUMULATIVE = frozenset({"flag", "tag", "tag_key", "tag_value", "number"})
_NARROW_NEGATIONS = frozenset({"not", "aren't", "isn't", "are not", "is not", "without", "no"})
_ESTATE_ORDER = ("account", "region", "app", "owner", "tag_value", "tag_key")
_FIELD_WORDS = {
    "app": "app", "apps": "app", "application": "app", "service": "app", "project": "account", "account": "account", "subscription": "account",
    "owner": "owner", "owned": "owner", "by": "owner", "team": "owner", "region": "region", "named": "name", "called": "name",
}  # fmt: skip
_COMPARISONS: tuple[tuple[str, Comparison], ...] = (
    (r"(?:over|above|more than|bigger than|larger than|greater than|higher than|exceeding)", ">"),
    (r"(?:at least|from)", ">="),
    (r"(?:under|below|less than|smaller than|fewer than|lower than|cheaper than)", "<"),
    (r"(?:at most|up to)", "<="),
)
_AMOUNT = r"\s+(?P<money>[$€])?(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>gb|gib|tb|%|percent|dollars|usd|\$|bucks)?(?P<rest>(?:\s+(?:cpu|a month|per month|monthly|/month))*)"


@dataclass(slots=True)
class _Atom:
    """One filter and what joined it to the one before."""

    field: str
    where: Where
    joined_by_or: bool
    after_and: bool


@dataclass(slots=True)
class _Draft:
    """A selection while it is being read."""

    atoms: list[_Atom] = field(default_factory=list)
    exclusions: list[list[_Atom]] = field(default_factory=list)
    exclusion_words: list[str] = field(default_factory=list)
    selection: Selection = field(default_factory=Selection)
    conjunction: str = ""
    negated: str = ""  # "", "next" or "rest"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is asking, as the estate's owner tags may name them; lower-case."""

    names: frozenset[str] = frozenset()


def comparisons(text: str) -> tuple[str, tuple[Compare, ...]]:
    """Numeric conditions ("over 100 gb", "costing more than $50", "cpu under 10%") taken out of a text."""
    found: list[Compare] = []
    for words, op in _COMPARISONS:
        pattern = re.compile(rf"\b(?:with |costing |cost |larger |cpu |cpu is |size )*{words}{_AMOUNT}", re.IGNORECASE)
        while match := pattern.search(text):
            if (compare := _compare(match, op)) is None:
                break
            found.append(compare)
            text = f"{text[: match.start()]} {text[match.end() :]}"
    return text, tuple(found)


def _compare(match: re.Match[str], op: Comparison) -> Compare | None:
    number, unit = float(match["number"]), (match["unit"] or "").lower()
    said = match.group(0).lower()
    if unit in ("gb", "gib", "tb"):
        return Compare("properties.size_gb", op, number * (1024 if unit == "tb" else 1))
    if match["money"] or unit in ("dollars", "usd", "$", "bucks") or "month" in said or "cost" in said:
        return Compare("monthly_cost", op, number)
    return Compare("metrics.cpu_avg_7d", op, number) if unit in ("%", "percent") or "cpu" in said else None


def select_from(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare] = ()) -> Selection:
    """The selection a clause describes."""
    draft = _Draft()
    for index, span in enumerate(spans):
        _take(draft, span, spans[index - 1] if index else None, spans[index + 1] if index + 1 < len(spans) else None, lexicon, speaker)
    numbers = [_Atom("number", compare, joined_by_or=False, after_and=False) for compare in compares]
    exclusions = tuple(
        Exclusion(All(tuple(where for _, where in _combine(atoms))), words.strip())
        for atoms, words in zip(draft.exclusions, draft.exclusion_words, strict=True)
        if atoms
    )
    return replace(draft.selection, filters=_combine([*draft.atoms, *numbers]), excluded=exclusions)


def _take(draft: _Draft, span: Span, before: Span | None, after: Span | None, lexicon: Lexicon, speaker: Speaker) -> None:
    if span.kind == "comma" or span.text.lower() in ("and", "or"):
        draft.conjunction = "or" if span.text.lower() == "or" else "and"
        if draft.negated == "rest":
            draft.exclusions.append([])
            draft.exclusion_words.append("")
        return
    if span.kind == "negation":
        draft.negated = "next" if span.value in _NARROW_NEGATIONS else "rest"
        draft.exclusions.append([])
        draft.exclusion_words.append("")
        return
    if _mark(draft, span, after):
        return
    filters = list(_filters(span, before, after, lexicon, speaker))
    if not filters:
        _unread(draft, span)
    for name, where in filters:
        _add(draft, span, name, where)


def _mark(draft: _Draft, span: Span, after: Span | None) -> bool:
    """Spans that say something about the selection as a whole rather than filter it."""
    now = draft.selection
    match span.kind:
        case (
            "filler" | "polite" | "time" | "continuation" | "chat" | "knowledge" | "action" | "how_to" | "question" | "help" | "forbidding"
        ):
            return True
        case "universal":
            draft.selection = replace(now, universal=True)
        case "everything":
            draft.selection = replace(now, everything=True, universal=True)
        case "pronoun":
            if after is None or after.kind not in ("type", "environment", "cloud", "estate", "flag", "state"):
                draft.selection = replace(now, refers=True)
        case "number":
            if not span.value.isdigit():
                return False
            draft.selection = replace(now, quantity=int(span.value))
        case _:
            return False
    return True


def _filters(span: Span, before: Span | None, after: Span | None, lexicon: Lexicon, speaker: Speaker) -> Iterator[tuple[str, Where]]:
    match span.kind:
        case "type":
            yield "type", noun_where(lexicon.nouns[span.value])
        case "cloud" | "environment" | "state" | "flag" | "size" | "region":
            yield span.kind, is_(span.kind, span.value)
        case "not_environment":
            yield "not", Not(is_("environment", span.value))
        case "tag":
            yield "tag", _tag_where(span.value)
        case "place":
            yield "region", is_("region", *lexicon.places[span.value])
        case "continent":
            yield "region", _continent(lexicon.continents[span.value])
        case "mine" if speaker.names:
            yield "owner", is_("owner", *speaker.names)
        case "estate":
            if known := _estate_field(span, before, after):
                yield known, _estate_where(known, span.value)


def noun_where(noun: Noun) -> Where:
    """The condition a kind-of-resource word stands for."""
    parts: list[Where] = [is_("type", *noun.types)] if noun.types else []
    if noun.cloud:
        parts.append(is_("cloud", noun.cloud))
    if noun.engine:
        parts.append(is_("engine", noun.engine))
    return All(tuple(parts))


def _continent(starts: Sequence[str]) -> Where:
    return is_("region_start", *starts)


def _tag_where(pair: str) -> Where:
    key, _, value = pair.partition("=")
    # People write environment=prod for every spelling of it.
    return is_("tag", f"{key}={value}")


def _estate_where(name: str, value: str) -> Where:
    return AnyOf((is_("name", value), is_("id", value))) if name == "name" else is_(name, value)


def _estate_field(span: Span, before: Span | None, after: Span | None) -> str:
    """Which field a value of the estate is meant as here: what stands around it decides, then a fixed order."""
    if after is not None and after.text == "'s" and "owner" in span.fields:
        return "owner"
    for neighbour in (after, before):
        hint = _FIELD_WORDS.get(neighbour.text.lower()) if neighbour is not None else None
        if hint and hint in span.fields:
            return hint
    if span.fields & {"name", "id"} and not (
        after is not None and after.kind == "type" and not after.single and span.fields & set(_ESTATE_ORDER)
    ):
        return "name"
    return next((name for name in _ESTATE_ORDER if name in span.fields), "")


def _add(draft: _Draft, span: Span, name: str, where: Where) -> None:
    atom = _Atom(name, where, joined_by_or=draft.conjunction == "or", after_and=draft.conjunction == "and")
    draft.conjunction = ""
    if draft.negated:
        draft.exclusions[-1].append(atom)
        draft.exclusion_words[-1] += f" {span.text}"
        if draft.negated == "next":
            draft.negated = ""
        return
    if name == "name":
        draft.selection = replace(draft.selection, names=(*draft.selection.names, span.value))
        return
    if name == "type":
        draft.selection = replace(draft.selection, noun=True, single=span.single)
    draft.atoms.append(atom)


def _unread(draft: _Draft, span: Span) -> None:
    now = draft.selection
    if span.kind == "unknown":
        draft.selection = replace(now, unknown=(*now.unknown, span.value))
    else:
        draft.selection = replace(now, unread=(*now.unread, span.text.lower()))


def _combine(atoms: Sequence[_Atom]) -> tuple[tuple[str, Where], ...]:
    """Alternatives within a field, conjunction across fields, "or" as it was said."""
    groups: list[tuple[str, list[Where]]] = []
    for atom in atoms:
        same = next((group for group in groups if group[0] == atom.field and atom.field not in _CUMULATIVE), None)
        if same is not None:
            same[1].append(atom.where)
        elif atom.joined_by_or and groups and atom.field not in ("type", "cloud", "region", "account", "environment"):
            groups[-1][1].append(atom.where)
        else:
            groups.append((atom.field, [atom.where]))
    return tuple((name, wheres[0] if len(wheres) == 1 else AnyOf(tuple(wheres))) for name, wheres in groups)
