"""Spans of one clause made into a Selection: which filters, how they combine, what is left out. Pure.

How words combine: values of one field joined by "and", "or" or a comma are alternatives ("in us-east-1 and eu-west-1"); without such a word
both must hold ("the dev vms in the prod account" is nothing); different fields must all hold, and flags and tags as well unless an "or"
stands between. After "except" every part is left out; after "not" only the next filter is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.estate.facts import APP_KEYS, ENVIRONMENT_KEYS, OWNER_KEYS
from engine.estate.where import All, AnyOf, Compare, Where, is_
from engine.request.conditions import Place, Speaker, conditions
from engine.request.lexicon import Lexicon
from engine.request.reading import Exclusion, Rank, Selection
from engine.request.spans import Span

_CUMULATIVE = frozenset({"flag", "tag", "tag_key", "tag_value", "number"})
_NARROW = frozenset({"not", "aren't", "isn't", "are not", "is not", "without", "no", "outside", "outside of"})
_PLACES = frozenset({"region", "account", "cloud", "environment"})
_JOINING = frozenset({"and", "or", "nor", "&", "plus", "as well as", "along with", "together with"})
_SILENT = frozenset({
    "filler", "polite", "continuation", "chat", "knowledge", "action", "how_to", "question", "help", "forbidding", "doing", "done",
})  # fmt: skip
# What a question about missing tags calls a key; every key that tells it.
KEYS_SAID = {
    "owner": tuple(key for key in OWNER_KEYS if key != "team"), "team": ("team",), "app": APP_KEYS, "application": APP_KEYS, "service": ("service",),
    "project": ("project",), "environment": ENVIRONMENT_KEYS, "env": ENVIRONMENT_KEYS,
}  # fmt: skip
_NAMED_PLACES = frozenset({"place", "continent", "region", "environment", "cloud", "estate"})
_WHEREIN = frozenset({"in", "from", "across", "on", "of", "at"})
RANKS = {
    "cost": Rank("monthly_cost"), "cost_least": Rank("monthly_cost", least=True),
    "size": Rank("properties.size_gb"), "size_least": Rank("properties.size_gb", least=True),
    "load": Rank("metrics.cpu_avg_7d"), "load_least": Rank("metrics.cpu_avg_7d", least=True),
}  # fmt: skip
_GENERIC = frozenset({"compute_instance"})
_ALTERNATIVES = frozenset({"type", "cloud", "region", "account", "environment"})

EMPTY_EXCEPTION = "I could not tell what to leave out, so I changed nothing. Say it in other words."
WIDE_EXCEPTION = "I could not tell how far the exception goes, so I changed nothing. Say where first, then the exception: “dev vms in us-east-1 except billing”."
WHICH_TWO = "Which two do you mean? Name them, so that I take no others."
# Pronouns for one thing: where several were spoken of before, they ask which.
_ONE_OF_BEFORE = frozenset({"it", "that one", "this one"})


@dataclass(slots=True)
class _Atom:
    """One filter and what joined it to the one before."""

    field: str
    where: Where
    joined: str  # "and", "or" or ""


@dataclass(slots=True)
class _Draft:
    """A selection while it is being read."""

    changing: bool
    atoms: list[_Atom] = field(default_factory=list)
    exclusions: list[list[_Atom]] = field(default_factory=list)
    exclusion_words: list[str] = field(default_factory=list)
    selection: Selection = field(default_factory=Selection)
    conjunction: str = ""
    negated: str = ""  # "", "next" or "rest"
    unmet: bool = False  # a negation without anything after it yet
    ones: bool = False  # "the ones", "the staging one"

    def doubt(self, why: str) -> None:
        self.selection = replace(self.selection, doubt=self.selection.doubt or why)

    @property
    def anything_yet(self) -> bool:
        return bool(self.atoms or self.selection.names or self.selection.unknown)


def select_from(
    spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare] = (), *, changing: bool = False
) -> Selection:
    """The selection a clause describes. `changing`: a change will act on it, so what is unclear becomes a doubt."""
    draft = _Draft(changing)
    for index, span in enumerate(spans):
        place = Place(span, spans[index - 1] if index else None, spans[index + 1] if index + 1 < len(spans) else None)
        _take(draft, place, lexicon, speaker)
    if draft.unmet:
        draft.doubt(EMPTY_EXCEPTION)
    if any(_reaches_too_far(atoms) for atoms in draft.exclusions) and not draft.ones:
        draft.doubt(WIDE_EXCEPTION)
    _point_back(draft)
    numbers = [_Atom("number", compare, "") for compare in compares]
    exclusions = tuple(
        Exclusion(All(tuple(where for _, where in _combine(atoms))), words.strip())
        for atoms, words in zip(draft.exclusions, draft.exclusion_words, strict=True)
        if atoms
    )
    return replace(draft.selection, filters=_combine([*draft.atoms, *numbers]), excluded=exclusions)


def _take(draft: _Draft, place: Place, lexicon: Lexicon, speaker: Speaker) -> None:
    span = place.span
    if joins := joining(span):
        _join(draft, joins, span)
    elif span.kind == "negation":
        _negate(draft, span, place.after)
    elif span.kind == "but":
        _but(draft, span, place.after)
    elif draft.unmet and span.kind in ("filler", "universal"):
        _between(draft, place, lexicon)
    elif not _mark(draft, place) and not _generic_again(draft, place):
        filters = list(conditions(place, lexicon, speaker))
        if span.kind == "flag" and span.value == "not_used":
            _doubted_use(draft)
        if span.kind == "type" and not filters:
            draft.selection = replace(draft.selection, everything=True)
        elif not filters:
            _unread(draft, span)
        for name, where in filters:
            _add(draft, span, name, where)


def _doubted_use(draft: _Draft) -> None:
    """ "Not used" is a judgement, and nothing that the estate says of a machine."""
    if draft.changing:
        draft.doubt("\u201cNot used\u201d may mean several things, so I changed nothing. Say idle, stopped or unattached.")


def joining(span: Span) -> str:
    """ "and" or "or" for a span that joins two parts, '' for any other."""
    said = span.text.lower()
    first = said.partition(" ")[0]
    if span.kind == "comma" or said in _JOINING or (span.kind == "continuation" and first in ("and", "or")):
        return "or" if first == "or" else "and"
    return ""


def _join(draft: _Draft, joins: str, span: Span) -> None:
    if span.text == "boundary":
        draft.negated = ""
    # ", or" after a comma says which of the two it is.
    draft.conjunction = joins
    if draft.negated == "rest" and not draft.unmet:
        draft.exclusions.append([])
        draft.exclusion_words.append("")


def _negate(draft: _Draft, span: Span, after: Span | None) -> None:
    if span.value == "no" and after is not None and after.kind == "comma":
        return  # "no, stop the others"
    if draft.unmet:
        draft.doubt(EMPTY_EXCEPTION)  # "except those not tagged keep": two negations are one too many
    draft.negated = "next" if span.value in _NARROW else "rest"
    draft.unmet = True
    draft.exclusions.append([])
    draft.exclusion_words.append("")


def _between(draft: _Draft, place: Place, lexicon: Lexicon) -> None:
    """A word between a negation and what it denies: "without owner in dev" denies the owner, not dev."""
    word, after = place.span.text.lower(), place.after
    valued = after is not None and after.kind in ("estate", "region", "place", "continent", "environment", "tag", "unknown")
    if word in lexicon.lists["links"] or (word in lexicon.lists["field_words"] and valued):
        return
    if not draft.changing and not valued and word in KEYS_SAID:
        _add(draft, place.span, "tag_key", is_("tag_key", *KEYS_SAID[word]))  # "vms without an owner"
        return
    draft.doubt(EMPTY_EXCEPTION)


def _but(draft: _Draft, span: Span, after: Span | None) -> None:
    """ "All vms but the prod ones" leaves out; "but only in dev" and "but not prod" are told by what follows."""
    if after is not None and after.kind in ("negation", "forbidding", "continuation", "polite"):
        return
    if draft.selection.universal:
        _negate(draft, replace(span, value="except"), after)
    else:
        _unread(draft, span)


def _mark(draft: _Draft, place: Place) -> bool:
    """Spans that say something about the selection as a whole rather than filter it."""
    span = place.span
    match span.kind:
        case "universal":
            _universal(draft, place)
        case "everything":
            _everything(draft)
        case "pronoun":
            _pronoun(draft, place)
        case "one":
            _one(draft, span)
        case "rank" if not draft.changing:
            draft.selection = replace(draft.selection, rank=RANKS[span.value])
        case "number" | "ordinal":
            return _number(draft, span)
        case "unneeded":
            return not draft.anything_yet
        case "complaint":
            return bool(draft.selection.names)  # of a thing that is named it is no filter
        case _:
            return span.kind in _SILENT
    return True


def _universal(draft: _Draft, place: Place) -> None:
    both, before, after = place.span.value == "both", place.before, place.after
    if both and before is not None and before.text.lower() in _WHEREIN:
        # "In both oregon and ireland" counts the places, and says which; "in both accounts" does not.
        if after is None or after.kind not in _NAMED_PLACES:
            draft.doubt(WHICH_TWO)
        return
    draft.selection = replace(draft.selection, universal=True, quantity=2 if both else draft.selection.quantity)


def _everything(draft: _Draft) -> None:
    if draft.negated:
        draft.ones = True  # "except anything tagged keep=yes"
    else:
        draft.selection = replace(draft.selection, everything=True, universal=True)


def _pronoun(draft: _Draft, place: Place) -> None:
    now, after = draft.selection, place.after
    if draft.negated:
        draft.ones = True  # "not those of will"
    elif not draft.anything_yet and not (after is not None and after.kind == "question_filler"):
        # "those vms" as well: which they are was said before.
        draft.selection = replace(now, refers=True, single=now.single or place.span.value in _ONE_OF_BEFORE)


def _one(draft: _Draft, span: Span) -> None:
    if draft.negated and span.value == "one":
        draft.doubt(EMPTY_EXCEPTION)  # "all but one of them": which one?
        draft.unmet = False
        return
    draft.ones = True
    if draft.changing and span.value == "one" and not draft.negated:
        draft.selection = replace(draft.selection, quantity=1)


def _number(draft: _Draft, span: Span) -> bool:
    """A count before the noun ("the 3 dev vms"). After it, or inside an exception, a number is something else."""
    if not span.value.isdigit() or draft.selection.noun or draft.negated or (span.kind == "ordinal" and draft.changing):
        return False
    draft.selection = replace(draft.selection, quantity=int(span.value))
    return True


def _generic_again(draft: _Draft, place: Place) -> bool:
    """ "rds postgres instances", "mysql servers": the second noun says nothing new but whether it is one or many."""
    span, before = place.span, place.before
    if span.kind != "type" or before is None or before.kind != "type" or before.value in _GENERIC or span.value not in _GENERIC:
        return False
    draft.selection = replace(draft.selection, single=span.single)
    return True


def _add(draft: _Draft, span: Span, name: str, where: Where) -> None:
    atom = _Atom(name, where, draft.conjunction)
    draft.conjunction = ""
    if draft.negated:
        draft.unmet = False
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


def _reaches_too_far(atoms: Sequence[_Atom]) -> bool:
    """ "dev vms except billing in us-east-1": does the place belong to the exception or to the whole?"""
    fields = [atom.field for atom in atoms]
    return len(set(fields)) > 1 and "type" not in fields and any(field in _PLACES for field in fields[1:])


def _point_back(draft: _Draft) -> None:
    """ "Stop the ones in dev" without a kind of thing means those that were spoken of before."""
    now = draft.selection
    described = now.noun or now.names or now.everything
    # "Stop all except web-01": all of what?
    rest = now.universal and bool(draft.exclusions) and not draft.atoms and not draft.unmet
    if draft.changing and (draft.ones or rest) and not described:
        draft.selection = replace(now, refers=True)


def _combine(atoms: Sequence[_Atom]) -> tuple[tuple[str, Where], ...]:
    """Alternatives within a field where a word joins them, conjunction elsewhere, "or" as it was said."""
    groups: list[tuple[str, list[Where]]] = []
    for atom in atoms:
        same = next((group for group in groups if group[0] == atom.field and atom.field not in _CUMULATIVE), None)
        if same is not None and atom.joined:
            same[1].append(atom.where)
        elif same is not None:
            same[1][-1] = All((same[1][-1], atom.where))
        elif atom.joined == "or" and groups and atom.field not in _ALTERNATIVES:
            groups[-1][1].append(atom.where)
        else:
            groups.append((atom.field, [atom.where]))
    return tuple((name, wheres[0] if len(wheres) == 1 else AnyOf(tuple(wheres))) for name, wheres in groups)
