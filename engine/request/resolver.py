"""A selection turned into exact resources, in the order a careful person would: names, filters, then likeness. Edge (reads the estate).

What comes out is certain, a question, or nothing; how sure a likeness is, `liking.py` says. A likeness (a typing mistake, a description) may
answer a question; a change acts on exact names and filters alone, or on what the person then picks from a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.estate.facts import name_parts
from engine.estate.resource import Resource
from engine.estate.view import EstateView
from engine.estate.where import All, AnyOf, Not, Where, is_, matches, number_at, required
from engine.request.liking import CANDIDATES, MOST_LISTED, Liking, liking, meant
from engine.request.reading import Rank, Selection
from engine.request.reasons import meaning_like, name_like, reasons

Confidence = Literal["certain", "ask", "none"]
MOST_CHOICES = 200
_WHOSE = frozenset({"tag", "tag_key", "tag_value", "app", "owner"})
# What a question may ask about a resource that it names: the answer shows how it is.
_TELLING_FLAGS = frozenset({"idle", "unattached"})
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
    `none`: nothing is meant; `question` says what was looked for. `by_likeness` marks hits that must never be acted on; `likely` tells the
    likeness of each such resource by its id, `by_meaning` that it is one of meaning and not of names.
    """

    confidence: Confidence
    resources: tuple[Resource, ...] = ()
    question: str = ""
    excluded: tuple[Excluded, ...] = ()
    by_likeness: bool = False
    by_meaning: bool = False
    likely: Mapping[str, str] = field(default_factory=dict)

    def why(self, selection: Selection, resource: Resource) -> tuple[str, ...]:
        """Why a resource is among them, a short phrase for each reason."""
        return reasons(selection, resource, self.likely.get(resource.id, ""))


async def resolve(selection: Selection, estate: EstateView, *, changing: bool) -> Resolution:
    """The resources a selection means. `changing`: a change will act on them, so nothing may be guessed. Raises StoreError."""
    if changing and selection.doubt:
        return Resolution("ask", question=selection.doubt)
    if selection.unknown:
        return await _like_names(selection, estate, changing=changing)
    if selection.names:
        return await _named(selection, estate, changing=changing)
    if changing and (doubt := _doubt(selection)):
        return await _misspelt(selection, estate) or Resolution("ask", question=doubt)
    if not changing and _only_words(selection):
        return await _described(selection, estate)
    found = await estate.select(selection.where)
    return await _finish(selection, found, estate, changing=changing)


def _only_words(selection: Selection) -> bool:
    """Nothing to filter on: words at most, as in "the payment things"."""
    said_nothing = replace(selection, everything=False).empty
    return said_nothing and not selection.universal and (bool(selection.unread) or not selection.everything)


def _doubt(selection: Selection) -> str:
    """Why a change must not go ahead on this selection before a resource is looked at; '' when it may."""
    # "Everything tagged team=x" says whose it is; "everything in dev" is more than anybody means.
    if (selection.everything and not selection.fields & _WHOSE and not _few(selection)) or not (selection.noun or selection.fields):
        return "Which resources do you mean? Name them, or say a kind and where: \u201call dev instances in us-east-1\u201d."
    if not selection.noun and not selection.everything and not selection.fields & {"flag", "tag"}:
        return "Which kind of resource do you mean: instances, databases, disks, buckets?"
    return ""


def _few(selection: Selection) -> bool:
    """ "Everything idle in the sandbox" says what kind of things: those that can idle, or hang on something."""
    return bool(required(selection.where).get("flag", frozenset()) & _TELLING_FLAGS)


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
    if not changing and selection.rank is not None and selection.ranked:
        kept = _most(selection, selection.rank, kept)
    if changing and (question := how_many(selection, kept)):
        return Resolution("ask", tuple(kept[:MOST_CHOICES]), question, excluded)
    return Resolution("certain", tuple(kept), excluded=excluded)


def _most(selection: Selection, rank: Rank, found: Sequence[Resource]) -> list[Resource]:
    """As many as were asked for of those that have most of it; all of them where no number is known."""
    numbers = {resource.id: number for resource in found if (number := number_at(resource, rank.path)) is not None}
    if not numbers:
        return list(found)
    count = selection.quantity or 1
    ranked = sorted((one for one in found if one.id in numbers), key=lambda one: numbers[one.id], reverse=not rank.least)
    return [one for one in ranked if numbers[one.id] in {numbers[first.id] for first in ranked[:count]}]


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


def _as_asked(selection: Selection) -> Selection:
    """Without what a question asks about: "is web-01 running" is about web-01, whether it runs or not."""
    return replace(selection, filters=tuple(part for part in selection.filters if part[0] not in _ASKED_ABOUT))


def _is_named(name: str) -> Where:
    return AnyOf((is_("name", name), is_("id", name)))


async def _named(selection: Selection, estate: EstateView, *, changing: bool) -> Resolution:
    """Exact names: each must mean one resource within what else was said, or it is asked back."""
    if changing and (doubt := _doubt_about_names(selection)):
        return Resolution("ask", question=doubt)
    if not changing:
        selection = _as_asked(selection)
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
    """Names the estate does not know: what they surely mean answers a question; a change always asks, with what is likest."""
    asked = selection if changing else _as_asked(selection)
    found: dict[str, Resource] = {}
    likely: dict[str, str] = {}
    meant_: list[str] = []
    for said in selection.unknown:
        liked = await _liked(said, asked, estate)
        if liked.sureness == "none":
            return Resolution("none", question=f"There is nothing called {said} in the estate, and nothing like it.")
        why = {match.resource.id: name_like(said, match.score) for match in liked.matches}
        candidates = {match.resource.id: match.resource for match in liked.matches}
        if changing or liked.sureness == "ask":
            one = len({resource.name for resource in candidates.values()}) == 1
            question = f"There is no {said}. Did you mean {next(iter(candidates.values())).name if one else 'one of these'}?"
            return Resolution("ask", tuple(candidates.values())[:MOST_CHOICES], question, by_likeness=True, likely=why)
        found |= candidates
        likely |= why
        meant_.append(f"There is no {said}. By likeness: {liked.matches[0].resource.name}.")
    named = await _named(replace(asked, unknown=()), estate, changing=False) if selection.names else Resolution("none")
    found |= {resource.id: resource for resource in named.resources}
    return Resolution("certain", tuple(found.values()), " ".join(meant_), by_likeness=True, likely=likely)


async def _misspelt(selection: Selection, estate: EstateView) -> Resolution | None:
    """What a single word that is all there is may be a slip of: `LedgerBatchRuner`; None when it is like no name."""
    if len(selection.unread) != 1 or selection.noun or selection.fields or selection.everything:
        return None
    liked = await _like_names(replace(selection, unread=(), unknown=selection.unread), estate, changing=True)
    return liked if liked.resources else None


async def _liked(said: str, selection: Selection, estate: EstateView) -> Liking:
    """What a name may mean: within what else was said if that is sure, otherwise the likest from everywhere, those within first."""
    within = liking(said, await estate.by_name(said, _scope(selection), CANDIDATES))
    anywhere = liking(said, await estate.by_name(said, None, CANDIDATES))
    names = {match.resource.name.lower() for match in within.matches}
    elsewhere = {match.resource.name.lower() for match in anywhere.matches}
    if within.sureness == "certain" and not (anywhere.sureness == "certain" and elsewhere != names):
        return within
    # The likest first: a better likeness elsewhere must not hide behind a poor one in the place that was named.
    every = {match.resource.id: match for match in sorted((*within.matches, *anywhere.matches), key=lambda match: -match.score)}
    kept = list(dict.fromkeys(match.resource.name.lower() for match in every.values()))[:MOST_LISTED]
    listed = tuple(match for match in every.values() if match.resource.name.lower() in kept)
    return Liking("ask" if listed else "none", listed)


async def _described(selection: Selection, estate: EstateView) -> Resolution:
    """Nothing but words that neither the vocabulary nor the estate knows: parts of names, a slip in a name, then a description."""
    if not selection.unread:
        return Resolution("none", question="Nothing in the estate matches that.")
    if found := await estate.select(All(tuple(is_("name_part", word, word.rstrip("s") or word) for word in selection.unread))):
        return Resolution("certain", tuple(found))
    if len(selection.unread) == 1:
        said = selection.unread[0]
        liked = await _like_names(replace(selection, unread=(), unknown=(said,)), estate, changing=False)
        if liked.resources:
            return liked
    return await _by_meaning(selection, estate)


async def _by_meaning(selection: Selection, estate: EstateView) -> Resolution:
    """Words that no name and no filter has: what comes closest by meaning is shown, and never more than shown."""
    said = " ".join(selection.unread)
    matches_ = meant(await estate.by_meaning(said, selection.where, MOST_LISTED))
    if not matches_:
        return Resolution("none", question=f"Nothing in the estate matches that. {estate.meaning_away()}".strip())
    return Resolution(
        "ask",
        tuple(match.resource for match in matches_),
        f"Nothing is called or tagged \u201c{said}\u201d. By likeness of meaning, these come closest. {estate.meaning_away()}".strip(),
        by_likeness=True,
        by_meaning=True,
        likely={match.resource.id: meaning_like(said, match.score) for match in matches_},
    )


def pick(candidates: Sequence[Resource], selection: Selection) -> tuple[Resource, ...]:
    """Of resources already on the table, those a follow-up means: "the one in staging", "the second"."""
    without_reference = replace(selection, refers=False)
    kept = [resource for resource in candidates if matches(_scope(without_reference), resource)]
    if selection.names:
        kept = [resource for resource in kept if any(matches(_is_named(name), resource) for name in selection.names)]
    return tuple(kept)
