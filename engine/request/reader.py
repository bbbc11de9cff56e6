"""A message read into a Reading: what kind of sentence it is, which actions on which selections. Pure.

The order of questions is the safety of it: a wish that is always refused, then a prohibition, then questions, and only then a command.
A word nobody understood stays in the selection as `unread`, so that a change never acts on half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.estate.where import All, AnyOf, Compare
from engine.request.comparing import comparisons
from engine.request.conditions import Speaker
from engine.request.grouping import groups
from engine.request.lexicon import Lexicon
from engine.request.ordering import orders_of
from engine.request.reading import Order, Reading, Selection, Speech, When
from engine.request.refusing import refusal
from engine.request.selecting import select_from
from engine.request.spans import Known, Span, tag
from engine.request.times import take_time
from engine.request.tokens import Token, clean, tokenise
from engine.request.voice import NOISE, asks_for_something, first_meaning, mistyped, voiced

_ABOUT_RESOURCES = frozenset({
    "question", "type", "environment", "cloud", "estate", "flag", "state", "region", "place", "continent", "tag", "unknown", "pronoun", "cost",
    "everything", "continuation", "size", "not_environment", "number", "ordinal", "one", "unsure", "mine",
})  # fmt: skip
_COUNTS = re.compile(r"\b(?:how many|count|number of|how much)\b")
_COSTS = re.compile(r"\b(?:costs?|spend|spending|expensive|cheapest|bill|priciest)\b")


def prepare(message: str) -> tuple[str, tuple[Token, ...]]:
    """The message cleaned, and its tokens without times and numeric conditions: what to look up in the estate before `read`."""
    text, _ = take_time(clean(message))
    text, _ = comparisons(text)
    return text, tokenise(text)


def read(message: str, lexicon: Lexicon, known: Known, speaker: Speaker = Speaker()) -> Reading:
    """What the message says. `known` tells which phrases are values of the estate (`EstateView.recognise`)."""
    text = clean(message)
    if not text:
        return Reading(text="", speech="empty")
    bare, when = take_time(text)
    spans, compares = _spans(bare, lexicon, known)
    if rule := refusal(text, spans, lexicon):
        return Reading(text=text, speech="refused", rule=rule.name)
    speech = _speech(spans)
    if speech == "command" or (speech == "forbidding" and any(span.kind == "action" for span in spans)):
        doubt = _doubt(text, spans, lexicon) if speech == "command" else ""
        orders = orders_of(spans, lexicon, speaker, compares, doubt)
        return Reading(text=text, speech=speech, orders=orders, about=orders[0].selection, when=when)
    if speech in ("question", "unclear") and (verb := mistyped(spans, lexicon)):
        return _mistyped(text, verb, spans, when)
    if when is not None:
        # A question is not for later: "which were stopped yesterday at 8pm" keeps its words.
        spans, compares = _spans(text, lexicon, known)
    return Reading(
        text=text,
        speech=speech,
        about=_about(spans, lexicon, speaker, compares),
        when=when,
        counts=_COUNTS.search(text.lower()) is not None,
        costs=any(span.kind == "cost" for span in spans) or _COSTS.search(text.lower()) is not None,
        continues=_continues(spans),
    )


def _spans(text: str, lexicon: Lexicon, known: Known) -> tuple[tuple[Span, ...], tuple[Compare, ...]]:
    bare, compares = comparisons(text)
    return voiced(tag(tokenise(bare), lexicon, known), lexicon), compares


def _speech(spans: Sequence[Span]) -> Speech:
    kinds = [span.kind for span in spans]
    first = first_meaning(spans)
    acts = kinds.index("action") if "action" in kinds else None
    if first == "forbidding" or ("forbidding" in kinds and first != "question" and (acts is None or kinds.index("forbidding") < acts)):
        return "forbidding"
    if "how_to" in kinds:
        return "how_to"
    if "help" in kinds and all(kind in (*NOISE, "help", "question", "question_filler") for kind in kinds):
        return "help"
    if "knowledge" in kinds and acts is None and "estate" not in kinds:
        return "knowledge"
    if acts is not None and first != "question":
        return "command"
    if first and _ABOUT_RESOURCES & set(kinds):
        return "question"
    return "chat" if "chat" in kinds else "unclear"


def _doubt(text: str, spans: Sequence[Span], lexicon: Lexicon) -> str:
    """Why a sentence with a verb may not be a wish; '' when it plainly is one."""
    if text.rstrip(" .!)").endswith("?") and not asks_for_something(spans, lexicon):
        return "Was that a question or a wish? If I should do it, say it without the question mark."
    return ""


def _mistyped(text: str, verb: str, spans: Sequence[Span], when: When | None) -> Reading:
    said = next(span.text for span in spans if span.kind not in NOISE)
    doubt = f"I do not know \u201c{said}\u201d, so I did nothing. Did you mean \u201c{verb}\u201d? Then say it again."
    selection = Selection(doubt=doubt)
    return Reading(text=text, speech="command", orders=(Order("unknown", selection),), about=selection, when=when)


def _about(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare]) -> Selection:
    """What a question is about; several groups in one sentence are all meant."""
    whole = select_from(spans, lexicon, speaker, compares)
    parts = groups(spans, lexicon, speaker).parts
    if len(parts) < 2 or whole.names or whole.excluded:
        return whole
    each = [select_from(part, lexicon, speaker, compares).where for part in parts]
    return replace(whole, filters=(("type", AnyOf(tuple(each))),)) if all(part != All() for part in each) else whole


def _continues(spans: Sequence[Span]) -> bool:
    meaning = [span for span in spans if span.kind not in ("filler", "chat") or span.text.lower() in ("and", "or")]
    return bool(meaning) and (
        meaning[0].kind == "continuation" or meaning[0].text.lower() in ("and", "only", "just", "what about", "how about")
    )
