"""Which wishes are refused whoever has them: rules of words from the lexicon, held against a message. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from engine.request.lexicon import Lexicon, RefusalRule
from engine.request.spans import Span


def refusal(text: str, spans: Sequence[Span], lexicon: Lexicon) -> RefusalRule | None:
    """The first rule that the message meets. A single word counts only where it names nothing of the estate."""
    said = " ".join(span.text.lower() for span in spans if span.kind not in ("estate", "unknown", "unsure"))
    whole = text.lower()
    return next((rule for rule in lexicon.refusals if _applies(rule, said, whole)), None)


def _applies(rule: RefusalRule, said: str, whole: str) -> bool:
    if rule.unless_any and _any_of(rule.unless_any, said, whole):
        return False
    if any(pattern.search(whole) for pattern in rule.patterns):
        return True
    return _any_of(rule.needs_any, said, whole) and (not rule.with_any or _any_of(rule.with_any, said, whole))


def _any_of(phrases: Sequence[str], said: str, whole: str) -> bool:
    return any(_stands_in(phrase, said, whole) for phrase in phrases)


def _stands_in(phrase: str, said: str, whole: str) -> bool:
    if not (phrase[0].isalnum() and phrase[-1].isalnum()) or not phrase.isascii():
        return phrase in whole
    # A phrase of several words is no name, so it counts inside quotation marks as well.
    text = whole if " " in phrase else said
    return phrase in text and _bounded(phrase).search(text) is not None


@lru_cache(maxsize=2048)
def _bounded(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])")
