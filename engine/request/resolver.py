"""A selection turned into exact resources, in the order a careful person would: names, filters, then likeness. Edge (reads the estate).

What comes out is certain, a question, or nothing. A likeness (a typing mistake, a description) may answer a question; a change acts on
exact names and filters alone, or on what the person then picks from a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.estate.facts import name_parts
from engine.estate.resource import Resource
from engine.estate.view import EstateView
from engine.estate.where import All, AnyOf, Not, Where, is_, matches
from engine.request.reading import Selection

Confidence = Literal["certain", "ask", "none"]
LIKE_ENOUGH = 0.35
MOST_CHOICES = 20
_WHOSE = frozenset({"tag", "tag_key", "tag_value", "app", "owner"})
# What a question may ask about a resource that it names: the answer shows how it is.
_ASKED_ABOUT = frozenset({"state", "flag", "number", "size"})


@dataclass(frozen=True, slots=True)
class Excluded:
    """Resources that the filters met and the words then left out."""

    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a selection means in the estate now.

    `certain`: `resources` are exactly what was meant. `ask`: `resources` are candidates and `question` says what to choose.
    `none`: nothing is meant; `question` says what was looked for. `by_likeness` marks hits that must never be acted on.
    """

    confidence: Confidence
    resources: tuple[Resource, ...] = ()
    question: str = ""
    excluded: tuple[Excluded, ...] = ()
    by_likeness: bool = False


async def resolve(selection: Selection, estate: EstateView, *, changing: bool) -> Resolution:
    """The resources a selection means. `changing`: a change will act on them, so nothing may be guessed. Raises StoreError."""
    if changing and selection.doubt:
        return Resolution("ask", question=selection.doubt)
    if selection.unknown:
        return await _like_names(selection, estate, changing=changing)
    if selection.names:
        return await _named(selection, estate, changing=changing)
    if changing and (doubt := _doubt(selection)):
        return Resolution("ask", question=doubt)
    found = await estate.select(selection.where)
    return await _finish(selection, found, estate, changing=changing)


def _doubt(selection: Selection) -> str:
    """Why a change must not go ahead on this selection before a resource is looked at; '' when it may."""
    # "Everything tagged team=x" says whose it is; "everything in dev" is more than anybody means.
    if (selection.everything and not selection.fields & _WHOSE) or not (selection.noun or selection.fields):
        return "Which resources do you mean? Name them, or say a kind and where: \u201call dev instances in us-east-1\u201d."
    if not selection.noun and not selection.everything and not selection.fields & {"flag", "tag"}:
        return "Which kind of resource do you mean: instances, databases, disks, buckets?"
    return ""


async def _finish(selection: Selection, found: Sequence[Resource], estate: EstateView, *, changing: bool) -> Resolution:
    kept, excluded = _exclude(selection, found)
    if selection.unread:
        narrowed, not_read = _narrow(kept, selection.unread)
        if changing and not_read:
            return _did_not_read(not_read, kept)
        if not narrowed and not changing and not found:
            return await _by_meaning(selection, estate)
        kept = narrowed
    if not kept:
        return Resolution("none", question=_nothing(excluded), excluded=excluded)
    if changing and (question := how_many(selection, kept)):
        return Resolution("ask", tuple(kept[:MOST_CHOICES]), question, excluded)
    return Resolution("certain", tuple(kept), excluded=excluded)


def _exclude(selection: Selection, found: Sequence[Resource]) -> tuple[list[Resource], tuple[Excluded, ...]]:
    kept, excluded = list(found), []
    for exclusion in selection.excluded:
        stays = [resource for resource in kept if not matches(exclusion.where, resource)]
        excluded.append(Excluded(len(kept) - len(stays), exclusion.words))
        kept = stays
    return kept, tuple(excluded)


def _narrow(found: Sequence[Resource], words: Sequence[str]) -> tuple[list[Resource], list[str]]:
    """Only the resources whose names carry each unread word; and the words that no name carries. Narrowing never adds a target."""
    kept, not_read = list(found), []
    for word in words:
        singular = word.rstrip("s") or word
        hits = [resource for resource in kept if word in name_parts(resource) or singular in name_parts(resource)]
        if hits:
            kept = hits
        else:
            not_read.append(word)
    return kept, not_read


def _did_not_read(words: Sequence[str], found: Sequence[Resource]) -> Resolution:
    said = ", ".join(f"\u201c{word}\u201d" for word in words)
    return Resolution(
        "ask",
        tuple(found[:MOST_CHOICES]),
        f"I do not know what {said} means here, so I changed nothing. Say it in other words, or pick from the list.",
    )


def _nothing(excluded: Sequence[Excluded]) -> str:
    left_out = sum(part.count for part in excluded)
    return f"Everything that matched was left out ({left_out})." if left_out else "Nothing in the estate matches that."


def how_many(selection: Selection, kept: Sequence[Resource]) -> str:
    """What to ask when the number of matches is not the number that was said; '' when it is."""
    if selection.quantity is not None and selection.quantity != len(kept):
        return f"You said {selection.quantity}, and {len(kept)} match. Which ones?"
    if selection.single and not selection.universal and selection.quantity is None and len(kept) > 1:
        return f"You said one, and {len(kept)} match. Which one?"
    return ""


def _scope(selection: Selection) -> Where:
    return All((selection.where, *(Not(part.where) for part in selection.excluded)))


def _is_named(name: str) -> Where:
    return AnyOf((is_("name", name), is_("id", name)))


async def _named(selection: Selection, estate: EstateView, *, changing: bool) -> Resolution:
    """Exact names: each must mean one resource within what else was said, or it is asked back."""
    if changing and (doubt := _doubt_about_names(selection)):
        return Resolution("ask", question=doubt)
    if not changing:
        selection = replace(selection, filters=tuple(part for part in selection.filters if part[0] not in _ASKED_ABOUT))
    picked: list[Resource] = []
    for name in selection.names:
        everywhere = await estate.select(_is_named(name))
        here = [resource for resource in everywhere if matches(_scope(selection), resource)]
        if not here:
            return Resolution(
                "ask" if everywhere else "none",
                tuple(everywhere[:MOST_CHOICES]),
                f"There is no {name} there. It exists here:" if everywhere else f"There is no {name}.",
            )
        if changing and len(here) > 1 and not selection.universal:
            return Resolution("ask", tuple(here[:MOST_CHOICES]), f"{len(here)} resources are called {name}. Which one?")
        picked += here
    kept = list({resource.id: resource for resource in picked}.values())
    if changing and selection.unread:
        narrowed, not_read = _narrow(kept, selection.unread)
        if not_read or len(narrowed) != len(kept):
            return _did_not_read(not_read or selection.unread, kept)
    return Resolution("certain", tuple(kept))


def _doubt_about_names(selection: Selection) -> str:
    """ "Everything on web-01" and "the vms like web-01" name a thing to say where others are."""
    if selection.everything:
        return f"Do you mean {selection.names[0]} itself? Then say only its name."
    if selection.quantity is not None and selection.quantity != len(selection.names):
        return f"You said {selection.quantity}, and named {len(selection.names)}. Which do you mean?"
    several = selection.noun and not selection.single and not selection.universal
    if several and len(selection.names) == 1:
        return f"You said several and named one. Do you mean {selection.names[0]} alone?"
    return ""


async def _like_names(selection: Selection, estate: EstateView, *, changing: bool) -> Resolution:
    """Names the estate does not know: the likest ones as candidates, first within what else was said."""
    wanted = selection.unknown[0]
    scoped = await estate.by_name(wanted, _scope(selection), 5)
    anywhere = await estate.by_name(wanted, None, 5)
    # The likest first: a better likeness elsewhere must not hide behind a poor one in the place that was named.
    likely = sorted((*scoped, *anywhere), key=lambda match: -match.score)
    found = tuple({match.resource.id: match.resource for match in likely if match.score >= LIKE_ENOUGH}.values())
    if not found:
        return Resolution("none", question=f"There is nothing called {wanted} in the estate, and nothing like it.")
    question = f"There is no {wanted}. Did you mean one of these?"
    return Resolution("ask" if changing else "certain", found, question, by_likeness=True)


async def _by_meaning(selection: Selection, estate: EstateView) -> Resolution:
    matches_ = await estate.by_meaning(" ".join(selection.unread), selection.where, 10)
    found = tuple(match.resource for match in matches_)
    return Resolution(
        "certain" if found else "none", found, question=estate.meaning_away() or "Nothing in the estate matches that.", by_likeness=True
    )


def pick(candidates: Sequence[Resource], selection: Selection) -> tuple[Resource, ...]:
    """Of resources already on the table, those a follow-up means: "the one in staging", "the second"."""
    without_reference = replace(selection, refers=False)
    kept = [resource for resource in candidates if matches(_scope(without_reference), resource)]
    if selection.names:
        kept = [resource for resource in kept if any(matches(_is_named(name), resource) for name in selection.names)]
    return tuple(kept)
