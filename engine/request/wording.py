"""Sentences that only look like wishes or questions: a verb with a slip in it, an unknown verb, another language, "leave it alone". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from engine.request.lexicon import Lexicon
from engine.request.slips import distance
from engine.request.spans import Span
from engine.request.voice import NOISE

ENGLISH = "I understand English only, so I did nothing. Say it in English: \u201cstop the dev vms in eu-west-1\u201d."
_SHORTEST_TYPO = 4
_LAST_LATIN = "\u024f"
_LETTING = ("leave", "keep", "leave alone", "but leave", "but keep")
_OBJECTS = ("pronoun", "universal", "everything")
_ARTICLES = frozenset({"the", "a", "an", "our", "all"})


def not_a_wish(text: str, spans: Sequence[Span], lexicon: Lexicon) -> str:
    """Why a sentence without a verb of ours is to be asked back; '' where it may well be a question."""
    if _foreign(spans, lexicon):
        return ENGLISH
    if verb := mistyped(spans, lexicon):
        return f"I do not know \u201c{_opening(spans)}\u201d, so I did nothing. Did you mean \u201c{verb}\u201d? Then say it again."
    if not text.rstrip().endswith("?") and _orders_something(spans):
        return f"I do not know \u201c{_opening(spans)}\u201d as something to do, so I did nothing. `help` shows what I can do."
    return ""


def lets_be(spans: Sequence[Span]) -> bool:
    """ "Leave the test boxes alone", "keep web-01 running", "not that one"."""
    opening = next(index for index, span in enumerate(spans) if span.kind == "negation")
    span, rest = spans[opening], [later for later in spans[opening + 1 :] if later.kind not in NOISE]
    if span.value in _LETTING:
        return bool(rest) and rest[0].kind != "continuation"
    return span.value == "not" and bool(rest) and all(later.kind in ("pronoun", "one") for later in rest)


def mistyped(spans: Sequence[Span], lexicon: Lexicon) -> str:
    """The verb that an unknown word where a verb belongs was probably meant to be; '' when it looks like none."""
    for index, span in enumerate(spans):
        if span.kind in NOISE:
            continue
        following = next((later.kind for later in spans[index + 1 :] if later.kind not in ("filler", "universal")), "")
        return _likest(span.text.lower(), lexicon) if span.kind == "word" and following else ""
    return ""


def _likest(word: str, lexicon: Lexicon) -> str:
    if len(word) < _SHORTEST_TYPO or not word.isalpha() or word in lexicon.words:
        return ""
    verbs = (phrase[0] for phrase, entries in lexicon.phrases.items() if len(phrase) == 1 and any(e.kind == "action" for e in entries))
    near = [(far, verb) for verb in verbs if len(verb) >= _SHORTEST_TYPO and (far := distance(word, verb)) <= (2 if len(verb) > 6 else 1)]
    return min(near)[1] if near else ""


def _opening(spans: Sequence[Span]) -> str:
    return next(span.text for span in spans if span.kind not in NOISE)


def _foreign(spans: Sequence[Span], lexicon: Lexicon) -> bool:
    """Another script, a verb of another language to begin with, or two of its words."""
    words = [span for span in spans if span.kind == "word"]
    if any(letter.isalpha() and letter > _LAST_LATIN for span in words for letter in span.text):
        return True
    foreign = [span for span in words if span.text.lower() in lexicon.lists["foreign"]]
    meaning = [span for span in spans if span.kind not in NOISE]
    return len(foreign) > 1 or (bool(foreign) and foreign[0] is meaning[0] and len(meaning) > 1)


def _orders_something(spans: Sequence[Span]) -> bool:
    """An unknown word and then a thing: "fix web-01", "make them bigger". A kind alone may be described: "flaky vms"."""
    meaning = [index for index, span in enumerate(spans) if span.kind not in NOISE]
    if not meaning or spans[meaning[0]].kind != "word" or not spans[meaning[0]].text.isalpha():
        return False
    rest = spans[meaning[0] + 1 :]
    if not rest:
        return False
    named = rest[0].kind == "estate" and bool(rest[0].fields & {"name", "id"})
    return named or rest[0].kind in _OBJECTS or (rest[0].text.lower() in _ARTICLES and any(span.kind not in NOISE for span in rest))
