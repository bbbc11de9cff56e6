"""A message read into a Reading: what kind of sentence it is, which actions on which selections. Pure.

The order of questions is the safety of it: a wish that is always refused, then a prohibition, then questions, and only then a command.
A word nobody understood stays in the selection as `unread`, so that a change never acts on half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

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
from engine.request.voice import NOISE, asks_for_something, first_meaning, voiced
from engine.request.wording import lets_be, not_a_wish

_ABOUT_RESOURCES = frozenset({
    "question", "type", "environment", "cloud", "estate", "flag", "state", "region", "place", "continent", "tag", "unknown", "pronoun", "cost",
    "everything", "continuation", "size", "not_environment", "number", "ordinal", "one", "unsure", "mine",
})  # fmt: skip
_OF_OTHERS = frozenset({"in", "from", "of", "on", "at", "with", "that", "which", "tagged", "owned", "for"})
_COUNTS = re.compile(r"\b(?:how many|count|number of|how much)\b")
# "What if I stop X?": the change is asked about, and the words of asking pick no resources.
_WHAT_IF = re.compile(
    r"\b(?:what (?:if|happens|breaks|(?:would|will|could) (?:happen|break|be affected))|(?:safe|ok|okay|fine|alright|risky|dangerous) to|impact of|should (?:i|we)"
    r"|^(?:can|could|may) (?:i|we)|good idea to|who (?:would|will) (?:notice|miss)|what depends)\b"
)
_OF_WHAT_IF = frozenset(
    {
        "happen",
        "happens",
        "if",
        "break",
        "breaks",
        "would",
        "i",
        "we",
        "were",
        "affected",
        "notice",
        "impact",
        "safe",
        "risky",
        "dangerous",
        "now",
    }
)
_COSTS = re.compile(r"\b(?:costs?|spend|spending|expensive|cheapest|bill|priciest)\b")


def prepare(message: str) -> tuple[str, tuple[Token, ...]]:
    """The message cleaned, and its tokens without times and numeric conditions: what to look up in the estate before `read`."""
    text, _ = take_time(clean(message))
    text, _ = comparisons(text)
    return text, tokenise(text)


def read(message: str, lexicon: Lexicon, known: Known, speaker: Speaker = Speaker(), now: datetime | None = None) -> Reading:
    """What the message says. `known` tells which phrases are values of the estate (`EstateView.recognise`); without `now` no age is read."""
    text = clean(message)
    if not text:
        return Reading(text="", speech="empty")
    bare, when = take_time(text, known)
    spans, compares = _spans(bare, lexicon, known, now)
    if rule := refusal(text, spans, lexicon):
        return Reading(text=text, speech="refused", rule=rule.name)
    speech = _speech(spans)
    if speech == "command" or (speech == "forbidding" and any(span.kind == "action" for span in spans)):
        doubt = _doubt(text, spans, lexicon) if speech == "command" else ""
        orders = orders_of(spans, lexicon, speaker, compares, doubt)
        return Reading(text=text, speech=speech, orders=orders, about=orders[0].selection, when=when)
    if speech in ("question", "unclear", "chat") and (why := not_a_wish(text, spans, lexicon)):
        return _in_doubt(text, why, when)
    if when is not None:
        # A question is not for later: "which were stopped yesterday at 8pm" keeps its words.
        spans, compares = _spans(text, lexicon, known, now)
    about = _about(spans, lexicon, speaker, compares)
    what_if, verbs = _what_if(text, spans, lexicon) if speech == "question" else ("", frozenset())
    if what_if:
        about = replace(about, unread=tuple(word for word in about.unread if word.lower() not in verbs | _OF_WHAT_IF))
    return Reading(
        what_if=what_if,
        text=text,
        speech=speech,
        about=about,
        when=when,
        counts=_COUNTS.search(text.lower()) is not None,
        costs=not about.ranked and (any(span.kind == "cost" for span in spans) or _COSTS.search(_plain_words(spans)) is not None),
        continues=_continues(spans),
    )


def _what_if(text: str, spans: Sequence[Span], lexicon: Lexicon) -> tuple[str, frozenset[str]]:
    """The one action that a question is about, and the words for it; '' where it is about none, or about several."""
    if not _WHAT_IF.search(text.lower()):
        return "", frozenset()
    said = {span.text.lower(): entry.value for span in spans if (entry := lexicon.reads(tuple(span.text.lower().split()), "action"))}
    actions = frozenset(said.values())
    return (next(iter(actions)), frozenset(said)) if len(actions) == 1 else ("", frozenset())


def _spans(text: str, lexicon: Lexicon, known: Known, now: datetime | None) -> tuple[tuple[Span, ...], tuple[Compare, ...]]:
    bare, compares = comparisons(text, now)
    return voiced(tag(tokenise(bare), lexicon, known), lexicon), compares


def _speech(spans: Sequence[Span]) -> Speech:
    kinds = [span.kind for span in spans]
    first = first_meaning(spans)
    acts = kinds.index("action") if "action" in kinds else None
    if first == "negation" and acts is None and lets_be(spans):
        return "forbidding"
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


def _plain_words(spans: Sequence[Span]) -> str:
    """What was said apart from names, tags and values of the estate."""
    return " ".join(span.text.lower() for span in spans if span.kind not in ("estate", "unknown", "tag"))


def _in_doubt(text: str, why: str, when: When | None) -> Reading:
    selection = Selection(doubt=why)
    return Reading(text=text, speech="command", orders=(Order("unknown", selection),), about=selection, when=when)


def _about(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare]) -> Selection:
    """What a question is about; several groups in one sentence are all meant."""
    whole = select_from(spans, lexicon, speaker, compares)
    if whole.refers and whole.fields and _continues(spans) and _of_others(spans):
        whole = replace(whole, refers=False)
    parts = groups(spans, lexicon, speaker).parts
    if len(parts) < 2 or whole.names or whole.excluded:
        return whole
    each = [select_from(part, lexicon, speaker, compares).where for part in parts]
    return replace(whole, filters=(("type", AnyOf(tuple(each))),)) if all(part != All() for part in each) else whole


def _of_others(spans: Sequence[Span]) -> bool:
    """ "And those in prod?": not those that were spoken of, but others like them."""
    return any(one.kind == "pronoun" and other.text.lower() in _OF_OTHERS for one, other in pairwise(spans))


def _continues(spans: Sequence[Span]) -> bool:
    meaning = [span for span in spans if span.kind not in ("filler", "chat") or span.text.lower() in ("and", "or")]
    return bool(meaning) and (
        meaning[0].kind == "continuation" or meaning[0].text.lower() in ("and", "only", "just", "what about", "how about")
    )
