"""A clause that names several groups, cut into them: "dev vms in aws and uat vms in gcp" is two groups and no cross product. Pure.

Only the plain parallel is cut: every group must say the same kinds of things. Anything between that and one group is uncertain, and then
a change asks back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.request.conditions import Place, Speaker, conditions
from engine.request.lexicon import Lexicon
from engine.request.selecting import joining
from engine.request.spans import Span

_PARALLEL = frozenset({"environment", "cloud", "region", "account", "app", "owner", "name", "not"})
NOUN = "type"


@dataclass(frozen=True, slots=True)
class Groups:
    """The parts of a clause; `certain` when they are plainly parallel or when there is one."""

    parts: tuple[tuple[Span, ...], ...]
    certain: bool = True


@dataclass(slots=True)
class _Part:
    """Some segments of a clause, and what they filter on."""

    spans: list[Span] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    noun: Span | None = None


def groups(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker) -> Groups:
    """The groups of a clause's body (its verb aside)."""
    end = next((index for index, span in enumerate(spans) if span.kind in ("negation", "but")), len(spans))
    parts = _parts(_segments(spans[:end], lexicon, speaker))
    if len(parts) < 2:
        return Groups((tuple(spans),), certain=not _name_beside_kind(_segments(spans[:end], lexicon, speaker)))
    nouns = [part.noun for part in parts if part.noun is not None]
    alike = len({frozenset(part.fields - {NOUN}) for part in parts}) == 1
    certain = alike and end == len(spans) and (len(nouns) == len(parts) or len(nouns) == 1 or not nouns)
    return Groups(tuple(_with_noun(part, nouns) for part in parts), certain)


def _segments(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker) -> list[_Part]:
    """The runs of spans between joining words, those that filter on nothing joined to their neighbour."""
    found = [_Part()]
    for index, span in enumerate(spans):
        if joining(span) and found[-1].fields:
            found.append(_Part([span]))
            continue
        place = Place(span, spans[index - 1] if index else None, spans[index + 1] if index + 1 < len(spans) else None)
        names = [name for name, _ in conditions(place, lexicon, speaker)]
        if span.kind == "unknown":
            names = ["name"]
        found[-1].spans.append(span)
        found[-1].fields.update(names)
        if NOUN in names:
            found[-1].noun = span
    if len(found) > 1 and not found[-1].fields:
        found[-2].spans += found.pop().spans
    return found


def _parts(segments: Sequence[_Part]) -> list[_Part]:
    found: list[_Part] = []
    for segment in segments:
        if found and not _opens_another(found[-1], segment):
            found[-1].spans += segment.spans
            found[-1].fields |= segment.fields
            found[-1].noun = found[-1].noun or segment.noun
        else:
            found.append(segment)
    return found


def _opens_another(so_far: _Part, segment: _Part) -> bool:
    if len(so_far.fields & segment.fields & _PARALLEL) >= 2:
        return True
    both_described = so_far.fields - {NOUN} and segment.fields - {NOUN}
    return so_far.noun is not None and segment.noun is not None and bool(both_described)


def _name_beside_kind(segments: Sequence[_Part]) -> bool:
    """ "all dev vms and web-01": the name is no filter on the vms."""
    named = [segment for segment in segments if "name" in segment.fields]
    kinds = [segment for segment in segments if segment.noun is not None and "name" not in segment.fields]
    return bool(named and kinds)


def _with_noun(part: _Part, nouns: Sequence[Span]) -> tuple[Span, ...]:
    spans = [span for index, span in enumerate(part.spans) if index or not joining(span)]
    return tuple(spans) if part.noun is not None or not nouns else (*spans, nouns[0])
